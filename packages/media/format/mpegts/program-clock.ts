import type { ByteWriter } from '../../model/byte-writer.ts';
import { TS_CLOCK_RATE } from './packet.ts';
import type { PacketWriter } from './packet-writer.ts';

/** PCRs are at most 100 ms apart (ISO/IEC 13818-1 §2.7.2); a frame that comes this soon after one carries none. */
const MAX_INTERVAL = TS_CLOCK_RATE / 10;
const MIN_INTERVAL = TS_CLOCK_RATE / 25;
const FILL_INTERVAL = TS_CLOCK_RATE / 12;
/** Longer holes in the stream's time are not filled: 100 packets. */
const MAX_FILLED = TS_CLOCK_RATE * 10;

/**
 * Says when a PCR is due. The clock runs with the stream's decoding times, whichever track brings them, so that it
 * goes on while its own track is silent or brings a frame a second; it never runs backward.
 */
export class ProgramClock {
  readonly #packets: PacketWriter;
  #last: number | undefined;
  #due = true;

  constructor(packets: PacketWriter) {
    this.#packets = packets;
  }

  /** The next frame of the clock's track carries a PCR. */
  restart(): void {
    this.#due = true;
  }

  /**
   * Time is `time`; `isOwn` says that what comes next is a frame of the clock's own track. Writes packets with
   * nothing but a PCR where it was silent for too long. Returns the PCR that the frame is to carry, if any.
   */
  advance(writer: ByteWriter, pid: number, time: number, isOwn: boolean): number | undefined {
    let last = this.#last;
    if (last === undefined || time - last > MAX_FILLED) {
      this.#last = time;
      this.#due = false;
      if (isOwn) return time;
      this.#packets.writePcr(writer, pid, time);
      return undefined;
    }
    while (time - last > MAX_INTERVAL) {
      last += FILL_INTERVAL;
      this.#packets.writePcr(writer, pid, last);
    }
    this.#last = last;
    if (!isOwn || time <= last || (!this.#due && time - last < MIN_INTERVAL)) return undefined;
    this.#last = time;
    this.#due = false;
    return time;
  }
}
