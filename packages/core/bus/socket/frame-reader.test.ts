import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameReader, frameOf, HEARTBEAT } from './frame-reader.ts';

describe('FrameReader', () => {
  it('gives back the texts, however the bytes are cut', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(fc.array(text), fc.array(fc.integer({ min: 1, max: 40 })), (texts, sizes) => {
        const all = Buffer.concat(texts.flatMap(one => [frameOf(one), HEARTBEAT]));
        const reader = new FrameReader();
        const read: string[] = [];
        let at = 0;
        for (const size of [...sizes, all.length]) {
          read.push(...reader.read(all.subarray(at, at + size)));
          at += size;
        }
        expect(read).toEqual(texts);
      }),
      { seed: 23, numRuns: 500 },
    );
  });

  it('refuses a length over 16 MiB before the bytes come', () => {
    const header = Buffer.alloc(4);
    header.writeUInt32BE(16 * 1024 * 1024);
    expect([...new FrameReader().read(header)]).toEqual([]);
    header.writeUInt32BE(16 * 1024 * 1024 + 1);
    expect(() => [...new FrameReader().read(header)]).toThrow('more than is allowed');
  });
});
