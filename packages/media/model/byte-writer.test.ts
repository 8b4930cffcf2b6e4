import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteWriter, type Piece } from './byte-writer.ts';

const content = ({ slab, start, end }: Piece) => slab.subarray(start, end);

describe('ByteWriter', () => {
  it('writes big-endian numbers', () => {
    const writer = new ByteWriter(64);
    writer.u8(1);
    writer.u16(0x0203);
    writer.u24(0x040506);
    writer.u32(0x0708090a);
    writer.bytes(Buffer.from([11, 12]));
    expect(writer.pending).toBe(12);
    expect([...content(writer.take())]).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    expect(writer.pending).toBe(0);
  });

  it('puts pieces side by side in a slab', () => {
    const writer = new ByteWriter(64);
    writer.u32(1);
    const first = writer.take();
    writer.u32(2);
    const second = writer.take();
    expect(second.slab).toBe(first.slab);
    expect(second.start).toBe(first.end);
  });

  it('moves only the piece that is being written when a slab is full', () => {
    const writer = new ByteWriter(16);
    writer.bytes(Buffer.alloc(12, 1));
    const first = writer.take();
    writer.u16(0x0202);
    writer.u32(0x03030303);
    const second = writer.take();
    expect(second.slab).not.toBe(first.slab);
    expect([...content(first)]).toEqual(Array(12).fill(1));
    expect([...content(second)]).toEqual([2, 2, 3, 3, 3, 3]);
  });

  it('takes an empty piece where nothing was written', () => {
    const writer = new ByteWriter(16);
    expect(content(writer.take())).toHaveLength(0);
  });

  it('keeps every byte of every piece, whatever the sizes', () => {
    const write = fc.oneof(
      fc.record({ kind: fc.constantFrom('u8', 'u16', 'u24', 'u32'), value: fc.nat() }),
      fc.record({ kind: fc.constant('bytes'), value: fc.uint8Array({ maxLength: 90 }) }),
      fc.record({ kind: fc.constant('take'), value: fc.constant(0) }),
    );
    const WIDTH: Record<string, number> = { u8: 1, u16: 2, u24: 3, u32: 4 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 64 }), fc.array(write, { maxLength: 60 }), (slabSize, writes) => {
        const writer = new ByteWriter(slabSize);
        const pieces: Piece[] = [];
        const expected: number[][] = [[]];
        for (const { kind, value } of writes) {
          if (kind === 'take') {
            pieces.push(writer.take());
            expected.push([]);
          } else if (typeof value !== 'number') {
            writer.bytes(value);
            expected.at(-1)!.push(...value);
          } else {
            const width = WIDTH[kind]!;
            const number = value % 2 ** (8 * width);
            if (kind === 'u8') writer.u8(number);
            else if (kind === 'u16') writer.u16(number);
            else if (kind === 'u24') writer.u24(number);
            else writer.u32(number);
            for (let shift = width - 1; shift >= 0; shift--)
              expected.at(-1)!.push((number >>> (8 * shift)) & 255);
          }
          expect(writer.pending).toBe(expected.at(-1)!.length);
        }
        pieces.push(writer.take());
        // All pieces are looked at in the end: later writes may not touch earlier ones.
        expect(pieces.map(piece => [...content(piece)])).toEqual(expected);
        pieces.slice(1).forEach((piece, index) => {
          const before = pieces[index]!;
          if (piece.slab === before.slab) expect(piece.start).toBe(before.end);
          else expect(piece.start).toBe(0);
        });
      }),
      { seed: 20_240_607, numRuns: 1000 },
    );
  });
});
