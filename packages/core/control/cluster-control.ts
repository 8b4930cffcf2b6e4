import type { Bus } from '../bus/bus.ts';
import { FluxError } from '../errors/flux-error.ts';
import type { StreamStatus } from '../orchestrator/stream-status.ts';
import type { ActiveRecording, RecordingOptions } from '../record/recording.ts';
import type { StreamViewer } from '../stream/stream.ts';
import type { StreamId } from '../stream/stream-id.ts';
import type { IngestReport, MediaControl, NodeReport, PushReport, StreamReport } from './media-control.ts';
import { notFound, notRecording } from './node-control.ts';
import { remoteControl } from './remote-control.ts';

/** Media nodes are in the directory under this prefix and their names. */
export const NODE_PREFIX = 'node/';
export const STREAM_PREFIX = 'stream/';

/** What a node was asked to bring or to send on, so that another can do it when the node is gone. */
interface Task {
  node: string | undefined;
  /** That the node has to have; undefined where any will do. */
  readonly protocol?: string;
  readonly begin: (node: MediaControl) => Promise<unknown>;
}

/** Milliseconds after which what no node could take is offered again. */
const RETRY_INTERVAL = 2000;

/** All media nodes as one: asks each that there is and puts the answers together. */
export class ClusterControl implements MediaControl {
  readonly #bus: Bus;
  readonly #ingests = new Map<StreamId, Task>();
  /** By the push's id. */
  readonly #pushes = new Map<string, Task & { readonly streamId: StreamId }>();
  readonly #unwatch: () => void;
  readonly #timer: NodeJS.Timeout;

  constructor(bus: Bus) {
    this.#bus = bus;
    this.#unwatch = bus.directory.watch(NODE_PREFIX, (key, entry) => {
      if (entry) return;
      const node = key.slice(NODE_PREFIX.length);
      for (const task of this.#tasks()) if (task.node === node) task.node = undefined;
      void this.#place();
    });
    this.#timer = setInterval(() => void this.#place(), RETRY_INTERVAL).unref();
  }

  async streams(): Promise<StreamReport[]> {
    const byId = new Map<StreamId, StreamReport[]>();
    for (const report of (await this.#all(node => node.streams())).flat()) {
      const reports = byId.get(report.streamId);
      if (reports) reports.push(report);
      else byId.set(report.streamId, [report]);
    }
    return [...byId.values()].map(merge);
  }

  async stream(streamId: StreamId): Promise<StreamReport> {
    const reports = await this.#all(node => node.stream(streamId));
    // A node may know what became of a stream that is nowhere any more.
    if (!reports.some(isThere)) throw notFound(streamId);
    return merge(reports);
  }

  async viewers(streamId: StreamId): Promise<StreamViewer[]> {
    const viewers = (await this.#all(node => node.viewers(streamId))).flat();
    return viewers.sort((one, other) => one.since - other.since);
  }

  async playUrls(streamId: StreamId, protocol?: string): Promise<Record<string, string>> {
    const urls: Record<string, string> = {};
    const refusals: FluxError[] = [];
    await Promise.all(
      this.#nodes().map(async name => {
        try {
          Object.assign(urls, await remoteControl(this.#bus, name).playUrls(streamId, protocol));
        } catch (cause) {
          refusals.push(FluxError.from(cause));
        }
      }),
    );
    const [refusal] = refusals;
    if (Object.keys(urls).length === 0 && refusal) throw refusal;
    return urls;
  }

  async stop(streamId: StreamId): Promise<void> {
    const wasWanted = this.#ingests.delete(streamId);
    const stopped = await this.#all(node => node.stop(streamId));
    if (stopped.length === 0 && !wasWanted) throw notFound(streamId);
  }

  async ingests(): Promise<IngestReport[]> {
    return (await this.#all(node => node.ingests())).flat();
  }

  async addIngest(
    protocol: string,
    streamId: StreamId,
    source: Readonly<Record<string, unknown>>,
  ): Promise<IngestReport> {
    if (this.#ingests.has(streamId) || this.#ownerOf(streamId) !== undefined) {
      throw new FluxError('STREAM_BUSY', `The id ${streamId} is taken.`, { context: { streamId } });
    }
    const begin = (node: MediaControl) => node.addIngest(protocol, streamId, source);
    const task: Task = { node: undefined, protocol, begin };
    this.#ingests.set(streamId, task);
    try {
      const node = await this.#freest(protocol);
      const report = await remoteControl(this.#bus, node).addIngest(protocol, streamId, source);
      task.node = node;
      return report;
    } catch (cause) {
      if (this.#ingests.get(streamId) === task) this.#ingests.delete(streamId);
      throw cause;
    }
  }

  async pushes(streamId: StreamId): Promise<PushReport[]> {
    return (await this.#all(node => node.pushes(streamId))).flat();
  }

  /** Where the stream is, or else anywhere: the node waits for it. */
  async addPush(id: string, streamId: StreamId, url: string): Promise<PushReport> {
    const node = await this.#nodeFor(streamId);
    const report = await remoteControl(this.#bus, node).addPush(id, streamId, url);
    this.#pushes.set(id, { node, streamId, begin: other => other.addPush(id, streamId, url) });
    return report;
  }

  async removePush(streamId: StreamId, id: string): Promise<void> {
    const wasWanted = this.#pushes.get(id)?.streamId === streamId && this.#pushes.delete(id);
    const removed = await this.#all(node => node.removePush(streamId, id));
    if (removed.length === 0 && !wasWanted) throw new FluxError('PUSH_NOT_FOUND', `There is no push ${id}.`);
  }

  async recordings(): Promise<ActiveRecording[]> {
    return (await this.#all(node => node.recordings())).flat();
  }

  async startRecording(streamId: StreamId, options: RecordingOptions): Promise<ActiveRecording> {
    const owner = this.#ownerOf(streamId);
    if (owner === undefined) throw notFound(streamId);
    return remoteControl(this.#bus, owner).startRecording(streamId, options);
  }

  async stopRecording(streamId: StreamId): Promise<void> {
    const stopped = await this.#all(node => node.stopRecording(streamId));
    if (stopped.length === 0) throw notRecording(streamId);
  }

  async nodes(): Promise<NodeReport[]> {
    const reports = (await this.#all(node => node.nodes())).flat();
    return reports.sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  close(): void {
    this.#unwatch();
    clearInterval(this.#timer);
  }

  #nodes(): string[] {
    return this.#bus.directory.entries(NODE_PREFIX).map(({ member }) => member);
  }

  #ownerOf(streamId: StreamId): string | undefined {
    return this.#bus.directory.get(STREAM_PREFIX + streamId)?.member;
  }

  /** The answers of those that have one: a node that does not know the stream, or is just ending, has none. */
  async #all<Answer>(ask: (node: MediaControl) => Promise<Answer>): Promise<Answer[]> {
    const asked = this.#nodes().map(name => ask(remoteControl(this.#bus, name)));
    const settled = await Promise.allSettled(asked);
    return settled.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
  }

  /** The node with the fewest streams of those that have the protocol. Throws `PROTOCOL_DISABLED`, `NOT_READY`. */
  async #freest(protocol: string): Promise<string> {
    const nodes = await this.nodes();
    if (nodes.length === 0) throw new FluxError('NOT_READY', 'No media node is running.');
    const [freest] = nodes
      .filter(({ protocols }) => protocol in protocols)
      .sort((one, other) => one.streams - other.streams);
    if (freest) return freest.name;
    const enabled = [...new Set(nodes.flatMap(node => Object.keys(node.protocols)))].join(', ') || 'none';
    throw new FluxError('PROTOCOL_DISABLED', `The protocol ${protocol} is not enabled; enabled: ${enabled}.`);
  }

  async #nodeFor(streamId: StreamId): Promise<string> {
    const node = this.#ownerOf(streamId) ?? this.#ingests.get(streamId)?.node;
    if (node !== undefined) return node;
    const found = (
      await this.#all(async control => [await control.stream(streamId), await control.nodes()] as const)
    )
      .filter(([report]) => isThere(report))
      .flatMap(([, nodes]) => nodes)
      .at(0);
    if (!found) throw notFound(streamId);
    return found.name;
  }

  #tasks(): Task[] {
    return [...this.#ingests.values(), ...this.#pushes.values()];
  }

  /** Gives what a lost node did to the others. */
  async #place(): Promise<void> {
    for (const task of this.#tasks()) {
      if (task.node !== undefined) continue;
      const [first] = this.#nodes();
      if (first === undefined) return;
      // Another round does not take it meanwhile.
      task.node = first;
      try {
        const node = task.protocol === undefined ? first : await this.#freest(task.protocol);
        task.node = node;
        await task.begin(remoteControl(this.#bus, node));
      } catch {
        // It is tried again: the stream's old lease may be held for a moment, or the node be started again.
        task.node = undefined;
      }
    }
  }
}

function isThere({ status, ingest }: StreamReport): boolean {
  return status !== undefined || ingest !== undefined;
}

/** One stream as several nodes see it: its owner's view, with everybody's viewers. */
function merge(reports: readonly StreamReport[]): StreamReport {
  const owned =
    reports.find(({ status }) => status && !status.isRelay) ?? reports.find(({ status }) => status);
  const { streamId } = reports[0]!;
  const ingest = reports.find(report => report.ingest)?.ingest;
  const status = owned?.status && addViewers(owned.status, reports);
  const history = reports.find(report => report.history)?.history;
  const sentOn = reports.flatMap(report => report.sentOn ?? []);
  return { streamId, status, ingest, history, sentOn };
}

function addViewers(own: StreamStatus, reports: readonly StreamReport[]): StreamStatus {
  const byProtocol: Record<string, number> = {};
  let count = 0;
  let bytesOut = own.bytesOut;
  for (const { status } of reports) {
    if (!status) continue;
    count += status.viewers.count;
    if (status !== own) bytesOut += status.bytesOut;
    for (const [protocol, viewers] of Object.entries(status.viewers.byProtocol))
      byProtocol[protocol] = (byProtocol[protocol] ?? 0) + viewers;
  }
  return { ...own, bytesOut, viewers: { count, byProtocol } };
}
