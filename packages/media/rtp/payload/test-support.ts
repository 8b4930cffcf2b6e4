import { ParseError } from '../../model/parse-error.ts';
import type { MediaSample } from '../../model/sample.ts';
import type { Depacketizer, RtpFrame, RtpPayload } from '../depacketizer.ts';
import type { Packetizer, PacketSink } from '../packetizer.ts';
import { type CodecDepacketizer, depacketizerFor } from './depacketizer-for.ts';
import { parseRtpMap } from './rtp-format.ts';

export const FUZZ = { seed: 20_240_607, numRuns: 500 };

/** Ticks between two samples. */
export const STEP = 3600;

export interface TestPacket extends RtpPayload {
  /** Which sample it is a part of. */
  readonly sample: number;
}

/** Keeps the payloads that a packetiser writes, in slabs that change as a real sink's do. */
export class MemorySink implements PacketSink {
  buffer: Buffer = Buffer.alloc(3000, 0xee);
  sample = 0;
  timestamp = 0;
  #position = 0;
  #open: {
    start: number;
    size: number;
    marker: boolean;
    timestamp: number;
    buffer: Buffer;
    sample: number;
  }[] = [];

  packet(size: number, marker: boolean, delay = 0): number {
    if (this.#position + 12 + size > this.buffer.length) {
      this.buffer = Buffer.alloc(Math.max(3000, size + 12), 0xee);
      this.#position = 0;
    }
    const start = this.#position + 12;
    this.#position = start + size;
    const { buffer, sample } = this;
    this.#open.push({ start, size, marker, timestamp: (this.timestamp + delay) >>> 0, buffer, sample });
    return start;
  }

  /** All packets so far, with the bytes that stand in them now. */
  take(): TestPacket[] {
    return this.#open.map(({ start, size, buffer, ...rest }) => ({
      ...rest,
      payload: buffer.subarray(start, start + size),
    }));
  }
}

/** The packets of samples whose time stamps are `STEP` apart. */
export function packetize(packetizer: Packetizer, samples: readonly MediaSample[], first = 0): TestPacket[] {
  const sink = new MemorySink();
  for (const [index, sample] of samples.entries()) {
    sink.sample = index;
    sink.timestamp = (first + index * STEP) >>> 0;
    packetizer.packetize(sample, sink);
  }
  return sink.take();
}

/** A payload of bytes in hexadecimal. */
export function packet(
  payload: string | Buffer,
  options: { timestamp?: number; marker?: boolean } = {},
): RtpPayload {
  const { timestamp = 0, marker = false } = options;
  return { timestamp, marker, payload: typeof payload === 'string' ? bytesOf(payload) : payload };
}

export function bytesOf(hex: string): Buffer {
  return Buffer.from(hex.replaceAll(/\s/g, ''), 'hex');
}

/** A depacketiser under test, and what came of it. */
export class Receiver {
  readonly frames: RtpFrame[] = [];
  readonly errors: ParseError[] = [];
  readonly depacketizer: CodecDepacketizer;

  constructor(format: { readonly rtpMap: string; readonly formatParameters?: string | undefined }) {
    const { rtpMap, formatParameters } = format;
    const depacketizer = depacketizerFor(parseRtpMap(rtpMap, formatParameters), frame =>
      this.frames.push(frame),
    );
    if (!depacketizer) throw new Error(`no depacketiser of ${rtpMap}`);
    this.depacketizer = depacketizer;
  }

  /** Pushes packets, of which some are lost on the way; keeps `ParseError`s and throws others. */
  push(packets: readonly RtpPayload[], isLost: (index: number) => boolean = () => false): this {
    let lost = false;
    for (const [index, packet] of packets.entries()) {
      if (isLost(index)) {
        lost = true;
        continue;
      }
      this.#push(packet, lost);
      lost = false;
    }
    return this;
  }

  flush(): this {
    pushSafely(this.errors, () => this.depacketizer.flush());
    return this;
  }

  /** The frames in a form that `toEqual` compares. */
  get plain(): { timestamp: number; data: string; damaged: boolean }[] {
    return this.frames.map(({ timestamp, data, damaged }) => ({
      timestamp,
      data: data.toString('hex'),
      damaged,
    }));
  }

  /** The view that a packet is pushed in is overwritten after the call: who keeps it shows. */
  #push({ payload, ...packet }: RtpPayload, lost: boolean): void {
    const view = Buffer.concat([Buffer.alloc(3, 0xaa), payload, Buffer.alloc(3, 0xaa)]);
    const depacketizer: Depacketizer = this.depacketizer;
    pushSafely(this.errors, () =>
      depacketizer.push({ ...packet, payload: view.subarray(3, 3 + payload.length) }, lost),
    );
    view.fill(0x55);
  }
}

function pushSafely(errors: ParseError[], action: () => void): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    errors.push(error);
  }
}

/** The RTP packets in an input of gortsplib's fuzzers: each after its length in four bytes. */
export function packetsOfCorpus(input: Buffer): RtpPayload[] {
  const packets: RtpPayload[] = [];
  for (let at = 0; input.length - at >= 4; ) {
    const size = input.readUInt32LE(at);
    const packet = input.subarray(at + 4, at + 4 + size);
    at += 4 + size;
    if (packet.length < 12) continue;
    packets.push({
      timestamp: packet.readUInt32BE(4),
      marker: (packet[1]! & 0x80) !== 0,
      payload: packet.subarray(12),
    });
  }
  return packets;
}
