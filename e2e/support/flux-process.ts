import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { RunningProcess, until } from './processes.ts';

const MAIN = resolve(import.meta.dirname, '../../packages/flux/main.ts');

/** A media node as the API shows it, as far as tests look at it. */
export interface NodeStatus {
  readonly name: string;
  readonly pid: number;
  readonly streams: number;
  readonly relays: number;
}

/** Nothing is kept after the test, and whoever asks may. */
const UNGUARDED = { FLUX_AUTH_ENABLED: 'false', FLUX_DATABASE_URL: 'sqlite::memory:' };

/** `flux` or one of its programs as a person starts it, in a process of its own. */
export class FluxProcess extends RunningProcess {
  constructor(args: readonly string[], env: Readonly<Record<string, string>>) {
    super(process.execPath, [MAIN, ...args], { ...UNGUARDED, ...env });
  }

  /** What the pattern's first group matches in the output, as soon as it does. */
  prints(pattern: RegExp): Promise<string> {
    return until(
      `the program prints ${pattern}`,
      () => {
        if (this.child.exitCode !== null) throw new Error(`it ended: ${this.stdout}${this.stderr}`);
        return pattern.exec(this.stdout)?.[1];
      },
      30_000,
    );
  }

  /** Ends it and all that it started, at once and without a word, as a power failure does. */
  async crash(): Promise<void> {
    for (const pid of descendants(this.child.pid!)) process.kill(pid, 'SIGKILL');
    await this.finished;
  }

  /** The process of `flux server` or the like that it started. */
  pidOf(program: string): number {
    const found = descendants(this.child.pid!).find(pid =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(program),
    );
    if (found !== undefined) return found;
    throw new Error(`It runs no ${program}.`);
  }

  /** Ends it as Ctrl-C does. */
  async stop(): Promise<number> {
    this.kill('SIGINT');
    return (await this.finished).code;
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    // Killed, it could not end its own programs.
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill(), 5000);
    await this.finished.catch(() => {});
    clearTimeout(timer);
  }
}

/** The whole product with several media nodes that share their ports. */
export class FluxCluster {
  readonly process: FluxProcess;
  readonly api: string;
  readonly media: string;
  readonly rtmp: string;

  private constructor(process: FluxProcess, addresses: { api: string; media: string; rtmp: string }) {
    this.process = process;
    this.api = addresses.api;
    this.media = addresses.media;
    this.rtmp = addresses.rtmp;
  }

  static async start(
    nodes: number,
    env: Readonly<Record<string, string>> = {},
    args: readonly string[] = [],
  ): Promise<FluxCluster> {
    const flux = new FluxProcess(args, {
      FLUX_GATEWAY_NODES: String(nodes),
      FLUX_PROTOCOLS_RTMP_BIND: '127.0.0.1:0',
      FLUX_PROTOCOLS_RTSP_BIND: '127.0.0.1:0',
      FLUX_HTTP_MEDIA_BIND: '127.0.0.1:0',
      FLUX_SERVER_BIND: '127.0.0.1:0',
      FLUX_LOG_LEVEL: 'warn',
      ...env,
    });
    await flux.prints(/(Ctrl-C stops it)/);
    return new FluxCluster(flux, {
      api: await flux.prints(/Watch\s+(http:\S+)\//),
      media: await flux.prints(/(http:\S+)\/flv\/NAME/),
      rtmp: await flux.prints(/Publish\s+(rtmp:\S+)\/live\/NAME/),
    });
  }

  rtmpUrl(id: string): string {
    return `${this.rtmp}/live/${id}`;
  }

  flvUrl(id: string): string {
    return `${this.media}/flv/${id}.flv`;
  }

  hlsUrl(id: string, file = 'index.m3u8'): string {
    return `${this.media}/hls/${id}/${file}`;
  }

  async get<Answer>(path: string): Promise<Answer> {
    return (await (await fetch(`${this.api}/api/v1${path}`)).json()) as Answer;
  }

  /** What the API answers; undefined for no content. Throws where it refuses. */
  async ask<Answer>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer> {
    const answer = await fetch(`${this.api}/api/v1${path}`, {
      method,
      headers: body === undefined ? headers : { 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as Answer;
  }

  async nodes(): Promise<NodeStatus[]> {
    return (await this.get<{ nodes: NodeStatus[] }>('/nodes')).nodes;
  }

  async untilLive(id: string): Promise<void> {
    await until(`${id} is live`, async () => {
      const { state } = await this.get<{ state?: string }>(`/streams/${id}`);
      return state === 'live';
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.process[Symbol.asyncDispose]();
  }
}

/** The process itself, and those below it. */
function descendants(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return [pid, ...children.flatMap(child => descendants(Number(child)))];
}

/** A folder for a bus's socket. */
export function busFolder(): { readonly address: string; [Symbol.dispose](): void } {
  const folder = mkdtempSync(join(tmpdir(), 'flux-e2e-'));
  return {
    address: `unix:${join(folder, 'bus.sock')}`,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map(server => once(server, 'listening')));
  const ports = servers.map(server => (server.address() as AddressInfo).port);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return ports;
}
