import type { FluxError } from '../errors/flux-error.ts';
import type { IngestStatus } from '../orchestrator/protocol-adapter.ts';
import type { IngestReport, PushReport } from './media-control.ts';
import type { IngestTask, PushTask } from './task.ts';

const FIRST_DELAY = 1000;
const MAX_DELAY = 60_000;

/** A task and the media node that has it. Times are milliseconds since 1970. */
export class PlacedTask<Kind extends IngestTask | PushTask = IngestTask | PushTask> {
  readonly task: Kind;
  /** Undefined while no node has it. */
  node: string | undefined;
  #failures = 0;
  #lastError: string | undefined;
  #nextAttemptAt = 0;

  constructor(task: Kind, node?: string) {
    this.task = task;
    this.node = node;
  }

  isDue(now: number): boolean {
    return this.node === undefined && now >= this.#nextAttemptAt;
  }

  /** Its node took it. */
  taken(): void {
    this.#failures = 0;
    this.#lastError = undefined;
  }

  /** Its node is gone. */
  lost(): void {
    this.node = undefined;
    this.#nextAttemptAt = 0;
  }

  /** No node took it: it is offered again after a delay that grows, with jitter. */
  refused({ code, message }: FluxError, now: number): void {
    this.node = undefined;
    // A publisher who is there already is whom it waits for.
    const isGood =
      code === 'STREAM_BUSY' && this.task.kind === 'ingest' && this.task.publishUrl !== undefined;
    this.#lastError = isGood ? undefined : message;
    const delay = Math.min(MAX_DELAY, FIRST_DELAY * 2 ** this.#failures++) * (0.75 + Math.random() / 2);
    this.#nextAttemptAt = now + delay;
  }

  /** While no node has it. */
  get status(): IngestStatus {
    if (this.#lastError === undefined) return { state: 'waiting', attempts: 0 };
    return {
      state: 'retrying',
      attempts: this.#failures,
      lastError: this.#lastError,
      nextAttemptAt: Math.round(this.#nextAttemptAt),
    };
  }
}

export function ingestReportOf({ task, status }: PlacedTask<IngestTask>): IngestReport {
  const { streamId, protocol, sourceUrl, publishUrl } = task;
  return { streamId, protocol, status, sourceUrl, publishUrl };
}

export function pushReportOf({ task, status }: PlacedTask<PushTask>): PushReport {
  const { id, streamId, shownUrl: url } = task;
  return { id, streamId, url, status };
}
