import { FluxError } from '../errors/flux-error.ts';
import type { Ingest, ProtocolAdapter, Push } from '../orchestrator/protocol-adapter.ts';
import type { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import { isPerson } from '../orchestrator/stream-status.ts';
import type { ActiveRecording, RecordingOptions } from '../record/recording.ts';
import type { RecordingService } from '../record/recording-service.ts';
import type { Stream, StreamViewer } from '../stream/stream.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { EventLoopDelay } from './event-loop-delay.ts';
import {
  HOST,
  type IngestReport,
  type MediaControl,
  type NodeReport,
  type PushReport,
  type StreamReport,
} from './media-control.ts';

export interface NodeControlOptions {
  readonly name: string;
  readonly orchestrator: StreamOrchestrator;
  /** The protocols that are enabled. */
  readonly adapters: readonly ProtocolAdapter[];
  /** Where it records. */
  readonly recordings?: RecordingService;
}

export const MAX_PUSHES_PER_STREAM = 16;
const STOPPED = { code: 'stopped', message: 'Stopped by request.' };

/** What one media node answers. */
export class NodeControl implements MediaControl {
  readonly #name: string;
  readonly #orchestrator: StreamOrchestrator;
  readonly #adapters: readonly ProtocolAdapter[];
  readonly #recordings: RecordingService | undefined;
  readonly #startedAt = Date.now();
  readonly #delay = new EventLoopDelay();
  /** Of viewers that are gone. */
  #skipsBefore = 0;

  constructor({ name, orchestrator, adapters, recordings }: NodeControlOptions) {
    this.#recordings = recordings;
    this.#name = name;
    this.#orchestrator = orchestrator;
    this.#adapters = adapters;
    orchestrator.on('streamAdded', stream => {
      stream.on('viewerRemoved', ({ skips = 0 }) => {
        this.#skipsBefore += skips;
      });
    });
  }

  async streams(): Promise<StreamReport[]> {
    const reports = new Map<StreamId, StreamReport>();
    for (const ingest of this.#orchestrator.ingests) {
      reports.set(ingest.streamId, { streamId: ingest.streamId, ingest: ingestReport(ingest) });
    }
    for (const status of this.#orchestrator.listStreams()) {
      const { streamId } = status;
      reports.set(streamId, { ...reports.get(streamId), streamId, status: { ...status, history: [] } });
    }
    return [...reports.values()];
  }

  async stream(streamId: StreamId): Promise<StreamReport> {
    const status = this.#orchestrator.getStreamStatus(streamId);
    const ingest = this.#orchestrator.getIngest(streamId);
    const sentOn = this.#adapters.flatMap(adapter => adapter.historyOf?.(streamId) ?? []);
    if (!status && !ingest && sentOn.length === 0) throw notFound(streamId);
    const history = status ? undefined : ingest?.history?.entries;
    return { streamId, status, ingest: ingest && ingestReport(ingest), history, sentOn };
  }

  async viewers(streamId: StreamId): Promise<StreamViewer[]> {
    const viewers = this.#orchestrator.findStream(streamId)?.viewers ?? [];
    return viewers
      .filter(isPerson)
      .map(({ id, protocol, peer, since, bytesSent }) => ({ id, protocol, peer, since, bytesSent }));
  }

  async playUrls(streamId: StreamId, protocol?: string): Promise<Record<string, string>> {
    const chosen = protocol === undefined ? this.#adapters : [this.#adapter(protocol)];
    const urls: Record<string, string> = {};
    for (const adapter of chosen) Object.assign(urls, adapter.playUrls?.(streamId, HOST));
    return urls;
  }

  async stop(streamId: StreamId): Promise<void> {
    this.#orchestrator.stopStream(streamId, STOPPED);
  }

  async ingests(): Promise<IngestReport[]> {
    return this.#orchestrator.ingests.map(ingestReport);
  }

  async addIngest(
    protocol: string,
    streamId: StreamId,
    source: Readonly<Record<string, unknown>>,
  ): Promise<IngestReport> {
    const adapter = this.#adapter(protocol);
    const ingest = await this.#orchestrator.addIngest(streamId, () => {
      if (!adapter.ingest)
        throw new FluxError('PROTOCOL_UNSUPPORTED', `Streams cannot be brought by ${protocol}.`);
      return adapter.ingest(streamId, source);
    });
    return ingestReport(ingest);
  }

  async pushes(streamId?: StreamId): Promise<PushReport[]> {
    return this.#orchestrator.pushes.of(streamId).map(pushReport);
  }

  async addPush(id: string, streamId: StreamId, url: string): Promise<PushReport> {
    if (!this.#knows(streamId)) throw notFound(streamId);
    const adapter = this.#adapter(protocolOf(url));
    if (!adapter.push)
      throw new FluxError('PROTOCOL_UNSUPPORTED', `Streams cannot be sent on by ${adapter.protocolName}.`);
    if (this.#orchestrator.pushes.of(streamId).length >= MAX_PUSHES_PER_STREAM)
      throw new FluxError('STREAM_LIMIT', `${MAX_PUSHES_PER_STREAM} pushes of a stream are the most.`);
    const push = adapter.push(id, streamId, url);
    this.#orchestrator.pushes.add(push);
    return pushReport(push);
  }

  async removePush(streamId: StreamId, id: string): Promise<void> {
    this.#orchestrator.pushes.remove(streamId, id);
  }

  async recordings(): Promise<ActiveRecording[]> {
    return [...(this.#recordings?.active ?? [])];
  }

  async startRecording(streamId: StreamId, options: RecordingOptions): Promise<ActiveRecording> {
    if (!this.#recordings) throw new FluxError('NOT_READY', 'This media node does not record.');
    return this.#recordings.record(streamId, options);
  }

  async stopRecording(streamId: StreamId): Promise<void> {
    if (!this.#recordings) throw notRecording(streamId);
    await this.#recordings.stop(streamId);
  }

  async nodes(): Promise<NodeReport[]> {
    const { user, system } = process.cpuUsage();
    const streams = this.#orchestrator.listStreams();
    const relays = streams.filter(({ isRelay }) => isRelay).length;
    return [
      {
        name: this.#name,
        pid: process.pid,
        startedAt: this.#startedAt,
        memoryBytes: process.memoryUsage.rss(),
        cpuSeconds: (user + system) / 1e6,
        streams: streams.length - relays,
        relays,
        skips:
          this.#skipsBefore + skipsOf(streams.map(({ streamId }) => this.#orchestrator.findStream(streamId))),
        load: { ...this.#orchestrator.load, eventLoopDelay: this.#delay.milliseconds },
        protocols: Object.fromEntries(
          this.#adapters.map(adapter => [adapter.protocolName, adapter.stats()] as const),
        ),
      },
    ];
  }

  close(): void {
    this.#delay.close();
  }

  #knows(streamId: StreamId): boolean {
    const orchestrator = this.#orchestrator;
    return (
      orchestrator.findStream(streamId) !== undefined ||
      orchestrator.getIngest(streamId) !== undefined ||
      orchestrator.isAvailable(streamId)
    );
  }

  /** Throws `PROTOCOL_DISABLED`. */
  #adapter(protocol: string): ProtocolAdapter {
    const adapter = this.#adapters.find(({ protocolName }) => protocolName === protocol);
    if (adapter) return adapter;
    const enabled = this.#adapters.map(({ protocolName }) => protocolName).join(', ') || 'none';
    throw new FluxError('PROTOCOL_DISABLED', `The protocol ${protocol} is not enabled; enabled: ${enabled}.`);
  }
}

function skipsOf(streams: readonly (Stream | undefined)[]): number {
  let skips = 0;
  for (const stream of streams) for (const viewer of stream?.viewers ?? []) skips += viewer.skips ?? 0;
  return skips;
}

export function notFound(streamId: StreamId): FluxError {
  return new FluxError('STREAM_NOT_FOUND', `There is no stream ${streamId}.`, { context: { streamId } });
}

export function notRecording(streamId: StreamId): FluxError {
  return new FluxError('RECORDING_NOT_FOUND', `${streamId} is not being recorded.`, {
    context: { streamId },
  });
}

function ingestReport(ingest: Ingest): IngestReport {
  const { streamId, protocol, status, sourceUrl } = ingest;
  return { streamId, protocol, status, sourceUrl, publishUrl: ingest.publishUrl?.(HOST) };
}

function pushReport({ id, streamId, url, status }: Push): PushReport {
  return { id, streamId, url, status };
}

/** `rtmp://…` and `rtmps://…` are both of the protocol rtmp. Throws `URL_INVALID`. */
function protocolOf(url: string): string {
  const scheme = URL.parse(url)?.protocol.slice(0, -1);
  if (scheme === undefined) throw new FluxError('URL_INVALID', 'body.url is not a URL.');
  const protocol = scheme.replace(/s$/, '');
  if (['rtmp', 'rtsp', 'srt'].includes(protocol)) return protocol;
  throw new FluxError('URL_INVALID', `Streams cannot be sent to ${scheme}: addresses; rtmp: is possible.`);
}
