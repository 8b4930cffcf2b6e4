import type { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import { isPerson } from '../orchestrator/stream-status.ts';
import type { StreamId } from '../stream/stream-id.ts';

/** Streams and viewers at present. */
export interface TenantCount {
  readonly streams: number;
  readonly viewers: number;
}

/** What a tenant used since it was last asked. */
export interface TenantUse {
  readonly bytesIn: number;
  readonly bytesOut: number;
  /** Seconds of streams, and of viewers, summed over all of them. */
  readonly publishSeconds: number;
  readonly playSeconds: number;
}

interface Seen {
  bytesIn: number;
  bytesOut: number;
}

const NONE: TenantUse = { bytesIn: 0, bytesOut: 0, publishSeconds: 0, playSeconds: 0 };

/** What each tenant has and uses on this node. What goes to other nodes is nobody's use: it is counted there. */
export class TenantMeter {
  readonly #orchestrator: StreamOrchestrator;
  readonly #tenantOf: (streamId: StreamId) => string;
  #seen = new Map<StreamId, Seen>();
  /** Bytes that went to each relay, also to those that are gone. */
  readonly #relayed = new Map<StreamId, Map<string, number>>();

  constructor(orchestrator: StreamOrchestrator, tenantOf: (streamId: StreamId) => string) {
    this.#orchestrator = orchestrator;
    this.#tenantOf = tenantOf;
  }

  /** At this moment. */
  counts(): Map<string, TenantCount> {
    const counts = new Map<string, TenantCount>();
    for (const { stream, isRelay } of this.#orchestrator.streams) {
      const tenantId = this.#tenantOf(stream.id);
      const { streams = 0, viewers = 0 } = counts.get(tenantId) ?? {};
      const people = stream.viewers.filter(isPerson).length;
      counts.set(tenantId, { streams: streams + (isRelay ? 0 : 1), viewers: viewers + people });
    }
    return counts;
  }

  /** What was used since the last call, which was `seconds` ago. */
  take(seconds: number): Map<string, TenantUse> {
    const uses = new Map<string, TenantUse>();
    const seen = new Map<StreamId, Seen>();
    for (const { stream, isRelay, isPublished } of this.#orchestrator.streams) {
      const now = { bytesIn: isRelay ? 0 : stream.counter.bytes, bytesOut: this.#bytesToPeople(stream) };
      const before = this.#seen.get(stream.id) ?? { bytesIn: 0, bytesOut: 0 };
      seen.set(stream.id, now);
      const tenantId = this.#tenantOf(stream.id);
      const use = uses.get(tenantId) ?? NONE;
      uses.set(tenantId, {
        bytesIn: use.bytesIn + more(before.bytesIn, now.bytesIn),
        bytesOut: use.bytesOut + more(before.bytesOut, now.bytesOut),
        publishSeconds: use.publishSeconds + (isPublished && !isRelay ? seconds : 0),
        playSeconds: use.playSeconds + stream.viewers.filter(isPerson).length * seconds,
      });
    }
    for (const streamId of this.#relayed.keys()) if (!seen.has(streamId)) this.#relayed.delete(streamId);
    this.#seen = seen;
    return uses;
  }

  #bytesToPeople(stream: StreamOrchestrator['streams'][number]['stream']): number {
    const relayed = this.#relayed.get(stream.id) ?? new Map<string, number>();
    for (const viewer of stream.viewers) if (!isPerson(viewer)) relayed.set(viewer.id, viewer.bytesSent);
    if (relayed.size > 0) this.#relayed.set(stream.id, relayed);
    let bytes = stream.bytesSent;
    for (const sent of relayed.values()) bytes -= sent;
    return Math.max(0, bytes);
  }
}

/** A stream that ended and came again counts anew. */
function more(before: number, now: number): number {
  return now >= before ? now - before : now;
}
