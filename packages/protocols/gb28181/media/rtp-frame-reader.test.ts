import { ParseError } from '@flux-iot/media/model/parse-error';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RtpFrameReader } from './rtp-frame-reader.ts';
import { framed, rtp } from './test-support.ts';

const FUZZ = { seed: 20_240_607, numRuns: 500 };
const SSRC = 200_000_001;

function read(pieces: readonly Buffer[]): { frames: Buffer[]; reader: RtpFrameReader } {
  const frames: Buffer[] = [];
  const reader = new RtpFrameReader(frame => frames.push(Buffer.from(frame)));
  for (const piece of pieces) reader.push(piece);
  return { frames, reader };
}

const packet = fc
  .tuple(fc.nat(0xffff), fc.uint8Array({ maxLength: 300 }))
  .map(([sequenceNumber, payload]) => rtp(sequenceNumber, 90, SSRC, Buffer.from(payload)));

function pieces(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const result: Buffer[] = [];
  let at = 0;
  for (let index = 0; at < bytes.length; index++) {
    const size = sizes[index % sizes.length]!;
    result.push(bytes.subarray(at, at + size));
    at += size;
  }
  return result;
}

const sizes = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 20 });

describe('RtpFrameReader', () => {
  it('finds all packets whatever the pieces, by either framing', () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 20 }), sizes, fc.boolean(), (packets, lengths, isDollar) => {
        const frame = (data: Buffer) =>
          isDollar ? Buffer.concat([Buffer.from([0x24, 0]), framed(data)]) : framed(data);
        const { frames, reader } = read(pieces(Buffer.concat(packets.map(frame)), lengths));
        expect(frames).toEqual(packets);
        expect(reader.skippedBytes).toBe(0);
      }),
      FUZZ,
    );
  });

  it('takes packets as long as their length can say, and leaves empty frames out', () => {
    const largest = rtp(1, 2, SSRC, Buffer.alloc(65_535 - 12, 7));
    const next = rtp(2, 2, SSRC, Buffer.alloc(10));
    // Its length begins with the byte of `$`.
    const dollar = rtp(3, 2, SSRC, Buffer.alloc(0x2410 - 12));
    const bytes = Buffer.concat([framed(largest), Buffer.alloc(2), framed(dollar), framed(next)]);
    for (const size of [bytes.length, 60_000, 1])
      expect(read(pieces(bytes, [size])).frames).toEqual([largest, dollar, next]);
  });

  it('finds the next packet of the source where bytes are missing or too many', () => {
    const packets = Array.from({ length: 9 }, (_, index) => rtp(index, 2, SSRC, Buffer.alloc(400, index)));
    const all = Buffer.concat(packets.map(framed));
    // A hole in the fourth packet that takes the fifth's length with it, and rubbish before the seventh.
    const damaged = Buffer.concat([
      all.subarray(0, 3 * 414 + 200),
      all.subarray(4 * 414 + 1, 6 * 414),
      Buffer.alloc(333, 0x11),
      all.subarray(6 * 414),
    ]);
    for (const size of [damaged.length, 100, 7, 1]) {
      const { frames, reader } = read(pieces(damaged, [size]));
      expect(
        frames.filter(frame => packets.some(other => other.equals(frame))).length,
      ).toBeGreaterThanOrEqual(6);
      expect(frames.at(-1)).toEqual(packets.at(-1));
      expect(reader.skippedBytes).toBeGreaterThan(300);
    }
  });

  it('gives up where nothing is RTP', () => {
    expect(() => read(Array(10).fill(Buffer.alloc(60_000, 0x47)))).toThrow(ParseError);
    expect(() => read([Buffer.alloc(200_000, 0x47)])).not.toThrow();
  });

  it('throws nothing but ParseError, whatever comes', () => {
    const seed = Buffer.concat(
      Array.from({ length: 6 }, (_, index) => framed(rtp(index, 2, SSRC, Buffer.alloc(50 + index, index)))),
    );
    const change = fc.tuple(fc.nat(seed.length - 1), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 30 }),
        sizes,
        fc.uint8Array({ maxLength: 200 }),
        (changes, lengths, tail) => {
          const damaged = Buffer.from(seed);
          for (const [at, value] of changes) damaged[at] = value;
          const { frames, reader } = read(pieces(Buffer.concat([damaged, tail]), lengths));
          const handed = frames.reduce((sum, frame) => sum + frame.length, 0);
          expect(handed + reader.skippedBytes).toBeLessThanOrEqual(damaged.length + tail.length);
        },
      ),
      FUZZ,
    );
  });
});
