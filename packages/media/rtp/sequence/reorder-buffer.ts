import type { RtpPacket } from '../packet.ts';
import { MAX_MISORDER, SequenceTracker } from './sequence-tracker.ts';

export interface ReorderLimits {
  /** How many packets may be missing and waiting together; at most 512. */
  readonly maxPackets?: number;
  /** Bytes of the packets that wait. */
  readonly maxBytes?: number;
  /** How long, in milliseconds, a packet waits for an earlier one. */
  readonly maxDelay?: number;
}

export interface OrderedPacketReceiver {
  /**
   * The next packet, valid during the call alone. `lost`: packets between the one before and this one are missing and
   * will not come.
   */
  packet(packet: RtpPacket, lost: boolean): void;
  /** The source began anew: the next packet, which is also `lost`, has nothing to do with those before. */
  restart(): void;
}

const DEFAULT_MAX_PACKETS = 512;
const DEFAULT_MAX_BYTES = 1024 * 1024;
const DEFAULT_MAX_DELAY = 200;
/** What became of a sequence number lately; 0 for those before the first packet. */
const DELIVERED = 1;
const GIVEN_UP = 2;

/**
 * Brings the packets of one source into the order of their sequence numbers. A packet in order is handed on as it is,
 * at once; only one that comes early is copied, and waits for those before it, bounded by number, bytes and time. With
 * a reliable transport none waits: what is missing there never comes.
 */
export class ReorderBuffer {
  /** Packets given up and not come since; a restart of the source is none. */
  lost = 0;
  duplicates = 0;
  /** Packets that came after they were given up, or before the first, and were dropped. */
  late = 0;
  /** Packets that came after one with a higher number, in time. */
  reordered = 0;
  readonly #receiver: OrderedPacketReceiver;
  readonly #tracker: SequenceTracker;
  readonly #isReliable: boolean;
  readonly #maxPackets: number;
  readonly #maxBytes: number;
  readonly #maxDelay: number;
  /** The number of the packet that is handed on next. */
  #next: number | undefined;
  /** Waiting packets, and when they came, by their number modulo the array's length. */
  #waiting: (RtpPacket | undefined)[] = [];
  #arrivals: number[] = [];
  #waitingCount = 0;
  #waitingBytes = 0;
  /** When the longest-waiting packet came. */
  #oldestArrival = 0;
  readonly #fates = new Uint8Array(MAX_MISORDER);
  /** Packets before the next one were given up. */
  #isAfterLoss = false;
  /** The first packet of what may be a new source. */
  #uncertain: RtpPacket | undefined;

  /** `isReliable`: packets come by TCP. */
  constructor(receiver: OrderedPacketReceiver, isReliable: boolean, limits: ReorderLimits = {}) {
    this.#receiver = receiver;
    this.#isReliable = isReliable;
    this.#tracker = new SequenceTracker(isReliable);
    this.#maxPackets = Math.max(1, Math.min(limits.maxPackets ?? DEFAULT_MAX_PACKETS, MAX_MISORDER));
    this.#maxBytes = limits.maxBytes ?? DEFAULT_MAX_BYTES;
    this.#maxDelay = limits.maxDelay ?? DEFAULT_MAX_DELAY;
  }

  /** Of the source that is followed; undefined before its first packet. */
  get ssrc(): number | undefined {
    return this.#tracker.ssrc;
  }

  /** When `advance` is due, in the milliseconds of `push`; undefined while no packet waits. */
  get deadline(): number | undefined {
    return this.#waitingCount > 0 ? this.#oldestArrival + this.#maxDelay : undefined;
  }

  /** A packet came at `now`, in milliseconds of any steady clock. */
  push(packet: RtpPacket, now: number): void {
    const number = this.#tracker.update(packet.ssrc, packet.sequenceNumber);
    if (number === undefined) this.#uncertain = packet.copy();
    else if (this.#tracker.restarted) this.#restart(packet, number);
    else this.#sort(packet, number, now);
    if (this.#waitingCount > 0) this.advance(now);
  }

  /** Time has come to `now`: hands on packets that have waited for too long. */
  advance(now: number): void {
    while (this.#waitingCount > 0 && now - this.#oldestArrival >= this.#maxDelay) this.#skipGap();
  }

  /** No packet follows: hands on all that waits. */
  flush(): void {
    while (this.#waitingCount > 0) this.#skipGap();
  }

  #sort(packet: RtpPacket, number: number, now: number): void {
    const next = this.#next ?? number;
    if (number === next) {
      if (number !== this.#tracker.newest) this.reordered++;
      this.#deliver(packet, number);
      if (this.#waitingCount > 0) this.#deliverWaiting();
    } else if (number < next) {
      this.#dropOld(number);
    } else if (this.#isReliable) {
      this.#giveUp(number);
      this.#deliver(packet, number);
    } else {
      this.#keep(packet, number, now);
    }
  }

  #deliver(packet: RtpPacket, number: number): void {
    const lost = this.#isAfterLoss;
    this.#isAfterLoss = false;
    this.#next = number + 1;
    this.#fates[fateIndex(number)] = DELIVERED;
    this.#receiver.packet(packet, lost);
  }

  #keep(packet: RtpPacket, number: number, now: number): void {
    // So many are missing that the oldest of them have no place any more.
    while (this.#waitingCount > 0 && number - this.#next! >= this.#maxPackets) this.#skipGap();
    if (number - this.#next! >= this.#maxPackets) this.#giveUp(number - this.#maxPackets + 1);
    if (number === this.#next) {
      this.#deliver(packet, number);
      return;
    }
    const slot = number % this.#maxPackets;
    if (this.#waiting[slot]) {
      this.duplicates++;
      return;
    }
    if (number !== this.#tracker.newest) this.reordered++;
    if (this.#waitingCount === 0) this.#oldestArrival = now;
    this.#waiting[slot] = packet.copy();
    this.#arrivals[slot] = now;
    this.#waitingCount++;
    this.#waitingBytes += packet.byteLength;
    while (this.#waitingBytes > this.#maxBytes) this.#skipGap();
  }

  /** Gives up what is missing before the first waiting packet, and hands on from there to the next gap. */
  #skipGap(): void {
    let first = this.#next!;
    while (!this.#waiting[first % this.#maxPackets]) first++;
    this.#giveUp(first);
    this.#deliverWaiting();
  }

  /** Hands on waiting packets as far as none is missing. */
  #deliverWaiting(): void {
    while (this.#waitingCount > 0 && this.#waiting[this.#next! % this.#maxPackets]) {
      this.#deliver(this.#take(this.#next!), this.#next!);
    }
    if (this.#waitingCount > 0) this.#findOldest();
  }

  #take(number: number): RtpPacket {
    const slot = number % this.#maxPackets;
    const packet = this.#waiting[slot]!;
    this.#waiting[slot] = undefined;
    this.#waitingCount--;
    this.#waitingBytes -= packet.byteLength;
    return packet;
  }

  #findOldest(): void {
    let oldest = Number.POSITIVE_INFINITY;
    for (let slot = 0; slot < this.#waiting.length; slot++) {
      if (this.#waiting[slot]) oldest = Math.min(oldest, this.#arrivals[slot]!);
    }
    this.#oldestArrival = oldest;
  }

  /** All before `number` that have not come are lost. */
  #giveUp(number: number): void {
    const first = this.#next!;
    this.lost += number - first;
    this.#isAfterLoss = true;
    for (let missing = Math.max(first, number - MAX_MISORDER); missing < number; missing++) {
      this.#fates[fateIndex(missing)] = GIVEN_UP;
    }
    this.#next = number;
  }

  /** Before what was handed on: a duplicate, or one that was given up. */
  #dropOld(number: number): void {
    const index = fateIndex(number);
    if (this.#fates[index] === DELIVERED) {
      this.duplicates++;
      return;
    }
    if (this.#fates[index] === GIVEN_UP) this.lost--;
    this.#fates[index] = DELIVERED;
    this.late++;
  }

  #restart(packet: RtpPacket, number: number): void {
    this.flush();
    this.#fates.fill(0);
    this.#receiver.restart();
    this.#isAfterLoss = true;
    const first = this.#uncertain;
    this.#uncertain = undefined;
    if (first) this.#deliver(first, number - 1);
    this.#deliver(packet, number);
  }
}

function fateIndex(number: number): number {
  return number & (MAX_MISORDER - 1);
}
