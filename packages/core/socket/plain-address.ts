import { isIPv6 } from 'node:net';

/** An IPv4 address as such, where a socket for both families has it as an IPv6 one (RFC 4291 §2.5.5.2). */
export function plainAddress(address: string): string {
  const mapped = address.toLowerCase().startsWith('::ffff:') ? address.slice(7) : '';
  return mapped !== '' && !isIPv6(mapped) ? mapped : address;
}
