import type { StreamHistory } from '@flux-iot/core/stream/history';
import type { Publication } from '@flux-iot/core/stream/publication';
import { PsDemuxer } from '@flux-iot/media/format/mpegps/demuxer';
import { ParseError } from '@flux-iot/media/model/parse-error';
import { parseRtpPacket, RtpPacket } from '@flux-iot/media/rtp/packet';
import { ReorderBuffer } from '@flux-iot/media/rtp/sequence/reorder-buffer';
import type { ReceptionCounters, ReceptionRequest } from './reception.ts';

export interface PsIngestOptions extends Pick<ReceptionRequest, 'audioHint' | 'history'> {
  /** Where it goes, once it may be published; packets wait until then. */
  readonly publication: Promise<Publication>;
  /** Packets come by TCP. */
  readonly isReliable: boolean;
}

/** Bytes of packets that wait for the right to publish. */
const MAX_WAITING = 4 * 1024 * 1024;
/** Bytes without a pack after which it is no program stream. */
const MAX_BEFORE_PACK = 64 * 1024;
const PACK_START_CODE = 0x1ba;
/** By TCP, a source that counted right so often is believed when it leaves numbers out. */
const COUNTED = 8;

/** The RTP packets of one stream on their way into its publication: put in order, and taken apart as a program stream. */
export class PsIngest {
  readonly #history: StreamHistory;
  #demuxer: PsDemuxer | undefined;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  readonly #order: ReorderBuffer | undefined;
  readonly #packet = new RtpPacket();
  /** Another source goes on, or the same has begun anew. */
  #isRestarted = false;
  #packets = 0;
  #bytes = 0;
  #payloadBytes = 0;
  #hasPack = false;
  /** By TCP: the sequence number before, how many followed one another, and how many were left out. */
  #sequenceNumber: number | undefined;
  #counted = 0;
  #leftOut = 0;
  #notedLost = 0;
  #closed = false;

  constructor(options: PsIngestOptions) {
    const { publication, history, isReliable } = options;
    this.#history = history;
    this.#order = isReliable
      ? undefined
      : new ReorderBuffer(
          {
            packet: (packet, lost) => this.#ordered(packet, lost),
            restart: () => {
              this.#isRestarted = true;
            },
          },
          false,
        );
    // Where it may not be published, whoever asked for it says so.
    publication.then(
      granted => this.#begin(granted, options),
      () => this.close(),
    );
  }

  get counters(): ReceptionCounters {
    return {
      packets: this.#packets,
      bytes: this.#bytes,
      lost: (this.#order?.lost ?? 0) + this.#leftOut,
      reordered: this.#order?.reordered ?? 0,
      droppedFrames: this.#demuxer?.droppedFrames ?? 0,
    };
  }

  /** When `advance` is due; undefined while no packet waits for an earlier one. */
  get deadline(): number | undefined {
    return this.#order?.deadline;
  }

  /** A packet came at `now`, in milliseconds of a steady clock; `data` is valid during the call alone. */
  rtp(data: Buffer, now: number): void {
    if (this.#closed) return;
    this.#packets++;
    this.#bytes += data.length;
    if (this.#demuxer) this.#push(data, now);
    else this.#wait(data);
  }

  /** Time has come to `now`. */
  advance(now: number): void {
    this.#order?.advance(now);
  }

  /** The connection was made anew: what follows does not continue what came. */
  reconnect(): void {
    this.#isRestarted = true;
    this.#sequenceNumber = undefined;
    this.#counted = 0;
  }

  /** To be called now and then: notes loss in the time line. */
  noteLoss(): void {
    const { lost, droppedFrames } = this.counters;
    if (lost > this.#notedLost) {
      this.#history.note('packets-lost', `${lost} packets lost, ${droppedFrames} frames left out so far`);
    }
    this.#notedLost = Math.max(this.#notedLost, lost);
  }

  /** Hands on what still waits. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#order?.flush();
    this.#demuxer?.flush();
    this.noteLoss();
    this.#waiting = [];
    this.#closed = true;
  }

  #begin(publication: Publication, { history, audioHint }: PsIngestOptions): void {
    if (this.#closed) return;
    this.#demuxer = new PsDemuxer({
      receiver: publication,
      audioHint,
      onPack: () => {
        this.#hasPack = true;
        history.note('first-ps-pack');
      },
      onCodec: (codec, isCertain) => history.note('codec', isCertain ? codec : `${codec}, assumed`),
      onRefused: name => history.note('codec-refused', `${name}: it is left out`),
      onError: error => history.note('bad-media', error.message),
    });
    const now = performance.now();
    for (const data of this.#waiting) this.#push(data, now);
    this.#waiting = [];
  }

  /** What comes after there are too many is the stream's beginning when it is let in: nothing of it is missing then. */
  #wait(data: Buffer): void {
    if (this.#waitingBytes + data.length > MAX_WAITING) {
      this.#waiting = [];
      this.#waitingBytes = 0;
    }
    this.#waiting.push(Buffer.from(data));
    this.#waitingBytes += data.length;
  }

  #push(data: Buffer, now: number): void {
    try {
      const packet = parseRtpPacket(data, this.#packet);
      if (this.#order) this.#order.push(packet, now);
      else this.#ordered(packet, this.#isAfterGap(packet));
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.#history.note('bad-media', error.message);
    }
  }

  #ordered({ marker, payload, payloadType }: RtpPacket, lost: boolean): void {
    const demuxer = this.#demuxer;
    if (!demuxer) return;
    if (this.#isRestarted) this.#restart(demuxer, payload);
    else if (lost) demuxer.lose();
    if (payload.length === 0) return;
    if (!this.#hasPack) this.#checkPayload(payload.length, payloadType);
    demuxer.push(payload);
    if (marker) demuxer.mark();
  }

  /** A camera that changes its SSRC with every key frame (Uniview) sends the picture before it whole. */
  #restart(demuxer: PsDemuxer, payload: Buffer): void {
    this.#isRestarted = false;
    if (payload.length >= 4 && payload.readUInt32BE(0) === PACK_START_CODE) demuxer.flush();
    demuxer.lose();
  }

  #checkPayload(size: number, payloadType: number): void {
    const before = this.#payloadBytes;
    this.#payloadBytes += size;
    if (before > MAX_BEFORE_PACK || this.#payloadBytes <= MAX_BEFORE_PACK) return;
    this.#history.note('not-ps', `no program stream in RTP packets of payload type ${payloadType}`);
  }

  /**
   * A connection loses nothing, but a device drops packets when its connection is congested. Some devices do not count
   * by TCP, or wrongly.
   */
  #isAfterGap({ sequenceNumber }: RtpPacket): boolean {
    const step = this.#sequenceNumber === undefined ? 1 : (sequenceNumber - this.#sequenceNumber) & 0xffff;
    this.#sequenceNumber = sequenceNumber;
    if (step === 1) {
      this.#counted++;
      return false;
    }
    const isGap = this.#counted >= COUNTED;
    this.#counted = 0;
    if (isGap) this.#leftOut += step === 0 || step > 0x7fff ? 0 : step - 1;
    return isGap;
  }
}
