import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { IngestStatus, Push } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { EndReason } from '@flux-iot/core/stream/sink';
import { SocketTransport } from '@flux-iot/core/stream/socket-transport';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { Viewer, type ViewerLimits } from '@flux-iot/core/stream/viewer';
import { writeAmf0 } from '@flux-iot/media/format/amf/amf0';
import { Retry } from '../retry/retry.ts';
import { RtmpClient, type RtmpUrl } from './client.ts';
import { RtmpMuxer } from './muxer.ts';

/** The client's chunk size: all pushes of a stream share their bytes. */
const CHUNK_SIZE = 4096;
/** How a publisher asks for its metadata to be kept for players to come. */
const SET_DATA_FRAME = writeAmf0(['@setDataFrame']);

export interface RtmpPusherOptions {
  readonly id: string;
  readonly streamId: StreamId;
  readonly url: RtmpUrl;
  readonly orchestrator: StreamOrchestrator;
  readonly limits: ViewerLimits;
}

/** Sends a stream on to another RTMP server: a viewer that went there by itself. */
export class RtmpPusher implements Push {
  readonly id: string;
  readonly streamId: StreamId;
  readonly url: string;
  readonly #url: RtmpUrl;
  readonly #orchestrator: StreamOrchestrator;
  readonly #limits: ViewerLimits;
  // There is nothing to announce to the other server before there is a stream.
  readonly #retry = new Retry(
    () => this.#connect(),
    () => this.#orchestrator.isAvailable(this.streamId),
  );
  #client: RtmpClient | undefined;

  constructor({ id, streamId, url, orchestrator, limits }: RtmpPusherOptions) {
    this.id = id;
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
        void this.#attach(client, messageStreamId).then(
          detach => {
            if (client.conn.closed) detach();
            else leave = detach;
          },
          cause => client.conn.destroy(FluxError.from(cause)),
        );
      },
      onMedia: () => {},
      onClose: error => {
        leave?.();
        this.#retry.failed(error.message);
      },
    });
    this.#client = client;
  }

  /** Resolves to the way to leave the stream. Throws what `openStream` does. */
  async #attach(client: RtmpClient, messageStreamId: number): Promise<() => void> {
    // Nobody asks the operator's own push whether it may.
    const stream = await this.#orchestrator.openStream(this.streamId, { isInternal: true });
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
