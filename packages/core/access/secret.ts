import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** Tells keys of the API from everything else that a client may send as a token. */
export const API_KEY_PREFIX = 'flux_';

/** 256 random bits that nobody can guess, safe in URLs and headers. */
export function randomSecret(): string {
  return randomBytes(32).toString('base64url');
}

/** How a random secret is kept: one hash is enough, for there is nothing to guess. Passwords need more than this. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url');
}

/** In a time that says nothing of where they differ. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(hashSecret(one)), Buffer.from(hashSecret(other)));
}
