import { createHmac, timingSafeEqual } from 'node:crypto';
import type { StreamId } from '../stream/stream-id.ts';

/** What a stream token allows: one action on one stream, for a while. */
export interface StreamTokenClaims {
  readonly id: string;
  readonly tenantId: string;
  readonly streamId: StreamId;
  readonly action: 'publish' | 'play';
  /** Milliseconds since 1970; until then it can be used to begin. */
  readonly expiresAt: number;
  /** The only address from which it is good. */
  readonly address?: string;
  /** Who had it made; it is good for as long as they may come in. */
  readonly userId?: string;
  readonly keyId?: string;
}

const VERSION = 1;
const PURPOSE = 'flux stream token';
const MAX_LENGTH = 2048;
const FORM = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{43})$/;

/** The claims as they are written, without names: a token has to fit into addresses. */
type Written = readonly [
  version: number,
  id: string,
  tenantId: string,
  streamId: string,
  action: 'publish' | 'play',
  expiresAt: number,
  address: string | null,
  userId: string | null,
  keyId: string | null,
];

/**
 * `CLAIMS.SEAL`, each base64url: claims as JSON, sealed by HMAC-SHA256. There is one algorithm and no way to name
 * another. Where a protocol asks for user and password, the token's id is the user and the seal is the password.
 */
export function signStreamToken(claims: StreamTokenClaims, key: string): string {
  const { id, tenantId, streamId, action, expiresAt, address = null, userId = null, keyId = null } = claims;
  const written: Written = [VERSION, id, tenantId, streamId, action, expiresAt, address, userId, keyId];
  const text = Buffer.from(JSON.stringify(written)).toString('base64url');
  return `${text}.${sealOf(text, key)}`;
}

/** What the token claims; undefined where this key has not sealed it. Whether it has expired is not looked at. */
export function readStreamToken(token: string, key: string): StreamTokenClaims | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  const [, text = '', seal = ''] = FORM.exec(token) ?? [];
  if (text === '' || !timingSafeEqual(Buffer.from(seal), Buffer.from(sealOf(text, key)))) return undefined;
  const claims = writtenIn(text);
  if (claims?.[0] !== VERSION) return undefined;
  const [, id, tenantId, streamId, action, expiresAt, address, userId, keyId] = claims;
  return {
    id,
    tenantId,
    streamId,
    action,
    expiresAt,
    address: address ?? undefined,
    userId: userId ?? undefined,
    keyId: keyId ?? undefined,
  };
}

function writtenIn(text: string): Written | undefined {
  try {
    const written: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(written) ? (written as unknown as Written) : undefined;
  } catch {
    return undefined;
  }
}

/** What a protocol with passwords takes for one. */
export function sealIn(token: string): string {
  return token.slice(token.lastIndexOf('.') + 1);
}

/** 43 characters. */
function sealOf(text: string, key: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64url'))
    .update(`${PURPOSE}\0${text}`)
    .digest('base64url');
}
