import type { Bus } from '../bus/bus.ts';
import { FluxError } from '../errors/flux-error.ts';
import type { StreamStatus } from '../orchestrator/stream-status.ts';
import type { ActiveRecording, RecordingOptions } from '../record/recording.ts';
import type { StreamViewer } from '../stream/stream.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { NODE_PREFIX, STREAM_PREFIX } from './cluster-keys.ts';
import type { IngestReport, MediaControl, NodeReport, PushReport, StreamReport } from './media-control.ts';
import { MAX_PUSHES_PER_STREAM, notFound, notRecording } from './node-control.ts';
import { ingestReportOf, type PlacedTask, pushReportOf } from './placed-task.ts';
import { remoteControl } from './remote-control.ts';
import { type IngestTask, NO_TASK_STORE, type PushTask, type TaskStore } from './task.ts';
import { TaskKeeper, type TaskTimes } from './task-keeper.ts';

/** All media nodes as one: asks each that there is and puts the answers together. */
export class ClusterControl implements MediaControl {
  readonly #bus: Bus;
  readonly #tasks: TaskKeeper;
  /** That are being added. */
  readonly #adding = new Set<StreamId>();

  /** `store`: where ingests and pushes outlive the program. */
  constructor(bus: Bus, store: TaskStore = NO_TASK_STORE, times?: TaskTimes) {
    this.#bus = bus;
    this.#tasks = new TaskKeeper(bus, store, times);
  }

  /** Takes up the ingests and pushes that were asked for before the program was started. */
  restore(): Promise<void> {
    return this.#tasks.restore();
  }

  async streams(): Promise<StreamReport[]> {
    const byId = new Map<StreamId, StreamReport[]>();
    const reports = (await this.#all(node => node.streams())).flat();
    for (const report of [...reports, ...this.#tasks.ingests.flatMap(waitingStream)]) {
      const reports = byId.get(report.streamId);
      if (reports) reports.push(report);
      else byId.set(report.streamId, [report]);
    }
    return [...byId.values()].map(merge);
  }

  async stream(streamId: StreamId): Promise<StreamReport> {
    const reports = await this.#all(node => node.stream(streamId));
    const task = this.#tasks.ingest(streamId);
    if (task) reports.push(...waitingStream(task));
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
    const wasWanted = await this.#tasks.remove('ingest', streamId);
    const stopped = await this.#all(node => node.stop(streamId));
    if (stopped.length === 0 && !wasWanted) throw notFound(streamId);
  }

  async ingests(): Promise<IngestReport[]> {
    const reports = (await this.#all(node => node.ingests())).flat();
    const known = new Set(reports.map(({ streamId }) => streamId));
    const waiting = this.#tasks.ingests.filter(
      ({ node, task }) => node === undefined && !known.has(task.streamId),
    );
    return [...reports, ...waiting.map(ingestReportOf)];
  }

  async addIngest(
    protocol: string,
    streamId: StreamId,
    source: Readonly<Record<string, unknown>>,
    isPassing = false,
  ): Promise<IngestReport> {
    const isTaken = this.#tasks.ingest(streamId) || this.#adding.has(streamId);
    if (isTaken || this.#ownerOf(streamId) !== undefined) {
      throw new FluxError('STREAM_BUSY', `The id ${streamId} is taken.`, { context: { streamId } });
    }
    this.#tasks.requireRoom('ingest');
    this.#adding.add(streamId);
    try {
      const name = await this.#freest(protocol);
      const node = remoteControl(this.#bus, name);
      const report = await node.addIngest(protocol, streamId, source);
      const { sourceUrl, publishUrl } = report;
      const task: IngestTask = {
        ...{ kind: 'ingest', id: streamId, streamId, protocol, source },
        ...{ sourceUrl, publishUrl },
      };
      await this.#orUndo(this.#tasks.add(task, name, isPassing), () => node.stop(streamId));
      return report;
    } finally {
      this.#adding.delete(streamId);
    }
  }

  async pushes(streamId?: StreamId): Promise<PushReport[]> {
    const reports = (await this.#all(node => node.pushes(streamId))).flat();
    const known = new Set(reports.map(({ id }) => id));
    const waiting = this.#tasks
      .pushesOf(streamId)
      .filter(({ node, task }) => node === undefined && !known.has(task.id));
    return [...reports, ...waiting.map(pushReportOf)];
  }

  /** Where the stream is, or else anywhere: the node waits for it. */
  async addPush(id: string, streamId: StreamId, url: string): Promise<PushReport> {
    this.#tasks.requireRoom('push');
    if (this.#tasks.pushesOf(streamId).length >= MAX_PUSHES_PER_STREAM)
      throw new FluxError('STREAM_LIMIT', `${MAX_PUSHES_PER_STREAM} pushes of a stream are the most.`);
    const name = await this.#nodeFor(streamId);
    const node = remoteControl(this.#bus, name);
    const report = await node.addPush(id, streamId, url);
    const task: PushTask = { kind: 'push', id, streamId, url, shownUrl: report.url };
    await this.#orUndo(this.#tasks.add(task, name), () => node.removePush(streamId, id));
    return report;
  }

  async removePush(streamId: StreamId, id: string): Promise<void> {
    const isOfStream = this.#tasks.push(id)?.task.streamId === streamId;
    const wasWanted = isOfStream && (await this.#tasks.remove('push', id));
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
    this.#tasks.close();
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
    const node = this.#ownerOf(streamId) ?? this.#tasks.ingest(streamId)?.node;
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

  /** What cannot be kept is not begun. */
  async #orUndo(keeping: Promise<void>, undo: () => Promise<void>): Promise<void> {
    try {
      await keeping;
    } catch (cause) {
      await undo().catch(() => {});
      throw cause;
    }
  }
}

/** A stream that an ingest is to bring, while no node has that. */
function waitingStream(placed: PlacedTask<IngestTask>): StreamReport[] {
  if (placed.node !== undefined) return [];
  return [{ streamId: placed.task.streamId, ingest: ingestReportOf(placed) }];
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
