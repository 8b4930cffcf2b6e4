import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { goCorpus, mutated } from '@flux-iot/media/codec/test-support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeaderFields, METHODS, NO_BODY, type RtspMessage, sequenceOf } from './message.ts';
import { RtspReader } from './message-reader.ts';
import { writeInterleaved, writeRequest, writeResponse } from './message-writer.ts';
import {
  bytes,
  cut,
  live555Requests,
  messagesIn,
  READER_LIMITS,
  readAll,
  SEED,
  type Unit,
} from './test-support.ts';

const CHANNELS = [0, 1, 2, 3];
const PLACES = fc.array(fc.nat(100_000), { maxLength: 60 });

const TOKEN = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,14}$/);
/** What stands in a header: printable bytes, no blank at either end. */
const VALUE = fc.stringMatching(/^[!-~]([ -~\xa0-\xff]{0,40}[!-~])?$/);
const FIELDS = fc
  .array(
    fc.tuple(
      TOKEN.filter(name => name.toLowerCase() !== 'content-length'),
      VALUE,
    ),
    { maxLength: 8 },
  )
  .map(fields => {
    const headers = new HeaderFields();
    for (const [name, value] of fields) headers.append(name, value);
    return headers;
  });
const REQUEST = fc.record({
  kind: fc.constant('request' as const),
  version: fc.constantFrom('1.0', '2.0'),
  method: fc.constantFrom(...METHODS, 'X_OTHER'),
  uri: fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/),
  headers: FIELDS,
  body: fc.oneof(fc.constant(NO_BODY), bytes(1, 300)),
});
const RESPONSE = fc.record({
  kind: fc.constant('response' as const),
  version: fc.constant('1.0'),
  status: fc.integer({ min: 100, max: 599 }),
  reason: fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/),
  headers: FIELDS,
  body: fc.oneof(fc.constant(NO_BODY), bytes(1, 300)),
});
interface Frame {
  readonly channel: number;
  readonly payload: Buffer;
}

/** As far as the reader looks at it: RTP of version 2 on even channels, RTCP on odd ones. */
function ofSource({ channel, payload }: Frame, source: number): Frame {
  const packet = Buffer.from(payload);
  const isRtcp = channel % 2 === 1;
  packet[0] = 0x80 | (packet[0]! & 0x3f);
  packet[1] = isRtcp ? 200 : 96;
  packet.writeUInt32BE(source, isRtcp ? 4 : 8);
  return { channel, payload: packet };
}

const FRAME = fc
  .record({ channel: fc.constantFrom(...CHANNELS), payload: bytes(12, 400) })
  .map(frame => ofSource(frame, 0xaabbcc00 + frame.channel));

function written(unit: Unit): Buffer {
  if ('message' in unit)
    return unit.message.kind === 'request' ? writeRequest(unit.message) : writeResponse(unit.message);
  return 'payload' in unit ? writeInterleaved(unit.channel, unit.payload) : NO_BODY;
}

/** A unit in a form that can be compared: the length that the writer added is no part of it. */
function plain(unit: Unit): unknown {
  if (!('message' in unit)) return unit;
  const { headers, ...message } = unit.message;
  return { ...message, headers: [...headers].filter(([name]) => name !== 'Content-Length') };
}

function text(...lines: string[]): Buffer {
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

function only(data: Buffer): RtspMessage {
  const units = readAll([data]);
  expect(units).toHaveLength(1);
  return messagesIn(units)[0]!;
}

const OPTIONS = text('OPTIONS rtsp://host/a RTSP/1.0', 'CSeq: 1', '', '');
const RTP = Buffer.from('8060000100000001aabbccdd41', 'hex');
const SPLIT_ALL = (data: Buffer) => Array.from(data, byte => Buffer.from([byte]));

describe('messages and frames', () => {
  const units = fc.array(
    fc.oneof(
      fc.oneof(REQUEST, RESPONSE).map((message): Unit => ({ message })),
      FRAME.map((frame): Unit => frame),
    ),
    { minLength: 1, maxLength: 10 },
  );

  it('come out as they were written, wherever reads cut them', () => {
    const property = fc.property(units, PLACES, fc.boolean(), (all, places, known) => {
      const data = Buffer.concat(all.map(written));
      const channels = known ? CHANNELS : [];
      const expected = all.map(plain);
      expect(readAll(cut(data, places), channels).map(plain)).toEqual(expected);
    });
    fc.assert(property, { seed: SEED, numRuns: 400 });
  });

  it('come out of single bytes', () => {
    const property = fc.property(units, all => {
      const data = Buffer.concat(all.map(written));
      expect(readAll(SPLIT_ALL(data), CHANNELS).map(plain)).toEqual(all.map(plain));
    });
    fc.assert(property, { seed: SEED, numRuns: 40 });
  });

  it('are frames on whatever channel while none is known', () => {
    const frames = [7, 200].map(channel => ({ channel, payload: Buffer.from('x') }));
    expect(readAll([Buffer.concat(frames.map(written))])).toEqual(frames);
  });

  it('may be frames of no bytes or of the most', () => {
    const frames = [
      { channel: 0, payload: NO_BODY },
      { channel: 1, payload: Buffer.alloc(0xffff, 0x80) },
      { channel: 0, payload: NO_BODY },
    ];
    const data = Buffer.concat(frames.map(written));
    expect(readAll([data], CHANNELS)).toEqual(frames);
    expect(readAll(cut(data, [1, 2, 3, 4, 5, 6, 7, 8, 40_000, 65_542]), CHANNELS)).toEqual(frames);
  });

  it('hands whole frames on where they were read, and one that was cut from a buffer of its own', () => {
    const frame = writeInterleaved(0, RTP);
    const views: { payload: Buffer; bytes: string }[] = [];
    const reader = new RtspReader(READER_LIMITS, {
      onMessage: () => {},
      onInterleaved: (_channel, payload) => views.push({ payload, bytes: payload.toString('hex') }),
      onSkipped: () => {},
    });
    const data = Buffer.concat([frame, frame, frame.subarray(0, 9)]);
    reader.push(data);
    reader.push(frame.subarray(9));
    expect(views.map(view => view.bytes)).toEqual(Array(3).fill(RTP.toString('hex')));
    expect(views.map(view => view.payload.buffer === data.buffer)).toEqual([true, true, false]);
  });

  it('waits where it was paused, within what was read', () => {
    const reader: RtspReader = new RtspReader(READER_LIMITS, {
      onMessage: message => {
        seen.push(sequenceOf(message.headers));
        reader.pause();
      },
      onInterleaved: () => seen.push(-1),
      onSkipped: () => {},
    });
    const seen: (number | undefined)[] = [];
    reader.push(Buffer.concat([OPTIONS, writeInterleaved(0, RTP), OPTIONS.subarray(0, 12)]));
    reader.push(OPTIONS.subarray(12));
    expect(seen).toEqual([1]);
    reader.resume();
    expect(seen).toEqual([1, -1, 1]);
    reader.resume();
    expect(seen).toHaveLength(3);
  });
});

describe('a message', () => {
  it('has headers by name without regard to case, each with all its values', () => {
    const message = only(
      text(
        'RTSP/1.0 401 Unauthorized',
        'cseq:  3 ',
        'WWW-Authenticate: Digest realm="a"',
        'www-authenticate: Basic realm="a"',
        'Empty:',
        '',
        '',
      ),
    );
    expect(message).toMatchObject({ kind: 'response', status: 401, reason: 'Unauthorized', version: '1.0' });
    expect(sequenceOf(message.headers)).toBe(3);
    expect(message.headers.all('WWW-AUTHENTICATE')).toEqual(['Digest realm="a"', 'Basic realm="a"']);
    expect(message.headers.get('Www-Authenticate')).toBe('Digest realm="a"');
    expect(message.headers.get('empty')).toBe('');
    expect(message.headers.get('none')).toBeUndefined();
  });

  it('may have folded lines', () => {
    const { headers } = only(
      text('RTSP/1.0 200 OK', 'Public: OPTIONS,', '\tDESCRIBE,', '   SETUP', 'X:', ' y', '', ''),
    );
    expect(headers.get('Public')).toBe('OPTIONS, DESCRIBE, SETUP');
    expect(headers.get('X')).toBe('y');
  });

  it.each([
    ['lines that end in LF alone', 'RTSP/1.0 200 OK\nCSeq: 1\nContent-Length: 2\n\nab', 200],
    ['empty lines before it', '\r\n\n\r\nRTSP/1.0 200 OK\r\nContent-length: 2\r\n\r\nab', 200],
    ['no reason phrase', 'RTSP/1.0 200\r\nContent-Length: 2\r\n\r\nab', 200],
    ['no reason phrase but a blank', 'RTSP/1.0 454 \r\nContent-Length: 2\r\n\r\nab', 454],
    ['a length with more behind it', 'RTSP/1.0 200 OK\r\nContent-Length: 2, 2\r\n\r\nab', 200],
    ['a length with zeros before it', 'RTSP/1.0 200 OK\r\nContent-Length:\t0002\r\n\r\nab', 200],
    ['a line that is no header', 'RTSP/1.0 200 OK\r\nnonsense\r\n: x\r\nContent-Length : 2\r\n\r\nab', 200],
  ])('may have %s', (_name, data, status) => {
    const message = only(Buffer.from(data, 'latin1'));
    expect(message).toMatchObject({ kind: 'response', status });
    expect(message.body.toString()).toBe('ab');
  });

  it.each(['', '-4', 'abc', 'two'])('has no body where its length is %j', length => {
    const units = readAll([text('RTSP/1.0 200 OK', `Content-Length: ${length}`, '', ''), OPTIONS]);
    expect(messagesIn(units).map(message => message.body.length)).toEqual([0, 0]);
    expect(units).toHaveLength(2);
  });

  it('with a body that is longer than it says does not hide the next one', () => {
    const response = text('RTSP/1.0 200 OK', 'Content-Length: 5', '', 'v=0\r\ns=Media Server\r\nRTSP\r\n');
    const units = readAll([Buffer.concat([response, OPTIONS])]);
    expect(messagesIn(units)).toHaveLength(2);
    expect(units[1]).toEqual({ skipped: 's=Media Server\r\nRTSP\r\n'.length });
  });

  it('keeps its bytes: what was read is written back the same', () => {
    const odd = Buffer.concat([
      text('SETUP rtsp://host/\xe6\x91\x84 \xff?a=b c RTSP/1.0', 'Session: \xbf\x80;x', ''),
      text('', ''),
    ]);
    const message = only(odd);
    expect(message.kind === 'request' && message.uri).toBe('rtsp://host/\xe6\x91\x84 \xff?a=b c');
    expect(written({ message })).toEqual(odd);
  });

  it.each([
    ['OPTIONS * RTSP/1.0', '*'],
    ['SETUP  rtsp://host/a b  RTSP/1.0', 'rtsp://host/a b'],
    ['SETUP /a RTSP/1.0 RTSP/1.0', '/a RTSP/1.0'],
  ])('may be asked for as %j', (line, uri) => {
    expect(only(text(line, '', ''))).toMatchObject({ kind: 'request', uri });
  });

  it('needs no sequence number', () => {
    expect(sequenceOf(only(text('PLAY * RTSP/1.0', '', '')).headers)).toBeUndefined();
    expect(sequenceOf(only(text('PLAY * RTSP/1.0', 'CSeq: x', '', '')).headers)).toBeUndefined();
    expect(sequenceOf(only(text('PLAY * RTSP/1.0', 'CSeq: 7 PLAY', '', '')).headers)).toBe(7);
  });

  it.each([
    [
      'a body',
      text('A * RTSP/1.0', 'Content-Length: 65537', '', ''),
      'body of 65537 bytes, 65536 are the most',
    ],
    ['a head', text('A * RTSP/1.0', `X: ${'x'.repeat(17_000)}`), 'start line and headers of more than 16384'],
    [
      'a head of small lines',
      text('A * RTSP/1.0', ...Array(63).fill(`X: ${'x'.repeat(300)}`)),
      'start line and',
    ],
    ['a number of headers', text('A * RTSP/1.0', ...Array(66).fill('X: y'), '', ''), 'too many headers'],
    ['a start line', text(`DESCRIBE rtsp://${'x'.repeat(70_000)} RTSP/1.0`, '', ''), 'no RTSP message in'],
  ])('with %s beyond the limit is refused', (_name, data, reason) => {
    for (const pieces of [[data], cut(data, [1, 5, 12, 13, 100, 5000, 16_000]), SPLIT_ALL(data)]) {
      const units = readAll(pieces);
      expect(units).toEqual([{ refused: expect.stringContaining(reason) }]);
    }
  });

  it('is not what another protocol says', () => {
    const limits = { ...READER_LIMITS, maxSkippedBytes: 0 };
    const tls = Buffer.from('16030100f8010000f40303', 'hex');
    for (const data of [text('GET / HTTP/1.1', 'Host: x', '', ''), tls, text('SSH-2.0-x', '')]) {
      expect(readAll([data], [], limits)).toEqual([{ refused: 'no RTSP message in 1 bytes' }]);
      expect(readAll(SPLIT_ALL(data), [], limits)).toEqual([{ refused: 'no RTSP message in 1 bytes' }]);
    }
  });
});

describe('junk', () => {
  /** Anything that does not say of itself that it is a frame. */
  const junk = bytes(1, 200).map(data => {
    if (data[0] === 0x24 || data[0] === 0x0d || data[0] === 0x0a) data[0] = 0xff;
    return data;
  });

  it('between frames is skipped, and nothing else is', () => {
    const parts = fc.array(fc.tuple(junk, FRAME), { minLength: 1, maxLength: 6 });
    const before = fc.uniqueArray(FRAME, { minLength: 4, maxLength: 4, selector: frame => frame.channel });
    const property = fc.property(before, parts, PLACES, (good, all, places) => {
      const pieces = all.flatMap(([noise, frame]) => [noise, written(frame)]);
      const input = Buffer.concat([...good.map(written), ...pieces]);
      const expected = [...good, ...all.flatMap(([noise, frame]) => [{ skipped: noise.length }, frame])];
      expect(readAll(cut(input, places), CHANNELS)).toEqual(expected);
    });
    fc.assert(property, { seed: SEED, numRuns: 400 });
  });

  it('from the start on, or before a source that is new, is skipped where frames follow each other', () => {
    const property = fc.property(junk, FRAME, FRAME, PLACES, (noise, one, second, places) => {
      const first = ofSource(one, 0x11223344);
      const input = Buffer.concat([noise, written(first), written(second)]);
      const expected = [{ skipped: noise.length }, first, second];
      expect(readAll(cut(input, places), CHANNELS)).toEqual(expected);
      expect(readAll(cut(Buffer.concat([written(one), input]), places), CHANNELS)).toEqual([
        one,
        ...expected,
      ]);
    });
    fc.assert(property, { seed: SEED, numRuns: 200 });
  });

  it('may be a frame without its header, before a message and frames', () => {
    const lost = writeInterleaved(0, Buffer.alloc(1400, 0x61)).subarray(4);
    const input = Buffer.concat([writeInterleaved(0, RTP), lost, OPTIONS, writeInterleaved(1, RTP)]);
    expect(readAll(SPLIT_ALL(input), CHANNELS)).toMatchObject([
      { channel: 0 },
      { skipped: 1400 },
      { message: { method: 'OPTIONS' } },
      { channel: 1 },
    ]);
  });

  it('may come of a frame that is shorter than it says', () => {
    const frame = writeInterleaved(0, Buffer.concat([RTP, Buffer.alloc(200, 0x41)]));
    const short = frame.subarray(0, 100);
    const input = Buffer.concat([short, ...Array(5).fill(frame)]);
    const units = readAll([input], CHANNELS);
    // The one that was cut takes the beginning of the next with it; those behind are whole.
    expect(units.map(unit => ('payload' in unit ? unit.payload.length : 'skipped' in unit))).toEqual([
      213,
      true,
      ...Array(4).fill(213),
    ]);
    expect(units.slice(2)).toEqual(Array(4).fill({ channel: 0, payload: frame.subarray(4) }));
  });

  it('that looks like the header of a long frame is seen through', () => {
    const decoy = Buffer.from('24004e2080', 'hex');
    const frames = Array.from({ length: 40 }, (_, index) => ({
      channel: index % 2,
      payload: Buffer.concat([RTP, Buffer.alloc(700, index)]),
    }));
    const input = Buffer.concat([Buffer.from([0xff]), decoy, ...frames.map(written), OPTIONS]);
    for (const pieces of [[input], cut(input, [3, 9, 5000, 15_000, 25_000])]) {
      const units = readAll(pieces, CHANNELS);
      expect(units.slice(0, -1)).toEqual([{ skipped: 6 }, ...frames]);
    }
  });

  it('of another channel is no junk where a frame of it fits', () => {
    const stray = { channel: 9, payload: Buffer.from('whatever') };
    const input = Buffer.concat([stray, stray, { channel: 0, payload: RTP }].map(written));
    const expected = [stray, stray, { channel: 0, payload: RTP }];
    expect(readAll([input], CHANNELS)).toEqual(expected);
    expect(readAll(SPLIT_ALL(input), CHANNELS)).toEqual(expected);
    // Where it does not, its bytes are searched for what fits.
    const wrong = Buffer.from('2409ffff', 'hex');
    const frames = Array<Unit>(5000).fill({ channel: 1, payload: RTP.subarray(0, 12) });
    const found = readAll([wrong, Buffer.concat(frames.map(written))], CHANNELS);
    expect(found).toEqual([{ skipped: 4 }, ...frames]);
  });

  it('without an end is given up', () => {
    const noise = Buffer.alloc(70_000, 0x80);
    expect(readAll([noise], CHANNELS)).toEqual([{ refused: 'neither message nor frame in 65537 bytes' }]);
    expect(readAll(SPLIT_ALL(noise), CHANNELS)).toEqual([
      { refused: 'neither message nor frame in 65537 bytes' },
    ]);
    // Nor do decoys make it keep more than a frame: each is refused when as much as it claims has come.
    const decoys = Buffer.concat([
      Buffer.from([0xff]),
      Buffer.alloc(300_000, Buffer.from('2400f00080', 'hex')),
    ]);
    for (const pieces of [[decoys], cut(decoys, [1000, 61_000, 61_010, 62_000, 200_000]), SPLIT_ALL(decoys)])
      expect(readAll(pieces, CHANNELS)).toEqual([{ refused: expect.stringContaining('neither') }]);
  });

  it('of beginnings of messages costs no more than other junk', () => {
    const line = Buffer.alloc(60_000, 'PLAY RTSP/1.0 ');
    const started = performance.now();
    const units = readAll(cut(line, [4000, 4100, 8000, 30_000]), CHANNELS);
    expect(units).toEqual([]);
    expect(readAll([line, line, line], CHANNELS)).toEqual([{ refused: expect.any(String) }]);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('whatever comes', () => {
  const base = '../shared/corpora/gortsplib/pkg/base/testdata/fuzz';
  const folders = ['FuzzRequestUnmarshal', 'FuzzResponseUnmarshal', 'FuzzInterleavedFrameUnmarshal'];
  const files = { existsSync, readdirSync, readFileSync };
  const collected = goCorpus(files, ...folders.map(folder => `gortsplib/pkg/base/testdata/fuzz/${folder}`));
  const seeds = [
    ...collected,
    ...live555Requests(),
    Buffer.concat([
      OPTIONS,
      writeInterleaved(0, RTP),
      text('RTSP/1.0 200 OK', 'Content-Length: 3', '', 'abc'),
    ]),
    Buffer.concat([
      writeInterleaved(0, RTP),
      Buffer.from([0xff, 0x24, 0]),
      writeInterleaved(1, RTP),
      OPTIONS,
    ]),
  ].filter(seed => seed.length > 0);

  it('is read the same, wherever it is cut', () => {
    const property = fc.property(mutated(seeds), PLACES, fc.boolean(), (data, places, known) => {
      const channels = known ? CHANNELS : [];
      const whole = readAll([data], channels);
      expect(readAll(cut(data, places), channels)).toEqual(whole);
      expect(readAll(SPLIT_ALL(data), channels)).toEqual(whole);
    });
    fc.assert(property, { seed: SEED, numRuns: 1500 });
  });

  it('of pure noise is read the same, wherever it is cut', () => {
    // Few values, so that frames, lines and beginnings of both come about.
    const alphabet = [0x24, 0x00, 0x01, 0x80, 0x0a, 0x0d, 0x20, ...Buffer.from('PLAYRTSP/1.0*:')];
    const noise = fc
      .array(fc.constantFrom(...alphabet), { maxLength: 300 })
      .map(values => Buffer.from(values));
    const property = fc.property(noise, PLACES, (data, places) => {
      const whole = readAll([data], CHANNELS);
      expect(readAll(cut(data, places), CHANNELS)).toEqual(whole);
      expect(readAll(SPLIT_ALL(data), CHANNELS)).toEqual(whole);
    });
    fc.assert(property, { seed: SEED, numRuns: 3000 });
  });

  it.skipIf(live555Requests().length === 0)('live555 says is understood', () => {
    for (const conversation of live555Requests()) {
      const messages = messagesIn(readAll([conversation]));
      const methods = messages.map(message => message.kind === 'request' && message.method);
      expect(methods.slice(0, 2)).toEqual(['DESCRIBE', 'SETUP']);
      expect(messages.length).toBeGreaterThanOrEqual(3);
    }
  });

  it.skipIf(!existsSync(base))('others collected is refused or understood', () => {
    expect(collected.length).toBeGreaterThan(15);
    for (const input of collected) readAll([input]);
  });
});

describe('the writer', () => {
  it('lets nobody begin a line of his own', () => {
    const headers = HeaderFields.of({ CSeq: 1, 'User-Agent': 'x\r\nSession: 1\n\nPLAY', Nothing: undefined });
    const request = { version: '1.0', method: 'OPTIONS', uri: 'rtsp://h/\r\nX: y', headers, body: NO_BODY };
    expect(writeRequest(request).toString()).toBe(
      'OPTIONS rtsp://h/ X: y RTSP/1.0\r\nCSeq: 1\r\nUser-Agent: x Session: 1 PLAY\r\n\r\n',
    );
  });

  it('knows the reason phrase, and repeats headers of several values', () => {
    const headers = HeaderFields.of({ 'WWW-Authenticate': ['a', 'b'] });
    const response = { version: '1.0', status: 461, reason: '', headers, body: Buffer.from('x') };
    expect(writeResponse(response).toString()).toBe(
      'RTSP/1.0 461 Unsupported transport\r\nWWW-Authenticate: a\r\nWWW-Authenticate: b\r\nContent-Length: 1\r\n\r\nx',
    );
    expect(writeResponse({ ...response, status: 299, body: NO_BODY }).toString()).toContain('299 Unknown');
  });
});
