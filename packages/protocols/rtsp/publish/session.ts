import type { AccessRequest, StreamCallback } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { Publication } from '@flux-iot/core/stream/publication';
import type { EndReason } from '@flux-iot/core/stream/sink';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { RtspConn } from '../conn.ts';
import type { Transport } from '../headers/transport.ts';
import { type IngestMedia, RtpIngest, type TrackReception } from '../rtp-ingest.ts';
import { RtspSession, type RtspSessionOptions } from '../session.ts';
import { StatusError } from '../status-error.ts';
import { type AnnouncedMedia, mediaOf } from './announcement.ts';

export interface PublishSessionOptions extends RtspSessionOptions {
  readonly streamId: StreamId;
  readonly media: readonly AnnouncedMedia[];
  readonly callback: StreamCallback;
  readonly access: AccessRequest;
  /** Reports go back on it where media comes on it. */
  readonly conn: RtspConn;
}

/** Milliseconds in which a client that records by TCP has to send something. */
const SILENCE_TIMEOUT = 30_000;
const ALIVE_CHECK = 1000;

/** A client that records: it publishes a stream. */
export class PublishSession extends RtspSession {
  readonly kind = 'publisher';
  readonly #options: PublishSessionOptions;
  #publication: Publication | undefined;
  #ingest: RtpIngest | undefined;
  #aliveTimer: NodeJS.Timeout | undefined;
  #seenPackets = 0;

  constructor(options: PublishSessionOptions) {
    super(options);
    this.#options = options;
  }

  get isActive(): boolean {
    return this.#publication !== undefined;
  }

  get datagramBytes(): { readonly in: number; readonly out: number } {
    return { in: this.transports.lower === 'udp' ? (this.#ingest?.bytes ?? 0) : 0, out: 0 };
  }

  get streamId(): StreamId {
    return this.#options.streamId;
  }

  get peer(): string {
    return this.#options.conn.peer;
  }

  /** How its tracks come in. */
  get reception(): readonly TrackReception[] {
    return this.#ingest?.reception ?? [];
  }

  /** What cannot be received is set up all the same: the client would give up otherwise. */
  async setUp(url: string, offers: readonly Transport[]): Promise<Transport> {
    if (this.#publication) throw new StatusError(455, 'It records already.');
    const { media } = this.#options;
    const [only, ...others] = media;
    const found = mediaOf(media, url) ?? (others.length === 0 ? only : undefined);
    if (!found) throw new StatusError(404, 'There is no such media in what was announced.');
    const { trackId } = found;
    return this.transports.setUp(trackId, offers, {
      onRtp: data => this.#ingest?.rtp(trackId, data),
      onRtcp: data => this.#ingest?.rtcp(trackId, data),
    });
  }

  /** The right to publish is had from now on. Rejects with what `registerStream` does. */
  async record(): Promise<void> {
    if (this.#publication) return;
    const { streamId, callback, access, conn, media } = this.#options;
    if (this.transports.size === 0) throw new StatusError(455, 'No track was set up.');
    const publication = await callback.registerStream(
      streamId,
      { protocol: 'rtsp', peer: conn.peer, close: reason => this.over(reason) },
      access,
    );
    if (this.closed) {
      publication.close({ code: 'publisher-lost', message: 'The connection was closed.' });
      throw new StatusError(454, 'The session is over.');
    }
    this.#publication = publication;
    for (const { format } of media) {
      if (format.codec === undefined) publication.note('left-out', format.reason);
    }
    this.#ingest = new RtpIngest({
      publication,
      media: this.#receivable(),
      sendReport: (trackId, report) => this.#sendReport(trackId, report),
    });
    const isInConnection = this.transports.lower === 'tcp';
    conn.setIdleTimeout(isInConnection ? SILENCE_TIMEOUT : 0);
    if (!isInConnection) this.#aliveTimer = setInterval(() => this.#checkAlive(), ALIVE_CHECK).unref();
  }

  protected onEnd(reason: EndReason): void {
    clearInterval(this.#aliveTimer);
    this.#ingest?.close();
    // One that is silent is lost like one whose connection is: it may come back.
    const isLost = reason.code === 'timed-out';
    this.#publication?.close(isLost ? { code: 'publisher-lost', message: reason.message } : reason);
  }

  #receivable(): IngestMedia[] {
    const isReliable = this.transports.lower === 'tcp';
    const found: IngestMedia[] = [];
    for (const { trackId, format } of this.#options.media) {
      if (format.codec === undefined || !this.transports.get(trackId)) continue;
      found.push({ trackId, format, isReliable });
    }
    return found;
  }

  #sendReport(trackId: number, report: Buffer): void {
    const transport = this.transports.get(trackId);
    if (transport?.lower === 'tcp') this.#options.conn.sendInterleaved(transport.channels[1], report);
    else if (transport) {
      const { pair, ports } = transport;
      pair.sendRtcp(report, 0, report.length, ports[1], this.transports.address);
    }
  }

  /** Media is a sign of life, looked at now and then: a timer a packet would be much. */
  #checkAlive(): void {
    const packets = this.#ingest?.packets ?? 0;
    if (packets !== this.#seenPackets) this.keepAlive();
    this.#seenPackets = packets;
  }
}
