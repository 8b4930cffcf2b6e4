import { BlockList, isIPv6 } from 'node:net';
import { plainAddress } from '../socket/plain-address.ts';

/** Headers by which proxies say that they are one. */
const PROXY_HEADERS = ['x-forwarded-for', 'forwarded', 'x-real-ip', 'via'] as const;
/** Proxies in a row. */
const MAX_HOPS = 16;

export type HeaderValues = Readonly<Record<string, string | string[] | undefined>>;

/** Whether it is this machine itself: 127.0.0.0/8 or ::1. */
export function isLoopback(address: string): boolean {
  const plain = plainAddress(address);
  return plain === '::1' || /^127(?:\.\d{1,3}){3}$/.test(plain);
}

/** The addresses and networks (`10.0.0.0/8`) of proxies whose word is taken. Throws for what is neither. */
export function proxyList(proxies: readonly string[]): BlockList {
  const list = new BlockList();
  for (const proxy of proxies) {
    const [address = '', prefix] = proxy.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

/**
 * The address of the client itself. What a proxy says is taken from those that are named; a request that came through
 * another one has no address that means anything: undefined, so that nobody is taken for this machine because a proxy
 * runs on it.
 */
export function clientAddress(peer: string, headers: HeaderValues, proxies: BlockList): string | undefined {
  let address = plainAddress(peer);
  const isProxied = PROXY_HEADERS.some(name => headers[name] !== undefined);
  if (!isProxied) return address;
  const hops = [headers['x-forwarded-for'] ?? []].flat().join(',').split(',').slice(-MAX_HOPS);
  while (isListed(proxies, address)) {
    const hop = hops.pop()?.trim();
    if (!hop) return undefined;
    address = plainAddress(hop.replace(/^\[(.*)\](?::\d+)?$/, '$1'));
  }
  return address === plainAddress(peer) ? undefined : address;
}

function isListed(list: BlockList, address: string): boolean {
  try {
    return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  } catch {
    // A proxy may call its client by anything.
    return false;
  }
}
