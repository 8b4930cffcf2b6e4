import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { Answer, Job, LoadReport, Order } from './job.ts';

const WORKER = join(import.meta.dirname, 'worker.ts');

/** A load process, seen from the one that measures. */
export class LoadProcess {
  readonly #child: ChildProcess;
  readonly #answers: Answer[] = [];
  #wake: (() => void) | undefined;

  constructor(job: Job) {
    this.#child = fork(WORKER, { execArgv: [], stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.on('message', (answer: Answer) => {
      this.#answers.push(answer);
      this.#wake?.();
    });
    this.#child.on('exit', () => this.#wake?.());
    this.#order({ kind: 'job', job });
  }

  /** CPU and memory of the generator do not count as the server's, nor as somebody else's. */
  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Waits until all connections work or have failed. Throws after `timeout` milliseconds, and where some failed. */
  async ready(timeout: number, signal: AbortSignal): Promise<void> {
    const { working, failed, failure } = await this.#next('ready', timeout, signal);
    if (failed > 0) throw new Error(`${failed} of ${working + failed} connections failed: ${failure}`);
  }

  beginWindow(): void {
    this.#order({ kind: 'begin' });
  }

  async report(signal: AbortSignal): Promise<LoadReport> {
    this.#order({ kind: 'report' });
    return (await this.#next('report', 10_000, signal)).report;
  }

  stop(): void {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
  }

  #order(order: Order): void {
    if (this.#child.connected) this.#child.send(order);
  }

  async #next<K extends Answer['kind']>(
    kind: K,
    timeout: number,
    signal: AbortSignal,
  ): Promise<Extract<Answer, { kind: K }>> {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(timeout)]);
    for (;;) {
      const found = this.#answers.findIndex(answer => answer.kind === kind);
      const answer = found < 0 ? undefined : this.#answers.splice(found, 1)[0];
      if (answer && isKind(answer, kind)) return answer;
      signal.throwIfAborted();
      if (limit.aborted) throw new Error('the load could not be set up in time');
      const ending = this.#child.signalCode ?? this.#child.exitCode;
      if (ending !== null) throw new Error(`the load process ended (${ending})`);
      await new Promise<void>(resolve => {
        this.#wake = resolve;
        limit.addEventListener('abort', () => resolve(), { once: true });
      });
    }
  }
}

function isKind<K extends Answer['kind']>(answer: Answer, kind: K): answer is Extract<Answer, { kind: K }> {
  return answer.kind === kind;
}
