import type { ErrorCode, FluxError } from '@flux-iot/core/errors/flux-error';
import type { Logger } from 'pino';

const INTERVAL = 1000;
const SEVERITY: Partial<Record<ErrorCode, 'error' | 'warn'>> = {
  INTERNAL: 'error',
  STORAGE_FAILED: 'error',
  STREAM_LIMIT: 'warn',
};

/**
 * Logs what went wrong with clients: each kind of error at most once a second, with the count of those that were
 * left out. What clients do wrong is worth a line of debugging; what fails in here is worth a look.
 */
export class ErrorLog {
  readonly #logger: Logger;
  readonly #last = new Map<ErrorCode, { at: number; leftOut: number }>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  report(error: FluxError, context: Readonly<Record<string, unknown>>): void {
    const now = performance.now();
    const last = this.#last.get(error.code);
    if (last && now - last.at < INTERVAL) {
      last.leftOut++;
      return;
    }
    this.#last.set(error.code, { at: now, leftOut: 0 });
    const severity = SEVERITY[error.code] ?? 'debug';
    const cause = severity === 'error' ? { err: error.cause ?? error } : {};
    const leftOut = last?.leftOut ? { leftOut: last.leftOut } : {};
    this.#logger[severity](
      { ...context, ...error.context, code: error.code, ...leftOut, ...cause },
      error.message,
    );
  }
}
