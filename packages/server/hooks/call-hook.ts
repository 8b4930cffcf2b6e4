import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { AddressPolicy } from './address-policy.ts';
import type { Hook } from './hook.ts';
import { signatureHeaders } from './signature.ts';

export interface HookMessage {
  /** The same in all attempts, by which a receiver knows what it has had already. */
  readonly id: string;
  readonly body: string;
}

export interface HookAnswer {
  readonly status: number;
  /** What was read of the body; not of one that is longer than was asked for. */
  readonly body: string;
  /** Seconds after which to try again, where the answer says so. */
  readonly retryAfter?: number;
}

/** A hook gave no answer, or none that can be read. `message` says why, without secrets. */
export class HookError extends Error {
  override readonly name = 'HookError';
}

export interface HookCallOptions {
  readonly policy: AddressPolicy;
  readonly userAgent: string;
  /** Bytes of the answer's body; 0 where it does not matter. */
  readonly maxBody: number;
  readonly signal?: AbortSignal;
}

/**
 * One signed POST. The time-out is for all of it: resolving the name, connecting, sending, and reading the answer.
 * Redirections are not followed: they are answers like others. Throws `HookError`.
 */
export async function callHook(
  { url: address, secret, timeout }: Hook,
  { id, body }: HookMessage,
  { policy, userAgent, maxBody, signal }: HookCallOptions,
): Promise<HookAnswer> {
  const url = checked(policy, address);
  const over = AbortSignal.any([AbortSignal.timeout(timeout), ...(signal ? [signal] : [])]);
  const send = url.protocol === 'https:' ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => reject(asHookError(cause, timeout));
    const request = send(
      url,
      {
        method: 'POST',
        // A connection of its own, to an address that was checked for it.
        agent: false,
        lookup: policy.lookup,
        signal: over,
        headers: {
          'Content-Type': 'application/json',
          'Content-Length': Buffer.byteLength(body),
          'User-Agent': userAgent,
          ...signatureHeaders(secret, id, Date.now(), body),
        },
      },
      answer => {
        const status = answer.statusCode ?? 0;
        const retryAfter = Number.parseInt(answer.headers['retry-after'] ?? '', 10);
        const chunks: Buffer[] = [];
        let size = 0;
        const finish = () => {
          resolve({
            status,
            body: Buffer.concat(chunks).toString('utf8'),
            ...(Number.isNaN(retryAfter) ? {} : { retryAfter }),
          });
          request.destroy();
        };
        if (maxBody === 0) return finish();
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length;
          chunks.push(chunk);
          if (size <= maxBody) return;
          reject(new HookError(`Its answer is longer than ${maxBody} bytes.`));
          request.destroy();
        });
        answer.on('end', finish);
        answer.on('error', fail);
        answer.on('aborted', () => fail(new Error('it broke off its answer')));
      },
    );
    request.on('error', fail);
    request.end(body);
  });
}

function checked(policy: AddressPolicy, address: string): URL {
  try {
    // What is allowed may have changed since the hook was made.
    return policy.check(address);
  } catch (cause) {
    throw asHookError(cause, 0);
  }
}

function asHookError(cause: unknown, timeout: number): HookError {
  if (cause instanceof HookError) return cause;
  const error = cause instanceof Error ? cause : new Error(String(cause));
  const isLate = error.name === 'TimeoutError' || (error.cause as Error | undefined)?.name === 'TimeoutError';
  if (isLate) return new HookError(`It did not answer within ${timeout} ms.`, { cause });
  const code = (error as NodeJS.ErrnoException).code;
  return new HookError(`It could not be asked: ${error.message || code || 'the connection failed'}`, {
    cause,
  });
}
