import type { Ingest } from '@flux-iot/core/orchestrator/protocol-adapter';
import {
  type OrchestratorOptions,
  StreamOrchestrator,
} from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { Stream } from '@flux-iot/core/stream/stream';
import { BUNDLED_PROFILES, ProfileLibrary } from '../../camera/library.ts';
import { RtspPulls, type RtspPullsOptions } from './pulls.ts';

export const PROFILES = ProfileLibrary.load(BUNDLED_PROFILES);
/** Below those that the system gives out. */
export const PORT_RANGE = [12_000, 19_999] as const;

/** Pulls into an orchestrator of its own. */
export class TestPull {
  readonly orchestrator: StreamOrchestrator;
  readonly pulls: RtspPulls;
  /** The texts of the pictures that came, each with its time in milliseconds. */
  readonly pictures: { readonly text: string; readonly time: number }[] = [];
  /** Times of key frames. */
  readonly keys = new Set<number>();
  discontinuities = 0;

  constructor(
    options: Partial<RtspPullsOptions> = {},
    orchestratorOptions: Partial<OrchestratorOptions> = {},
  ) {
    this.orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 2 ** 24, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 2, maxInterval: 20 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 500,
      takeover: false,
      publisherGrace: 10_000,
      openTimeout: 15_000,
      ...orchestratorOptions,
    });
    this.pulls = new RtspPulls({
      profiles: PROFILES,
      transports: ['tcp', 'udp'],
      portRange: PORT_RANGE,
      ...options,
    });
  }

  add(source: Readonly<Record<string, unknown>>, streamId = 'cam1'): Promise<Ingest> {
    return this.orchestrator.addIngest(streamId, () => this.pulls.pull(streamId, source, this.orchestrator));
  }

  /** Adds an ingest and a sink to its stream, once there are pictures. */
  async watch(source: Readonly<Record<string, unknown>>): Promise<Ingest> {
    const ingest = await this.add(source);
    await this.open();
    return ingest;
  }

  async open(): Promise<Stream> {
    const stream = await this.orchestrator.openStream('cam1');
    stream.addSink({
      onTracks: () => {},
      onSample: (sample, track) => {
        if (sample.kind !== 'video') return;
        const text = /P\d+$/.exec(sample.data.toString('latin1'))?.[0] ?? '?';
        const time = (1000 * sample.dts) / (track?.clockRate ?? 1);
        this.pictures.push({ text, time });
        if (sample.key) this.keys.add(time);
      },
      onDiscontinuity: () => {
        this.discontinuities++;
      },
      onEnd: () => {},
    });
    return stream;
  }

  /** Waits for so many pictures, in all. */
  async untilPictures(count: number, timeout?: number): Promise<string[]> {
    await until(() => this.pictures.length >= count, `${count} pictures come`, timeout);
    return this.pictures.map(({ text }) => text);
  }

  get steps(): string[] {
    return this.orchestrator.getIngest('cam1')?.history?.entries.map(({ step }) => step) ?? [];
  }

  details(step: string): string[] {
    const entries = this.orchestrator.getIngest('cam1')?.history?.entries ?? [];
    return entries.filter(entry => entry.step === step).map(({ detail }) => detail);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.orchestrator.close();
    await until(() => this.pulls.portPairs === 0, 'all ports are given back');
  }
}

export async function until(condition: () => boolean, what: string, timeout = 5000): Promise<void> {
  const deadline = performance.now() + timeout;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within ${timeout} ms: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

/** The pictures from `first` on, one after the other. */
export function inARow(first: number, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `P${first + index}`);
}
