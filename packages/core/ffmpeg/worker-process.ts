import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { setPriority } from 'node:os';

export interface WorkerProcessOptions {
  /** The program, a file of TypeScript. */
  readonly program: string;
  readonly args?: readonly string[];
  /** Bytes of resident memory beyond which it is killed. */
  readonly maxMemory: number;
}

/** It is as important as what is left of the processors: live media comes first. */
const NICENESS = 10;
const WATCH_INTERVAL = 200;
const PAGE = 4096;
const MAX_COMPLAINT = 500;
const CHANNEL = 3;

/** A program with FFmpeg in it, and a socket to it. What it does cannot touch this process. */
export class WorkerProcess {
  readonly socket: Socket;
  /** Why it ended, as far as that is known. */
  readonly ended: Promise<string>;
  readonly #child: ChildProcess;
  readonly #maxMemory: number;
  readonly #watch: NodeJS.Timeout;
  #complaint = '';

  constructor({ program, args = [], maxMemory }: WorkerProcessOptions) {
    this.#maxMemory = maxMemory;
    // Options of this process, such as a debugger's port or the size of the heap, are not for the child.
    const { NODE_OPTIONS: _, ...env } = process.env;
    this.#child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env,
    });
    this.socket = this.#child.stdio[CHANNEL] as Socket;
    this.socket.on('error', () => this.kill());
    this.#child.stderr?.on('data', (data: Buffer) => {
      this.#complaint = (this.#complaint + data.toString('utf8')).slice(-MAX_COMPLAINT);
    });
    this.#watch = setInterval(() => this.#checkMemory(), WATCH_INTERVAL).unref();
    this.ended = new Promise(resolve => {
      const end = (reason: string) => {
        clearInterval(this.#watch);
        this.socket.destroy();
        resolve(reason);
      };
      this.#child.once('error', error => end(error.message));
      this.#child.once('close', (code, signal) =>
        end(this.#complaint.trim() || (signal ? `ended by ${signal}` : `ended with ${code}`)),
      );
    });
    this.#lowerPriority();
    this.#child.unref();
    (this.#child.stderr as Socket | null)?.unref();
    this.socket.unref();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Idempotent. */
  kill(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
  }

  #lowerPriority(): void {
    try {
      if (this.pid !== undefined) setPriority(this.pid, NICENESS);
    } catch {
      // It may have ended already.
    }
  }

  #checkMemory(): void {
    const bytes = residentBytes(this.pid);
    if (bytes === undefined || bytes <= this.#maxMemory) return;
    this.#complaint = `took ${bytes} bytes of memory`;
    this.kill();
  }
}

/** Undefined where the system does not say it (elsewhere than on Linux) or the process is gone. */
function residentBytes(pid: number | undefined): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]) * PAGE;
  } catch {
    return undefined;
  }
}
