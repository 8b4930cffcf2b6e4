import { randomUUID } from 'node:crypto';
import type { Stream, StreamViewer } from '@flux-iot/core/stream/stream';
import type { MediaRequest } from '../http/media-server.ts';

class HlsViewer implements StreamViewer {
  readonly id = randomUUID();
  readonly protocol = 'hls';
  readonly peer: string;
  readonly since = Date.now();
  bytesSent = 0;
  /** Monotonic milliseconds of its latest request. */
  lastSeen = 0;

  constructor(peer: string) {
    this.peer = peer;
  }
}

/** Clients beyond are served, but not counted one by one. */
const MAX_VIEWERS = 10_000;
const MAX_USER_AGENT = 200;

/**
 * Who watches a stream by HLS. A client has no connection that lasts: whoever of one address and program has asked
 * for something lately is one viewer.
 */
export class HlsViewers {
  readonly #stream: Stream;
  readonly #viewers = new Map<string, HlsViewer>();

  constructor(stream: Stream) {
    this.#stream = stream;
  }

  get size(): number {
    return this.#viewers.size;
  }

  /** The client of `request` has got `bytes` of media. */
  note({ message, peer, access }: MediaRequest, bytes: number): void {
    const key = `${access.address} ${message.headers['user-agent']?.slice(0, MAX_USER_AGENT) ?? ''}`;
    let viewer = this.#viewers.get(key);
    if (!viewer) {
      if (this.#viewers.size >= MAX_VIEWERS) return;
      viewer = new HlsViewer(peer);
      this.#viewers.set(key, viewer);
      this.#stream.addViewer(viewer);
    }
    viewer.bytesSent += bytes;
    viewer.lastSeen = performance.now();
  }

  /** Those who have not asked since `before` (monotonic milliseconds) are gone. */
  expire(before: number): void {
    for (const [key, viewer] of this.#viewers) {
      if (viewer.lastSeen >= before) continue;
      this.#viewers.delete(key);
      this.#stream.removeViewer(viewer);
    }
  }
}
