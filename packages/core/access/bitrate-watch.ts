import type { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import type { Publication } from '../stream/publication.ts';
import { TENANT_LIMIT_END } from '../stream/sink.ts';
import type { Stream } from '../stream/stream.ts';
import type { StreamId } from '../stream/stream-id.ts';
import type { TenantCount } from './tenant-count.ts';

export interface BitrateWatchOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly tenantOf: (streamId: StreamId) => string;
  /** Bits a second that the tenant may bring; undefined for no limit. */
  readonly limitOf: (tenantId: string) => number | undefined;
  readonly here: () => ReadonlyMap<string, TenantCount>;
  readonly elsewhere?: (tenantId: string) => TenantCount;
  /** Told of each publisher that is ended. */
  readonly onEnded?: (publication: Publication, tenantId: string) => void;
}

/** Seconds of the limit that a tenant may bring beyond it, before a publisher is ended. */
const BURST = 10;
/** Seconds of the limit that are remembered at most: who brought no matter how much may come again after so long. */
const MEMORY = 60;

/**
 * Holds tenants to their bitrate. A publisher is let in before it is known what it brings, so what is beyond the limit
 * is added up, and what is below it taken off again: a token bucket (RFC 2697's committed rate and burst). A key frame
 * or a busy scene costs nothing; when ten seconds' worth is gone, the youngest stream is ended, wherever it is: the
 * one that would not have been let in, had it been known. Until all is made up for, nobody may publish anew, so that
 * coming back at once gains nothing.
 */
export class BitrateWatch {
  readonly #options: BitrateWatchOptions;
  /** Bytes of each stream that are counted already, and bits of each tenant that came since the last look. */
  readonly #counted = new WeakMap<Stream, number>();
  readonly #brought = new Map<string, number>();
  /** Bits that each tenant is beyond its limit. */
  readonly #excess = new Map<string, number>();
  /** Tenants whose streams have it in their time lines. */
  readonly #told = new Set<string>();
  #lookedAt: number | undefined;

  constructor(options: BitrateWatchOptions) {
    this.#options = options;
    // What came and went between two looks is not forgotten.
    options.orchestrator.on('streamEnding', stream => {
      if (!options.orchestrator.getIngest(stream.id)?.isDerived) this.#count(stream);
    });
  }

  /** Whether the tenant has not yet made up for what it brought too much. */
  isOver(tenantId: string): boolean {
    return this.#excess.has(tenantId);
  }

  /** Once a second. `now`: milliseconds of a monotonic clock. */
  look(now: number): void {
    const seconds = this.#lookedAt === undefined ? 0 : (now - this.#lookedAt) / 1000;
    this.#lookedAt = now;
    for (const { stream, isRelay, isDerived } of this.#options.orchestrator.streams) {
      if (isRelay || isDerived) this.#counted.set(stream, stream.counter.bytes);
      else this.#count(stream);
    }
    const here = this.#options.here();
    for (const tenantId of new Set([...here.keys(), ...this.#brought.keys(), ...this.#excess.keys()]))
      this.#add(tenantId, here.get(tenantId), seconds);
    this.#brought.clear();
  }

  #count(stream: Stream): void {
    const tenantId = this.#options.tenantOf(stream.id);
    const bytes = stream.counter.bytes - (this.#counted.get(stream) ?? 0);
    this.#counted.set(stream, stream.counter.bytes);
    this.#brought.set(tenantId, (this.#brought.get(tenantId) ?? 0) + bytes * 8);
  }

  #add(tenantId: string, here: TenantCount | undefined, seconds: number): void {
    const { limitOf, elsewhere } = this.#options;
    const limit = limitOf(tenantId);
    if (limit === undefined) {
      this.#forget(tenantId);
      return;
    }
    const others = elsewhere?.(tenantId);
    const rate = (here?.bitrate ?? 0) + (others?.bitrate ?? 0);
    const brought = (this.#brought.get(tenantId) ?? 0) + ((others?.bitrate ?? 0) - limit) * seconds;
    const excess = Math.min((this.#excess.get(tenantId) ?? 0) + brought, limit * MEMORY);
    if (excess <= 0) this.#forget(tenantId);
    else this.#excess.set(tenantId, excess);
    if (excess <= 0 || rate <= limit) return;
    if (excess >= (limit * BURST) / 2) this.#note(tenantId, rate, limit);
    // The node that has the youngest stream ends it; the others hear that it is gone.
    const isMine = (here?.newest ?? 0) > 0 && (here?.newest ?? 0) >= (others?.newest ?? 0);
    if (excess >= limit * BURST && isMine) this.#endYoungest(tenantId, rate, limit);
  }

  #forget(tenantId: string): void {
    this.#excess.delete(tenantId);
    this.#told.delete(tenantId);
  }

  /** Half the bucket is gone. */
  #note(tenantId: string, rate: number, limit: number): void {
    if (this.#told.has(tenantId)) return;
    this.#told.add(tenantId);
    for (const { stream } of this.#publishedOf(tenantId))
      stream.history.note(
        'tenant-limit',
        `${words(rate, limit)}; if that goes on, the youngest stream is ended`,
      );
  }

  #endYoungest(tenantId: string, rate: number, limit: number): void {
    const bringing = this.#publishedOf(tenantId).filter(({ stream }) => stream.counter.rates.bitrate > 0);
    const youngest = bringing.reduce<Publication | undefined>(
      (found, publication) => (found && found.since >= publication.since ? found : publication),
      undefined,
    );
    if (!youngest) return;
    youngest.note('tenant-limit', `${words(rate, limit)}; it is the youngest stream, and ended`);
    youngest.revoke({ code: TENANT_LIMIT_END, message: `${words(rate, limit)}.` });
    this.#options.onEnded?.(youngest, tenantId);
  }

  #publishedOf(tenantId: string): Publication[] {
    const { orchestrator, tenantOf } = this.#options;
    return orchestrator.streams.flatMap(({ stream, isRelay, isDerived, publication }) =>
      publication && !isRelay && !isDerived && tenantOf(stream.id) === tenantId ? [publication] : [],
    );
  }
}

function words(rate: number, limit: number): string {
  return `the tenant brings ${megabits(rate)} of ${megabits(limit)} Mbit/s`;
}

function megabits(bits: number): string {
  return (bits / 1e6).toFixed(1);
}
