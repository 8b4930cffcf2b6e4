import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProcessTree } from '../measure/processes.ts';
import { untilListening } from './ports.ts';

const START_MILLISECONDS = 15_000;
const STOP_MILLISECONDS = 5_000;
const LOG_TAIL = 1500;

export interface ServerCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A folder of its own for one run of a server. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'flux-bench-'));
}

/** A server's process with its folder; whatever it prints goes to a file there, to be shown where it fails. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #tree: ProcessTree;
  readonly #folder: string;
  readonly #log: string;
  readonly #exited: Promise<void>;
  /** The benchmark may be ended in a way that leaves no time to stop its servers in order. */
  readonly #kill = (): void => {
    this.#tree.kill();
  };
  #failure: string | undefined;

  constructor(folder: string, { command, args, cwd, env }: ServerCommand) {
    this.#folder = folder;
    this.#log = join(folder, 'server.log');
    const log = openSync(this.#log, 'w');
    this.#child = spawn(command, args, {
      cwd: cwd ?? folder,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.#tree = new ProcessTree(this.pid);
    this.#exited = new Promise(resolve => {
      this.#child.once('exit', () => resolve());
      this.#child.once('error', error => {
        this.#failure = error.message;
        resolve();
      });
    });
    process.once('exit', this.#kill);
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Throws, and stops the server, where it does not listen in time. */
  async untilListening(ports: readonly number[], signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    void this.#exited.then(() => ended.abort());
    try {
      await untilListening(ports, START_MILLISECONDS, AbortSignal.any([signal, ended.signal]));
    } catch (error) {
      const log = readFileSync(this.#log, 'utf8').slice(-LOG_TAIL);
      await this.stop();
      signal.throwIfAborted();
      const reason = this.#failure ?? (error instanceof Error ? error.message : String(error));
      throw new Error(`the server did not start: ${reason}\n${log}`);
    }
  }

  /** Asks it to end; ends it, and whatever it leaves behind, where it does not. */
  async stop(): Promise<void> {
    this.#tree.look();
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGTERM');
    const timer = setTimeout(this.#kill, STOP_MILLISECONDS);
    await this.#exited;
    clearTimeout(timer);
    this.#tree.kill();
    process.off('exit', this.#kill);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** What a program prints on both of its outputs; undefined where it cannot be started. */
export function outputOf(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise(resolve => {
    execFile(command, args, { timeout: 10_000 }, (error, stdout, stderr) => {
      const absent = error && 'code' in error && error.code === 'ENOENT';
      resolve(absent ? undefined : stdout + stderr);
    });
  });
}
