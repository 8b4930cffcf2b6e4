import { middleBits } from './ntp-time.ts';
import type { RtpPacket } from './packet.ts';
import type { ReportBlock, SenderInfo } from './rtcp/packet.ts';
import { SequenceTracker } from './sequence/sequence-tracker.ts';

const MAX_CUMULATIVE_LOST = 0x7fffff;
const TURN = 2 ** 32;
/** Ticks per second of the times since the last sender report. */
const DELAY_RATE = 0x10000;
/** Jitter is smoothed by a sixteenth (RFC 3550 §6.4.1). */
const JITTER_GAIN = 1 / 16;

/**
 * What a receiver counts of one source, for its reports (RFC 3550 §6.4.1, §A.3, §A.8). Takes packets as they come,
 * before they are put in order; times are milliseconds of any steady clock.
 */
export class ReceiverStatistics {
  /** Received, duplicates and late ones included, of all sources that there were. */
  packets = 0;
  /** Of whole packets. */
  bytes = 0;
  readonly #clockRate: number;
  readonly #tracker: SequenceTracker;
  /** The number of the source's first packet, and how many of it came. */
  #first = 0;
  #received = 0;
  /** What the last report was about. */
  #expectedBefore = 0;
  #receivedBefore = 0;
  #lastTimestamp = 0;
  #lastArrival = 0;
  /** In ticks. */
  #jitter = 0;
  #lastSenderReport = 0;
  #lastSenderReportArrival = 0;

  /** `clockRate`: ticks per second of the RTP time stamps. `isReliable`: packets come by TCP. */
  constructor(clockRate: number, isReliable = false) {
    this.#clockRate = clockRate;
    this.#tracker = new SequenceTracker(isReliable);
  }

  /** Of the source that is followed; undefined before its first packet. */
  get ssrc(): number | undefined {
    return this.#tracker.ssrc;
  }

  /** Interarrival jitter in milliseconds. */
  get jitter(): number {
    return (this.#jitter * 1000) / this.#clockRate;
  }

  packet(packet: RtpPacket, now: number): void {
    this.packets++;
    this.bytes += packet.byteLength;
    const isFirst = this.#tracker.newest === undefined;
    const number = this.#tracker.update(packet.ssrc, packet.sequenceNumber);
    if (number === undefined) return;
    if (isFirst) this.#first = number;
    else if (this.#tracker.restarted) this.#restart(number);
    else this.#addJitter(packet.timestamp, now);
    this.#received++;
    this.#lastTimestamp = packet.timestamp;
    this.#lastArrival = now;
  }

  /** A sender report came, of whichever source. */
  senderReport({ ssrc, ntp }: SenderInfo, now: number): void {
    if (this.ssrc !== undefined && ssrc !== this.ssrc) return;
    this.#lastSenderReport = middleBits(ntp);
    this.#lastSenderReportArrival = now;
  }

  /** What a report that is sent at `now` says; undefined before the first packet. */
  reportBlock(now: number): ReportBlock | undefined {
    const newest = this.#tracker.newest;
    const ssrc = this.#tracker.ssrc;
    if (newest === undefined || ssrc === undefined) return undefined;
    const expected = this.#expected - this.#expectedBefore;
    const lost = expected - (this.#received - this.#receivedBefore);
    this.#expectedBefore = this.#expected;
    this.#receivedBefore = this.#received;
    const delay = this.#lastSenderReport ? ((now - this.#lastSenderReportArrival) * DELAY_RATE) / 1000 : 0;
    return {
      ssrc,
      fractionLost: lost > 0 ? Math.min(255, Math.floor((lost * 256) / expected)) : 0,
      cumulativeLost: clampLost(this.#expected - this.#received),
      highestSequence: newest % TURN,
      jitter: Math.min(TURN - 1, Math.floor(this.#jitter)),
      lastSenderReport: this.#lastSenderReport,
      delaySinceLastSenderReport: Math.max(0, Math.min(TURN - 1, Math.round(delay))),
    };
  }

  get #expected(): number {
    const newest = this.#tracker.newest;
    return newest === undefined ? 0 : newest - this.#first + 1;
  }

  #restart(number: number): void {
    this.#first = number;
    this.#received = 0;
    this.#expectedBefore = 0;
    this.#receivedBefore = 0;
    this.#jitter = 0;
    this.#lastSenderReport = 0;
  }

  /** How much more apart two packets came than their time stamps are (§A.8). */
  #addJitter(timestamp: number, now: number): void {
    const apart = ((now - this.#lastArrival) * this.#clockRate) / 1000;
    const difference = Math.abs(apart - ((timestamp - this.#lastTimestamp) | 0));
    this.#jitter += (difference - this.#jitter) * JITTER_GAIN;
  }
}

function clampLost(lost: number): number {
  return Math.max(-MAX_CUMULATIVE_LOST - 1, Math.min(MAX_CUMULATIVE_LOST, lost));
}
