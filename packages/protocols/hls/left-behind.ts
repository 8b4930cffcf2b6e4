import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { MediaStorage } from '@flux-iot/core/storage/media-storage';
import type { StreamId } from '@flux-iot/core/stream/stream-id';

export interface LeftBehindOptions {
  readonly storage: MediaStorage;
  /** Since when this process cuts the stream: milliseconds since 1970; undefined where it does not. */
  readonly cutSince: (streamId: StreamId) => number | undefined;
  /** Whether another media node cuts it. */
  readonly isCutElsewhere: (streamId: StreamId) => boolean;
  /** Milliseconds that a segment may be wanted by somebody. */
  readonly lifetime: number;
  readonly onError: (error: FluxError) => void;
}

const PREFIX = 'hls/';
const INTERVAL = 600_000;
/** Milliseconds, at least, after which a segment that belongs to nobody is deleted. */
const MIN_AGE = 600_000;
/** Milliseconds by which the storage's clock may differ from ours. */
const MAX_SKEW = 60_000;

/**
 * Deletes segments that nobody lists any more. Whoever cuts a stream deletes its segments when they are no longer wanted;
 * a server that is killed cannot.
 */
export class LeftBehind {
  readonly #options: LeftBehindOptions;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: LeftBehindOptions) {
    this.#options = options;
  }

  /** Looks at once, and then every ten minutes. */
  start(): void {
    this.#timer ??= setInterval(() => void this.#look(), INTERVAL).unref();
    void this.#look();
  }

  /** Idempotent. */
  close(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
  }

  /** At `now`, milliseconds since 1970. Returns how many were deleted. Throws `STORAGE_FAILED`. */
  async delete(now: number): Promise<number> {
    const { storage, lifetime } = this.#options;
    const before = now - Math.max(MIN_AGE, lifetime);
    let deleted = 0;
    for await (const { key, modifiedAt } of storage.list(PREFIX)) {
      if (this.#isClosed) break;
      if (modifiedAt >= before || this.#isWanted(key, modifiedAt)) continue;
      await storage.delete(key);
      deleted++;
    }
    return deleted + ((await storage.deleteRemains?.(before)) ?? 0);
  }

  #isWanted(key: string, modifiedAt: number): boolean {
    const [streamId = ''] = key.slice(PREFIX.length).split('/');
    const since = this.#options.cutSince(streamId);
    if (since !== undefined) return modifiedAt >= since - MAX_SKEW;
    return this.#options.isCutElsewhere(streamId);
  }

  async #look(): Promise<void> {
    try {
      await this.delete(Date.now());
    } catch (cause) {
      this.#options.onError(FluxError.from(cause));
    }
  }
}
