import type { Bus } from '../bus/bus.ts';
import { NODE_PREFIX, STREAM_PREFIX } from '../control/cluster-keys.ts';
import { FluxError } from '../errors/flux-error.ts';
import type { Snapshot, SnapshotRequest, SnapshotSource } from '../snapshot/snapshot.ts';
import { readSnapshotAnswer, snapshotTarget } from '../snapshot/wire.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { dialHttp } from './node-dial.ts';
import { NodeHttpClient } from './node-http.ts';

/** Milliseconds that a node may take: it may have to wait for a key frame, and for others' pictures. */
const TIMEOUT = 14_000;

/** Pictures of the streams of all media nodes: each is asked of the node that has the stream, which decodes it. */
export class ClusterSnapshots implements SnapshotSource {
  readonly #bus: Bus;
  readonly #http: NodeHttpClient;

  constructor(bus: Bus, secret: string) {
    this.#bus = bus;
    this.#http = new NodeHttpClient(node => dialHttp(bus, secret, node));
  }

  async snapshot(streamId: StreamId, request: SnapshotRequest): Promise<Snapshot> {
    const { directory } = this.#bus;
    const owner = directory.get(STREAM_PREFIX + streamId)?.member;
    if (owner !== undefined) return this.#ask(owner, streamId, request);
    // Whoever had it may know what it looked like.
    const nodes = directory.entries(NODE_PREFIX).map(({ member }) => member);
    if (nodes.length === 0) throw new FluxError('NOT_READY', 'No media node is running.');
    const answers = await Promise.allSettled(nodes.map(node => this.#ask(node, streamId, request)));
    const pictures = answers.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []));
    const [newest] = pictures.sort((one, other) => other.takenAt - one.takenAt);
    if (newest) return newest;
    const errors = answers.flatMap(answer =>
      answer.status === 'rejected' ? [FluxError.from(answer.reason)] : [],
    );
    throw errors.find(({ code }) => code !== 'STREAM_NOT_FOUND') ?? errors[0];
  }

  close(): void {
    this.#http.close();
  }

  async #ask(node: string, streamId: StreamId, request: SnapshotRequest): Promise<Snapshot> {
    const signal = AbortSignal.timeout(TIMEOUT);
    try {
      const target = snapshotTarget(streamId, request);
      const { status, headers, body } = await this.#http.fetch(node, { target, headers: {}, signal });
      return readSnapshotAnswer(status, headers, body);
    } catch (cause) {
      if (!signal.aborted) throw cause;
      throw new FluxError('TIMED_OUT', `The media node ${node} did not answer in time.`, { cause });
    }
  }
}
