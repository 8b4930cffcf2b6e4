import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ChunkReader } from './chunks.ts';
import { address, type PreparedMessage, PUBLISHER_CHUNK_SIZE, prepareClip } from './prepared-clip.ts';
import { findStamp, STAMP_LENGTH } from './stamp.ts';
import { AUDIO, AVC_HEADER, DATA, VIDEO } from './tag.ts';

const folder = mkdtempSync(join(tmpdir(), 'flux-clip-'));
const file = join(folder, 'clip.flv');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function flvTag(type: number, timestamp: number, body: Buffer): Buffer {
  const header = Buffer.alloc(11);
  header[0] = type;
  header.writeUIntBE(body.length, 1, 3);
  header.writeUIntBE(timestamp & 0xffffff, 4, 3);
  header[7] = timestamp >>> 24;
  return Buffer.concat([header, body, Buffer.alloc(4)]);
}

function read(message: PreparedMessage): { type: number; head: Buffer } {
  const seen: { type: number; head: Buffer }[] = [];
  const reader = new ChunkReader({
    onMedia: (type, bytes, start, end) => seen.push({ type, head: Buffer.from(bytes.subarray(start, end)) }),
    onControl: () => {},
  });
  reader.chunkSize = PUBLISHER_CHUNK_SIZE;
  reader.push(message.bytes, 0, message.bytes.length, 0);
  expect(seen).toHaveLength(1);
  return seen[0]!;
}

describe('prepareClip', () => {
  it('sets apart what is sent once, and stamps every access unit', () => {
    const avc = (frameType: number, packetType: number, ...rest: number[]): Buffer =>
      Buffer.of((frameType << 4) | 7, packetType, 0, 0, 0, ...rest);
    const frame = Buffer.concat([avc(1, 1), Buffer.alloc(9000, 0x55)]);
    writeFileSync(
      file,
      Buffer.concat([
        Buffer.from('464c5601050000000900000000', 'hex'),
        flvTag(DATA, 0, Buffer.from('020001780500', 'hex')),
        flvTag(VIDEO, 0, avc(1, 0, 1, 0x64)),
        flvTag(AUDIO, 0, Buffer.of(0xaf, 0, 0x12, 0x10)),
        flvTag(VIDEO, 0, frame),
        flvTag(AUDIO, 12, Buffer.of(0xaf, 1, 0x21)),
        flvTag(VIDEO, 40, Buffer.concat([avc(2, 1), Buffer.of(9, 9)])),
        flvTag(VIDEO, 80, avc(1, 2)),
      ]),
    );
    const clip = prepareClip(file);
    expect(clip).toMatchObject({ frames: 2, duration: 80 + 40 });
    expect(clip.setup.map(message => read(message).type)).toEqual([DATA, VIDEO, AUDIO]);
    expect(read(clip.setup[0]!).head.toString('latin1', 3, 16)).toBe('@setDataFrame');
    expect(clip.media.map(({ timestamp, stampOffset }) => [timestamp, stampOffset >= 0])).toEqual([
      [0, true],
      [12, false],
      [40, true],
    ]);
    const key = clip.media[0]!;
    const { head } = read(key);
    expect(findStamp(head, AVC_HEADER, head.length)).toBeGreaterThan(0);
    expect(findStamp(key.bytes, key.stampOffset, key.stampOffset + STAMP_LENGTH)).toBeGreaterThan(0);

    const before = Buffer.from(key.bytes);
    const copy = Buffer.concat([Buffer.alloc(3), key.bytes]);
    address(copy, 3, 0x01_02_03, 7);
    expect(copy.subarray(4, 7).toString('hex')).toBe('010203');
    expect(copy.readUInt32LE(3 + 8)).toBe(7);
    expect(key.bytes).toEqual(before);
  });

  it('refuses a file without pictures', () => {
    writeFileSync(file, Buffer.from('464c5601050000000900000000', 'hex'));
    expect(() => prepareClip(file)).toThrow('no AVC frame');
  });
});
