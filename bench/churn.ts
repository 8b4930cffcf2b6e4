/**
 * Many short sessions, one after another: does a server give back what each of them took?
 *
 *   node bench/churn.ts --rtmp PORT --pid PID [--flv URL] [--sessions 10000] [--concurrent 20] [--hold 0]
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { clip } from './clip/clip.ts';
import { monotonicClock } from './load/clock.ts';
import { type LoadContext, loadContext } from './load/connection.ts';
import { type PreparedClip, prepareClip } from './load/prepared-clip.ts';
import { Publisher } from './load/publisher.ts';
import { Tally } from './load/tally.ts';
import { Viewer, type ViewerTarget } from './load/viewer.ts';
import { ProcessTree } from './measure/processes.ts';

export interface ChurnOptions {
  readonly rtmpPort: number;
  /** The process whose tree is watched. */
  readonly pid: number;
  /** Address with `{name}` in it: every second session is then watched by HTTP-FLV instead of RTMP. */
  readonly flvUrl?: string | undefined;
  readonly sessions: number;
  /** Sessions at a time; 20 by default. */
  readonly concurrent?: number;
  /** Seconds that a viewer goes on watching after its first picture, at most: half as long on average; 0 by default. */
  readonly hold?: number;
  /** Sessions before the counted ones, so that caches are full and compilers are done; a tenth of them by default. */
  readonly warmUp?: number;
  /**
   * Milliseconds of rest before each of the two measurements, 20 s by default: servers keep a stream for a while whose
   * publisher was lost.
   */
  readonly rest?: number;
  /** Told now and then how far it is. */
  readonly onSample?: (sample: ChurnSample) => void;
  readonly signal?: AbortSignal | undefined;
}

export interface ChurnSample {
  /** Sessions that are over. */
  readonly sessions: number;
  readonly rssBytes: number;
  /** Open files and sockets. */
  readonly handles: number;
}

export interface ChurnResult {
  readonly before: ChurnSample;
  /** After a rest, and a longer one while more handles are open than before. */
  readonly after: ChurnSample;
  /** A tenth of the sessions apart: memory that grows throughout is a leak, a first rise is not. */
  readonly samples: readonly ChurnSample[];
  readonly failed: number;
  /** Why the first of them failed. */
  readonly failure: string | undefined;
  readonly seconds: number;
}

const CONCURRENT = 20;
const PUMP_MILLISECONDS = 5;
const SESSION_MILLISECONDS = 15_000;
const REST_MILLISECONDS = 20_000;
const SETTLE_MILLISECONDS = 60_000;
const SETTLE_STEP_MILLISECONDS = 1000;
const SAMPLES = 10;

/**
 * Publishes and watches `sessions` streams of names of their own. A session ends when its viewer has a picture, or a
 * while after: in turn with a farewell, and by closing the sockets without a word.
 */
export async function churn(options: ChurnOptions): Promise<ChurnResult> {
  const {
    pid,
    sessions,
    onSample,
    warmUp = Math.ceil(sessions / SAMPLES),
    rest = REST_MILLISECONDS,
    concurrent = CONCURRENT,
  } = options;
  const signal = options.signal ?? new AbortController().signal;
  const prepared = prepareClip(await clip(2));
  const context = loadContext('127.0.0.1', monotonicClock(), () => {});
  const tree = new ProcessTree(pid);
  const look = (done: number): ChurnSample => {
    const sample = { sessions: done, rssBytes: tree.usage().rssBytes, handles: tree.handles() };
    onSample?.(sample);
    return sample;
  };
  const idleHandles = tree.handles();
  const run = Date.now().toString(36);
  const one = (name: string, index: number) => session(context, options, prepared, `${run}-${name}`, index);
  await many(warmUp, concurrent, index => one(`w${index}`, index), signal);
  await settle(tree, idleHandles, rest, signal);

  const begin = performance.now();
  const before = look(0);
  const samples: ChurnSample[] = [];
  let done = 0;
  let failed = 0;
  let failure: string | undefined;
  await many(
    sessions,
    concurrent,
    async index => {
      const reason = await one(`${index}`, index);
      if (reason !== undefined) failed++;
      failure ??= reason;
      if (++done % Math.ceil(sessions / SAMPLES) === 0) samples.push(look(done));
    },
    signal,
  );
  const seconds = (performance.now() - begin) / 1000;
  await settle(tree, before.handles, rest, signal);
  return { before, after: look(done), samples, failed, failure, seconds };
}

/** Runs `task` for 0 to `count` - 1, `concurrent` at a time. */
async function many(
  count: number,
  concurrent: number,
  task: (index: number) => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) {
      signal.throwIfAborted();
      await task(next++);
    }
  };
  await Promise.all(Array.from({ length: concurrent }, lane));
}

/** Resolves with the reason where the viewer got no picture. */
function session(
  context: LoadContext,
  { rtmpPort, flvUrl, hold = 0 }: ChurnOptions,
  prepared: PreparedClip,
  name: string,
  index: number,
): Promise<string | undefined> {
  const byFlv = flvUrl !== undefined && index % 2 === 1;
  const polite = index % 4 < 2;
  const target: ViewerTarget = byFlv
    ? { transport: 'flv', url: flvUrl.replaceAll('{name}', name) }
    : { transport: 'rtmp', port: rtmpPort, app: 'live', name };
  const tally = new Tally();
  return new Promise(resolve => {
    let viewer: Viewer | undefined;
    let leaving: NodeJS.Timeout | undefined;
    const end = (failure: string | undefined): void => {
      clearInterval(pump);
      clearTimeout(limit);
      clearTimeout(leaving);
      for (const party of [viewer, publisher]) polite ? party?.leave() : party?.close();
      resolve(failure);
    };
    const onLost = (reason: string): void => end(reason);
    const publisher = new Publisher(context, { port: rtmpPort, app: 'live', name }, prepared, tally, {
      onPublishing: () => {
        const onPicture = (): void => {
          clearTimeout(limit);
          leaving ??= setTimeout(end, Math.random() * hold * 1000, undefined);
        };
        viewer = new Viewer(context, target, tally, { onPicture, onLost });
      },
      onLost,
    });
    const pump = setInterval(() => publisher.pump(context.clock()), PUMP_MILLISECONDS);
    const limit = setTimeout(() => end('no picture in time'), SESSION_MILLISECONDS);
  });
}

/** Rests, and goes on resting until no more than `wanted` handles are open, but not for ever. */
async function settle(tree: ProcessTree, wanted: number, rest: number, signal: AbortSignal): Promise<void> {
  const begin = performance.now();
  await sleep(rest, undefined, { signal });
  while (tree.handles() > wanted && performance.now() - begin < SETTLE_MILLISECONDS) {
    await sleep(SETTLE_STEP_MILLISECONDS, undefined, { signal });
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rtmp: { type: 'string' },
      pid: { type: 'string' },
      flv: { type: 'string' },
      sessions: { type: 'string', default: '10000' },
      concurrent: { type: 'string', default: String(CONCURRENT) },
      hold: { type: 'string', default: '0' },
    },
  });
  const show = ({ sessions, rssBytes, handles: open }: ChurnSample): string =>
    `${sessions} sessions: ${(rssBytes / 1e6).toFixed(1)} MB, ${open} handles`;
  const result = await churn({
    rtmpPort: Number(values.rtmp),
    pid: Number(values.pid),
    flvUrl: values.flv,
    sessions: Number(values.sessions),
    concurrent: Number(values.concurrent),
    hold: Number(values.hold),
    onSample: sample => console.log(show(sample)),
  });
  const { before, after, failed, failure, seconds } = result;
  console.log(`before  ${show(before)}\nafter   ${show(after)}`);
  console.log(`${seconds.toFixed(0)} s, ${failed} failed${failure ? `: ${failure}` : ''}`);
}

if (import.meta.main) await main();
