import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ParseError } from '../../model/parse-error.ts';
import { FrameBuffer } from './frame-buffer.ts';
import { FUZZ } from './test-support.ts';

describe('FrameBuffer', () => {
  it('puts frames together of any parts, and leaves those that were taken alone', () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 20 });
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 10 }), frames => {
        const buffer = new FrameBuffer();
        const taken = frames.map(frame => {
          for (const part of frame) buffer.append(Buffer.from(part), 0, part.length);
          return buffer.take();
        });
        expect(taken).toEqual(frames.map(frame => Buffer.concat(frame)));
      }),
      { ...FUZZ, numRuns: 200 },
    );
  });

  it('lets small frames share their memory', () => {
    const buffer = new FrameBuffer();
    const frames = Array.from({ length: 100 }, () => {
      buffer.append(Buffer.alloc(200, 1), 0, 200);
      return buffer.take();
    });
    expect(new Set(frames.map(frame => frame.buffer)).size).toBe(1);
  });

  it('hardly copies twice what goes in, once it knows how large frames are', () => {
    const buffer = new FrameBuffer();
    const part = Buffer.alloc(1400, 1);
    let moved = 0;
    for (let frame = 0; frame < 300; frame++) {
      // A key frame of 280 kB every 50 frames of 14 kB.
      if (frame % 50 === 0) buffer.expectLarge();
      for (let count = 0; count < (frame % 50 === 0 ? 200 : 10); count++) {
        const slab = buffer.buffer;
        const { size } = buffer;
        buffer.append(part, 0, part.length);
        if (buffer.buffer !== slab && frame >= 50) moved += size;
      }
      buffer.take();
    }
    expect(moved / (250 * 14_000 + 5 * 280_000)).toBeLessThan(0.1);
  });

  it('takes bytes back', () => {
    const buffer = new FrameBuffer();
    buffer.append(Buffer.from('abcdef'), 1, 5);
    buffer.truncate(2);
    buffer.append(Buffer.from('x'), 0, 1);
    expect(buffer.size).toBe(3);
    expect(buffer.take().toString()).toBe('bcx');
    expect(buffer.size).toBe(0);
  });

  it('has a cap, beyond which the frame is gone', () => {
    const buffer = new FrameBuffer(100_000);
    const part = Buffer.alloc(1000);
    for (let count = 0; count < 100; count++) buffer.append(part, 0, 1000);
    expect(() => buffer.claim(1)).toThrow(ParseError);
    expect(buffer.size).toBe(0);
    expect(buffer.buffer.length).toBeLessThan(300_000);
    buffer.append(part, 0, 3);
    expect(buffer.take()).toHaveLength(3);
  });
});
