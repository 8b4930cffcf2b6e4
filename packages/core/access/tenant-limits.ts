import { FluxError } from '../errors/flux-error.ts';
import type { Action } from '../orchestrator/stream-orchestrator.ts';
import type { StreamId } from '../stream/stream-id.ts';
import type { TenantRule } from './access-policy.ts';
import { NO_COUNT, sumOf, type TenantCount } from './tenant-count.ts';

export interface TenantLimitsOptions {
  readonly ruleOf: (tenantId: string) => TenantRule | undefined;
  readonly tenantOf: (streamId: StreamId) => string;
  /** What there is on this node, and on the others. */
  readonly here: () => ReadonlyMap<string, TenantCount>;
  readonly elsewhere?: (tenantId: string) => TenantCount;
  /** Bytes of the tenant's finished recordings, as flux-server last said. */
  readonly stored?: (tenantId: string) => number;
  /** Whether the stream is there already, on any node: its publisher comes back, and takes no place but its own. */
  readonly isThere: (streamId: StreamId) => boolean;
  /** Whether the tenant brought more than it may, and has not made up for it. */
  readonly isOverBitrate?: (tenantId: string) => boolean;
}

/** Milliseconds for which recorders are answered by the same count: each of them asks. */
const COUNT_AGE = 500;

/** What a tenant may have at once, over all nodes. What another node has is known half a second later. */
export class TenantLimits {
  readonly #options: TenantLimitsOptions;
  #counted: ReadonlyMap<string, TenantCount> = new Map();
  #countedAt = Number.NEGATIVE_INFINITY;

  constructor(options: TenantLimitsOptions) {
    this.#options = options;
  }

  /** Throws `TENANT_LIMIT`. */
  readonly check = (action: Action, streamId: StreamId): void => {
    const tenantId = this.#options.tenantOf(streamId);
    const rule = this.#options.ruleOf(tenantId);
    if (!rule) return;
    if (action === 'publish') this.#checkPublisher(rule, tenantId, streamId);
    else if (rule.maxViewers !== undefined && this.count(tenantId).viewers >= rule.maxViewers)
      throw full(`${rule.maxViewers} viewers`);
  };

  /** Throws `TENANT_LIMIT` where no further stream may be made of others. */
  readonly checkTranscode = (streamId: StreamId): void => {
    const tenantId = this.#options.tenantOf(streamId);
    const limit = this.#options.ruleOf(tenantId)?.maxTranscodes;
    if (limit !== undefined && this.count(tenantId).transcodes >= limit) throw full(`${limit} transcodes`);
  };

  /** Why nothing more of the stream may be recorded; undefined where it may. */
  readonly storageObstacle = (streamId: StreamId): FluxError | undefined => {
    const tenantId = this.#options.tenantOf(streamId);
    const limit = this.#options.ruleOf(tenantId)?.maxStorageBytes;
    if (limit === undefined) return undefined;
    const now = performance.now();
    if (now - this.#countedAt > COUNT_AGE) {
      this.#counted = this.#options.here();
      this.#countedAt = now;
    }
    const { recordingBytes } = this.#sum(this.#counted, tenantId);
    const used = (this.#options.stored?.(tenantId) ?? 0) + recordingBytes;
    return used < limit ? undefined : full(`${limit} bytes of recordings`, `; there are ${used}`);
  };

  /** On all nodes together. */
  count(tenantId: string): TenantCount {
    return this.#sum(this.#options.here(), tenantId);
  }

  #checkPublisher(rule: TenantRule, tenantId: string, streamId: StreamId): void {
    const { maxStreams, maxBitrate } = rule;
    if (maxStreams === undefined && maxBitrate === undefined) return;
    const { streams, bitrate } = this.count(tenantId);
    const others = streams - (this.#options.isThere(streamId) ? 1 : 0);
    if (maxStreams !== undefined && others >= maxStreams) throw full(`${maxStreams} streams`);
    if (maxBitrate === undefined) return;
    if (bitrate >= maxBitrate || this.#options.isOverBitrate?.(tenantId))
      throw full(`${maxBitrate} bits a second`);
  }

  #sum(here: ReadonlyMap<string, TenantCount>, tenantId: string): TenantCount {
    return sumOf(here.get(tenantId) ?? NO_COUNT, this.#options.elsewhere?.(tenantId) ?? NO_COUNT);
  }
}

function full(limit: string, rest = ''): FluxError {
  return new FluxError('TENANT_LIMIT', `${limit} are the most of this tenant${rest}.`);
}
