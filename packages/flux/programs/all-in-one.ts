import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { banner } from '../banner.ts';
import { localHost, parseAddress } from '../config/address.ts';
import type { LoadedConfig } from '../config/loader.ts';
import type { Config } from '../config/schema.ts';
import { DemoPublisher } from '../demo/demo-publisher.ts';
import { createLogger } from '../logger.ts';
import type { JsonObject } from '../supervisor/message.ts';
import type { ProgramSpec } from '../supervisor/program.ts';
import { supervise } from '../supervisor/supervise.ts';
import { heapEnvironment } from './heap.ts';
import { logProcessEvents } from './program.ts';
import { settlePorts } from './settle-ports.ts';

const MAIN = join(import.meta.dirname, '../main.ts');
/**
 * Where Node keeps what it compiled: each program then needs some 25 MB less, for it need not load what strips the
 * types. Beside the code, for whoever may write there may change the code as well.
 */
const COMPILE_CACHE = join(import.meta.dirname, '../../../node_modules/.cache/flux');
/** Where sockets of several processes may listen on one port, and connections are spread over them. */
const SHARES_PORTS: ReadonlySet<NodeJS.Platform> = new Set(['linux', 'freebsd']);

export interface AllInOneOptions {
  readonly loaded: LoadedConfig;
  /** The configuration file, if there was one. */
  readonly file: string | undefined;
  readonly demo: boolean;
  readonly version: string;
}

/** `flux`: one server and its media nodes, supervised, until a signal asks for a stop. */
export async function runAllInOne({ loaded, file, demo, version }: AllInOneOptions): Promise<void> {
  const { config, warnings } = loaded;
  const logger = createLogger(config.log);
  logProcessEvents(logger);
  for (const warning of warnings) logger.warn(warning);
  const nodes = nodeCount(config);
  const ports = await settlePorts(config, message => logger.warn(message));
  // Private to this user: what is in it is the way in.
  const folder = mkdtempSync(join(process.env.RUNTIME_DIRECTORY ?? tmpdir(), 'flux-'));
  let publisher: DemoPublisher | undefined;
  try {
    await supervise({
      logger,
      programs: programs(file, nodes, config.protocols.enabled, {
        FLUX_BUS_ADDRESS: `unix:${join(folder, 'bus.sock')}`,
        FLUX_BUS_SECRET: randomBytes(32).toString('hex'),
        ...heapEnvironment(process.env),
        NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? COMPILE_CACHE,
        ...ports,
        ...(nodes > 1 ? { FLUX_GATEWAY_SHARE_PORTS: 'true' } : {}),
      }),
      // Else it would lose its server, and come again.
      onStopping: () => publisher?.stop(),
      onReady: payloads => {
        const listening = listeningPorts(payloads);
        publisher = demo ? startDemo(config, listening.rtmp, logger) : undefined;
        const source = sourceOf(loaded, file);
        const hasDemo = publisher !== undefined;
        process.stdout.write(banner({ version, config, ports: listening, nodes, source, hasDemo }));
        logger.info({ version, source, nodes }, 'started');
      },
    });
  } finally {
    publisher?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function nodeCount({ gateway }: Config): number {
  if (gateway.nodes !== 'auto') return gateway.nodes;
  return SHARES_PORTS.has(process.platform) ? Math.max(1, availableParallelism() - 1) : 1;
}

function programs(
  file: string | undefined,
  nodes: number,
  enabled: Config['protocols']['enabled'],
  env: Record<string, string>,
): ProgramSpec[] {
  const options = file === undefined ? [] : ['--config', file];
  const all: ProgramSpec[] = [{ name: 'server', args: [MAIN, 'server', ...options], env, rank: 0 }];
  // A device's SIP and its media have to come to the same process, and the kernel would spread them; the shared media
  // port wants an event loop that turns freely besides. So one process has them, and the nodes all the rest.
  const others = enabled.filter(protocol => protocol !== 'gb28181');
  const nodeEnv = { ...env, FLUX_PROTOCOLS_ENABLED: others.join(',') };
  for (let number = 1; number <= nodes; number++) {
    all.push({ name: `node-${number}`, args: [MAIN, 'gateway', ...options], env: nodeEnv, rank: 1 });
  }
  if (others.length < enabled.length) {
    const { FLUX_GATEWAY_SHARE_PORTS: _, ...own } = env;
    all.push({ name: 'gb28181d', args: [MAIN, 'gb28181d', ...options], env: own, rank: 1 });
  }
  return all;
}

export interface ListeningPorts {
  readonly api: number;
  /** Of the link that logs the first administrator in, while there is none who has a password. */
  readonly login?: string;
  readonly media?: number;
  readonly rtmp?: number;
  readonly rtmps?: number;
  readonly rtsp?: number;
  readonly rtsps?: number;
  readonly sip?: number;
}

/** What the programs said of themselves, put together: nodes that share their ports have the same. */
function listeningPorts(payloads: ReadonlyMap<string, JsonObject>): ListeningPorts {
  return Object.assign({ api: 0 }, ...payloads.values()) as ListeningPorts;
}

function startDemo(config: Config, port: number | undefined, logger: Logger): DemoPublisher | undefined {
  if (port === undefined) {
    logger.warn('No demo: it is published by RTMP, which is not enabled.');
    return undefined;
  }
  const host = localHost(parseAddress(config.protocols.rtmp.bind));
  const publisher = new DemoPublisher(`rtmp://${host}:${port}/live/demo`, logger);
  publisher.start();
  return publisher;
}

function sourceOf({ overrides }: LoadedConfig, file: string | undefined): string {
  const base = file ?? 'defaults (flux print-config shows them)';
  return overrides.length > 0 ? `${base}, and from the environment ${overrides.join(', ')}` : base;
}
