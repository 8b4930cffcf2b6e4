import type { StreamId } from '@flux-iot/core/stream/stream-id';

/** A client's request as it is put to another media node. */
export interface NodeRequest {
  /** Path and query. */
  readonly target: string;
  /** Address and port of the client, and what program it says it is: viewers are counted where the answer is made. */
  readonly peer: string;
  readonly userAgent: string;
  readonly signal: AbortSignal | undefined;
  /** The answer may be long in coming. */
  readonly mayWait: boolean;
}

export interface NodeAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/**
 * Which media node cuts which stream for HLS: one for all, so that every client sees one playlist, whichever node its
 * connections land on.
 */
export interface SegmentMakers {
  /** Another node that cuts the stream, or is to; undefined where it is for this node to do, or nobody has it. */
  elsewhere(streamId: StreamId): string | undefined;
  /** Makes it this node's affair. False says that another node was first. */
  claim(streamId: StreamId): Promise<boolean>;
  release(streamId: StreamId): void;
  /** Throws `UPSTREAM_FAILED`, `TIMED_OUT`. */
  fetch(node: string, request: NodeRequest): Promise<NodeAnswer>;
}
