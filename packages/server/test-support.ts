import { DEFAULT_TENANT, type Role } from '@flux-iot/core/access/access-policy';
import { proxyList } from '@flux-iot/core/access/client-address';
import type { MediaControl } from '@flux-iot/core/control/media-control';
import { NodeControl } from '@flux-iot/core/control/node-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Ingest, ProtocolAdapter, Push } from '@flux-iot/core/orchestrator/protocol-adapter';
import { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { MemoryStorage } from '@flux-iot/core/storage/memory-storage';
import type { Publication } from '@flux-iot/core/stream/publication';
import { AUDIO_TRACK, VIDEO_TRACK, video } from '@flux-iot/core/stream/test-support';
import { playableForms } from '@flux-iot/core/transcode/playable';
import type { TranscodeProfile } from '@flux-iot/core/transcode/profile';
import type { FastifyInstance, LightMyRequestResponse } from 'fastify';
import type { AccessOptions } from './access/access-control.ts';
import { Accounts, type AccountsOptions } from './accounts/accounts.ts';
import { type AppOptions, buildApp } from './app.ts';
import { type Database, openDatabase } from './database/open-database.ts';
import { DatabaseRecordingIndex } from './recordings/database-index.ts';
import { RecordingLibrary } from './recordings/library.ts';
import { traceQueries } from './tracing/trace-calls.ts';

/** Brings and sends nothing, but keeps what it was asked to. */
export class FakeAdapter implements ProtocolAdapter {
  readonly protocolName: string;
  readonly asked: { streamId: string; source: unknown }[] = [];
  readonly closed: string[] = [];
  isListening = true;

  constructor(protocolName: string) {
    this.protocolName = protocolName;
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  onStreamReady(): void {}

  stats() {
    return {
      listening: this.isListening ? ['127.0.0.1:1935'] : [],
      connections: 3,
      publishers: 1,
      viewers: 2,
      bytesIn: 10,
      bytesOut: 20,
      refused: { STREAM_BUSY: 1 },
    };
  }

  playUrls(streamId: string, host: string): Record<string, string> {
    return { [this.protocolName]: `${this.protocolName}://${host}/live/${streamId}` };
  }

  ingest(streamId: string, source: Readonly<Record<string, unknown>>): Ingest {
    this.asked.push({ streamId, source });
    const isPull = source.url !== undefined || source.device_id !== undefined;
    return {
      streamId,
      protocol: this.protocolName,
      status: isPull
        ? { state: 'retrying', attempts: 3, lastError: 'refused', nextAttemptAt: 1_700_000_000_000 }
        : { state: 'waiting', attempts: 0 },
      sourceUrl: isPull ? sourceUrlOf(source) : undefined,
      publishUrl: isPull ? undefined : host => `rtmp://${host}/live/${streamId}`,
      close: reason => this.closed.push(`${streamId} ${reason.code}`),
    };
  }

  push(id: string, streamId: string, url: string): Push {
    if (!url.includes('/live/')) throw new FluxError('URL_INVALID', 'The URL names no stream.');
    this.asked.push({ streamId, source: url });
    return {
      id,
      streamId,
      url: url.replace(/\?.*/, ''),
      status: { state: 'connecting', attempts: 1 },
      close: reason => this.closed.push(`${id} ${reason.code}`),
    };
  }
}

function sourceUrlOf({ device_id, channel_id }: Readonly<Record<string, unknown>>): string {
  return device_id === undefined ? 'rtmp://camera/live/one' : `gb28181://${device_id}/${channel_id}`;
}

/** A viewer's protocol: it can neither bring nor send. */
export function playOnlyAdapter(protocolName: string): ProtocolAdapter {
  const fake = new FakeAdapter(protocolName);
  return {
    protocolName,
    start: () => fake.start(),
    stop: () => fake.stop(),
    onStreamReady: () => {},
    stats: () => fake.stats(),
    playUrls: (streamId, host) => fake.playUrls(streamId, host),
  };
}

/** The one profile that there is. */
const OPUS: TranscodeProfile = {
  name: 'opus',
  video: 'copy',
  height: 0,
  frame_rate: 0,
  video_bitrate: 0,
  audio: 'opus',
  audio_bitrate: 0,
  hardware: 'none',
};

export interface TestApiOptions extends Partial<Omit<AppOptions, 'access'>> {
  readonly access?: Partial<AccessOptions>;
  readonly accountOptions?: Partial<AccountsOptions>;
  /** Besides those that there are anyway. */
  readonly adapters?: readonly ProtocolAdapter[];
}

/** The API on a real orchestrator with fake protocols. */
export class TestApi {
  readonly orchestrator: StreamOrchestrator;
  readonly rtmp: FakeAdapter;
  readonly app: FastifyInstance;
  readonly accounts: Accounts;
  readonly database: Database;
  readonly control: MediaControl;

  private constructor(
    orchestrator: StreamOrchestrator,
    rtmp: FakeAdapter,
    app: FastifyInstance,
    accounts: Accounts,
    database: Database,
    control: MediaControl,
  ) {
    this.orchestrator = orchestrator;
    this.rtmp = rtmp;
    this.app = app;
    this.accounts = accounts;
    this.database = database;
    this.control = control;
  }

  /** Authentication is off where `access` does not turn it on. */
  static async start({
    access,
    accountOptions,
    adapters: more = [],
    ...options
  }: TestApiOptions = {}): Promise<TestApi> {
    const orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 20, maxInterval: 60 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 100,
      takeover: false,
      publisherGrace: 1000,
      openTimeout: 500,
    });
    const rtmp = new FakeAdapter('rtmp');
    const adapters = [rtmp, playOnlyAdapter('hls'), playOnlyAdapter('srt'), ...more];
    const control = new NodeControl({ name: 'node-1', orchestrator, adapters });
    const database = await openDatabase('sqlite::memory:', options.tracing && traceQueries(options.tracing));
    const accounts = await Accounts.open({ database, publish: () => {}, auditDays: 1, ...accountOptions });
    const recordings = new RecordingLibrary({
      index: new DatabaseRecordingIndex(database),
      control,
      storage: new MemoryStorage({ maxBytes: 1_000_000 }),
      retention: { days: 0, maxBytes: 0 },
      onError: () => {},
    });
    const app = await buildApp({
      control,
      recordings,
      access: { accounts, isOpen: true, proxies: proxyList([]), ...access },
      mediaPort: () => 8081,
      version: '1.2.3',
      playable: playableForms([OPUS]),
      ...options,
    });
    return new TestApi(orchestrator, rtmp, app, accounts, database, control);
  }

  /** A stream with a picture and a sound track and one key frame. */
  async publish(streamId: string, protocol = 'rtmp'): Promise<Publication> {
    const publication = await this.orchestrator.registerStream(streamId, {
      protocol,
      peer: '10.0.0.9:4000',
      close: () => {},
    });
    publication.setTrack(VIDEO_TRACK);
    publication.setTrack(AUDIO_TRACK);
    publication.write(video(0, true, 'key'));
    return publication;
  }

  get(url: string, headers: Record<string, string> = {}): Promise<LightMyRequestResponse> {
    return this.app.inject({ method: 'GET', url, headers: { host: 'cam.example:8080', ...headers } });
  }

  post(
    url: string,
    payload?: unknown,
    headers: Record<string, string> = {},
  ): Promise<LightMyRequestResponse> {
    return this.app.inject({
      method: 'POST',
      url,
      headers: { host: 'cam.example:8080', ...headers },
      ...(payload === undefined ? {} : { payload: payload as object }),
    });
  }

  delete(url: string): Promise<LightMyRequestResponse> {
    return this.app.inject({ method: 'DELETE', url, headers: { host: 'cam.example' } });
  }

  async stop(): Promise<void> {
    await this.app.close();
    this.accounts.close();
    await this.database.close();
    this.orchestrator.close();
  }
}

/** The API with authentication, and keys for it. */
export class GuardedApi {
  readonly api: TestApi;

  private constructor(api: TestApi) {
    this.api = api;
  }

  static async start(options: TestApiOptions = {}): Promise<GuardedApi> {
    const api = await TestApi.start({ ...options, access: { ...options.access, isOpen: false } });
    await api.accounts.tenants.create('acme', { apps: ['acme'] });
    await api.accounts.changed();
    return new GuardedApi(api);
  }

  /** The header of a new key. */
  async key(name: string, role: Role, tenantId: string = DEFAULT_TENANT): Promise<{ authorization: string }> {
    const { secret } = await this.api.accounts.keys.create({ tenantId, name, role });
    return { authorization: `Bearer ${secret}` };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.api.stop();
  }
}
