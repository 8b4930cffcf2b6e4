import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { type Address, parseAddress } from './config/address.ts';
import type { Config } from './config/schema.ts';

export interface TlsListener extends Address {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Address, certificate and key of RTMPS or RTSPS; undefined where it is off. Throws `CONFIG_INVALID`. */
export function readTls({ protocols }: Config, name: 'rtmp' | 'rtsp'): TlsListener | undefined {
  const { tls_bind, tls_certificate, tls_key } = protocols[name];
  if (tls_bind === '') return undefined;
  const cert = readPem(`protocols.${name}.tls_certificate`, tls_certificate);
  const key = readPem(`protocols.${name}.tls_key`, tls_key);
  try {
    createSecureContext({ cert, key });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FluxError(
      'CONFIG_INVALID',
      `protocols.${name}.tls_certificate (${tls_certificate}) and tls_key (${tls_key}) are not a certificate and its key in PEM: ${reason}`,
      { cause },
    );
  }
  return { ...parseAddress(tls_bind), cert, key };
}

function readPem(key: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FluxError('CONFIG_INVALID', `${key} cannot be read: ${reason}`, { cause });
  }
}
