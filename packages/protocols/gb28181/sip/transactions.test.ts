import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Dialog, newRequest } from './dialog.ts';
import { FloodGate } from './flood-gate.ts';
import { NO_BODY, SipHeaders, type SipMessage, type SipRequest, type SipResponse } from './message.ts';
import { parseSipDatagram } from './parser.ts';
import type { SipPeer } from './peer.ts';
import { type Answer, responseTarget, responseTo } from './responses.ts';
import { type InviteHandlers, type ServerTransaction, SipTransactions } from './transactions.ts';

const PEER: SipPeer = { transport: 'udp', address: '192.0.2.9', port: 5060 };
const PARTIES = {
  localUri: 'sip:34020000002000000001@3402000000',
  remoteUri: 'sip:34020000001320000001@3402000000',
  target: 'sip:34020000001320000001@192.0.2.9:5060',
  contact: '<sip:34020000002000000001@192.0.2.1:5060>',
};

/** One side, whose messages go nowhere but into a list. */
function side(canSend = true) {
  const sent: SipMessage[] = [];
  const requests: ServerTransaction[] = [];
  const transactions = new SipTransactions({
    send: data => {
      if (canSend) sent.push(parseSipDatagram(data));
      return canSend;
    },
    sentBy: () => '192.0.2.1:5060',
    onRequest: transaction => requests.push(transaction),
  });
  return { transactions, sent, requests };
}

function answer(request: SipMessage | undefined, given: Answer): SipResponse {
  if (request?.kind !== 'request') throw new Error('no request was sent');
  return responseTo(request, PEER, given, 'theirs');
}

function methods(sent: readonly SipMessage[]): string[] {
  return sent.map(message => (message.kind === 'request' ? message.method : String(message.status)));
}

function handlers() {
  const seen: string[] = [];
  const all: InviteHandlers = {
    onProvisional: ({ status }) => seen.push(`provisional ${status}`),
    onSuccess: ({ status }, isFirst) => seen.push(`${isFirst ? 'first' : 'repeated'} ${status}`),
    onRefused: ({ status }) => seen.push(`refused ${status}`),
    onFailed: ({ code }) => seen.push(`failed ${code}`),
  };
  return { seen, all };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a request', () => {
  it('is repeated on UDP with growing pauses until it is answered (RFC 3261 §17.1.2.2)', async () => {
    const { transactions, sent } = side();
    const asked = transactions.request(newRequest('MESSAGE', PARTIES), PEER);
    const at: number[] = [];
    for (let time = 0; time <= 12_000; time += 100) {
      if (sent.length > at.length) at.push(time);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(at).toEqual([0, 500, 1500, 3500, 7500, 11_500]);
    transactions.receive(answer(sent[0], { status: 100 }), PEER);
    transactions.receive(answer(sent[0], { status: 200 }), PEER);
    expect((await asked).status).toBe(200);
    const { length } = sent;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent).toHaveLength(length);
  });

  it('is given up after its time, and at once where there is no way', async () => {
    const { transactions, sent } = side();
    const asked = expect(
      transactions.request(newRequest('MESSAGE', PARTIES), PEER, 3000),
    ).rejects.toMatchObject({
      code: 'TIMED_OUT',
    });
    await vi.advanceTimersByTimeAsync(3000);
    await asked;
    expect(sent).toHaveLength(3);
    await expect(side(false).transactions.request(newRequest('BYE', PARTIES), PEER)).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
    });
  });

  it('is sent once on TCP', async () => {
    const { transactions, sent } = side();
    const tcp: SipPeer = { ...PEER, transport: 'tcp' };
    const asked = expect(transactions.request(newRequest('MESSAGE', PARTIES), tcp, 5000)).rejects.toThrow();
    await vi.advanceTimersByTimeAsync(5000);
    await asked;
    expect(sent).toHaveLength(1);
    expect(sent[0]?.headers.get('Via')).toMatch(
      /^SIP\/2\.0\/TCP 192\.0\.2\.1:5060;rport;branch=z9hG4bK[0-9a-f]{16}$/,
    );
  });
});

describe('an INVITE', () => {
  it('that is refused is acknowledged as often as that is said, and told once', () => {
    const { transactions, sent } = side();
    const { seen, all } = handlers();
    transactions.invite(newRequest('INVITE', PARTIES), PEER, 10_000, all);
    transactions.receive(answer(sent[0], { status: 100 }), PEER);
    transactions.receive(answer(sent[0], { status: 486 }), PEER);
    transactions.receive(answer(sent[0], { status: 486 }), PEER);
    expect(seen).toEqual(['provisional 100', 'refused 486']);
    expect(methods(sent)).toEqual(['INVITE', 'ACK', 'ACK']);
    const [invite, ack] = sent;
    expect(ack?.headers.get('Via')).toBe(invite?.headers.get('Via'));
    expect(ack?.headers.get('To')).toContain('tag=theirs');
    expect(ack?.headers.get('CSeq')).toBe('1 ACK');
  });

  it('that is accepted tells every repetition, for each wants its ACK', () => {
    const { transactions, sent } = side();
    const { seen, all } = handlers();
    transactions.invite(newRequest('INVITE', PARTIES), PEER, 10_000, all);
    transactions.receive(answer(sent[0], { status: 200 }), PEER);
    transactions.receive(answer(sent[0], { status: 200 }), PEER);
    expect(seen).toEqual(['first 200', 'repeated 200']);
  });

  it('that gets no final answer is given up with a CANCEL, and a late 200 is told all the same', async () => {
    const { transactions, sent } = side();
    const { seen, all } = handlers();
    transactions.invite(newRequest('INVITE', PARTIES), PEER, 5000, all);
    transactions.receive(answer(sent[0], { status: 180 }), PEER);
    await vi.advanceTimersByTimeAsync(5000);
    expect(seen).toEqual(['provisional 180', 'failed TIMED_OUT']);
    expect(methods(sent)).toEqual(['INVITE', 'CANCEL']);
    expect(sent[1]?.headers.get('Via')).toBe(sent[0]?.headers.get('Via'));
    transactions.receive(answer(sent[0], { status: 200 }), PEER);
    expect(seen.at(-1)).toBe('first 200');
  });

  it('that is given up before anything came is cancelled when something does (§9.1)', () => {
    const { transactions, sent } = side();
    const { seen, all } = handlers();
    const invite = transactions.invite(newRequest('INVITE', PARTIES), PEER, 5000, all);
    invite.cancel();
    invite.cancel();
    expect(methods(sent)).toEqual(['INVITE']);
    transactions.receive(answer(sent[0], { status: 100 }), PEER);
    expect(methods(sent)).toEqual(['INVITE', 'CANCEL']);
    transactions.receive(answer(sent[0], { status: 487 }), PEER);
    expect(methods(sent)).toEqual(['INVITE', 'CANCEL', 'ACK']);
    expect(seen).toEqual([]);
  });
});

describe('a request of another', () => {
  const theirs = (method: string): SipRequest => ({
    kind: 'request',
    method,
    uri: 'sip:34020000002000000001@3402000000',
    headers: SipHeaders.of({
      Via: 'SIP/2.0/UDP 192.0.2.9:5060;rport;branch=z9hG4bKdevice',
      From: '<sip:34020000001110000001@3402000000>;tag=1',
      To: '<sip:34020000002000000001@3402000000>',
      'Call-ID': 'device-1',
      CSeq: `20 ${method}`,
    }),
    body: NO_BODY,
  });

  it('is taken once however often it comes, and answered the same', () => {
    const { transactions, sent, requests } = side();
    transactions.receive(theirs('MESSAGE'), PEER);
    transactions.receive(theirs('MESSAGE'), PEER);
    expect(requests).toHaveLength(1);
    requests[0]?.respond({ status: 200 });
    requests[0]?.respond({ status: 500 });
    transactions.receive(theirs('MESSAGE'), PEER);
    expect(methods(sent)).toEqual(['200', '200']);
    expect(sent[0]?.headers.get('To')).toBe(sent[1]?.headers.get('To'));
    expect(sent[0]?.headers.get('To')).toMatch(/;tag=[0-9a-f]{12}$/);
  });

  it('is forgotten after its time', async () => {
    const { transactions, requests } = side();
    transactions.receive(theirs('MESSAGE'), PEER);
    await vi.advanceTimersByTimeAsync(33_000);
    transactions.receive(theirs('OPTIONS'), PEER);
    transactions.receive(theirs('MESSAGE'), PEER);
    expect(requests).toHaveLength(3);
  });

  it('that is an INVITE is answered until that is acknowledged (§13.3.1.4)', async () => {
    const { transactions, sent, requests } = side();
    transactions.receive(theirs('INVITE'), PEER);
    requests[0]?.respond({ status: 200 });
    await vi.advanceTimersByTimeAsync(1600);
    expect(methods(sent)).toEqual(['200', '200', '200']);
    transactions.receive({ ...theirs('ACK'), headers: theirs('ACK').headers }, PEER);
    await vi.advanceTimersByTimeAsync(30_000);
    expect(sent).toHaveLength(3);
  });

  it.each(['Via', 'From', 'To', 'Call-ID', 'CSeq'])('without %s is nobody’s', name => {
    const { transactions, requests } = side();
    const request = theirs('MESSAGE');
    const headers = new SipHeaders();
    for (const [other, value] of request.headers) if (other !== name) headers.append(other, value);
    transactions.receive({ ...request, headers }, PEER);
    expect(requests).toEqual([]);
  });

  it('is answered where it came from, or where the sender listens', () => {
    const from = (via: string): SipPeer =>
      responseTarget(
        { ...theirs('MESSAGE'), headers: SipHeaders.of({ Via: via }) },
        { ...PEER, port: 33_000 },
      );
    expect(from('SIP/2.0/UDP 192.0.2.9:5060;rport').port).toBe(33_000);
    expect(from('SIP/2.0/UDP 192.0.2.9:5070').port).toBe(5070);
    expect(from('SIP/2.0/UDP 192.0.2.9').port).toBe(5060);
    // Its own address is not the packet's: an address translation is between, and only the packet's port leads back.
    expect(from('SIP/2.0/UDP 10.0.0.9:5060').port).toBe(33_000);
  });
});

describe('a dialog', () => {
  it('goes on with what both sides agreed on', () => {
    const request = newRequest('INVITE', PARTIES);
    const response = answer(
      { ...request, headers: request.headers },
      { status: 200, headers: { Contact: '<sip:cam@10.0.0.9:5061>' } },
    );
    const dialog = Dialog.ofResponse(request, response, PARTIES);
    const bye = dialog.request('BYE');
    expect(bye.uri).toBe('sip:cam@10.0.0.9:5061');
    expect(bye.headers.get('CSeq')).toBe('2 BYE');
    expect(bye.headers.get('To')).toBe('<sip:34020000001320000001@3402000000>;tag=theirs');
    expect(dialog.ack().headers.get('CSeq')).toBe('1 ACK');
    const next = dialog.request('INFO');
    expect(next.headers.get('CSeq')).toBe('3 INFO');
  });

  it('bears with a device that names neither itself nor a tag', () => {
    const request = newRequest('INVITE', PARTIES);
    const headers = SipHeaders.of({ To: '<sip:34020000001320000001@3402000000>' });
    const dialog = Dialog.ofResponse(
      request,
      { kind: 'response', status: 200, reason: '', headers, body: NO_BODY },
      PARTIES,
    );
    expect(dialog.request('BYE').uri).toBe(PARTIES.target);
    expect(dialog.request('BYE').headers.get('To')).toBe('<sip:34020000001320000001@3402000000>');
  });
});

describe('the flood gate', () => {
  it('lets a burst in, and after it what an address may send for long', () => {
    const gate = new FloodGate({ rate: 10, burst: 5 });
    const admitted = (now: number) =>
      Array.from({ length: 10 }, () => gate.admits('a', now)).filter(Boolean).length;
    expect(admitted(0)).toBe(5);
    expect(admitted(0)).toBe(0);
    expect(admitted(200)).toBe(2);
    expect(gate.admits('b', 200)).toBe(true);
    expect(admitted(60_000)).toBe(5);
  });

  it('keeps no more addresses than it has room for', () => {
    const gate = new FloodGate({ rate: 1, burst: 1 });
    for (let address = 0; address < 30_000; address++)
      expect(gate.admits(String(address), address)).toBe(true);
  });
});
