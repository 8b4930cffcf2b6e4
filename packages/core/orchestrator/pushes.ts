import { FluxError } from '../errors/flux-error.ts';
import type { EndReason } from '../stream/sink.ts';
import type { StreamId } from '../stream/stream-id.ts';
import type { Push } from './protocol-adapter.ts';

/** Streams sent on to other servers. A push waits for its stream, also when that ends, until it is removed. */
export class Pushes {
  readonly #max: number;
  readonly #pushes = new Map<string, Push>();

  constructor(max: number) {
    this.#max = max;
  }

  /** Throws `STREAM_LIMIT`, with the push closed. */
  add(push: Push): void {
    if (this.#pushes.size >= this.#max) {
      push.close({ code: 'stopped', message: 'There are too many pushes.' });
      throw new FluxError('STREAM_LIMIT', `${this.#max} pushes are the most.`);
    }
    this.#pushes.set(push.id, push);
  }

  /** Of all streams where none is named. */
  of(streamId?: StreamId): Push[] {
    return [...this.#pushes.values()].filter(push => streamId === undefined || push.streamId === streamId);
  }

  /** Throws `PUSH_NOT_FOUND`. */
  remove(streamId: StreamId, id: string): void {
    const push = this.#pushes.get(id);
    if (push?.streamId !== streamId) throw new FluxError('PUSH_NOT_FOUND', `There is no push ${id}.`);
    this.#pushes.delete(id);
    push.close({ code: 'stopped', message: 'Removed by request.' });
  }

  close(reason: EndReason): void {
    for (const push of this.#pushes.values()) push.close(reason);
    this.#pushes.clear();
  }
}
