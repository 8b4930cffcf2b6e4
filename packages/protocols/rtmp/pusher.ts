import { randomUUID } from 'node:crypto';
import type { IngestStatus, Push } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { EndReason } from '@flux-iot/core/stream/sink';
import { SocketTransport } from '@flux-iot/core/stream/socket-transport';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { Viewer, type ViewerLimits } from '@flux-iot/core/stream/viewer';
import { writeAmf0 } from '@flux-iot/media/format/amf/amf0';
import { RtmpClient, type RtmpUrl } from './client.ts';
import { RtmpMuxer } from './muxer.ts';
import { Retry } from './retry.ts';

/** The client's chunk size: all pushes of a stream share their bytes. */
const CHUNK_SIZE = 4096;
/** How a publisher asks for its metadata to be kept for players to come. */
const SET_DATA_FRAME = writeAmf0(['@setDataFrame']);

/** Sends a stream on to another RTMP server: a viewer that went there by itself. */
export class RtmpPusher implements Push {
  readonly id = randomUUID();
  readonly streamId: StreamId;
  readonly url: string;
  readonly #url: RtmpUrl;
  readonly #orchestrator: StreamOrchestrator;
  readonly #limits: ViewerLimits;
  // There is nothing to announce to the other server before there is a stream.
  readonly #retry = new Retry(
    () => this.#connect(),
    () => this.#orchestrator.findStream(this.streamId)?.state === 'live',
  );
  #client: RtmpClient | undefined;

  constructor(streamId: StreamId, url: RtmpUrl, orchestrator: StreamOrchestrator, limits: ViewerLimits) {
    this.streamId = streamId;
    this.url = url.shown;
    this.#url = url;
    this.#orchestrator = orchestrator;
    this.#limits = limits;
    this.#retry.start();
  }

  get status(): IngestStatus {
    return this.#retry.status;
  }

  close(_reason: EndReason): void {
    if (this.#retry.closed) return;
    this.#retry.close();
    this.#client?.close();
  }

  #connect(): void {
    let leave: (() => void) | undefined;
    const client = new RtmpClient(this.#url, 'publish', {
      onStart: messageStreamId => {
        leave = this.#attach(client, messageStreamId);
      },
      onMedia: () => {},
      onClose: error => {
        leave?.();
        this.#retry.failed(error.message);
      },
    });
    this.#client = client;
  }

  #attach(client: RtmpClient, messageStreamId: number): (() => void) | undefined {
    const stream = this.#orchestrator.findStream(this.streamId);
    if (!stream) {
      client.close();
      return undefined;
    }
    client.conn.expectNoData();
    const output = stream.output(`rtmp-push:${messageStreamId}`, () => ({
      name: 'RTMP push',
      muxer: new RtmpMuxer(CHUNK_SIZE, messageStreamId, SET_DATA_FRAME),
    }));
    const viewer = new Viewer({
      protocol: 'rtmp-push',
      peer: this.#url.shown,
      transport: new PushTransport(client),
      limits: this.#limits,
    });
    output.attach(viewer, { gop: true, framed: false });
    this.#retry.connected();
    return () => output.detach(viewer);
  }
}

/** At the stream's end the other server is told goodbye. */
class PushTransport extends SocketTransport {
  readonly #client: RtmpClient;

  constructor(client: RtmpClient) {
    super(client.conn.socket);
    this.#client = client;
  }

  override end(_reason: EndReason): void {
    this.#client.close();
  }
}
