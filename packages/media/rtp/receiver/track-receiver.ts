import type { DemuxerReceiver } from '../../format/demuxer.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { Depacketizer, RtpFrame, RtpFrameReceiver } from '../depacketizer.ts';
import { isVideoFormat, type ReceivableFormat } from '../format/media-format.ts';
import { millisecondsOf } from '../ntp-time.ts';
import type { RtpPacket } from '../packet.ts';
import { ReceiverStatistics } from '../receiver-statistics.ts';
import type { ReportBlock, SenderInfo } from '../rtcp/packet.ts';
import { type OrderedPacketReceiver, ReorderBuffer, type ReorderLimits } from '../sequence/reorder-buffer.ts';
import { AudioReader } from './audio-reader.ts';
import type { DamagePolicy, FrameContext, FrameReader } from './frame-reader.ts';
import type { MediaSynchronizer, TrackClock } from './media-synchronizer.ts';
import { VideoReader } from './video-reader.ts';

/** A depacketiser that may know its codec's configuration better than the session description. */
export interface ConfiguredDepacketizer extends Depacketizer {
  /** AAC: the AudioSpecificConfig of the newest frame; undefined as long as nothing says it. It may change. */
  readonly config?: Buffer | undefined;
}

export interface RtpTrackReceiverOptions {
  /** Takes the track and its samples; the core's publication is one. */
  readonly receiver: DemuxerReceiver;
  readonly trackId: number;
  readonly format: ReceivableFormat;
  readonly createDepacketizer: (
    format: ReceivableFormat,
    receive: RtpFrameReceiver,
  ) => ConfiguredDepacketizer;
  /** Shared by the tracks of the session. */
  readonly synchronizer: MediaSynchronizer;
  /** Packets come by TCP. */
  readonly isReliable: boolean;
  /** `drop` if left out. */
  readonly damage?: DamagePolicy;
  readonly limits?: ReorderLimits;
  /** Packets and frames that could not be used; each may be the first of thousands. */
  readonly onBadMedia?: (error: ParseError) => void;
}

export interface RtpTrackCounters {
  /** Packets received, duplicates included, and their bytes with headers. */
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  readonly duplicates: number;
  /** Packets that came after they had been given up for lost. */
  readonly late: number;
  readonly reordered: number;
  /** Packets of other payload types and of nothing but padding. */
  readonly ignored: number;
  /** Packets that their depacketiser could not use. */
  readonly badPackets: number;
  /** Interarrival jitter in milliseconds. */
  readonly jitter: number;
  /** Frames handed on as samples. */
  readonly frames: number;
  /** Frames of which something was missing. */
  readonly damagedFrames: number;
  /** Frames not handed on: damaged, without the picture they refer to, before their track is described. */
  readonly droppedFrames: number;
}

/**
 * Receives one media of a session: its RTP packets and sender reports to a track and samples. Loss is dealt with here
 * and nowhere after. Times are milliseconds of any steady clock, the same for all tracks of the session.
 */
export class RtpTrackReceiver {
  readonly format: ReceivableFormat;
  readonly #clock: TrackClock;
  readonly #frames: FrameReader;
  readonly #depacketizer: ConfiguredDepacketizer;
  readonly #order: ReorderBuffer;
  readonly #statistics: ReceiverStatistics;
  readonly #onBadMedia: ((error: ParseError) => void) | undefined;
  #now = 0;
  #ssrc: number | undefined;
  #ignored = 0;
  #badPackets = 0;
  /** Packets before the next one are lost that its depacketiser does not know of yet. */
  #isAfterLoss = false;
  /** Time stamp of the packet that is being pushed, if it is the first one after a loss. */
  #lossTimestamp: number | undefined;

  /** Throws what `createDepacketizer` throws. */
  constructor(options: RtpTrackReceiverOptions) {
    const { receiver, trackId, format, synchronizer, isReliable, limits } = options;
    this.format = format;
    this.#onBadMedia = options.onBadMedia;
    const kind = isVideoFormat(format) ? 'video' : 'audio';
    this.#clock = synchronizer.addTrack({ trackId, kind, clockRate: format.clockRate });
    const context: FrameContext = { receiver, trackId, clock: this.#clock, damage: options.damage ?? 'drop' };
    this.#frames = isVideoFormat(format)
      ? new VideoReader(format, context)
      : new AudioReader(format, context, () => this.#depacketizer.config);
    this.#depacketizer = options.createDepacketizer(format, frame => this.#frame(frame));
    const ordered: OrderedPacketReceiver = {
      packet: (packet, lost) => this.#ordered(packet, lost),
      restart: () => this.#restart(),
    };
    this.#order = new ReorderBuffer(ordered, isReliable, limits);
    this.#statistics = new ReceiverStatistics(format.clockRate, isReliable);
  }

  /** Of the source that is received; undefined before its first packet. */
  get ssrc(): number | undefined {
    return this.#order.ssrc;
  }

  /** When `advance` is due; undefined while no packet waits for an earlier one. */
  get deadline(): number | undefined {
    return this.#order.deadline;
  }

  get counters(): RtpTrackCounters {
    const { packets, bytes, jitter } = this.#statistics;
    const { lost, duplicates, late, reordered } = this.#order;
    const { frames, damaged, dropped } = this.#frames;
    return {
      packets,
      bytes,
      lost,
      duplicates,
      late,
      reordered,
      ignored: this.#ignored,
      badPackets: this.#badPackets,
      jitter,
      frames,
      damagedFrames: damaged,
      droppedFrames: dropped,
    };
  }

  /**
   * Publishes the track, if the session description says all of it; else its first frames do. To be called once the
   * source has agreed to send, so that the stream need not wait for the track.
   */
  announce(): void {
    this.#guard(() => this.#frames.announce());
  }

  /**
   * The session starts with this time stamp: `rtptime` of RTSP's RTP-Info (RFC 2326 §12.33), for those who have it of
   * all their tracks.
   */
  startsAt(rtpTimestamp: number): void {
    this.#clock.startsAt(rtpTimestamp);
  }

  /** A packet came. It may be filled anew after the call. */
  packet(packet: RtpPacket, now: number): void {
    // Another payload type of the same source counts in its sequence; that of another source does not.
    if (packet.payloadType !== this.format.payloadType && packet.ssrc !== this.#order.ssrc) {
      this.#ignored++;
      return;
    }
    this.#now = now;
    this.#statistics.packet(packet, now);
    this.#order.push(packet, now);
  }

  /** A sender report came, by this track's own way or of its SSRC. */
  senderReport(report: SenderInfo, now: number): void {
    this.#statistics.senderReport(report, now);
    // Zero stands for a sender without a wall clock (RFC 3550 §6.4.1).
    if (report.ntp.seconds === 0 && report.ntp.fraction === 0) return;
    this.#clock.senderReport(millisecondsOf(report.ntp), report.rtpTimestamp);
  }

  /** What a receiver report that is sent at `now` says of this track; undefined before its first packet. */
  reportBlock(now: number): ReportBlock | undefined {
    return this.#statistics.reportBlock(now);
  }

  /** Time has come to `now`: gives up packets that others have waited for too long. */
  advance(now: number): void {
    this.#now = now;
    this.#order.advance(now);
  }

  /** No packet follows: hands on what still waits. */
  flush(): void {
    this.#order.flush();
    this.#guard(() => this.#depacketizer.flush());
  }

  #ordered(packet: RtpPacket, lost: boolean): void {
    this.#ssrc = packet.ssrc;
    this.#isAfterLoss ||= lost;
    if (packet.payloadType !== this.format.payloadType || packet.payload.length === 0) {
      this.#ignored++;
      return;
    }
    const isAfterLoss = this.#isAfterLoss;
    this.#isAfterLoss = false;
    if (isAfterLoss) this.#lossTimestamp = packet.timestamp;
    try {
      this.#depacketizer.push(packet, isAfterLoss);
    } catch (error) {
      this.#reject(error);
      this.#badPackets++;
    }
    this.#noteLoss();
  }

  #frame(frame: RtpFrame): void {
    // A frame with another time was complete before the loss, and had only not been handed on yet.
    if (frame.timestamp === this.#lossTimestamp) this.#noteLoss();
    try {
      this.#frames.frame(frame, this.#now);
    } catch (error) {
      this.#reject(error);
    }
  }

  #noteLoss(): void {
    if (this.#lossTimestamp === undefined) return;
    this.#lossTimestamp = undefined;
    this.#frames.lose();
  }

  /** The source began anew, or another one took its place. */
  #restart(): void {
    this.#guard(() => this.#depacketizer.flush());
    if (this.#order.ssrc !== this.#ssrc) this.#clock.restart();
  }

  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      this.#reject(error);
    }
  }

  /** What can't be used is missing to what follows. */
  #reject(error: unknown): void {
    if (!(error instanceof ParseError)) throw error;
    this.#frames.lose();
    this.#onBadMedia?.(error);
  }
}
