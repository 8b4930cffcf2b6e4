import { tenantOf } from '@flux-iot/core/access/access-policy';
import type { Accounts } from '../accounts/accounts.ts';
import type { RecordingIndex } from '../recordings/recording-index.ts';

export interface StoredBytesOptions {
  readonly index: Pick<RecordingIndex, 'bytesByStream'>;
  readonly accounts: Pick<Accounts, 'apps' | 'usage'>;
  /** Tells the media nodes. */
  readonly publish: (stored: ReadonlyMap<string, number>) => Promise<void>;
  readonly onError: (cause: unknown) => void;
}

/** Milliseconds for which what was finished or deleted may be counted as before. */
const INTERVAL = 5000;

/** How many bytes of finished recordings each tenant has: for the media nodes, which hold it to its limit, and for usage. */
export class StoredBytes {
  readonly #options: StoredBytesOptions;
  #stored: ReadonlyMap<string, number> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #isMeasuring = false;

  constructor(options: StoredBytesOptions) {
    this.#options = options;
  }

  start(): void {
    void this.measure();
    this.#timer = setInterval(() => void this.measure(), INTERVAL).unref();
  }

  /** Idempotent. */
  close(): void {
    clearInterval(this.#timer);
  }

  of(tenantId: string): number {
    return this.#stored.get(tenantId) ?? 0;
  }

  async measure(): Promise<void> {
    if (this.#isMeasuring) return;
    this.#isMeasuring = true;
    const { index, accounts, publish, onError } = this.#options;
    try {
      const sums = new Map<string, number>();
      for (const [streamId, bytes] of await index.bytesByStream()) {
        const tenantId = tenantOf(accounts, streamId);
        sums.set(tenantId, (sums.get(tenantId) ?? 0) + bytes);
      }
      const isSame =
        sums.size === this.#stored.size && [...sums].every(([id, bytes]) => this.#stored.get(id) === bytes);
      this.#stored = sums;
      for (const [tenantId, bytes] of sums) await accounts.usage.stored(tenantId, bytes);
      if (!isSame) await publish(sums);
    } catch (cause) {
      onError(cause);
    } finally {
      this.#isMeasuring = false;
    }
  }
}
