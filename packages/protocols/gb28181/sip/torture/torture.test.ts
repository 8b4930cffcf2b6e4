import { ParseError } from '@flux-iot/media/model/parse-error';
import { describe, expect, it } from 'vitest';
import { parseNameAddress, parseSipUri, parseVia } from '../address.ts';
import type { SipMessage, SipRequest } from '../message.ts';
import { parseSipDatagram, SipStreamReader } from '../parser.ts';
import { parseCSeq } from '../responses.ts';
import { INVALID_MESSAGES } from './invalid-messages.ts';
import { SENSELESS_MESSAGES } from './senseless-messages.ts';
import { VALID_MESSAGES } from './valid-messages.ts';

function request(name: keyof typeof VALID_MESSAGES): SipRequest {
  const message = parseSipDatagram(VALID_MESSAGES[name]);
  if (message.kind === 'request') return message;
  throw new Error(`${name} was read as a response`);
}

function userOf(value: string | undefined): string | undefined {
  return parseSipUri(parseNameAddress(value ?? '')?.uri ?? '')?.user;
}

/** What comes of it by a connection, cut at every length. */
function byConnection(data: Buffer, size: number): SipMessage[] {
  const messages: SipMessage[] = [];
  const reader = new SipStreamReader(message => messages.push(message));
  for (let at = 0; at < data.length; at += size) reader.push(data.subarray(at, at + size));
  return messages;
}

describe('valid messages', () => {
  it('are read with lines folded, names in odd cases, and spaces all over (wsinv)', () => {
    const { method, headers, body } = request('wsinv');
    expect(method).toBe('INVITE');
    expect(userOf(headers.get('To'))).toBe('vivekg');
    expect(parseNameAddress(headers.get('To') ?? '')?.parameters.get('tag')).toBe('1918181833n');
    expect(userOf(headers.get('From'))).toBe('jdrosen');
    expect(parseNameAddress(headers.get('From') ?? '')?.parameters.get('tag')).toBe('98asjd8');
    expect(parseCSeq(headers)).toEqual({ number: 9, method: 'INVITE' });
    expect(headers.get('Subject')).toBe('');
    expect(headers.list('Via').map(via => parseVia(via)?.host)).toEqual([
      ...['192.0.2.2', 'spindle.example.com', '192.168.255.111'],
    ]);
    expect(headers.get('UnknownHeaderWithUnusualValue')).toBe(';;,,;;,;');
    expect(userOf(headers.get('Contact'))).toBe('jdrosen');
    expect(body).toHaveLength(150);
  });

  it('are read with every character that is allowed (intmeth)', () => {
    const { method, headers } = request('intmeth');
    expect(method).toBe("!interesting-Method0123456789_*+`.%indeed'~");
    expect(headers.get('Call-ID')).toBe('intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{');
    expect(parseCSeq(headers)).toEqual({ number: 139_122_385, method });
    expect(parseNameAddress(headers.get('From') ?? '')?.parameters.get('tag')).toBe("_token~1'+`*%!-.");
    expect(Buffer.from(headers.get("extensionHeader-!.%*+_`'~") ?? '', 'latin1').toString()).toContain(
      '大停電',
    );
  });

  it('are read with what is escaped as it is meant, and the rest as it stands (esc01, escnull, esc02)', () => {
    const { uri, headers } = request('esc01');
    expect(parseSipUri(uri)).toMatchObject({ user: 'sips:user@example.com', host: 'example.net' });
    expect(userOf(headers.get('To'))).toBe('user');
    expect(userOf(headers.get('From'))).toBe('I have spaces');
    expect(userOf(request('escnull').headers.get('To'))).toBe('null-\0-null');
    // It is not REGISTER, however it is written.
    expect(request('esc02').method).toBe('RE%47IST%45R');
  });

  it('are read without space before what is in angle brackets (lwsdisp)', () => {
    expect(userOf(request('lwsdisp').headers.get('From'))).toBe('caller');
  });

  it('are read with long values (longreq)', () => {
    const { headers, body } = request('longreq');
    expect(userOf(headers.get('To'))).toBe('user');
    expect(userOf(headers.get('From'))).toMatch(/^amazinglylongcallername/);
    expect(headers.list('Via').length).toBe(34);
    expect(body).toHaveLength(150);
  });

  it('are read as the first alone of what is in a datagram, and as two of a connection (dblreq)', () => {
    expect(request('dblreq').method).toBe('REGISTER');
    // The second ends before the datagram does.
    const end = VALID_MESSAGES.dblreq.indexOf('\r\n\r\nv=0') + 4 + 150;
    for (const size of [1, 7, 750]) {
      const messages = byConnection(VALID_MESSAGES.dblreq.subarray(0, end), size);
      expect(messages.map(message => message.kind === 'request' && message.method)).toEqual([
        ...['REGISTER', 'INVITE'],
      ]);
    }
  });

  it('are read with semicolons in the user, unknown transports and bodies of many parts', () => {
    expect(parseSipUri(request('semiuri').uri)).toMatchObject({ user: 'user;par=u@example.net' });
    expect(request('transports').headers.list('Via')).toHaveLength(5);
    expect(request('mpart01').headers.get('Content-Type')).toMatch(/^multipart\/mixed/);
  });

  it('are read as responses with reasons of every script, and with none (unreason, noreason)', () => {
    const message = parseSipDatagram(VALID_MESSAGES.unreason);
    expect(message).toMatchObject({ kind: 'response', status: 200 });
    expect(message.kind === 'response' && Buffer.from(message.reason, 'latin1').toString()).toBe(
      '= 2**3 * 5**2 но сто девяносто девять - простое',
    );
    expect(parseSipDatagram(VALID_MESSAGES.noreason)).toMatchObject({ status: 100, reason: '' });
  });
});

describe('messages that cannot be told what they are', () => {
  const refused = {
    clerr: INVALID_MESSAGES.clerr,
    ncl: INVALID_MESSAGES.ncl,
    badvers: INVALID_MESSAGES.badvers,
    bigcode: INVALID_MESSAGES.bigcode,
    multi01: SENSELESS_MESSAGES.multi01,
    mcl01: SENSELESS_MESSAGES.mcl01,
  };
  it.each(Object.entries(refused))('are refused: %s', (_name, data) => {
    expect(() => parseSipDatagram(data)).toThrow(ParseError);
  });
});

describe('all of them', () => {
  const all = Object.entries({ ...VALID_MESSAGES, ...INVALID_MESSAGES, ...SENSELESS_MESSAGES });

  it.each(all)('are read or refused, as a datagram and by a connection: %s', (_name, data) => {
    const read = [() => parseSipDatagram(data), ...[1, 61, 4096].map(size => () => byConnection(data, size))];
    const thrown = read.map(attempt => {
      try {
        attempt();
        return undefined;
      } catch (cause) {
        return cause;
      }
    });
    expect(thrown.every(cause => cause === undefined || cause instanceof ParseError)).toBe(true);
  });
});
