import { hashSecret, isSameSecret } from '@flux-iot/core/access/secret';
import type { FastifyReply, FastifyRequest } from 'fastify';

const SESSION_COOKIE = 'flux_session';
const MAX_COOKIES = 16_384;

export const CSRF_HEADER = 'x-csrf-token';

/** What the session's cookie holds. */
export function sessionOf({ headers }: FastifyRequest): string | undefined {
  const text = headers.cookie ?? '';
  if (text.length > MAX_COOKIES) return undefined;
  for (const pair of text.split(';')) {
    const [name = '', value = ''] = pair.trim().split('=', 2);
    if (name === SESSION_COOKIE && value !== '') return value;
  }
  return undefined;
}

/** No script reads it, and no other site makes the browser send it. */
export function setSession(reply: FastifyReply, session: string, isSecure: boolean): void {
  reply.header('Set-Cookie', cookie(session, isSecure));
}

export function clearSession(reply: FastifyReply, isSecure: boolean): void {
  reply.header('Set-Cookie', `${cookie('', isSecure)}; Max-Age=0`);
}

/**
 * What changes that come with the session's cookie have to show besides: only our own page can read it. It is made
 * of the session, so that it needs no place of its own, and says nothing of it.
 */
export function csrfTokenOf(session: string): string {
  return hashSecret(`csrf ${session}`);
}

export function hasCsrfToken({ headers }: FastifyRequest, session: string): boolean {
  const given = headers[CSRF_HEADER];
  return typeof given === 'string' && isSameSecret(given, csrfTokenOf(session));
}

function cookie(value: string, isSecure: boolean): string {
  return `${SESSION_COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict${isSecure ? '; Secure' : ''}`;
}
