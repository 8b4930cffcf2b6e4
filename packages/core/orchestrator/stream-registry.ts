import type { Publication } from '../stream/publication.ts';
import type { EndReason } from '../stream/sink.ts';
import type { StreamId } from '../stream/stream-id.ts';

/** What a relay does with the local stream that it feeds. */
export interface RelayTarget {
  readonly streamId: StreamId;
  /** The right to write into the local stream; asked for again where the owner's content does not go on. */
  publish(close: (reason: EndReason) => void): Publication;
  /** The relay is over without its publication's having been closed: the owner could not be reached or refused. */
  failed(reason: EndReason): void;
}

export interface Relay {
  /** Idempotent; does not close the publication. */
  close(): void;
}

/**
 * Who owns which stream, as one media node sees it. A stream is owned by the node where it is published or pulled;
 * other nodes fetch it from there once, however many viewers they have.
 */
export interface StreamRegistry {
  /** Makes this node the owner. Throws `STREAM_BUSY` where another node's owner does not give way, `NOT_READY`. */
  claim(streamId: StreamId, takeover: boolean): Promise<void>;
  release(streamId: StreamId): void;
  /** Name of another node that owns it; undefined where nobody does, or this node. */
  ownerOf(streamId: StreamId): string | undefined;
  /** Begins to fetch the stream from its owner. */
  relay(owner: string, target: RelayTarget): Relay;
}
