import type { Timing } from '../measure/measurement.ts';
import { FIGURES, type Workload } from '../measure/workloads.ts';
import { flux } from '../servers/flux.ts';
import type { Machine } from './machine.ts';
import { doubted, figure, type Result } from './result.ts';
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
  const sections = [figureTable(report)];
  if (report.servers.some(({ name }) => name === flux.name)) sections.push(targetTable(report));
  const doubtful = report.results.filter(result => result.doubts.length > 0);
  if (doubtful.length > 0) {
    sections.push(
      [
        'Figures marked with ? are not to be believed as they stand:',
        '',
        ...doubtful.map(({ workload, server, doubts }) => `- ${workload}, ${server}: ${doubts.join('; ')}`),
      ].join('\n'),
    );
  }
  if (report.skipped.length > 0)
    sections.push(report.skipped.map(reason => `Not measured: ${reason}`).join('\n'));
  return sections.join('\n\n');
}

/** The page for docs/: the machine, how it was measured, the tables. */
export function page(report: Report): string {
  const { machine, servers, timing } = report;
  return [
    '# Benchmarks',
    'Made by `npm run bench -- --output docs/benchmarks.md`. Each server runs by itself, afresh for every workload, on the same machine as the load; the servers take turns. Ratios between servers of one run mean more than the figures themselves, which are the machine’s as well.',
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
      `- Publishers send a clip of H.264 (720p, 25 frames a second, 900 kbit/s) and AAC (64 kbit/s) by RTMP in real time. Key frames are 2 s apart unless said otherwise. Everything goes over the loopback interface.`,
      '- Every frame carries the time of its sending and a number in an SEI message. Viewers read them: latency is from the publisher’s write to the arrival of the frame’s last byte at the viewer, and a missing number is a lost frame.',
      '- CPU is the time that the server’s whole process tree used, from /proc; RSS is the largest sum over that tree in the window. Per GB means 10⁹ bytes that viewers received. MB are 10⁶ bytes.',
      '- The first picture is there when the first key frame is complete, counted from the viewer’s connecting. Sixteen viewers come at sixteen points of the GOP.',
      `- ${timing.rounds} ${timing.rounds === 1 ? 'round' : 'rounds, the median of them counts'}; ${timing.warmUp / 1000} s of warming up, ${timing.window / 1000} s of measuring. A round in which the load generator or something else on the machine was short of time counts only where there is no other.`,
    ].join('\n'),
    '',
  ].join('\n\n');
}

function figureTable({ servers, workloads, results }: Report): string {
  const names = servers.map(({ name }) => name);
  const peers = names.includes(flux.name) ? names.filter(name => name !== flux.name) : [];
  const rows = workloads.flatMap(({ id: workload, title, figures }) =>
    figures.map((id, index) => {
      const value = (name: string): number => figure(results, name, workload, id);
      const unsure = (...of: string[]): boolean => of.some(name => doubted(results, name, workload));
      return [
        index === 0 ? title : '',
        `${FIGURES[id].title} (${FIGURES[id].unit})`,
        ...names.map(name => show(value(name), FIGURES[id].digits, '', unsure(name))),
        ...peers.map(name => show(value(flux.name) / value(name), 2, '×', unsure(flux.name, name))),
      ];
    }),
  );
  return table(['Workload', 'Figure', ...names, ...peers.map(name => `${flux.name} ÷ ${name}`)], rows);
}

function targetTable({ results }: Report): string {
  return table(
    ['Target', 'At most', 'Measured', ''],
    targets(results).map(({ title, value, limit, unit, doubted: unsure }) => [
      title,
      `${limit} ${unit}`,
      show(value, unit === '×' ? 2 : 0, unit, unsure),
      Number.isNaN(value) ? 'not measured' : unsure ? 'not certain' : value <= limit ? 'met' : 'missed',
    ]),
  );
}

function show(value: number, digits: number, unit: string, unsure: boolean): string {
  if (!Number.isFinite(value)) return NOTHING;
  return [value.toFixed(digits), unit, unsure ? '?' : ''].filter(part => part !== '').join(' ');
}
