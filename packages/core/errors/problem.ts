import type { FluxError } from './flux-error.ts';

/** An RFC 9457 problem document, with the stable `code` as an extension member. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
}

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export function problemOf(error: FluxError): Problem {
  const words = error.code.toLowerCase().replaceAll('_', ' ');
  return {
    type: 'about:blank',
    title: words.charAt(0).toUpperCase() + words.slice(1),
    status: error.status,
    // What went wrong inside is for the log, not for the client.
    detail: error.code === 'INTERNAL' ? 'The server failed; its log has the cause.' : error.message,
    code: error.code,
  };
}
