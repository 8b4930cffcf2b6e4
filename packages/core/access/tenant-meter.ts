import type { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import { isPerson } from '../orchestrator/stream-status.ts';
import type { ActiveRecording } from '../record/recording.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { NO_COUNT, sumOf, type TenantCount } from './tenant-count.ts';

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

/**
 * What each tenant has and uses on this node. What goes to other nodes is nobody's use: it is counted there. What is
 * made of a stream has come in once, as that.
 */
export class TenantMeter {
  readonly #orchestrator: StreamOrchestrator;
  readonly #tenantOf: (streamId: StreamId) => string;
  readonly #recordings: () => readonly ActiveRecording[];
  #seen = new Map<StreamId, Seen>();
  /** Bytes that went to each relay, also to those that are gone. */
  readonly #relayed = new Map<StreamId, Map<string, number>>();

  /** `recordings`: what is being recorded here. */
  constructor(
    orchestrator: StreamOrchestrator,
    tenantOf: (streamId: StreamId) => string,
    recordings: () => readonly ActiveRecording[] = () => [],
  ) {
    this.#orchestrator = orchestrator;
    this.#tenantOf = tenantOf;
    this.#recordings = recordings;
  }

  /** At this moment. */
  counts(): Map<string, TenantCount> {
    const counts = new Map<string, TenantCount>();
    const add = (streamId: StreamId, more: Partial<TenantCount>) => {
      const tenantId = this.#tenantOf(streamId);
      counts.set(tenantId, sumOf(counts.get(tenantId) ?? NO_COUNT, { ...NO_COUNT, ...more }));
    };
    for (const { stream, isRelay, isDerived, publication } of this.#orchestrator.streams) {
      add(stream.id, { viewers: stream.viewers.filter(isPerson).length });
      if (isRelay || isDerived) continue;
      const bitrate = Math.round(stream.counter.rates.bitrate);
      add(stream.id, { streams: 1, bitrate, newest: bitrate > 0 ? (publication?.since ?? 0) : 0 });
    }
    for (const { streamId, isDerived, status } of this.#orchestrator.ingests)
      if (isDerived && status.state !== 'closed') add(streamId, { transcodes: 1 });
    for (const { streamId, recording } of this.#recordings())
      add(streamId, { recordingBytes: recording?.size ?? 0 });
    return counts;
  }

  /** What was used since the last call, which was `seconds` ago. */
  take(seconds: number): Map<string, TenantUse> {
    const uses = new Map<string, TenantUse>();
    const seen = new Map<StreamId, Seen>();
    for (const { stream, isRelay, isDerived, publication } of this.#orchestrator.streams) {
      const isBrought = !isRelay && !isDerived;
      const now = { bytesIn: isBrought ? stream.counter.bytes : 0, bytesOut: this.#bytesToPeople(stream) };
      const before = this.#seen.get(stream.id) ?? { bytesIn: 0, bytesOut: 0 };
      seen.set(stream.id, now);
      const tenantId = this.#tenantOf(stream.id);
      const use = uses.get(tenantId) ?? NONE;
      uses.set(tenantId, {
        bytesIn: use.bytesIn + more(before.bytesIn, now.bytesIn),
        bytesOut: use.bytesOut + more(before.bytesOut, now.bytesOut),
        publishSeconds: use.publishSeconds + (publication && isBrought ? seconds : 0),
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
