import { integerIn, splitParameter } from './parameters.ts';

/** A Session header (RFC 2326 §12.37). */
export interface SessionHeader {
  readonly id: string;
  /** Seconds without a sign of life after which the server ends the session; 60 where it does not say. */
  readonly timeout: number | undefined;
}

export const DEFAULT_SESSION_TIMEOUT = 60;
const MAX_TIMEOUT = 86_400;

/** Undefined where there is no id in it. */
export function parseSession(value: string | undefined): SessionHeader | undefined {
  const [id = '', ...parameters] = (value ?? '').split(';').map(part => part.trim());
  if (id === '') return undefined;
  const values = new Map(parameters.map(splitParameter));
  return { id, timeout: integerIn(values.get('timeout'), 1, MAX_TIMEOUT) };
}

export function formatSession({ id, timeout }: SessionHeader): string {
  return timeout === undefined ? id : `${id};timeout=${timeout}`;
}
