import { type ChildProcess, spawn } from 'node:child_process';
import { type Client, missingClients } from '../../scripts/clients.ts';

/** For `describe.skipIf(lacks(…))`: whether one of the programs is not installed. `npm test` says which. */
export function lacks(...clients: Client[]): boolean {
  return missingClients(clients).length > 0;
}

export interface Finished {
  /** Exit code; -1 where a signal ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs beside the test, and is killed at the latest when it is disposed of (`await using`). */
export class RunningProcess {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  #stdout = '';
  #stderr = '';

  constructor(command: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
    this.child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
    this.child.stdout?.on('data', (data: Buffer) => {
      this.#stdout += data.toString('latin1');
    });
    this.child.stderr?.on('data', (data: Buffer) => {
      this.#stderr += data.toString('latin1');
    });
    this.finished = new Promise((resolve, reject) => {
      this.child.once('error', reject);
      this.child.once('close', code =>
        resolve({ code: code ?? -1, stdout: this.#stdout, stderr: this.#stderr }),
      );
    });
    // Whoever waits for it sees the error; whoever does not must not be ended by it.
    this.finished.catch(() => {});
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals = 'SIGKILL'): void {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.kill();
    await this.finished.catch(() => {});
  }
}

/** Runs a program to its end; kills it after `timeout` milliseconds and throws. */
export async function run(command: string, args: readonly string[], timeout = 60_000): Promise<Finished> {
  const running = new RunningProcess(command, args);
  const timer = setTimeout(() => running.kill(), timeout);
  try {
    const finished = await running.finished;
    if (finished.code === -1) {
      throw new Error(`${command} was killed after ${timeout} ms\n${finished.stderr.slice(-2000)}`);
    }
    return finished;
  } finally {
    clearTimeout(timer);
  }
}

/** Polls until `condition` gives something other than undefined or false. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  timeout = 15_000,
): Promise<T> {
  const deadline = Date.now() + timeout;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeout} ms`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}
