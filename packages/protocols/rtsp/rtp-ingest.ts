import { randomBytes } from 'node:crypto';
import type { Publication } from '@flux-iot/core/stream/publication';
import { ParseError } from '@flux-iot/media/model/parse-error';
import type { Codec } from '@flux-iot/media/model/track';
import { isVideoFormat, type ReceivableFormat } from '@flux-iot/media/rtp/format/media-format';
import { parseRtpPacket, RtpPacket } from '@flux-iot/media/rtp/packet';
import { depacketizerFor } from '@flux-iot/media/rtp/payload/depacketizer-for';
import { MediaSynchronizer } from '@flux-iot/media/rtp/receiver/media-synchronizer';
import { type RtpTrackCounters, RtpTrackReceiver } from '@flux-iot/media/rtp/receiver/track-receiver';
import { parseRtcp } from '@flux-iot/media/rtp/rtcp/parser';
import { receiverReport } from '@flux-iot/media/rtp/rtcp/writer';

/**
 * The id of the pictures or the sound of a session: that which they have from every protocol. A publisher that comes
 * back by another way, or names its media in another order, goes on with the tracks that its viewers have.
 */
export function usualTrackId(format: ReceivableFormat): number {
  return isVideoFormat(format) ? 1 : 2;
}

/** One media of a session that is received. */
export interface IngestMedia {
  readonly trackId: number;
  readonly format: ReceivableFormat;
  /** Packets come by TCP. */
  readonly isReliable: boolean;
}

export interface RtpIngestOptions {
  readonly publication: Publication;
  readonly media: readonly IngestMedia[];
  /** Sends a compound RTCP packet the way that the track's reports go. */
  readonly sendReport: (trackId: number, report: Buffer) => void;
}

/** How a track comes in. */
export interface TrackReception extends RtpTrackCounters {
  readonly trackId: number;
  readonly codec: Codec;
}

interface IngestTrack extends IngestMedia {
  readonly receiver: RtpTrackReceiver;
  /** Lost packets that the stream's time line has been told of. */
  notedLost: number;
}

const TICK = 1000;
/** In ticks: receiver reports are sent as often (RFC 3550 §6.2). */
const REPORT_INTERVAL = 5;

/**
 * The packets of one session on their way into its publication: from a client that records, or from a server that plays.
 * Sends receiver reports, and notes loss in the stream's time line.
 */
export class RtpIngest {
  readonly #options: RtpIngestOptions;
  readonly #tracks = new Map<number, IngestTrack>();
  readonly #packet = new RtpPacket();
  readonly #ssrc = randomBytes(4).readUInt32BE();
  readonly #canonicalName = randomBytes(8).toString('hex');
  readonly #ticker: NodeJS.Timeout;
  #ticks = 0;
  #orderTimer: NodeJS.Timeout | undefined;
  #packets = 0;
  #closed = false;

  constructor(options: RtpIngestOptions) {
    this.#options = options;
    const { publication, media } = options;
    const synchronizer = new MediaSynchronizer(publication.clock);
    for (const one of media) {
      const receiver = this.#makeReceiver(one, synchronizer);
      if (receiver) this.#tracks.set(one.trackId, { ...one, receiver, notedLost: 0 });
    }
    const formats = [...this.#tracks.values()].map(track => track.format);
    publication.expect({
      video: formats.some(isVideoFormat),
      audio: formats.some(format => !isVideoFormat(format)),
    });
    for (const { receiver } of this.#tracks.values()) receiver.announce();
    this.#ticker = setInterval(() => this.#tick(), TICK).unref();
  }

  /** Packets so far, of all tracks and of reports. */
  get packets(): number {
    return this.#packets;
  }

  get bytes(): number {
    return this.reception.reduce((sum, track) => sum + track.bytes, 0);
  }

  get reception(): TrackReception[] {
    return [...this.#tracks.values()].map(({ trackId, format, receiver }) => ({
      trackId,
      codec: format.codec,
      ...receiver.counters,
    }));
  }

  /** `data` is valid during the call alone. */
  rtp(trackId: number, data: Buffer): void {
    const track = this.#tracks.get(trackId);
    if (!track || this.#closed) return;
    this.#packets++;
    const { receiver } = track;
    try {
      receiver.packet(parseRtpPacket(data, this.#packet), performance.now());
    } catch (error) {
      this.#noteBadMedia(error);
    }
    if (receiver.deadline !== undefined) this.#awaitDeadline(receiver.deadline);
  }

  rtcp(trackId: number, data: Buffer): void {
    const track = this.#tracks.get(trackId);
    if (!track || this.#closed) return;
    this.#packets++;
    try {
      for (const packet of parseRtcp(data)) {
        if (packet.type === 'sender-report') track.receiver.senderReport(packet, performance.now());
      }
    } catch (error) {
      this.#noteBadMedia(error);
    }
  }

  /** The session begins with this time stamp of the track; for those who know it of all tracks. */
  startsAt(trackId: number, rtpTimestamp: number): void {
    this.#tracks.get(trackId)?.receiver.startsAt(rtpTimestamp);
  }

  /** Hands on what still waits; the publication is the caller's to close. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#ticker);
    clearTimeout(this.#orderTimer);
    for (const { receiver } of this.#tracks.values()) receiver.flush();
    this.#noteLoss();
  }

  /** Undefined, and noted, where the format comes in a form that cannot be read. */
  #makeReceiver(media: IngestMedia, synchronizer: MediaSynchronizer): RtpTrackReceiver | undefined {
    const { publication } = this.#options;
    const { trackId, format, isReliable } = media;
    try {
      return new RtpTrackReceiver({
        receiver: publication,
        trackId,
        format,
        createDepacketizer: (wanted, receive) => {
          const depacketizer = depacketizerFor(wanted, receive);
          if (!depacketizer) throw new ParseError(`${wanted.encoding} is not supported`);
          return depacketizer;
        },
        synchronizer,
        isReliable,
        onBadMedia: error => publication.note('bad-media', error.message),
      });
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      publication.note('left-out', `${format.encoding}: ${error.message}`);
      return undefined;
    }
  }

  /** Packets wait for earlier ones: whether these still come or not, time runs out for them. */
  #awaitDeadline(deadline: number): void {
    this.#orderTimer ??= setTimeout(
      () => {
        this.#orderTimer = undefined;
        const now = performance.now();
        for (const { receiver } of this.#tracks.values()) {
          receiver.advance(now);
          if (receiver.deadline !== undefined) this.#awaitDeadline(receiver.deadline);
        }
      },
      Math.max(1, deadline - performance.now()),
    );
  }

  #tick(): void {
    this.#ticks++;
    this.#noteLoss();
    if (this.#ticks % REPORT_INTERVAL === 0) this.#report();
  }

  #report(): void {
    const now = performance.now();
    for (const { trackId, receiver } of this.#tracks.values()) {
      const block = receiver.reportBlock(now);
      if (!block) continue;
      this.#options.sendReport(trackId, receiverReport(this.#ssrc, this.#canonicalName, [block]));
    }
  }

  #noteLoss(): void {
    for (const track of this.#tracks.values()) {
      const { lost, droppedFrames } = track.receiver.counters;
      if (lost > track.notedLost) {
        const detail = `${track.format.codec}: ${lost} packets lost, ${droppedFrames} frames left out so far`;
        this.#options.publication.note('packets-lost', detail);
      }
      track.notedLost = Math.max(track.notedLost, lost);
    }
  }

  #noteBadMedia(error: unknown): void {
    if (!(error instanceof ParseError)) throw error;
    this.#options.publication.note('bad-media', error.message);
  }
}
