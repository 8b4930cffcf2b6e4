import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { UNAVAILABLE } from './exit-code.ts';

const PUBLISHER = join(import.meta.dirname, 'publisher.ts');
const FIRST_DELAY = 1000;
const MAX_DELAY = 30_000;
/** Having run for this long, the next failure is a new one. */
const STABLE_AFTER = 30_000;
const MAX_COMPLAINT = 500;

/** Keeps a process that publishes the test picture alive, with growing delays between attempts. */
export class DemoPublisher {
  readonly #url: string;
  readonly #logger: Logger;
  #child: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #delay = FIRST_DELAY;
  #isStopped = false;

  constructor(url: string, logger: Logger) {
    this.#url = url;
    this.#logger = logger;
  }

  start(): void {
    if (this.#isStopped) return;
    const startedAt = performance.now();
    let complaint = '';
    // Options of this process, such as a debugger's port, are not for the child.
    const child = fork(PUBLISHER, [this.#url], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'], execArgv: [] });
    this.#child = child;
    child.stderr?.on('data', (data: Buffer) => {
      complaint = (complaint + data.toString('utf8')).slice(-MAX_COMPLAINT);
    });
    child.once('error', error => {
      complaint = error.message;
      if (child.exitCode === null && child.pid === undefined) this.#onExit(null, complaint, startedAt);
    });
    child.once('close', code => this.#onExit(code, complaint, startedAt));
  }

  /** Kills the process. Idempotent. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#child?.kill('SIGKILL');
  }

  #onExit(code: number | null, complaint: string, startedAt: number): void {
    if (this.#isStopped) return;
    if (code === UNAVAILABLE) {
      this.#logger.warn(`No demo: FFmpeg cannot be loaded on this machine: ${complaint.trim()}`);
      return;
    }
    if (performance.now() - startedAt > STABLE_AFTER) this.#delay = FIRST_DELAY;
    this.#logger.warn(
      { code, retryIn: this.#delay, complaint: complaint.trim() },
      'the demo publisher ended',
    );
    this.#timer = setTimeout(() => this.start(), this.#delay);
    this.#delay = Math.min(this.#delay * 2, MAX_DELAY);
  }
}
