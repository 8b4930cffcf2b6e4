import { setTimeout as sleep } from 'node:timers/promises';
import { Histogram } from '../load/histogram.ts';
import type { Job, LoadReport } from '../load/job.ts';
import { LoadProcess } from '../load/load-process.ts';
import type { RunningServer, Server } from '../servers/server.ts';
import { doubts } from './doubts.ts';
import { machineBusySeconds, processTree, usage } from './processes.ts';
import { FIRST_PICTURE_SPACING, type FigureId, type Figures, type Workload } from './workloads.ts';

/** How long each part takes, in milliseconds. */
export interface Timing {
  /** From the load's being complete to the window: caches fill and compilers finish. */
  readonly warmUp: number;
  readonly window: number;
  readonly rounds: number;
}

export const FULL: Timing = { warmUp: 5000, window: 12_000, rounds: 3 };
export const QUICK: Timing = { warmUp: 2500, window: 5000, rounds: 1 };

export interface Measurement {
  readonly figures: Figures;
  /** Cores that the busiest load process used. */
  readonly generatorCores: number;
  /** Why the figures may not be the server's: the generator or the machine was the limit. */
  readonly doubts: readonly string[];
}

const EMPTY_SERVER_MILLISECONDS = 1500;
const GOP_CACHE_MILLISECONDS = 2200;
const SPREAD_MILLISECONDS = 2000;
const READY_MILLISECONDS = 30_000;
const RSS_INTERVAL_MILLISECONDS = 1000;
/** Connections in one load process: with many more, one process would be the limit before a good server is. */
const CONNECTIONS_PER_PROCESS = 400;

/** The load on a server, and what the server used before it. */
interface Loaded {
  readonly pid: number;
  readonly emptyRss: number;
  readonly publishers: readonly LoadProcess[];
  readonly viewers: readonly LoadProcess[];
}

/** Starts the server, loads it, measures it and stops it. */
export async function measure(
  workload: Workload,
  server: Server,
  clip: string,
  timing: Timing,
  signal: AbortSignal,
): Promise<Measurement> {
  const running = await server.start(signal);
  const run = Date.now().toString(36);
  const load: LoadProcess[] = [];
  const begin = (role: Job['role']): LoadProcess[] => {
    const processes = jobs(workload, running, run, clip, role).map(job => new LoadProcess(job));
    load.push(...processes);
    return processes;
  };
  try {
    await sleep(EMPTY_SERVER_MILLISECONDS, undefined, { signal });
    const emptyRss = usage(processTree(running.pid)).rssBytes;
    const publishers = begin('publish');
    await ready(publishers, READY_MILLISECONDS, signal);
    await sleep(GOP_CACHE_MILLISECONDS, undefined, { signal });
    const viewers = workload.watch === 'nothing' ? [] : begin(workload.watch);
    const loaded = { pid: running.pid, emptyRss, publishers, viewers };
    if (workload.firstPicture) {
      const limit = READY_MILLISECONDS + workload.viewers * FIRST_PICTURE_SPACING;
      return await measureDuring(workload, loaded, () => ready(viewers, limit, signal), signal);
    }
    await ready(viewers, READY_MILLISECONDS, signal);
    await sleep(timing.warmUp, undefined, { signal });
    return await measureDuring(workload, loaded, () => sleep(timing.window, undefined, { signal }), signal);
  } finally {
    for (const process of load) process.stop();
    await running.stop();
  }
}

async function measureDuring(
  workload: Workload,
  { pid, emptyRss, publishers, viewers }: Loaded,
  wait: () => Promise<void>,
  signal: AbortSignal,
): Promise<Measurement> {
  const tree = processTree(pid);
  for (const process of [...publishers, ...viewers]) process.beginWindow();
  const begin = performance.now();
  const busyBefore = machineBusySeconds();
  const before = usage(tree);
  let rss = before.rssBytes;
  const timer = setInterval(() => {
    rss = Math.max(rss, usage(tree).rssBytes);
  }, RSS_INTERVAL_MILLISECONDS);
  try {
    await wait();
  } finally {
    clearInterval(timer);
  }
  const after = usage(tree);
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  const busySeconds = machineBusySeconds() - busyBefore;
  const seconds = (performance.now() - begin) / 1000;
  const published = await reports(publishers, signal);
  const watched = await reports(viewers, signal);
  const load = [...published, ...watched];

  const latency = new Histogram();
  for (const report of watched) latency.merge(report.latency);
  const pictures = watched.flatMap(report => report.firstPictures).sort((a, b) => a - b);
  // A frame that a publisher could not send is lost to each of its viewers, who notice it by the gap.
  const receiving = watched.length > 0 ? watched : published;
  const lost = sum(receiving, report => report.lost);
  rss = Math.max(rss, after.rssBytes);
  const figures: Record<FigureId, number> = {
    cpuCores: cpuSeconds / seconds,
    cpuPerGigabyte: cpuSeconds / (sum(watched, report => report.bytes) / 1e9),
    latencyMedian: latency.percentile(0.5),
    latencyP99: latency.percentile(0.99),
    firstPictureMedian: pictures[pictures.length >> 1] ?? Number.NaN,
    firstPictureWorst: pictures.at(-1) ?? Number.NaN,
    lost: (1000 * lost) / (sum(receiving, report => report.frames) + lost),
    rss: rss / 1e6,
    rssOverEmpty: (rss - emptyRss) / 1e6,
  };
  return {
    figures: Object.fromEntries(workload.figures.map(id => [id, figures[id]])),
    generatorCores: Math.max(...load.map(report => report.cpuSeconds / report.seconds)),
    doubts: doubts({ workload, published, watched, busySeconds, cpuSeconds, seconds }),
  };
}

async function ready(load: readonly LoadProcess[], timeout: number, signal: AbortSignal): Promise<void> {
  await Promise.all(load.map(process => process.ready(timeout, signal)));
}

/** One job for each load process. Names differ from run to run, for a server that is not started afresh. */
function jobs(
  workload: Workload,
  server: RunningServer,
  run: string,
  clip: string,
  role: Job['role'],
): Job[] {
  const publishes = role === 'publish';
  const count = publishes ? workload.publishers : workload.viewers;
  const processes = Math.ceil(count / CONNECTIONS_PER_PROCESS);
  const spacing =
    workload.firstPicture && !publishes ? FIRST_PICTURE_SPACING : (SPREAD_MILLISECONDS * processes) / count;
  return Array.from({ length: processes }, (_, index) => ({
    host: '127.0.0.1',
    role,
    port: server.rtmpPort,
    app: 'live',
    flvUrl: server.flvUrl ?? '',
    names: Array.from({ length: count }, (_, i) => `${run}-${i % workload.publishers}`).filter(
      (_, i) => i % processes === index,
    ),
    spacing,
    clip,
    leaveAfterPicture: workload.firstPicture,
  }));
}

function reports(load: readonly LoadProcess[], signal: AbortSignal): Promise<LoadReport[]> {
  return Promise.all(load.map(process => process.report(signal)));
}

function sum(reports: readonly LoadReport[], value: (report: LoadReport) => number): number {
  return reports.reduce((total, report) => total + value(report), 0);
}
