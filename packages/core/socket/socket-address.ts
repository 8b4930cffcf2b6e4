import { isIPv6 } from 'node:net';
import { FluxError } from '../errors/flux-error.ts';

export type SocketAddress =
  | { readonly kind: 'unix'; readonly path: string }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number };

/** Bytes of `sun_path` in unix(7), less the zero at its end. */
const MAX_PATH = 107;

const TCP = /^tcp:(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/;

/** Reads `unix:/path`, `tcp:host:port` and `tcp:[IPv6]:port`. Throws `CONFIG_INVALID`. */
export function parseSocketAddress(text: string): SocketAddress {
  if (text.startsWith('unix:')) return { kind: 'unix', path: checkedPath(text.slice('unix:'.length)) };
  const [, ipv6, name, digits] = TCP.exec(text) ?? [];
  const host = ipv6 ?? name;
  const port = Number(digits);
  if (host === undefined || port > 65_535 || (ipv6 !== undefined && !isIPv6(ipv6)))
    throw invalid(`${JSON.stringify(text)} is none: write unix:/path or tcp:host:port`);
  return { kind: 'tcp', host, port };
}

export function formatSocketAddress(address: SocketAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`;
  const { host, port } = address;
  return `tcp:${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** What `connect` and `listen` take. */
export function socketOptions(address: SocketAddress): { path: string } | { host: string; port: number } {
  return address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
}

function checkedPath(path: string): string {
  if (!path.startsWith('/')) throw invalid(`the path ${JSON.stringify(path)} does not begin with a slash`);
  if (path.includes('\0')) throw invalid('the path has a zero in it');
  if (Buffer.byteLength(path) > MAX_PATH)
    throw invalid(`the path ${path} is longer than the ${MAX_PATH} bytes that a Unix socket may have`);
  return path;
}

function invalid(reason: string): FluxError {
  return new FluxError('CONFIG_INVALID', `An address between programs is wrong: ${reason}.`);
}
