import type { Publication } from '../stream/publication.ts';
import type { Stream } from '../stream/stream.ts';
import type { Relay } from './stream-registry.ts';
import { type StreamStatus, streamStatus } from './stream-status.ts';

/** A stream and what the orchestrator knows of it besides. */
export interface StreamContext {
  readonly stream: Stream;
  publication: Publication | undefined;
  graceTimer: NodeJS.Timeout | undefined;
  /** A publisher waits for this node to become the stream's owner. */
  isClaiming: boolean;
  /** Where the stream is another node's: what fetches it from there. */
  relay: Relay | undefined;
  /** Since when nobody takes the relayed stream; milliseconds of a monotonic clock. */
  idleSince: number | undefined;
  /** How many wait for it to be live. */
  waiting: number;
}

export function createContext(stream: Stream): StreamContext {
  return {
    stream,
    publication: undefined,
    graceTimer: undefined,
    isClaiming: false,
    relay: undefined,
    idleSince: undefined,
    waiting: 0,
  };
}

export function statusOf({ stream, publication, relay }: StreamContext): StreamStatus {
  return streamStatus(stream, publication, relay !== undefined);
}
