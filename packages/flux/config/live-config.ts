import { isDeepStrictEqual } from 'node:util';
import type { ReloadReport } from '@flux-iot/core/control/config-reload';
import type { Environment } from './environment.ts';
import { CONFIG_SECTIONS } from './keys.ts';
import { loadConfig } from './loader.ts';
import type { Config } from './schema.ts';

/** Keys whose new values take effect in a running program. Streams and viewers that are there go on. */
export const RELOADABLE: ReadonlySet<string> = new Set([
  'hooks',
  'server.rate_limit',
  'server.hook_networks',
  'protocols.rtmp.takeover',
  'media.max_streams',
  'media.publisher_grace',
  'media.open_timeout',
  'media.viewer_queue_bytes',
  'media.viewer_stall_timeout',
  'log.level',
]);

/** Every key by itself, and every list as a whole. */
const PATHS: readonly (readonly string[])[] = CONFIG_SECTIONS.flatMap(section =>
  section.isList ? [section.path] : section.keys.map(({ path }) => path),
);

/** The configuration of a running program, which can be read anew. */
export class LiveConfig {
  readonly #file: string | undefined;
  readonly #environment: Environment;
  readonly #receivers: ((config: Config) => void)[] = [];
  #current: Config;

  constructor(config: Config, file: string | undefined, environment: Environment) {
    this.#current = config;
    this.#file = file;
    this.#environment = environment;
  }

  /** As it is in effect. */
  get current(): Config {
    return this.#current;
  }

  /** Told of a configuration with other values. */
  onChange(receiver: (config: Config) => void): void {
    this.#receivers.push(receiver);
  }

  /** Takes over what can change. Throws `CONFIG_INVALID`, and then nothing has changed. */
  reload(): ReloadReport {
    const { config: wanted } = loadConfig(this.#file, this.#environment);
    const next = structuredClone(this.#current);
    const applied: string[] = [];
    const needsRestart: string[] = [];
    for (const path of PATHS) {
      const value = valueAt(wanted, path);
      if (isDeepStrictEqual(value, valueAt(this.#current, path))) continue;
      const name = path.join('.');
      if (!RELOADABLE.has(name)) {
        needsRestart.push(name);
        continue;
      }
      setAt(next, path, value);
      applied.push(name);
    }
    if (applied.length > 0) {
      this.#current = next;
      for (const receiver of this.#receivers) receiver(next);
    }
    return { applied, needsRestart };
  }
}

function valueAt(config: Config, path: readonly string[]): unknown {
  return path.reduce<unknown>((node, part) => (node as Record<string, unknown>)[part], config);
}

function setAt(config: Config, path: readonly string[], value: unknown): void {
  const section = valueAt(config, path.slice(0, -1)) as Record<string, unknown>;
  section[path.at(-1) ?? ''] = value;
}
