import { hostPort } from './address.ts';

export type SipTransport = 'udp' | 'tcp';

/** Where a message came from and where the next one goes: the packet's address, not what the message says. */
export interface SipPeer {
  readonly transport: SipTransport;
  readonly address: string;
  readonly port: number;
}

/** `udp 192.0.2.1:5060`, for people to read and as a key. */
export function peerName({ transport, address, port }: SipPeer): string {
  return `${transport} ${hostPort(address, port)}`;
}

export function isSamePeer(one: SipPeer, other: SipPeer): boolean {
  return one.transport === other.transport && one.address === other.address && one.port === other.port;
}
