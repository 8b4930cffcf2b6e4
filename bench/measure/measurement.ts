import { setTimeout as sleep } from 'node:timers/promises';
import { Histogram } from '../load/histogram.ts';
import type { Job, LoadReport } from '../load/job.ts';
import { LoadProcess } from '../load/load-process.ts';
import type { RunningServer, Server } from '../servers/server.ts';
import { doubts } from './doubts.ts';
import { machineBusySeconds, processTree, usage } from './processes.ts';
import { FIRST_PICTURE_SPACING, type Figures, type Workload } from './workloads.ts';

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
  /** Cores that the busiest load process used; NaN where nothing was counted. */
  readonly generatorCores: number;
  /** Why the figures may not be the server's: the generator or the machine was the limit. */
  readonly doubts: readonly string[];
}

const EMPTY_SERVER_MILLISECONDS = 1500;
const GOP_CACHE_MILLISECONDS = 2200;
const SPREAD_MILLISECONDS = 2000;
const READY_MILLISECONDS = 30_000;
const RSS_INTERVAL_MILLISECONDS = 1000;
/** Connections in one load process: one process with all of them would be the limit before a good server is. */
const CONNECTIONS_PER_PROCESS = Number(process.env.CPP ?? 250);

/** Starts the server, loads it, measures it and stops it. */
export async function measure(
  workload: Workload,
  server: Server,
  clip: string,
  timing: Timing,
  signal: AbortSignal,
): Promise<Measurement> {
  const running = await server.start(signal);
  const load: LoadProcess[] = [];
  try {
    await sleep(EMPTY_SERVER_MILLISECONDS, undefined, { signal });
    const emptyRss = usage(processTree(running.pid)).rssBytes;
    const run = Date.now().toString(36);
    const publishers = jobs(workload, running, run, clip, 'publish').map(job => new LoadProcess(job));
    load.push(...publishers);
    await Promise.all(publishers.map(process => process.ready(READY_MILLISECONDS, signal)));
    await sleep(GOP_CACHE_MILLISECONDS, undefined, { signal });
    const viewers: LoadProcess[] = [];
    if (workload.watch !== 'nothing') {
      viewers.push(...jobs(workload, running, run, clip, workload.watch).map(job => new LoadProcess(job)));
      load.push(...viewers);
      const needed =
        READY_MILLISECONDS + (workload.firstPicture ? workload.viewers * FIRST_PICTURE_SPACING : 0);
      await Promise.all(viewers.map(process => process.ready(needed, signal)));
    }
    if (workload.firstPicture) return firstPictures(await reports(viewers, signal));
    await sleep(timing.warmUp, undefined, { signal });
    return await measureWindow(workload, running.pid, emptyRss, publishers, viewers, timing.window, signal);
  } finally {
    for (const process of load) process.stop();
    await running.stop();
  }
}

async function measureWindow(
  workload: Workload,
  pid: number,
  emptyRss: number,
  publishers: readonly LoadProcess[],
  viewers: readonly LoadProcess[],
  window: number,
  signal: AbortSignal,
): Promise<Measurement> {
  const tree = processTree(pid);
  const load = [...publishers, ...viewers];
  for (const process of load) process.beginWindow();
  const begin = performance.now();
  const busyBefore = machineBusySeconds();
  const cpuBefore = usage(tree).cpuSeconds;
  let rss = 0;
  for (let left = window; left > 0; left = window - (performance.now() - begin)) {
    await sleep(Math.min(RSS_INTERVAL_MILLISECONDS, left), undefined, { signal });
    rss = Math.max(rss, usage(tree).rssBytes);
  }
  const cpuSeconds = usage(tree).cpuSeconds - cpuBefore;
  const busySeconds = machineBusySeconds() - busyBefore;
  const seconds = (performance.now() - begin) / 1000;
  const published = await reports(publishers, signal);
  const watched = await reports(viewers, signal);

  const latency = new Histogram();
  for (const report of watched) latency.merge(report.latency);
  const receiving = watched.length > 0 ? watched : published;
  const lost =
    sum(watched, report => report.lost) +
    sum(published, report => report.lost) * Math.max(1, workload.viewers);
  const frames = sum(receiving, report => report.frames) + lost;
  const figures: Figures = {
    cpuCores: cpuSeconds / seconds,
    cpuPerGigabyte: cpuSeconds / (sum(watched, report => report.bytes) / 1e9),
    latencyMedian: latency.percentile(0.5),
    latencyP99: latency.percentile(0.99),
    lost: (1000 * lost) / frames,
    rss: rss / 1e6,
    rssOverEmpty: (rss - emptyRss) / 1e6,
  };
  return {
    figures: Object.fromEntries(workload.figures.map(id => [id, figures[id]])),
    generatorCores: Math.max(...[...published, ...watched].map(report => report.cpuSeconds / report.seconds)),
    doubts: doubts({ workload, published, watched, busySeconds, cpuSeconds, seconds }),
  };
}

function firstPictures(viewers: readonly LoadReport[]): Measurement {
  const times = viewers.flatMap(report => report.firstPictures).sort((a, b) => a - b);
  return {
    figures: {
      firstPictureMedian: times[times.length >> 1] ?? Number.NaN,
      firstPictureWorst: times.at(-1) ?? Number.NaN,
    },
    generatorCores: Number.NaN,
    doubts: [],
  };
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
