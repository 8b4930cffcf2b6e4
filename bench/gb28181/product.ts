import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ProcessTree, type Usage } from '../measure/processes.ts';
import { untilListening } from '../servers/ports.ts';

export const DOMAIN = '3402000000';
export const SERVER_ID = `${DOMAIN}2000000001`;
export const PASSWORD = 'a password of the benchmark';

const MAIN = resolve(import.meta.dirname, '../../packages/flux/main.ts');
const START_TIMEOUT = 120_000;

export interface ProductPorts {
  readonly sip: number;
  readonly rtp: number;
  readonly media: number;
  readonly api: number;
}

/** `flux` with GB28181 as a person starts it, in a folder that outlives it. */
export class Product {
  readonly ports: ProductPorts;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  constructor(folder: string, ports: ProductPorts) {
    this.#folder = folder;
    this.ports = ports;
  }

  /** Resolves when all its ports are open; rejects with the end of its log. */
  async start(signal: AbortSignal): Promise<void> {
    const { sip, rtp, media, api } = this.ports;
    const log = openSync(join(this.#folder, 'flux.log'), 'a');
    this.#child = spawn(process.execPath, [MAIN], {
      cwd: this.#folder,
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        FLUX_AUTH_ENABLED: 'false',
        FLUX_GATEWAY_NODES: '1',
        FLUX_PROTOCOLS_ENABLED: 'gb28181,flv',
        FLUX_PROTOCOLS_GB28181_BIND_SIP: `127.0.0.1:${sip}`,
        FLUX_PROTOCOLS_GB28181_BIND_RTP: `127.0.0.1:${rtp}`,
        FLUX_PROTOCOLS_GB28181_PASSWORD: PASSWORD,
        // All devices have one address here.
        FLUX_PROTOCOLS_GB28181_FLOOD_RATE: '100000',
        FLUX_PROTOCOLS_GB28181_FLOOD_BURST: '1000000',
        FLUX_HTTP_MEDIA_BIND: `127.0.0.1:${media}`,
        FLUX_SERVER_BIND: `127.0.0.1:${api}`,
        FLUX_SERVER_RATE_LIMIT: '0',
        FLUX_MEDIA_STORAGE_DIR: join(this.#folder, 'storage'),
        FLUX_MEDIA_KEYFRAME_DIR: join(this.#folder, 'keyframes'),
        FLUX_RECORDING_STATE_DIR: join(this.#folder, 'state'),
        FLUX_DATABASE_URL: `sqlite:${join(this.#folder, 'flux.db')}`,
        FLUX_LOG_LEVEL: 'warn',
      },
    });
    closeSync(log);
    try {
      await untilListening([sip, media, api], START_TIMEOUT, signal);
    } catch (cause) {
      const end = readFileSync(join(this.#folder, 'flux.log'), 'utf8').slice(-1500);
      throw new Error(`flux did not start:\n${end}`, { cause });
    }
  }

  /** What each of its programs uses, by name; not their supervisor, which does next to nothing. */
  usage(): ReadonlyMap<string, Usage> {
    const tree = new ProcessTree(this.#child?.pid ?? -1);
    return new Map(
      tree.pids
        .map(pid => [nameOf(pid), new ProcessTree(pid).usage()] as const)
        .filter(([name]) => name !== 'supervisor'),
    );
  }

  /** Open files and sockets of the program that has the devices. */
  handles(): number {
    const { pids } = new ProcessTree(this.#child?.pid ?? -1);
    const pid = pids.find(candidate => nameOf(candidate) === 'gb28181d');
    return pid === undefined ? 0 : new ProcessTree(pid).handles();
  }

  /** Ends it; `SIGKILL` leaves it no time to say anything to anybody. Idempotent. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const tree = new ProcessTree(child.pid ?? -1);
    tree.look();
    const ended = once(child, 'exit');
    if (signal === 'SIGKILL') tree.kill();
    else child.kill(signal);
    await ended;
    tree.kill();
  }

  async call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`http://127.0.0.1:${this.ports.api}/api/v1${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }
}

/** Datagrams that the kernel threw away, for nobody read them in time. */
export function unreadDatagrams(): number {
  const [names, values] = readFileSync('/proc/net/snmp', 'utf8')
    .split('\n')
    .filter(line => line.startsWith('Udp:'))
    .map(line => line.split(' '));
  return Number(values?.[names?.indexOf('RcvbufErrors') ?? -1] ?? 0);
}

function nameOf(pid: number): string {
  const [, , program = 'supervisor'] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  return program === '' ? 'supervisor' : program;
}
