import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, type FluxClient } from '@flux-iot/client/client';
import { pino } from 'pino';
import { pageAssets } from '../../packages/console/assets.ts';
import type { Refusal } from '../../packages/core/access/gatekeeper.ts';
import { BusHub } from '../../packages/core/bus/hub.ts';
import { createLocalBus } from '../../packages/core/bus/local-bus.ts';
import { playableForms } from '../../packages/core/transcode/playable.ts';
import { accessOf, openAccounts, recordRefusals } from '../../packages/flux/accounts.ts';
import { parseAddress } from '../../packages/flux/config/address.ts';
import { hookSettings } from '../../packages/flux/config/hooks.ts';
import { parseConfig } from '../../packages/flux/config/loader.ts';
import { createMediaNode, type MediaNode } from '../../packages/flux/media-node.ts';
import { createRecordingLibrary } from '../../packages/flux/recording-library.ts';
import { createRecordedSnapshots } from '../../packages/flux/snapshots.ts';
import type { RtspStats } from '../../packages/protocols/rtsp/adapter.ts';
import { ownerOfEvent } from '../../packages/server/access/ownership.ts';
import type { Accounts } from '../../packages/server/accounts/accounts.ts';
import { type ApiServer, createApiServer } from '../../packages/server/api-server.ts';
import { openDatabase } from '../../packages/server/database/open-database.ts';
import { DatabaseHookStore } from '../../packages/server/hooks/database-hook-store.ts';
import { startNotices } from '../../packages/server/notices.ts';
import { DatabaseRecordingIndex } from '../../packages/server/recordings/database-index.ts';
import type { RecordingLibrary } from '../../packages/server/recordings/library.ts';
import { until } from './processes.ts';

/** The answer of the API to a stream's detail, as far as tests look at it. */
export interface StreamDetail {
  readonly state: string;
  readonly tracks: readonly { codec: string; samples: number; width?: number }[];
  readonly viewers: { readonly count: number };
  readonly history: readonly { step: string; detail: string; count: number }[];
  readonly notes: readonly string[];
}

/** Milliseconds in which players ask for their stream; they wait for its publisher at least as long. */
const PLAYERS_START = 45_000;

/** One media node and the API in the test's process, on free ports of the loopback address. */
export class TestGateway {
  readonly #node: MediaNode;
  readonly #api: ApiServer;
  readonly recordings: RecordingLibrary;
  readonly accounts: Accounts;
  /** What `api` shows, where there is one. */
  readonly key: string;
  readonly #close: () => Promise<void>;

  private constructor(
    node: MediaNode,
    api: ApiServer,
    recordings: RecordingLibrary,
    accounts: Accounts,
    key: string,
    close: () => Promise<void>,
  ) {
    this.#node = node;
    this.#api = api;
    this.recordings = recordings;
    this.accounts = accounts;
    this.key = key;
    this.#close = close;
  }

  /**
   * `settings`: keys of the configuration, `protocols.hls.segment_duration`; `more`: lines of TOML. Authentication is off
   * where they do not turn it on.
   */
  static async start(
    settings: Readonly<
      Record<
        string,
        string | number | boolean | readonly string[] | readonly Readonly<Record<string, string | number>>[]
      >
    > = {},
    more = '',
  ): Promise<TestGateway> {
    const defaults = {
      'protocols.rtmp.bind': '127.0.0.1:0',
      'protocols.rtsp.bind': '127.0.0.1:0',
      'server.bind': '127.0.0.1:0',
      'http_media.bind': '127.0.0.1:0',
      'auth.enabled': false,
      'database.url': 'sqlite::memory:',
      'media.open_timeout': PLAYERS_START / 1000,
    };
    const document = Object.entries({ ...defaults, ...settings })
      .map(([key, value]) => `${key} = ${toml(value)}`)
      .join('\n');
    const { config } = parseConfig(`${document}\n${more}`, {}, 'test');
    const logger = pino({ level: process.env.FLUX_TEST_LOG ?? 'silent' });
    const hub = new BusHub();
    const [serverBus, nodeBus] = [createLocalBus(hub, 'server'), createLocalBus(hub, 'node-1')];
    const database = await openDatabase(config.database.url);
    // The node is there before those whom it tells and asks.
    const late: { accounts?: Accounts; record?: (refusal: Refusal) => void } = {};
    const node = createMediaNode(config, {
      name: 'node-1',
      logger,
      bus: nodeBus,
      findToken: async id => late.accounts?.tokens.find(id),
      onRefused: refusal => late.record?.(refusal),
      onRecording: event => recordings.apply(event),
    });
    const index = new DatabaseRecordingIndex(database);
    const recordings = createRecordingLibrary(config, node.control, index, logger);
    const recordedSnapshots = createRecordedSnapshots(config, recordings);
    const accounts = await openAccounts(config, database, policy => node.gatekeeper?.setPolicy(policy));
    Object.assign(late, { accounts, record: recordRefusals(accounts.audit, logger) });
    const notices = await startNotices({
      bus: serverBus,
      store: new DatabaseHookStore(database),
      settings: hookSettings(config),
      version: 'test',
      ownerOf: about => ownerOfEvent(accounts, about),
    });
    const api = await createApiServer({
      control: node.control,
      gb28181: node.gb28181,
      recordings,
      access: accessOf(config, accounts),
      snapshots: node.snapshots,
      recordedSnapshots,
      playable: playableForms(config.transcode.profiles),
      ...parseAddress(config.server.bind),
      mediaPort: () => node.media.port,
      version: 'test',
      assets: await pageAssets(),
      hooks: notices.hooks,
      events: notices.events,
    });
    await node.start();
    await api.start();
    recordings.start();
    return new TestGateway(node, api, recordings, accounts, config.auth.api_key, async () => {
      await Promise.all([node.stop(), api.stop()]);
      recordedSnapshots.close();
      await recordings.close();
      await notices.close();
      await Promise.all([serverBus.close(), nodeBus.close()]);
      accounts.close();
      await database.close();
    });
  }

  get orchestrator() {
    return this.#node.orchestrator;
  }

  /** Sessions that would be ended if their right were taken back. */
  get sessionCount(): number {
    return this.#node.gatekeeper?.sessionCount ?? 0;
  }

  get rtmpPort(): number {
    return this.#node.ports.rtmp ?? 0;
  }

  get rtspPort(): number {
    return this.#node.ports.rtsp ?? 0;
  }

  get rtmpsPort(): number {
    return this.#node.ports.rtmps ?? 0;
  }

  get mediaPort(): number {
    return this.#node.media.port;
  }

  get apiPort(): number {
    return this.#api.port;
  }

  /** Process ids of those that make streams of others. */
  get transcoders(): readonly number[] {
    return this.#node.transcoders.processes;
  }

  /** Process ids of those that make pictures. */
  get decoders(): readonly number[] {
    return this.#node.snapshots.decoders;
  }

  rtmpUrl(id: string): string {
    return `rtmp://127.0.0.1:${this.rtmpPort}/live/${id}`;
  }

  rtspUrl(id: string): string {
    return `rtsp://127.0.0.1:${this.rtspPort}/live/${id}`;
  }

  /** What RTSP says of itself. */
  async rtspStats(): Promise<RtspStats> {
    const [node] = await this.#node.control.nodes();
    return node!.protocols.rtsp as RtspStats;
  }

  playUrl(format: 'flv' | 'hls' | 'rtmp', id: string): string {
    if (format === 'rtmp') return this.rtmpUrl(id);
    const base = `http://127.0.0.1:${this.mediaPort}`;
    return format === 'flv' ? `${base}/flv/${id}.flv` : `${base}/hls/${id}/index.m3u8`;
  }

  /** Typed by the API's document. */
  get client(): FluxClient {
    return createClient({
      baseUrl: `http://127.0.0.1:${this.apiPort}`,
      token: () => this.key || undefined,
    });
  }

  async api(path: string, method = 'GET', body?: unknown): Promise<unknown> {
    const answer = await fetch(`http://127.0.0.1:${this.apiPort}${path}`, {
      method,
      headers: {
        ...(this.key === '' ? {} : { authorization: `Bearer ${this.key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer.status === 204 ? undefined : answer.json();
  }

  async stream(id: string): Promise<StreamDetail> {
    return (await this.api(`/api/v1/streams/${id}`)) as StreamDetail;
  }

  async steps(id: string): Promise<string[]> {
    return (await this.stream(id)).history.map(entry => entry.step);
  }

  async untilLive(id: string): Promise<void> {
    await until(`${id} is live`, () => this.orchestrator.getStreamStatus(id)?.state === 'live');
  }

  /**
   * Lets players of a stream wait for its publisher, so that they have it from its first picture, however long a busy
   * machine takes to start them. Returns what waits until so many have asked for it.
   */
  async expectPublisher(id: string): Promise<(players: number) => Promise<void>> {
    let asked = 0;
    await this.orchestrator.addIngest(id, () => ({
      streamId: id,
      protocol: 'test',
      status: { state: 'waiting', attempts: 0 },
      demand: isWanted => {
        if (isWanted) asked++;
      },
      close: () => {},
    }));
    return async players => {
      await until(`${players} players wait for ${id}`, () => asked >= players, PLAYERS_START);
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close();
  }
}

function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${key} = ${JSON.stringify(member)}`);
  return `{ ${members.join(', ')} }`;
}

export interface Recording {
  /** All that was received, when it is over. */
  readonly body: Promise<Buffer>;
  /** Goes away in the middle. */
  stop(): void;
}

/** Recordings of live addresses, and files for those that others make. */
export const record = {
  start(url: string): Recording {
    const abort = new AbortController();
    const read = async (): Promise<Buffer> => {
      const parts: Uint8Array[] = [];
      try {
        const answer = await fetch(url, { signal: abort.signal });
        for await (const part of answer.body ?? []) parts.push(part);
      } catch (error) {
        if (!abort.signal.aborted) throw error;
      }
      return Buffer.concat(parts);
    };
    return { body: read(), stop: () => abort.abort() };
  },

  temporary(name: string): { readonly path: string; [Symbol.dispose](): void } {
    const folder = mkdtempSync(join(tmpdir(), 'flux-e2e-'));
    return {
      path: join(folder, name),
      [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
    };
  },
};
