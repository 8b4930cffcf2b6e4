import { ParseError } from '@flux-iot/media/model/parse-error';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNameAddress, parseSipUri, parseVia, receivedVia } from './address.ts';
import { SipHeaders, type SipMessage, splitOutsideQuotes } from './message.ts';
import { parseSipDatagram, SIP_LIMITS, SipStreamReader } from './parser.ts';
import { parseCSeq } from './responses.ts';
import { writeSipMessage } from './writer.ts';

const SEED = 28_181;

function text(...lines: string[]): Buffer {
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

function readAll(pieces: readonly Buffer[]): SipMessage[] {
  const messages: SipMessage[] = [];
  const reader = new SipStreamReader(message => messages.push(message));
  for (const piece of pieces) reader.push(piece);
  return messages;
}

/** In a form that can be compared. */
function plain({ headers, ...message }: SipMessage): unknown {
  return { ...message, headers: [...headers].filter(([name]) => name !== 'Content-Length') };
}

const TOKEN = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,14}$/);
const VALUE = fc.stringMatching(/^[!-~]([ -~\xa0-\xff]{0,40}[!-~])?$/);
const FIELDS = fc
  .array(
    fc.tuple(
      // Two of these that differ are refused.
      TOKEN.filter(name => !/^(content-length|from|to|call-id|cseq|[lfti])$/i.test(name)),
      VALUE,
    ),
    { maxLength: 8 },
  )
  .map(fields => {
    const headers = new SipHeaders();
    for (const [name, value] of fields) headers.append(name, value);
    return headers;
  });
const BODY = fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes));
const MESSAGE: fc.Arbitrary<SipMessage> = fc.oneof(
  fc.record({
    kind: fc.constant('request' as const),
    method: fc.constantFrom('REGISTER', 'MESSAGE', 'INVITE', 'X-OTHER'),
    uri: fc.stringMatching(/^[!-~]([ -~]{0,40}[!-~])?$/),
    headers: FIELDS,
    body: BODY,
  }),
  fc.record({
    kind: fc.constant('response' as const),
    status: fc.integer({ min: 100, max: 699 }),
    reason: fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/),
    headers: FIELDS,
    body: BODY,
  }),
);

describe('SIP messages', () => {
  it('come out of a datagram as they were written', () => {
    const property = fc.property(MESSAGE, message => {
      expect(plain(parseSipDatagram(writeSipMessage(message)))).toEqual(plain(message));
    });
    fc.assert(property, { seed: SEED, numRuns: 500 });
  });

  it('come out of a connection wherever reads cut them, with keep-alives between', () => {
    const property = fc.property(
      fc.array(MESSAGE, { minLength: 1, maxLength: 5 }),
      fc.array(fc.nat(5000), { maxLength: 20 }),
      (all, places) => {
        const data = Buffer.concat(
          all.flatMap(message => [Buffer.from('\r\n\r\n'), writeSipMessage(message)]),
        );
        const cuts = [0, ...places.map(place => place % data.length).sort((a, b) => a - b), data.length];
        const pieces = cuts.slice(1).map((end, index) => data.subarray(cuts[index], end));
        expect(readAll(pieces).map(plain)).toEqual(all.map(plain));
      },
    );
    fc.assert(property, { seed: SEED, numRuns: 300 });
  });

  it('are refused as such, whatever bytes come', () => {
    const real = writeSipMessage({
      kind: 'request',
      method: 'MESSAGE',
      uri: 'sip:34020000002000000001@3402000000',
      headers: SipHeaders.of({
        Via: 'SIP/2.0/UDP 192.0.2.1:5060;rport;branch=z9hG4bK1',
        'Call-ID': 'a',
        CSeq: '1 MESSAGE',
      }),
      body: Buffer.from('<?xml version="1.0"?>'),
    });
    const changed = fc
      .array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { maxLength: 6 })
      .map(changes => {
        const copy = Buffer.from(real);
        for (const [at, byte] of changes) copy[at] = byte;
        return copy;
      });
    const any = fc.oneof(
      changed,
      fc.uint8Array({ maxLength: 400 }).map(bytes => Buffer.from(bytes)),
      fc.nat(real.length).map(size => real.subarray(0, size)),
    );
    const property = fc.property(any, data => {
      for (const read of [() => void parseSipDatagram(data), () => void readAll([data])]) {
        try {
          read();
        } catch (cause) {
          expect(cause).toBeInstanceOf(ParseError);
        }
      }
    });
    fc.assert(property, { seed: SEED, numRuns: 3000 });
  });
});

/** What RFC 4475 puts to the torture, in messages of our own for devices of ours. */
describe('torture messages', () => {
  it('folded, compact, oddly spaced and quoted ones are understood (§3.1.1.1, §3.1.1.8)', () => {
    const message = parseSipDatagram(
      text(
        'INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0',
        'TO :',
        ' sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n',
        'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>',
        '  ;',
        '  tag = 98asjd8',
        'MaX-fOrWaRdS: 0068',
        'Call-ID: wsinv.ndaksdj@192.0.2.1',
        'Content-Length   : 4',
        'cseq: 0009',
        '  INVITE',
        'Via  : SIP  /   2.0',
        ' /UDP',
        '    192.0.2.2;branch=390skdjuw',
        's :',
        'UnknownHeaderWithUnusualValue: ;;,,;;,;',
        'Content-Type: application/sdp',
        'v:  SIP  / 2.0  / TCP     spindle.example.com   ;',
        '  branch  =   z9hG4bK9ikj8  ,',
        ' SIP  /    2.0   / UDP  192.168.255.111   ; branch=',
        ' z9hG4bK30239',
        'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =',
        '      newvalue ;',
        '  secondparam ; q = 0.33',
        '',
        'v=0\n',
      ),
    );
    const { headers } = message;
    expect(parseNameAddress(headers.get('To') ?? '')?.parameters.get('tag')).toBe('1918181833n');
    expect(parseNameAddress(headers.get('From') ?? '')).toMatchObject({ uri: 'sip:jdrosen@example.com' });
    expect(parseNameAddress(headers.get('f') ?? '')?.parameters.get('tag')).toBe('98asjd8');
    expect(parseCSeq(headers)).toEqual({ number: 9, method: 'INVITE' });
    expect(headers.list('Via').map(via => parseVia(via)?.host)).toEqual([
      '192.0.2.2',
      'spindle.example.com',
      '192.168.255.111',
    ]);
    expect(parseVia(headers.list('Via')[1] ?? '')?.parameters.get('branch')).toBe('z9hG4bK9ikj8');
    expect(parseNameAddress(headers.get('Contact') ?? '')?.parameters.get('q')).toBe('0.33');
    expect(headers.get('Subject')).toBe('');
    expect(message.body.toString()).toBe('v=0\n');
  });

  it.each<[string, string, string]>([
    ['escaped users (§3.1.1.3)', 'sip:sips%3Auser%40example.com@example.net', 'sips:user@example.com'],
    ['semicolons in users (§3.1.1.9)', 'sip:user;par=u%40example.net@example.com', 'user;par=u@example.net'],
    ['passwords', 'sip:34020000001320000001:secret@192.0.2.1:5060', '34020000001320000001'],
    ['an IPv6 host', 'sip:a@[2001:db8::1]:5061;transport=tcp', 'a'],
    ['no user', 'sip:example.com', ''],
  ])('%s', (_name, uri, user) => {
    expect(parseSipUri(uri)?.user).toBe(user);
  });

  it.each(['tel:+1', 'sip:', 'sip:a@b:0', 'sip:a@b:99999', 'sip:a@<b>', 'http://a', 'sip:a@b:c', ''])(
    '%j is no URI to go to (§3.4)',
    uri => {
      expect(parseSipUri(uri)).toBeUndefined();
    },
  );

  it.each<[string, Buffer]>([
    ['a negative length (§3.1.2.3)', text('OPTIONS sip:a@b SIP/2.0', 'l: -999', '', '')],
    ['a length larger than the datagram (§3.1.2.2)', text('OPTIONS sip:a@b SIP/2.0', 'l: 9999', '', 'v=0')],
    ['another version (§3.1.2.16)', text('OPTIONS sip:a@b SIP/7.0', 'l: 0', '', '')],
    ['a status beyond three digits (§3.1.2.19)', text('SIP/2.0 4294967301 better not break', 'l: 0', '', '')],
    ['a status that is none', text('SIP/2.0 999 x', 'l: 0', '', '')],
    ['no empty line', text('OPTIONS sip:a@b SIP/2.0', 'l: 0')],
    ['HTTP', text('GET / HTTP/1.1', '', '')],
    ['too many headers', text('OPTIONS sip:a@b SIP/2.0', ...Array(101).fill('X: y'), '', '')],
    ['too long headers', text('OPTIONS sip:a@b SIP/2.0', `X: ${'x'.repeat(17_000)}`, '', '')],
  ])('with %s are refused', (_name, data) => {
    expect(() => parseSipDatagram(data)).toThrow(ParseError);
  });

  it.each<[string, Buffer]>([
    ['blanks in the start line (§3.1.2.9)', text('OPTIONS  sip:a@b  SIP/2.0  ', 'l: 0', '', '')],
    ['no reason phrase (§3.1.1.13)', text('SIP/2.0 100', 'l: 0', '', '')],
    ['bytes above ASCII in the reason (§3.1.1.12)', text('SIP/2.0 200 = 2**3 * \xd1\x81', 'l: 0', '', '')],
    ['line ends of LF alone', Buffer.from('OPTIONS sip:a@b SIP/2.0\nl: 0\n\n')],
    ['a line that is no header', text('OPTIONS sip:a@b SIP/2.0', 'nonsense', 'l: 0', '', '')],
    [
      'more behind the body (§3.1.1.6)',
      text('OPTIONS sip:a@b SIP/2.0', 'l: 0', '', 'INVITE sip:c@d SIP/2.0'),
    ],
  ])('with %s are borne with', (_name, data) => {
    expect(parseSipDatagram(data).body).toHaveLength(0);
  });

  it('that are longer than a connection may keep are refused', () => {
    expect(() => readAll([Buffer.alloc(SIP_LIMITS.maxHeadBytes + 1, 0x41)])).toThrow(ParseError);
    expect(() => readAll([text('OPTIONS sip:a@b SIP/2.0', 'l: 999999999', '', '')])).toThrow(ParseError);
  });

  it('scalars that overflow are no sequence numbers (§3.1.2.4)', () => {
    for (const value of ['36893488147419103232 REGISTER', '4294967296 INVITE', '-1 INVITE', 'x', '1'])
      expect(parseCSeq(SipHeaders.of({ CSeq: value }))).toBeUndefined();
  });
});

describe('the way back', () => {
  it('has the address that the packet came from, and its port where that was asked for (RFC 3581)', () => {
    expect(receivedVia('SIP/2.0/UDP 10.0.0.9:5060;rport;branch=z9hG4bK1', '203.0.113.7', 61_234)).toBe(
      'SIP/2.0/UDP 10.0.0.9:5060;rport=61234;branch=z9hG4bK1;received=203.0.113.7',
    );
    expect(receivedVia('SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK1', '203.0.113.7', 61_234)).toBe(
      'SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK1;received=203.0.113.7',
    );
  });

  it('takes values of a line apart outside quotes and brackets alone', () => {
    expect(splitOutsideQuotes('"a, b" <sip:x;y,z@h>, <sip:c>;q="1,2" , ,d', ',')).toEqual([
      '"a, b" <sip:x;y,z@h>',
      '<sip:c>;q="1,2"',
      'd',
    ]);
  });

  it('lets nobody begin a line of his own', () => {
    const written = writeSipMessage({
      kind: 'response',
      status: 200,
      reason: '',
      headers: SipHeaders.of({ From: 'a\r\nX: y' }),
      body: Buffer.alloc(0),
    });
    expect(written.toString()).toBe('SIP/2.0 200 OK\r\nFrom: a X: y\r\nContent-Length: 0\r\n\r\n');
  });
});

describe('addresses', () => {
  it('are understood or not, in a time in proportion to their length', () => {
    const pieces = [
      '"',
      '<',
      '>',
      ';',
      ',',
      '=',
      'sip:',
      '@',
      '[',
      ']',
      ':',
      ' ',
      '\\',
      'SIP/2.0/UDP ',
      '%41',
    ];
    const nearly = fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })))
      .map(all => all.join(''));
    const property = fc.property(nearly, value => {
      parseSipUri(value);
      parseNameAddress(value);
      parseVia(value);
    });
    fc.assert(property, { seed: SEED, numRuns: 3000 });
    const started = performance.now();
    for (const piece of pieces) {
      const long = piece.repeat(16_000 / piece.length);
      for (const value of [long, `sip:${long}`, `SIP/2.0/UDP a${long}`]) {
        parseSipUri(value);
        parseNameAddress(value);
        parseVia(value);
      }
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
