/**
 * Many cameras pulled by RTSP: what they cost the process that pulls them, and whether packets are lost. The cameras are
 * the players of one stream of our own server, in a process of its own; nobody watches what is pulled. All are at one
 * host, so that they are begun four a second.
 *
 *   node bench/rtsp-pull.ts [--streams 300] [--transport tcp|udp] [--seconds 30] [--kilobits 1000]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { StreamOrchestrator } from '../packages/core/orchestrator/stream-orchestrator.ts';
import { parseAvcConfigurationRecord } from '../packages/media/codec/h264/configuration-record.ts';
import { H264_CLIPS } from '../packages/media/codec/h264/test-clips.ts';
import { h264Track } from '../packages/media/codec/h264/track.ts';
import { VideoSample } from '../packages/media/model/sample.ts';
import { BUNDLED_PROFILES, ProfileLibrary } from '../packages/protocols/camera/library.ts';
import { RtspAdapter } from '../packages/protocols/rtsp/adapter.ts';
import { RtspPulls } from '../packages/protocols/rtsp/pull/pulls.ts';

interface PullFigures {
  readonly streams: number;
  /** Seconds from the first attempt until all were there. */
  readonly connectSeconds: number;
  /** CPU seconds a second of the pulling process. */
  readonly cores: number;
  readonly packetsPerSecond: number;
  /** In the measured time, of all streams. */
  readonly lost: number;
  readonly frames: number;
  readonly expectedFrames: number;
  readonly rssBytes: number;
}

const FRAMES_PER_SECOND = 25;
const FRAMES_OF_A_GROUP = 50;
/** A key frame is as large as so many others. */
const KEY_FRAME_WEIGHT = 8;
const CONNECT_TIMEOUT = 120_000;
const SETTLE = 3000;
const SERVING = 'FLUX_BENCH_CAMERAS';

function orchestrator(): StreamOrchestrator {
  return new StreamOrchestrator({
    stream: { gop: { maxBytes: 2 ** 24, maxSeconds: 20 }, discoverySeconds: 1 },
    flush: { minInterval: 20, maxInterval: 100 },
    turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
    maxStreams: 5000,
    takeover: false,
    publisherGrace: 15_000,
    openTimeout: 10_000,
  });
}

/** The cameras: one stream for all. Tells its port to the parent. */
async function serve(kilobits: number): Promise<void> {
  const streams = orchestrator();
  const adapter = new RtspAdapter({
    orchestrator: streams,
    host: '127.0.0.1',
    port: 0,
    transports: ['tcp', 'udp'],
    portRange: [10_000, 19_999],
    maxConnections: 5000,
    limits: { maxQueuedBytes: 8 * 1024 * 1024, stallTimeout: 30_000 },
  });
  await adapter.start();
  const { sps, pps } = parseAvcConfigurationRecord(Buffer.from(H264_CLIPS[0].record, 'hex'));
  const publisher = { protocol: 'bench', peer: 'here', close: () => {} };
  const publication = await streams.registerStream('cam', publisher);
  publication.expect({ video: true, audio: false });
  publication.setTrack(h264Track({ id: 1, version: 1, clockRate: 90_000 }, sps, pps));
  const groupBytes = (kilobits * 125 * FRAMES_OF_A_GROUP) / FRAMES_PER_SECOND;
  const size = Math.round(groupBytes / (FRAMES_OF_A_GROUP - 1 + KEY_FRAME_WEIGHT));
  const begun = performance.now();
  let sent = 0;
  const send = () => {
    const due = ((performance.now() - begun) * FRAMES_PER_SECOND) / 1000;
    for (; sent < due; sent++) {
      const isKey = sent % FRAMES_OF_A_GROUP === 0;
      const nalUnit = Buffer.alloc(isKey ? size * KEY_FRAME_WEIGHT : size, 0xab);
      nalUnit[0] = isKey ? 0x65 : 0x41;
      const time = (sent * 90_000) / FRAMES_PER_SECOND;
      publication.write(VideoSample.fromNalUnits(1, time, time, isKey, [nalUnit]));
    }
  };
  setInterval(send, 5);
  process.once('disconnect', () => process.exit());
  process.send?.({ port: adapter.port });
}

/** Pulls `count` streams from `url` and measures for `seconds`. */
async function measure(url: string, count: number, transport: string, seconds: number): Promise<PullFigures> {
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
  const before = { ...totals(pulls), cpu: process.cpuUsage(), time: performance.now() };
  await sleep(seconds * 1000);
  const after = totals(pulls);
  const { user, system } = process.cpuUsage(before.cpu);
  const elapsed = (performance.now() - before.time) / 1000;
  streams.close();
  return {
    streams: count,
    connectSeconds,
    cores: (user + system) / 1e6 / elapsed,
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

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      streams: { type: 'string', default: '300' },
      transport: { type: 'string', default: 'tcp' },
      seconds: { type: 'string', default: '30' },
      kilobits: { type: 'string', default: '1000' },
    },
  });
  const cameras: ChildProcess = fork(import.meta.filename, [], {
    env: { ...process.env, [SERVING]: values.kilobits },
  });
  try {
    const [{ port }] = (await once(cameras, 'message')) as [{ port: number }];
    const url = `rtsp://127.0.0.1:${port}/live/cam`;
    const figures = await measure(url, Number(values.streams), values.transport, Number(values.seconds));
    console.log(JSON.stringify(figures, null, 2));
  } finally {
    cameras.kill();
  }
}

const kilobits = process.env[SERVING];
await (kilobits === undefined ? main() : serve(Number(kilobits)));
