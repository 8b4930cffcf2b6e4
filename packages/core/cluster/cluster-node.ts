import type { Socket } from 'node:net';
import type { Bus, BusValue } from '../bus/bus.ts';
import { NODE_PREFIX, STREAM_PREFIX } from '../control/cluster-keys.ts';
import type { MediaControl } from '../control/media-control.ts';
import { serveControl } from '../control/remote-control.ts';
import { FluxError } from '../errors/flux-error.ts';
import type { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import type { Relay, RelayTarget, StreamRegistry } from '../orchestrator/stream-registry.ts';
import { RelayClient } from '../relay/relay-client.ts';
import { RelayServer } from '../relay/relay-server.ts';
import { beatOf } from '../socket/heartbeat.ts';
import type { StreamId } from '../stream/stream-id.ts';
import type { ViewerLimits } from '../stream/viewer.ts';
import { dialHttp, linkOf } from './node-dial.ts';
import { type NodeEntry, nodeEntry } from './node-entry.ts';
import { type NodeHttpAnswer, NodeHttpClient, type NodeHttpRequest } from './node-http.ts';

export interface ClusterNodeOptions {
  readonly bus: Bus;
  readonly secret: string;
  /** Where this node listens for the others, and how they reach that. */
  readonly listen: string;
  readonly advertised: string;
  /** Of the nodes that fetch streams from this one. */
  readonly limits: ViewerLimits;
  /** Milliseconds that another node may take to answer: it may have to wait for the stream's first picture. */
  readonly openTimeout: number;
  /** Milliseconds without a sign of life after which another node counts as gone. */
  readonly timeout: number;
  readonly onError: (error: FluxError) => void;
}

/** What this node does and lets the others ask of it. */
export interface ClusterMember {
  readonly orchestrator: StreamOrchestrator;
  readonly control: MediaControl;
  /** Takes connections of other nodes that speak HTTP. */
  readonly media: { acceptNode(socket: Socket): void };
}

/** Other claimants may come between the loss of one owner and our claim. */
const MAX_CLAIMS = 5;
const SEGMENTS_PREFIX = 'hls/';

/** A media node's place among the others: who owns which stream, fetching from owners, and being fetched from. */
export class ClusterNode implements StreamRegistry {
  readonly #options: ClusterNodeOptions;
  readonly #bus: Bus;
  readonly #http: NodeHttpClient;
  readonly #endings: (() => void)[] = [];
  #server: RelayServer | undefined;

  constructor(options: ClusterNodeOptions) {
    this.#options = options;
    this.#bus = options.bus;
    this.#http = new NodeHttpClient(node => dialHttp(this.#bus, options.secret, node));
  }

  get member(): string {
    return this.#bus.member;
  }

  /** Tells the others that this node is there. Throws `PORT_IN_USE`, `NOT_READY`. */
  async start(
    { orchestrator, control, media }: ClusterMember,
    about: Pick<NodeEntry, 'mediaPort' | 'protocols'>,
  ): Promise<void> {
    const { secret, listen, advertised, limits, timeout, onError } = this.#options;
    const bus = this.#bus;
    this.#server = new RelayServer({
      address: listen,
      secret,
      limits,
      beat: beatOf(timeout),
      onError,
      openStream: (streamId, signal) => orchestrator.openOwnStream(streamId, signal),
      onHttp: socket => media.acceptNode(socket),
    });
    await this.#server.start();
    this.#endings.push(
      serveControl(bus, control),
      bus.serve(`${bus.member}.yield`, payload => {
        const { streamId, takeover } = payload as { streamId: StreamId; takeover: boolean };
        orchestrator.yieldStream(streamId, takeover);
        return null;
      }),
      bus.directory.watch(STREAM_PREFIX, (key, entry) => {
        if (entry && entry.member !== bus.member)
          orchestrator.ownerChanged(key.slice(STREAM_PREFIX.length), entry.member);
      }),
      bus.directory.watch(NODE_PREFIX, (key, entry) => {
        if (!entry) this.#http.abandon(key.slice(NODE_PREFIX.length));
      }),
      // The bus was away, and a publisher came to another node meanwhile: the newer one goes on.
      bus.onLost(key => {
        if (key.startsWith(STREAM_PREFIX)) orchestrator.yieldStream(key.slice(STREAM_PREFIX.length), true);
      }),
    );
    const entry = { link: advertised, ...about };
    if (await bus.directory.claim(NODE_PREFIX + bus.member, entry as unknown as BusValue)) return;
    throw new FluxError('NOT_READY', `There is another media node that is called ${bus.member}.`);
  }

  /** Idempotent. The bus stays, and is the caller's. */
  async close(): Promise<void> {
    for (const end of this.#endings.splice(0)) end();
    this.#http.close();
    await this.#server?.stop();
  }

  async claim(streamId: StreamId, takeover: boolean): Promise<void> {
    const key = STREAM_PREFIX + streamId;
    const { directory } = this.#bus;
    for (let attempt = 0; attempt < MAX_CLAIMS; attempt++) {
      if (await directory.claim(key, null)) return;
      const owner = directory.get(key)?.member;
      if (owner === undefined || owner === this.member) continue;
      // It may have lost its publisher and keep its viewers only; throws `STREAM_BUSY` where it has not.
      try {
        await this.#bus.request(`${owner}.yield`, { streamId, takeover });
      } catch (cause) {
        // It went away without an answer, and its lease with it.
        if (directory.get(key)?.member === owner) throw cause;
      }
    }
    throw new FluxError('STREAM_BUSY', `Several publish ${streamId} at once.`, { context: { streamId } });
  }

  release(streamId: StreamId): void {
    this.#bus.directory.release(STREAM_PREFIX + streamId);
  }

  ownerOf(streamId: StreamId): string | undefined {
    return this.#otherHolder(STREAM_PREFIX + streamId);
  }

  relay(owner: string, target: RelayTarget): Relay {
    const { secret, openTimeout, timeout } = this.#options;
    const link = () => linkOf(this.#bus, owner);
    return new RelayClient({ link, secret, member: this.member, openTimeout, beat: beatOf(timeout) }, target);
  }

  // --- HLS: one node cuts a stream for all ----------------------------------------------------------------------

  /** Another node that cuts the stream into segments, or is to: the owner, if it has HLS. */
  segmentMaker(streamId: StreamId): string | undefined {
    const key = SEGMENTS_PREFIX + streamId;
    if (this.#bus.directory.get(key)) return this.#otherHolder(key);
    const owner = this.ownerOf(streamId);
    if (owner === undefined) return undefined;
    return nodeEntry(this.#bus.directory, owner)?.protocols.includes('hls') ? owner : undefined;
  }

  claimSegments(streamId: StreamId): Promise<boolean> {
    return this.#bus.directory.claim(SEGMENTS_PREFIX + streamId, null);
  }

  releaseSegments(streamId: StreamId): void {
    this.#bus.directory.release(SEGMENTS_PREFIX + streamId);
  }

  /** Puts an HTTP request to another node's media server. Throws `UPSTREAM_FAILED`, `TIMED_OUT`. */
  fetch(node: string, request: NodeHttpRequest): Promise<NodeHttpAnswer> {
    return this.#http.fetch(node, request);
  }

  #otherHolder(key: string): string | undefined {
    const holder = this.#bus.directory.get(key)?.member;
    return holder === this.member ? undefined : holder;
  }
}
