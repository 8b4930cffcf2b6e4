import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Ingest, IngestStatus, StreamCallback } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { Publication } from '@flux-iot/core/stream/publication';
import { type EndReason, TENANT_LIMIT_END } from '@flux-iot/core/stream/sink';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { Retry } from '../retry/retry.ts';
import { RtmpClient, type RtmpUrl } from './client.ts';
import { RtmpIngest } from './ingest.ts';

/** Brings a remote RTMP stream here, and comes back after every failure until it is closed. */
export class RtmpPuller implements Ingest {
  readonly protocol = 'rtmp';
  readonly streamId: StreamId;
  readonly sourceUrl: string;
  readonly #url: RtmpUrl;
  readonly #callback: StreamCallback;
  readonly #retry = new Retry(() => this.#connect());
  #client: RtmpClient | undefined;
  #publication: Publication | undefined;

  constructor(streamId: StreamId, url: RtmpUrl, callback: StreamCallback) {
    this.streamId = streamId;
    this.#url = url;
    this.#callback = callback;
    this.sourceUrl = url.shown;
    this.#retry.start();
  }

  get status(): IngestStatus {
    return this.#retry.status;
  }

  close(reason: EndReason): void {
    if (this.#retry.closed) return;
    this.#retry.close();
    this.#publication?.close(reason);
    this.#client?.close();
  }

  /** Somebody took the id over, or the stream was stopped: there is nothing left to bring. */
  #revoked(reason: EndReason): void {
    // There may be room again: it is tried as after any failure.
    if (reason.code === TENANT_LIMIT_END)
      this.#client?.conn.destroy(new FluxError('TENANT_LIMIT', reason.message));
    else this.close(reason);
  }

  #connect(): void {
    let ingest: RtmpIngest | undefined;
    let publication: Publication | undefined;
    const client = new RtmpClient(this.#url, 'play', {
      onStart: async () => {
        // The tracks' configurations come with the answer and are said only once.
        client.conn.pause();
        try {
          publication = await this.#callback.registerStream(
            this.streamId,
            {
              protocol: 'rtmp',
              peer: this.#url.shown,
              close: reason => this.#revoked(reason),
            },
            { isInternal: true },
          );
          this.#publication = publication;
          if (client.conn.closed) {
            publication.close({ code: 'publisher-lost', message: 'The connection was closed.' });
            return;
          }
          ingest = new RtmpIngest(publication);
          this.#retry.connected();
          client.conn.resume();
        } catch (cause) {
          client.conn.destroy(FluxError.from(cause));
        }
      },
      onMedia: message => ingest?.message(message),
      onClose: error => {
        publication?.close({ code: 'publisher-lost', message: error.message });
        this.#retry.failed(error.message);
      },
    });
    this.#client = client;
  }
}
