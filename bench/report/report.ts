import { FIGURES } from '../measure/figures.ts';
import type { Timing } from '../measure/measurement.ts';
import type { Workload } from '../measure/workloads.ts';
import { flux } from '../servers/flux.ts';
import type { Machine } from './machine.ts';
import { doubted, failed, figure, type Result } from './result.ts';
import { table } from './table.ts';
import { targets } from './targets.ts';

export interface MeasuredServer {
  readonly name: string;
  readonly version: string;
  readonly settings: string;
}

/** All that one run of the benchmark found out. */
export interface Report {
  readonly machine: Machine;
  readonly timing: Timing;
  readonly servers: readonly MeasuredServer[];
  /** Servers that were not measured, and why. */
  readonly skipped: readonly string[];
  readonly workloads: readonly Workload[];
  readonly results: readonly Result[];
}

const NOTHING = '–';

/** The tables and the doubts: what the terminal shows. */
export function summary(report: Report): string {
  const { results, skipped } = report;
  return [
    figureTable(report),
    targetTable(report),
    remarks('? marks figures that are not to be believed as they stand:', results, ({ doubts }) => doubts),
    remarks('! marks a server that could not keep up:', results, ({ findings }) => findings),
    skipped.map(reason => `Not measured: ${reason}`).join('\n'),
  ]
    .filter(section => section !== '')
    .join('\n\n');
}

function remarks(
  title: string,
  results: readonly Result[],
  of: (result: Result) => readonly string[],
): string {
  const lines = results
    .filter(result => of(result).length > 0)
    .map(result => `- ${result.workload}, ${result.server}: ${of(result).join('; ')}`);
  return lines.length > 0 ? [title, '', ...lines].join('\n') : '';
}

/** The page for docs/: the machine, how it was measured, the tables. */
export function page(report: Report): string {
  const { machine, servers, timing } = report;
  return [
    '# Benchmarks',
    'Made by `npm run bench -- --output docs/benchmarks.md`. Each server runs by itself, afresh for every workload, on the same machine as the load; the servers take turns. Ratios between servers of one run mean more than the figures themselves, which are the machine’s as well. [bench/](../bench/README.md) says how to measure any other server beside them.',
    '## Machine',
    table(
      ['', ''],
      [
        ['CPU', `${machine.cpu}, ${machine.cores} cores`],
        ['Memory', `${machine.memoryGigabytes} GiB`],
        ['Kernel', machine.kernel],
        ['Node.js', machine.node],
        ['Date', machine.date],
      ],
    ),
    '## Servers',
    table(
      ['Server', 'Version', 'Settings'],
      servers.map(({ name, version, settings }) => [name, version, settings]),
    ),
    '## Figures',
    summary(report),
    '## How it is measured',
    [
      '- Publishers send a clip of H.264 (720p, 25 frames a second, 900 kbit/s) and AAC (64 kbit/s) by RTMP in real time. Key frames are 2 s apart unless said otherwise. Everything goes over the loopback interface. Publishers and viewers are processes of their own, up to 400 connections in each.',
      '- Every frame carries the time of its sending and a number in an SEI message. Viewers read them: latency is from the publisher’s write to the arrival of the frame’s last byte at the viewer, and a missing number is a lost frame. Without viewers, lost are the frames that a publisher could not send.',
      '- CPU is the time that the server’s whole process tree used, from /proc, with that of processes that were started or have ended meanwhile; RSS is the largest sum over that tree in the window, in which memory that processes share counts once for each. Per GB means 10⁹ bytes that viewers received. MB are 10⁶ bytes.',
      '- The first picture is there when the first key frame is complete, counted from the viewer’s connecting. Where viewers stay, they come over two seconds or more; where they leave with it, sixteen of them come at sixteen points of the GOP.',
      '- In W5 the server runs as two nodes that share their ports, so that about half of the viewers are on a node that does not have the stream.',
      `- ${rounds(timing)}; ${timing.warmUp / 1000} s of warming up, ${timing.window / 1000} s of measuring. A round in which the load generator or something else on the machine was short of time counts only where there is no other.`,
      '- The generator was checked against an independent one, in C on epoll: on one server at the same time, median latencies were within 3 ms of each other and neither missed a frame; in turn, the servers used the same CPU within a tenth for FLUX and node-media-server, and up to a quarter less for nginx-rtmp. This one needs 1.3 to 1.6 times the CPU of that one.',
    ].join('\n'),
    '',
  ].join('\n\n');
}

function rounds({ rounds: count }: Timing): string {
  return count === 1
    ? '1 round'
    : `${count} rounds, of which the median counts, and the worst of lost frames, longest latency and worst first picture`;
}

function figureTable({ servers, workloads, results }: Report): string {
  const names = servers.map(({ name }) => name);
  const peers = names.includes(flux.name) ? names.filter(name => name !== flux.name) : [];
  const rows = workloads.flatMap(({ id: workload, title, figures }) =>
    figures.map((id, index) => {
      const value = (name: string): number => figure(results, name, workload, id);
      const mark = (...of: string[]): string => marks(results, workload, of);
      return [
        index === 0 ? `${workload}: ${title}` : '',
        `${FIGURES[id].title} (${FIGURES[id].unit})`,
        ...names.map(name => show(value(name), FIGURES[id].digits, '', mark(name))),
        ...peers.map(name => show(value(flux.name) / value(name), 2, '×', mark(flux.name, name))),
      ];
    }),
  );
  return table(['Workload', 'Figure', ...names, ...peers.map(name => `${flux.name} ÷ ${name}`)], rows);
}

function targetTable({ results }: Report): string {
  const rows = targets(results).map(({ title, value, limit, unit, digits, verdict }) => [
    title,
    `${limit} ${unit}`,
    show(value, digits, unit, ''),
    verdict,
  ]);
  return rows.length > 0 ? table(['Target', 'At most', 'Measured', ''], rows) : '';
}

function marks(results: readonly Result[], workload: string, servers: readonly string[]): string {
  const mark = (sign: string, of: typeof doubted): string =>
    servers.some(server => of(results, server, workload)) ? sign : '';
  return mark('?', doubted) + mark('!', failed);
}

function show(value: number, digits: number, unit: string, mark: string): string {
  if (!Number.isFinite(value)) return NOTHING;
  return [value.toFixed(digits), unit, mark].filter(part => part !== '').join(' ');
}
