import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkReader, toChunks } from './chunks.ts';
import { FlvReader } from './flv-reader.ts';
import { HttpBodyReader } from './http-body-reader.ts';
import { AUDIO, COMMAND, DATA, HEAD_LENGTH, type MediaListener, VIDEO } from './tag.ts';

const SEED = 20_243;

interface Seen {
  readonly type: number;
  readonly head: string;
}

interface Body {
  readonly type: number;
  readonly body: Buffer;
}

const bodies = fc.array(
  fc.record({
    type: fc.constantFrom(AUDIO, VIDEO, DATA),
    body: fc.uint8Array({ minLength: 1, maxLength: 900 }).map(bytes => Buffer.from(bytes)),
  }),
  { maxLength: 12 },
);
/** Short pieces, and long ones that hold several messages. */
const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4000 })), {
  minLength: 1,
  maxLength: 30,
});

function expected(sent: readonly Body[]): Seen[] {
  return sent.map(({ type, body }) => ({ type, head: body.toString('hex', 0, HEAD_LENGTH) }));
}

/** Pushes `bytes` in pieces of the given lengths over and over, through one buffer that is used again. */
function inPieces(
  bytes: Buffer,
  lengths: readonly number[],
  push: (buffer: Buffer, start: number, end: number, time: number) => void,
): void {
  const buffer = Buffer.alloc(4100);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = bytes.copy(buffer, 7, at, at + lengths[i % lengths.length]!);
    push(buffer, 7, 7 + length, 0);
    buffer.fill(0xee);
    at += length;
  }
}

function collector(seen: Seen[]): MediaListener {
  return (type, bytes, start, end) => seen.push({ type, head: bytes.toString('hex', start, end) });
}

function flvFile(tags: readonly Body[]): Buffer {
  const parts = tags.flatMap(({ type, body }) => {
    const header = Buffer.alloc(11);
    header[0] = type;
    header.writeUIntBE(body.length, 1, 3);
    return [header, body, Buffer.alloc(4)];
  });
  return Buffer.concat([Buffer.from('464c5601050000000900000000', 'hex'), ...parts]);
}

describe('FlvReader', () => {
  it('finds every tag however the stream is cut', () => {
    fc.assert(
      fc.property(bodies, cuts, (sent, lengths) => {
        const seen: Seen[] = [];
        const reader = new FlvReader(collector(seen));
        inPieces(flvFile(sent), lengths, (...piece) => reader.push(...piece));
        expect(seen).toEqual(expected(sent));
      }),
      { seed: SEED },
    );
  });

  it('refuses what is no FLV', () => {
    const page = Buffer.from('<html>not a stream</html>');
    expect(() => new FlvReader(() => {}).push(page, 0, page.length, 0)).toThrow('not an FLV');
    const odd = flvFile([{ type: 7, body: Buffer.alloc(3) }]);
    expect(() => new FlvReader(() => {}).push(odd, 0, odd.length, 0)).toThrow('unknown type 7');
  });
});

describe('HttpBodyReader', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\n';

  it('hands on a chunked and a plain body however they are cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 300 }), { maxLength: 8 }),
        cuts,
        fc.boolean(),
        (parts, lengths, chunked) => {
          const encode = (part: string): string => `${Buffer.byteLength(part).toString(16)}\r\n${part}\r\n`;
          const body = chunked ? parts.map(encode).join('') : parts.join('');
          const transfer = chunked ? 'Transfer-Encoding: chunked\r\n' : '';
          const seen: Buffer[] = [];
          const reader = new HttpBodyReader((bytes, start, end) =>
            seen.push(Buffer.from(bytes.subarray(start, end))),
          );
          inPieces(Buffer.from(`${head}${transfer}\r\n${body}`), lengths, (...piece) =>
            reader.push(...piece),
          );
          expect(Buffer.concat(seen).toString()).toBe(parts.join(''));
        },
      ),
      { seed: SEED },
    );
  });

  it('throws at a refusal and at the end of the stream', () => {
    const push = (text: string): void => {
      const bytes = Buffer.from(text);
      new HttpBodyReader(() => {}).push(bytes, 0, bytes.length, 0);
    };
    expect(() => push('HTTP/1.1 404 Not Found\r\n\r\n')).toThrow('HTTP status 404');
    expect(() => push(`${head}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)).toThrow('ended the stream');
    expect(() => push(`${head}Transfer-Encoding: chunked\r\n\r\nhello\r\n`)).not.toThrow('ended');
  });
});

describe('ChunkReader', () => {
  it('finds every message of every chunk size however the stream is cut', () => {
    fc.assert(
      fc.property(bodies, cuts, fc.integer({ min: 1, max: 5000 }), (sent, lengths, chunkSize) => {
        const seen: Seen[] = [];
        const reader = new ChunkReader({ onMedia: collector(seen), onControl: () => {} });
        reader.chunkSize = chunkSize;
        const wire = sent.map(({ type, body }, timestamp) =>
          toChunks({ chunkStreamId: 4, type, streamId: 1, timestamp, payload: body }, chunkSize),
        );
        inPieces(Buffer.concat(wire), lengths, (...piece) => reader.push(...piece));
        expect(seen).toEqual(expected(sent));
      }),
      { seed: SEED },
    );
  });

  it('reads interleaved messages, short headers, extended time stamps and wide chunk stream ids', () => {
    const seen: Seen[] = [];
    const reader = new ChunkReader({ onMedia: collector(seen), onControl: () => {} });
    reader.chunkSize = 2;
    const wire = Buffer.from(
      [
        ...['04', '000000', '000003', '09', '01000000', 'aaab'],
        ...['06', 'ffffff', '000003', '08', '01000000', '01000000', '1111'],
        'c4ac',
        ...['c6', '01000000', '12'],
        ...['84', '000028', 'bbbc', 'c4bd'],
        ...['00ff', '000000', '000001', '08', '01000000', '77'],
        ...['01ff01', '000000', '000001', '08', '01000000', '78'],
      ].join(''),
      'hex',
    );
    reader.push(wire, 0, wire.length, 0);
    expect(seen).toEqual([
      { type: VIDEO, head: 'aaabac' },
      { type: AUDIO, head: '111112' },
      { type: VIDEO, head: 'bbbcbd' },
      { type: AUDIO, head: '77' },
      { type: AUDIO, head: '78' },
    ]);
  });

  it('hands on commands whole and bounds them', () => {
    const seen: Buffer[] = [];
    const reader = new ChunkReader({ onMedia: () => {}, onControl: (_type, payload) => seen.push(payload) });
    const payload = Buffer.alloc(1000, 0x5a);
    const wire = toChunks({ chunkStreamId: 3, type: COMMAND, streamId: 0, timestamp: 0, payload }, 128);
    reader.push(wire, 0, wire.length, 0);
    expect(seen).toEqual([payload]);
    const huge = Buffer.from('03000000ffffff1400000000', 'hex');
    expect(() => reader.push(huge, 0, huge.length, 0)).toThrow('too long');
  });
});
