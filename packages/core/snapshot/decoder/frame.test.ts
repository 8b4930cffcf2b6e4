import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeFrame, FrameError, FrameReader } from './frame.ts';

const SEED = { seed: 8, numRuns: 200 };

describe('frames', () => {
  it('come out as they went in, however they are cut', () => {
    const frame = fc.record({ header: fc.jsonValue(), parts: fc.array(fc.uint8Array({ maxLength: 50 })) });
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 5 }), fc.integer({ min: 1, max: 40 }), (frames, step) => {
        const sent = Buffer.concat(
          frames.flatMap(({ header, parts }) =>
            encodeFrame(
              header,
              parts.map(part => Buffer.from(part)),
            ),
          ),
        );
        const received: { header: unknown; body: string }[] = [];
        const reader = new FrameReader(1000, (header, body) =>
          received.push({ header, body: body.toString('hex') }),
        );
        for (let at = 0; at < sent.length; at += step) reader.push(sent.subarray(at, at + step));
        expect(received).toEqual(
          frames.map(({ header, parts }) => ({
            header: JSON.parse(JSON.stringify(header)),
            body: Buffer.concat(parts).toString('hex'),
          })),
        );
      }),
      SEED,
    );
  });

  it('that are too long are refused before memory is taken, and any bytes throw nothing else', () => {
    const reader = new FrameReader(1000, () => {});
    expect(() => reader.push(Buffer.from('00000002000003e9', 'hex'))).toThrow(FrameError);
    expect(() => new FrameReader(9, () => {}).push(Buffer.from('ffffffff00000000', 'hex'))).toThrow(
      FrameError,
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
        try {
          new FrameReader(1000, () => {}).push(Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(FrameError);
        }
      }),
      SEED,
    );
  });
});
