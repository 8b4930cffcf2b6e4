import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeaderFields, METHODS, NO_BODY, type RtspMessage, sequenceOf } from './message.ts';
import { RtspReader } from './message-reader.ts';
import { writeInterleaved, writeRequest, writeResponse } from './message-writer.ts';
import {
  bytes,
  CHANNELS,
  cut,
  FRAME,
  messagesIn,
  OPTIONS,
  PLACES,
  READER_LIMITS,
  RTP,
  readAll,
  SEED,
  SPLIT_ALL,
  text,
  type Unit,
  written,
} from './test-support.ts';

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
/** A unit in a form that can be compared: the length that the writer added is no part of it. */
function plain(unit: Unit): unknown {
  if (!('message' in unit)) return unit;
  const { headers, ...message } = unit.message;
  return { ...message, headers: [...headers].filter(([name]) => name !== 'Content-Length') };
}

function only(data: Buffer): RtspMessage {
  const units = readAll([data]);
  expect(units).toHaveLength(1);
  return messagesIn(units)[0]!;
}

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
