import { setTimeout as sleep } from 'node:timers/promises';
import { BUNDLED_PROFILES, ProfileLibrary } from '../../packages/protocols/camera/library.ts';
import { RtspPulls } from '../../packages/protocols/rtsp/pull/pulls.ts';
import { ProcessTree } from '../measure/processes.ts';
import { orchestrator } from './orchestrator.ts';

export interface PullFigures {
  readonly streams: number;
  /** Seconds from the first attempt until all were there. */
  readonly connectSeconds: number;
  /** CPU seconds a second of the pulling process. */
  readonly cores: number;
  /** The same of the process that sends. */
  readonly servingCores: number;
  readonly packetsPerSecond: number;
  /** In the measured time, of all streams. */
  readonly lost: number;
  readonly frames: number;
  readonly expectedFrames: number;
  readonly rssBytes: number;
}

const FRAMES_PER_SECOND = 25;
const CONNECT_TIMEOUT = 120_000;
const SETTLE = 3000;

/** Pulls `count` streams from `url`, which the process `servingPid` sends, and measures for `seconds`. */
export async function pull(
  url: string,
  count: number,
  transport: string,
  seconds: number,
  servingPid: number,
): Promise<PullFigures> {
  const serving = new ProcessTree(servingPid);
  const streams = orchestrator();
  const pulls = new RtspPulls({
    profiles: ProfileLibrary.load(BUNDLED_PROFILES),
    transports: ['tcp', 'udp'],
    portRange: [20_000, 29_999],
    onRead: () => streams.turns.countRead(),
  });
  const begun = performance.now();
  for (let index = 0; index < count; index++) {
    const id = `cam${index}`;
    await streams.addIngest(id, () => pulls.pull(id, { url, transport }, streams));
  }
  while (pulls.receptions.length < count) {
    if (performance.now() - begun > CONNECT_TIMEOUT) {
      const failed = streams.ingests.find(({ status }) => status.state !== 'connected');
      throw new Error(`only ${pulls.receptions.length} of ${count}: ${failed?.status.lastError}`);
    }
    await sleep(50);
  }
  const connectSeconds = (performance.now() - begun) / 1000;
  await sleep(SETTLE);
  const before = {
    ...totals(pulls),
    cpu: process.cpuUsage(),
    time: performance.now(),
    serving: serving.usage().cpuSeconds,
  };
  await sleep(seconds * 1000);
  const after = totals(pulls);
  const { user, system } = process.cpuUsage(before.cpu);
  const elapsed = (performance.now() - before.time) / 1000;
  streams.close();
  return {
    streams: count,
    connectSeconds,
    cores: (user + system) / 1e6 / elapsed,
    servingCores: (serving.usage().cpuSeconds - before.serving) / elapsed,
    packetsPerSecond: (after.packets - before.packets) / elapsed,
    lost: after.lost - before.lost,
    frames: after.frames - before.frames,
    expectedFrames: Math.round(elapsed * FRAMES_PER_SECOND * count),
    rssBytes: process.memoryUsage.rss(),
  };
}

function totals({ receptions }: RtspPulls) {
  const tracks = receptions.flatMap(reception => reception.tracks);
  const sum = (figure: 'packets' | 'lost' | 'frames') =>
    tracks.reduce((total, track) => total + track[figure], 0);
  return { packets: sum('packets'), lost: sum('lost'), frames: sum('frames') };
}
