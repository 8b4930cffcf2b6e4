import { randomBytes } from 'node:crypto';
import { parseNameAddress, parseVia, receivedVia } from './address.ts';
import { type HeaderValues, NO_BODY, SipHeaders, type SipRequest, type SipResponse } from './message.ts';
import type { SipPeer } from './peer.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: HeaderValues;
  readonly body?: Buffer;
}

export function newTag(): string {
  return randomBytes(6).toString('hex');
}

/** The response to a request (RFC 3261 §8.2.6); `tag` is ours, where the request has none for us. */
export function responseTo(request: SipRequest, peer: SipPeer, answer: Answer, tag: string): SipResponse {
  const headers = new SipHeaders();
  request.headers.list('Via').forEach((via, index) => {
    headers.append('Via', index === 0 ? receivedVia(via, peer.address, peer.port) : via);
  });
  const to = request.headers.get('To') ?? '';
  const hasTag = parseNameAddress(to)?.parameters.has('tag') === true;
  headers.append('From', request.headers.get('From') ?? '');
  headers.append('To', hasTag || answer.status === 100 ? to : `${to};tag=${tag}`);
  headers.append('Call-ID', request.headers.get('Call-ID') ?? '');
  headers.append('CSeq', request.headers.get('CSeq') ?? '');
  for (const [name, value] of SipHeaders.of(answer.headers ?? {})) headers.append(name, value);
  return { kind: 'response', status: answer.status, reason: '', headers, body: answer.body ?? NO_BODY };
}

/**
 * Where responses go (RFC 3261 §18.2.2, RFC 3581 §4). A sender that did not ask for `rport` listens on the port that it
 * names, unless an address translation is between us: then the packet's port is the only way back.
 */
export function responseTarget(request: SipRequest, peer: SipPeer): SipPeer {
  if (peer.transport === 'tcp') return peer;
  const via = parseVia(request.headers.list('Via')[0] ?? '');
  if (!via || via.parameters.has('rport') || via.host !== peer.address) return peer;
  return { ...peer, port: via.port ?? 5060 };
}

export interface CSeq {
  readonly number: number;
  readonly method: string;
}

export function parseCSeq(headers: SipHeaders): CSeq | undefined {
  const match = /^(\d{1,10})\s+(\S{1,64})$/.exec(headers.get('CSeq') ?? '');
  const number = Number(match?.[1]);
  // §8.1.1.5: less than 2**31; phones exceed it, devices never have.
  return match && number < 2 ** 32 ? { number, method: match[2] ?? '' } : undefined;
}
