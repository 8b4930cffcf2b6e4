import { setTimeout as sleep } from 'node:timers/promises';
import { Histogram } from '../load/histogram.ts';
import type { LoadReport } from '../load/job.ts';
import type { Server } from '../servers/server.ts';
import { type Circumstances, doubts, findings } from './doubts.ts';
import type { FigureId, Figures } from './figures.ts';
import { Load, reports } from './load.ts';
import { machineBusySeconds, ProcessTree, type Usage, type Waiting } from './processes.ts';
import { FIRST_PICTURE_SPACING, type Watch, type Workload } from './workloads.ts';

/** How long each part takes, in milliseconds. */
export interface Timing {
  /** From the load's being complete to the window: caches fill and compilers finish. */
  readonly warmUp: number;
  readonly window: number;
  readonly rounds: number;
}

export const FULL: Timing = { warmUp: 3000, window: 9000, rounds: 2 };
export const QUICK: Timing = { warmUp: 2000, window: 5000, rounds: 1 };

export interface Measurement {
  readonly figures: Figures;
  /** Cores that all load processes used together. */
  readonly generatorCores: number;
  /** Why the figures may not be the server's: the generator or the machine was the limit. */
  readonly doubts: readonly string[];
  /** What the server did not manage. */
  readonly findings: readonly string[];
}

/** A server is empty and at rest when nothing has started or worked in it for so long; not waited for endlessly. */
const REST_MILLISECONDS = 1000;
const LONGEST_REST_MILLISECONDS = 8000;
const LOOK_MILLISECONDS = 250;
const REST_CPU_SECONDS = 0.02;
/** From the first frame to the first viewer, so that there is a key frame for it. */
const GOP_CACHE_MILLISECONDS = 2200;
const RSS_INTERVAL_MILLISECONDS = 1000;

/** Milliseconds that a measurement takes, about. */
export function duration({ viewers, firstPicture }: Workload, { warmUp, window }: Timing): number {
  const startAndStop = 2500;
  const coming = firstPicture ? viewers * FIRST_PICTURE_SPACING : 2000;
  const watched = viewers > 0 ? GOP_CACHE_MILLISECONDS + coming : 0;
  return startAndStop + REST_MILLISECONDS + 2000 + watched + (firstPicture ? 0 : warmUp + window);
}

/** Starts the server, loads it, measures it and stops it. */
export async function measure(
  workload: Workload,
  watch: Watch,
  server: Server,
  clip: string,
  timing: Timing,
  signal: AbortSignal,
): Promise<Measurement> {
  const running = await server.start(signal, workload.nodes);
  const load = new Load(workload, running, clip);
  try {
    const tree = new ProcessTree(running.pid);
    await untilRest(tree, signal);
    const emptyRss = tree.usage().rssBytes;
    await load.publish(signal);
    if (watch !== 'nothing') await sleep(GOP_CACHE_MILLISECONDS, undefined, { signal });
    load.watch(watch);
    let wait = (): Promise<void> => load.viewersReady(signal);
    if (!workload.firstPicture) {
      await wait();
      await sleep(timing.warmUp, undefined, { signal });
      wait = () => sleep(timing.window, undefined, { signal });
    }
    const circumstances = await watchWindow(workload, load, tree, wait, signal);
    return {
      figures: figuresOf(circumstances, emptyRss),
      generatorCores: generatorCores(circumstances),
      doubts: doubts(circumstances),
      findings: findings(circumstances),
    };
  } finally {
    load.stop();
    await running.stop();
  }
}

/** What had been used at one moment. */
interface Moment {
  readonly time: number;
  readonly busySeconds: number;
  readonly server: Usage;
  readonly serverWaiting: Waiting;
  readonly generatorWaiting: readonly Waiting[];
}

async function watchWindow(
  workload: Workload,
  load: Load,
  tree: ProcessTree,
  wait: () => Promise<void>,
  signal: AbortSignal,
): Promise<Circumstances> {
  const generator = load.processes.map(({ pid }) => new ProcessTree(pid));
  const look = (): Moment => ({
    time: performance.now(),
    busySeconds: machineBusySeconds(),
    server: tree.usage(),
    serverWaiting: tree.waiting(),
    generatorWaiting: generator.map(process => process.waiting()),
  });
  for (const process of load.processes) process.beginWindow();
  const before = look();
  let rssBytes = before.server.rssBytes;
  const timer = setInterval(() => {
    rssBytes = Math.max(rssBytes, tree.usage().rssBytes);
  }, RSS_INTERVAL_MILLISECONDS);
  try {
    await wait();
  } finally {
    clearInterval(timer);
  }
  const after = look();
  return {
    workload,
    published: await reports(load.publishers, signal),
    watched: await reports(load.viewers, signal),
    seconds: (after.time - before.time) / 1000,
    busySeconds: after.busySeconds - before.busySeconds,
    cpuSeconds: after.server.cpuSeconds - before.server.cpuSeconds,
    rssBytes: Math.max(rssBytes, after.server.rssBytes),
    serverProcesses: tree.pids.length,
    serverWaiting: difference(after.serverWaiting, before.serverWaiting),
    generatorWaiting: after.generatorWaiting.map((waiting, i) =>
      difference(waiting, before.generatorWaiting[i]!),
    ),
  };
}

function figuresOf(circumstances: Circumstances, emptyRss: number): Figures {
  const { workload, published, watched, cpuSeconds, seconds, rssBytes } = circumstances;
  const latency = new Histogram();
  for (const report of watched) latency.merge(report.latency);
  const pictures = watched.flatMap(report => report.firstPictures).sort((a, b) => a - b);
  // A frame that a publisher could not send is lost to each of its viewers, who notice it by the gap.
  const receiving = watched.length > 0 ? watched : published;
  const lost = sum(receiving, report => report.lost);
  const figures: Readonly<Record<FigureId, number>> = {
    cpuCores: cpuSeconds / seconds,
    cpuPerGigabyte: cpuSeconds / seconds / (sum(watched, report => report.bytes / report.seconds) / 1e9),
    rss: rssBytes / 1e6,
    rssOverEmpty: (rssBytes - emptyRss) / 1e6,
    latencyMedian: latency.percentile(0.5),
    latencyP99: latency.percentile(0.99),
    latencyMax: latency.percentile(1),
    lost: (1000 * lost) / (sum(receiving, report => report.frames) + lost),
    firstPictureMedian: pictures[pictures.length >> 1] ?? Number.NaN,
    firstPictureWorst: pictures.at(-1) ?? Number.NaN,
  };
  return Object.fromEntries(workload.figures.map(id => [id, figures[id]]));
}

function generatorCores({ published, watched }: Circumstances): number {
  return sum([...published, ...watched], report => report.cpuSeconds / report.seconds);
}

/** A server of several processes goes on starting them after its ports are open. */
async function untilRest(tree: ProcessTree, signal: AbortSignal): Promise<void> {
  let before = { pids: '', cpuSeconds: 0 };
  let rest = 0;
  for (let waited = 0; rest < REST_MILLISECONDS && waited < LONGEST_REST_MILLISECONDS; ) {
    await sleep(LOOK_MILLISECONDS, undefined, { signal });
    waited += LOOK_MILLISECONDS;
    const now = { pids: tree.pids.join(), cpuSeconds: tree.usage().cpuSeconds };
    const rests = now.pids === before.pids && now.cpuSeconds - before.cpuSeconds <= REST_CPU_SECONDS;
    rest = rests ? rest + LOOK_MILLISECONDS : 0;
    before = now;
  }
}

function difference(after: Waiting, before: Waiting): Waiting {
  return { seconds: after.seconds - before.seconds, times: after.times - before.times };
}

function sum(reports: readonly LoadReport[], value: (report: LoadReport) => number): number {
  return reports.reduce((total, report) => total + value(report), 0);
}
