import { FluxError } from '@flux-iot/core/errors/flux-error';
import { formatAddress, parseAddress } from './config/address.ts';
import type { Config } from './config/schema.ts';

interface SystemError {
  readonly code: string;
  readonly port?: number;
}

/** An error of listening in plain words: which address, why, and what to do. Other errors are returned as they are. */
export function explainListenError(error: unknown, config: Config): unknown {
  const cause = systemErrorOf(error);
  const place = cause && placeOf(cause, config);
  if (!cause || !place) return error;
  return new FluxError('PORT_IN_USE', `${reasonOf(cause, place.address)} ${remedyOf(cause, place.key)}`, {
    cause: error,
  });
}

function reasonOf({ code }: SystemError, address: string): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${address} is taken: another program listens there already.`;
    case 'EACCES':
      return `${address} may not be listened on by this user.`;
    case 'EADDRNOTAVAIL':
      return `${address} is no address of this machine.`;
    default:
      return `${address} cannot be listened on (${code}).`;
  }
}

function remedyOf({ code }: SystemError, key: string): string {
  const change = `set ${key} in the configuration, or FLUX_${key.toUpperCase().replaceAll('.', '_')}, to another address.`;
  return code === 'EADDRINUSE' ? `Stop that program, or ${change}` : `Please ${change}`;
}

/** Which key of the configuration asked for the port. */
function placeOf(
  { port }: SystemError,
  { server, http_media, protocols }: Config,
): { key: string; address: string } | undefined {
  const listeners = {
    'protocols.rtmp.bind': protocols.rtmp.bind,
    'protocols.rtmp.tls_bind': protocols.rtmp.tls_bind,
    'protocols.rtsp.bind': protocols.rtsp.bind,
    'protocols.rtsp.tls_bind': protocols.rtsp.tls_bind,
    'protocols.gb28181.bind_sip': protocols.gb28181.bind_sip,
    'protocols.gb28181.bind_rtp': protocols.gb28181.bind_rtp,
    'http_media.bind': http_media.bind,
    'server.bind': server.bind,
  };
  for (const [key, value] of Object.entries(listeners)) {
    if (value === '') continue;
    const address = parseAddress(value);
    if (address.port === port) return { key, address: formatAddress(address) };
  }
  return undefined;
}

/** The error of the operating system that is at the bottom of `error`. */
function systemErrorOf(error: unknown): SystemError | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ('syscall' in cause && 'code' in cause && typeof cause.code === 'string') {
      const port = 'port' in cause && typeof cause.port === 'number' ? cause.port : undefined;
      return { code: cause.code, port };
    }
  }
  return undefined;
}
