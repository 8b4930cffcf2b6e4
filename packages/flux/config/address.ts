export interface Address {
  readonly host: string;
  readonly port: number;
}

const WILDCARDS = new Set(['0.0.0.0', '::']);

/** `0.0.0.0:1935`, `[::]:1935`; of a form that the schema has checked. */
export function parseAddress(value: string): Address {
  const colon = value.lastIndexOf(':');
  const host = value.slice(0, colon);
  return { host: host.startsWith('[') ? host.slice(1, -1) : host, port: Number(value.slice(colon + 1)) };
}

/** `10000-20000`, of a form that the schema has checked. */
export function parsePortRange(value: string): readonly [first: number, last: number] {
  const [first = 0, last = 0] = value.split('-').map(Number);
  return [first, last];
}

export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Where a client on this machine reaches it: a wildcard is nowhere in particular. */
export function localHost({ host }: Address): string {
  if (WILDCARDS.has(host)) return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

/** Whether not both can be listened on. */
export function collide(a: Address, b: Address): boolean {
  if (a.port === 0 || a.port !== b.port) return false;
  return a.host === b.host || WILDCARDS.has(a.host) || WILDCARDS.has(b.host);
}
