import { expect, it } from 'vitest';
import { clipOf } from './clip.ts';

/** A pack header at `seconds`, and a packet of sound behind it. */
function pack(seconds: number, sound: Buffer): Buffer {
  const header = Buffer.from('000001ba4400040004010189c3f8', 'hex');
  const clock = Math.round(seconds * 90_000);
  header[4] = 0x44 | ((clock >> 30) << 3) | ((clock >> 28) & 0x03);
  header[5] = (clock >> 20) & 0xff;
  header[6] = 0x04 | (((clock >> 15) & 0x1f) << 3) | ((clock >> 13) & 0x03);
  header[7] = (clock >> 5) & 0xff;
  header[8] = 0x04 | ((clock & 0x1f) << 3);
  return Buffer.concat([header, Buffer.from('000001c00000', 'hex'), sound]);
}

it('takes a clip apart at its packs, and not at sound that looks like one', () => {
  const stream = Buffer.concat([
    pack(0, Buffer.from('sound')),
    pack(1, Buffer.from('000001baffffffffffffffffffffffffff', 'hex')),
    // With its marker bits, but nothing behind it.
    pack(2, Buffer.from('000001ba4fffffffffffffffffffffffffffff', 'hex')),
    pack(3, Buffer.from('last')),
  ]);
  const clip = clipOf(stream);
  expect(clip.packs.map(({ time }) => time / 90_000)).toEqual([0, 1, 2, 3]);
  expect(Buffer.concat(clip.packs.map(({ data }) => data))).toEqual(stream);
  expect(clip.duration / 90_000).toBe(4);
});
