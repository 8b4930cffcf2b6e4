import { existsSync, readFileSync } from 'node:fs';
import { ParseError } from '@flux-iot/media/model/parse-error';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ChunkReader } from './chunk-reader.ts';
import { MESSAGE, type RtmpMessage } from './message.ts';
import { chunksOf, copyOf, READER_LIMITS, readAll } from './test-support.ts';

const SEED = 20_261;
const CORPUS = '../shared/corpora/fq/format/rtmp/testdata';
const HANDSHAKE = 1 + 2 * 1536;

function message(size: number, timestamp = 0, type: number = MESSAGE.VIDEO): RtmpMessage {
  const payload = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + size) & 0xff));
  return { type, timestamp, messageStreamId: 1, payload };
}

function setChunkSize(size: number): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(size);
  return chunksOf({ type: MESSAGE.SET_CHUNK_SIZE, timestamp: 0, messageStreamId: 0, payload }, 2, 128);
}

/** `bytes` cut into pieces at the given places. */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const at = [...new Set(places.map(place => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((start, index) => bytes.subarray(start, at[index] ?? bytes.length));
}

/** The chunks of one message apart, headers and all. */
function splitChunks(bytes: Buffer, body: number, chunkSize: number, extended: boolean): Buffer[] {
  const more = extended ? 4 : 0;
  const chunks: Buffer[] = [];
  let at = 0;
  for (let left = body; at < bytes.length; left -= chunkSize) {
    const size = (at === 0 ? 12 : 1) + more + Math.min(left, chunkSize);
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe('chunks', () => {
  it('come out as the messages that were written, whatever the sizes, time stamps and reads', () => {
    const messages = fc.array(
      fc.record({
        size: fc.oneof(fc.nat(300), fc.constantFrom(0, 1, 127, 128, 129, 4095, 4096, 4097, 70_000)),
        timestamp: fc.oneof(
          fc.nat(2 ** 32 - 1),
          fc.constantFrom(0, 0xfffffe, 0xffffff, 0x1000000, 0xffffffff),
        ),
        chunkStreamId: fc.integer({ min: 3, max: 63 }),
      }),
      { minLength: 1, maxLength: 6 },
    );
    const chunkSize = fc.oneof(fc.integer({ min: 16, max: 5000 }), fc.constantFrom(128, 65_536, 0xffffff));
    const property = fc.property(messages, chunkSize, fc.array(fc.nat(100_000)), (plan, size, places) => {
      const expected = plan.map(({ size: length, timestamp }) => message(length, timestamp));
      const chunks = expected.map((one, index) => chunksOf(one, plan[index]!.chunkStreamId, size));
      expect(readAll(cut(Buffer.concat([setChunkSize(size), ...chunks]), places))).toEqual(expected);
    });
    fc.assert(property, { seed: SEED, numRuns: 300 });
  });

  it.each([false, true])('may be interleaved (extended time stamps: %s)', extended => {
    const sizes = fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 2, maxLength: 8 });
    const property = fc.property(
      sizes,
      fc.infiniteStream(fc.nat(100)),
      fc.array(fc.nat(20_000)),
      (all, choice, places) => {
        const expected = all.map((size, index) => message(size, index + (extended ? 2 ** 24 : 0)));
        const queues = expected.map((one, index) =>
          splitChunks(chunksOf(one, 3 + index, 128), one.payload.length, 128, extended),
        );
        const pieces: Buffer[] = [];
        const order: RtmpMessage[] = [];
        while (queues.some(queue => queue.length > 0)) {
          const open = queues.filter(queue => queue.length > 0);
          const queue = open[choice.next().value % open.length]!;
          pieces.push(queue.shift()!);
          if (queue.length === 0) order.push(expected[queues.indexOf(queue)]!);
        }
        expect(readAll(cut(Buffer.concat(pieces), places))).toEqual(order);
      },
    );
    fc.assert(property, { seed: SEED, numRuns: 150 });
  });

  it('take chunk stream ids of one, two and three bytes', () => {
    const body = Buffer.from([0, 0, 5, 0, 0, 2, MESSAGE.AUDIO, 1, 0, 0, 0, 0xaa, 0xbb]);
    const ids = [[0x03], [0x3f], [0x00, 0], [0x00, 0xff], [0x01, 0x00, 0x01], [0x01, 0xff, 0xff]];
    const messages = readAll([Buffer.concat(ids.map(id => Buffer.concat([Buffer.from(id), body])))]);
    expect(messages).toHaveLength(6);
    for (const one of messages) expect(one.payload).toEqual(Buffer.from([0xaa, 0xbb]));
  });

  it('take time from the headers of every type', () => {
    const bytes = Buffer.from(
      [
        '04 0003e8 000001 08 01000000 aa', // type 0: at 1000
        '44 000014 000002 08 bbbb', // type 1: 20 later, another length
        '84 000017 cccc', // type 2: 23 later
        'c4 dddd', // type 3: as much again
        '84 ffffff 01000000 eeee', // type 2 with an extended delta
        'c4 01000000 ffff', // type 3 with the same, repeated
      ]
        .join('')
        .replaceAll(' ', ''),
      'hex',
    );
    expect(readAll([bytes]).map(({ timestamp }) => timestamp)).toEqual([
      1000,
      1020,
      1043,
      1066,
      1066 + 2 ** 24,
      1066 + 2 ** 25,
    ]);
  });

  it('wrap around at 32 bits', () => {
    const bytes = Buffer.from('04ffffff0000010801000000fffffff0aa84000020bb', 'hex');
    expect(readAll([bytes]).map(({ timestamp }) => timestamp)).toEqual([0xfffffff0, 0x10]);
  });

  it('may begin a chunk stream with type 1, but not with less', () => {
    expect(readAll([Buffer.from('44000005000001 08 aa'.replaceAll(' ', ''), 'hex')])).toMatchObject([
      { timestamp: 5, messageStreamId: 0 },
    ]);
    expect(() => readAll([Buffer.from('84000005', 'hex')])).toThrow(ParseError);
    expect(() => readAll([Buffer.from('c4', 'hex')])).toThrow(ParseError);
  });

  it('are read with and without the extended time stamp repeated in type 3, wherever a read ends', () => {
    const expected = message(300, 0x1234567);
    const repeated = chunksOf(expected, 4, 128);
    const [first = repeated, ...others] = splitChunks(repeated, 300, 128, true);
    const bare = others.map(chunk => Buffer.concat([chunk.subarray(0, 1), chunk.subarray(5)]));
    for (const bytes of [repeated, Buffer.concat([first, ...bare])]) {
      for (let at = 1; at < bytes.length; at++) {
        expect(readAll([bytes.subarray(0, at), bytes.subarray(at)])).toEqual([expected]);
      }
      expect(readAll([...bytes].map(byte => Buffer.from([byte])))).toEqual([expected]);
    }
  });

  it('may change their size in the middle of a message', () => {
    const expected = message(1000);
    const [first = Buffer.alloc(0)] = splitChunks(chunksOf(expected, 4, 128), 1000, 128, false);
    const rest = Buffer.concat([Buffer.from([0xc4]), expected.payload.subarray(128)]);
    expect(readAll([first, setChunkSize(4096), rest])).toEqual([expected]);
  });

  it('carry a message of 4 MiB, also in a single chunk', () => {
    const expected = message(4 * 2 ** 20);
    for (const size of [128, 65_536, 2 ** 24]) {
      const [found] = readAll([setChunkSize(size), chunksOf(expected, 4, size)]);
      expect(found?.payload.equals(expected.payload)).toBe(true);
    }
  });

  it('are forgotten by an abort', () => {
    const [first = Buffer.alloc(0)] = splitChunks(chunksOf(message(300), 4, 128), 300, 128, false);
    const abort = {
      type: MESSAGE.ABORT,
      timestamp: 0,
      messageStreamId: 0,
      payload: Buffer.from([0, 0, 0, 4]),
    };
    const expected = message(10);
    expect(readAll([first, chunksOf(abort, 2, 128), chunksOf(expected, 4, 128)])).toEqual([expected]);
  });

  it('hold what they read no longer than the call', () => {
    const expected = message(200);
    const read = Buffer.from(chunksOf(expected, 4, 128));
    const found: RtmpMessage[] = [];
    const reader = new ChunkReader(READER_LIMITS, one => found.push(copyOf(one)));
    reader.push(read.subarray(0, 160));
    read.fill(0, 0, 160);
    reader.push(read.subarray(160));
    expect(found).toEqual([expected]);
  });

  it('are read where they are, if they came in one piece', () => {
    const read = chunksOf(message(100), 4, 128);
    let payload: Buffer | undefined;
    new ChunkReader(READER_LIMITS, one => {
      payload = one.payload;
    }).push(read);
    expect(payload?.buffer).toBe(read.buffer);
  });

  it('wait while the reader is paused', () => {
    const expected = [message(10), message(300), message(20)];
    const bytes = Buffer.concat(expected.map(one => chunksOf(one, 4, 128)));
    const found: RtmpMessage[] = [];
    const reader = new ChunkReader(READER_LIMITS, one => {
      found.push(copyOf(one));
      reader.pause();
    });
    for (const piece of cut(bytes, [5, 60, 200])) reader.push(piece);
    expect(found).toEqual(expected.slice(0, 1));
    reader.resume();
    expect(found).toEqual(expected.slice(0, 2));
    reader.resume();
    expect(found).toEqual(expected);
  });
});

describe('limits of chunks', () => {
  it('end a connection with a message that is too long, before its memory is taken', () => {
    const limits = { ...READER_LIMITS, maxMessageSize: 1000 };
    expect(() => readAll([chunksOf(message(1001), 4, 128).subarray(0, 12)], limits)).toThrow(ParseError);
    expect(readAll([chunksOf(message(1000), 4, 128)], limits)).toHaveLength(1);
  });

  it('bound all unfinished messages together', () => {
    const limits = { ...READER_LIMITS, maxPartialBytes: 2500 };
    const first = (id: number) => chunksOf(message(1000), id, 128).subarray(0, 12 + 128);
    expect(() => readAll([first(4), first(5), first(6)], limits)).toThrow(ParseError);
    // What is finished no longer counts.
    const whole = Array.from({ length: 10 }, () => chunksOf(message(1000), 4, 128));
    expect(readAll(whole, limits)).toHaveLength(10);
  });

  it('bound the number of chunk streams', () => {
    const chunks = Array.from({ length: 60 }, (_, index) => chunksOf(message(1), 3 + index, 128));
    expect(readAll(chunks)).toHaveLength(60);
    expect(() => readAll(chunks, { ...READER_LIMITS, maxChunkStreams: 59 })).toThrow(ParseError);
  });

  it.each([0, 2 ** 31, 2 ** 32 - 1])('refuse the chunk size %d', size => {
    expect(() => readAll([setChunkSize(size)])).toThrow(ParseError);
  });

  it.each([MESSAGE.SET_CHUNK_SIZE, MESSAGE.ABORT])('refuse a message of type %d that is cut off', type => {
    expect(() => readAll([chunksOf(message(3, 0, type), 2, 128)])).toThrow(ParseError);
  });
});

describe('any bytes', () => {
  const read = (pieces: readonly Buffer[]) => {
    try {
      readAll(pieces, { maxMessageSize: 65_536, maxPartialBytes: 131_072, maxChunkStreams: 16 });
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
    }
  };

  it('give messages or a ParseError', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat(400)), (bytes, places) =>
      read(cut(Buffer.from(bytes), places)),
    );
    fc.assert(property, { seed: SEED, numRuns: 2000 });
  });

  it
    .skipIf(!existsSync(CORPUS))
    .each(['client_stream', 'ffmpeg_client_stream', 'server_stream', 'ffmpeg_server_stream'])(
    'of the capture %s are read alike in every cut, and mutated do no harm',
    { timeout: 60_000 },
    name => {
      const bytes = readFileSync(`${CORPUS}/${name}`).subarray(HANDSHAKE);
      const whole = readAll([bytes]);
      expect(whole.length).toBeGreaterThan(5);
      const cuts = fc.property(fc.array(fc.nat(bytes.length), { maxLength: 200 }), places => {
        expect(readAll(cut(bytes, places))).toEqual(whole);
      });
      fc.assert(cuts, { seed: SEED, numRuns: 20 });
      const change = fc.record({ at: fc.nat(Math.min(bytes.length - 1, 5000)), value: fc.nat(255) });
      const mutations = fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), changes => {
        const mutated = Buffer.from(bytes.subarray(0, 20_000));
        for (const { at, value } of changes) if (at < mutated.length) mutated[at] = value;
        read([mutated]);
      });
      fc.assert(mutations, { seed: SEED, numRuns: 300 });
    },
  );
});
