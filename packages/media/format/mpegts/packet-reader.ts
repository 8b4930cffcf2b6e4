import { PACKET_SIZE, PID, SYNC_BYTE } from './packet.ts';

/** What a transport packet says in its header, for the one payload that is at hand. */
export interface PacketHandler {
  /**
   * `payload` is a view, valid during the call. `isStart`: a section or PES packet begins in it. `isContinuous`: no
   * packet of this PID was lost before it.
   */
  packet(pid: number, payload: Buffer, isStart: boolean, isContinuous: boolean): void;
}

/** As many PIDs are followed as a stream of one program could need; others are passed over. */
const MAX_PIDS = 64;

/** Finds the packets in a byte stream, whatever pieces it comes in, and watches their counters (§2.4.3). */
export class PacketReader {
  readonly #handler: PacketHandler;
  #rest: Buffer = Buffer.alloc(0);
  /** By PID the counter of its latest packet. */
  readonly #counters = new Map<number, number>();

  constructor(handler: PacketHandler) {
    this.#handler = handler;
  }

  push(data: Buffer): void {
    const input = this.#rest.length > 0 ? Buffer.concat([this.#rest, data]) : data;
    let at = 0;
    while (input.length - at >= PACKET_SIZE) {
      if (input[at] !== SYNC_BYTE) {
        const next = input.indexOf(SYNC_BYTE, at);
        at = next === -1 ? input.length : next;
        continue;
      }
      // A byte within a packet can look like a sync byte; that of the next packet must be one too.
      if (input.length - at > PACKET_SIZE && input[at + PACKET_SIZE] !== SYNC_BYTE) {
        at++;
        continue;
      }
      this.#packet(input.subarray(at, at + PACKET_SIZE));
      at += PACKET_SIZE;
    }
    // Copied, so that a few bytes do not keep a whole read buffer alive.
    this.#rest = Buffer.from(input.subarray(at));
  }

  #packet(packet: Buffer): void {
    const second = packet[1] as number;
    const pid = ((second & 0x1f) << 8) | (packet[2] as number);
    const control = packet[3] as number;
    const hasError = (second & 0x80) !== 0;
    const isScrambled = (control & 0xc0) !== 0;
    if (pid === PID.NULL || hasError || isScrambled || (control & 0x10) === 0) return;
    let start = 4;
    let isMarked = false;
    if (control & 0x20) {
      const length = packet[4] as number;
      start = 5 + length;
      if (start >= PACKET_SIZE) return;
      // discontinuity_indicator: the counter may jump here.
      isMarked = length > 0 && ((packet[5] as number) & 0x80) !== 0;
    }
    const counter = control & 0x0f;
    const last = this.#counters.get(pid);
    if (last === undefined && this.#counters.size >= MAX_PIDS) return;
    // A packet may be sent twice.
    if (last === counter && !isMarked) return;
    this.#counters.set(pid, counter);
    const isContinuous = last === undefined || isMarked || counter === ((last + 1) & 0x0f);
    this.#handler.packet(pid, packet.subarray(start), (second & 0x40) !== 0, isContinuous);
  }
}
