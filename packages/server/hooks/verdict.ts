import type { AccessVerdict } from '@flux-iot/core/control/access-question';
import type { Static } from 'typebox';
import { Value } from 'typebox/value';
import { type HookAnswer, HookError } from './call-hook.ts';
import { DecisionSchema } from './payload.ts';

/** RFC 3986's characters, and no line ends: it becomes a header. */
const LOCATION = /^[a-z][a-z0-9+.-]{0,15}:\/\/[\x21-\x7e]{1,2000}$/;
const REDIRECT_SCHEMES = new Set(['http:', 'https:', 'rtmp:', 'rtmps:', 'rtsp:', 'rtsps:', 'srt:']);

/**
 * What the answer of a hook says: 204, or 2xx with a JSON object that fits `DecisionSchema`; or 401 or 403, with or
 * without such an object. Anything else is no answer, also a 200 with the page of some web server. Throws `HookError`.
 */
export function verdictOf({ status, body }: HookAnswer): AccessVerdict {
  if (status === 204) return { verdict: 'allow' };
  if (status === 401 || status === 403) {
    const reason = decisionOf(body)?.reason;
    return { verdict: 'refuse', code: 'NOT_ALLOWED', reason: readable(reason) };
  }
  if (status < 200 || status > 299) throw new HookError(`It answered ${status}.`);
  const decision = decisionOf(body);
  if (!decision) throw new HookError(`It answered ${status} with something that is no decision.`);
  const { allow, reason, lifetime, redirect } = decision;
  if (redirect !== undefined) {
    if (allow || !isLocation(redirect)) throw new HookError('It sends the client where none can be sent.');
    return { verdict: 'redirect', location: redirect };
  }
  if (!allow) return { verdict: 'refuse', code: 'NOT_ALLOWED', reason: readable(reason) };
  return lifetime === undefined ? { verdict: 'allow' } : { verdict: 'allow', lifetime: lifetime * 1000 };
}

/** All have to allow: a refusal counts more than a redirection, and that more than a lifetime; the shortest counts. */
export function strictest(verdicts: readonly AccessVerdict[]): AccessVerdict {
  const refusal = verdicts.find(({ verdict }) => verdict === 'refuse');
  const redirection = verdicts.find(({ verdict }) => verdict === 'redirect');
  if (refusal ?? redirection) return (refusal ?? redirection)!;
  const lifetimes = verdicts.flatMap(verdict =>
    verdict.verdict === 'allow' && verdict.lifetime !== undefined ? [verdict.lifetime] : [],
  );
  return lifetimes.length === 0
    ? { verdict: 'allow' }
    : { verdict: 'allow', lifetime: Math.min(...lifetimes) };
}

function decisionOf(body: string): Static<typeof DecisionSchema> | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return Value.Check(DecisionSchema, value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isLocation(text: string): boolean {
  const url = LOCATION.test(text) ? URL.parse(text) : null;
  return url !== null && REDIRECT_SCHEMES.has(url.protocol);
}

/** It goes into protocols that know lines and no more than Latin letters. */
function readable(reason: string | undefined): string {
  const plain = reason?.replaceAll(/[^\x20-\x7e]+/g, ' ').trim();
  return plain ? plain : 'Refused by a hook.';
}
