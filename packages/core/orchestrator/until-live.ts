import { FluxError } from '../errors/flux-error.ts';
import type { Stream } from '../stream/stream.ts';

/**
 * Waits for the stream to be live, for `timeout` milliseconds at most. Rejects with `STREAM_ENDED`, `STREAM_NOT_READY`,
 * or the signal's reason.
 */
export function untilLive(stream: Stream, timeout: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (error?: unknown) => {
      clearTimeout(timer);
      stream.off('state', onState);
      signal?.removeEventListener('abort', onAbort);
      if (error) reject(error);
      else resolve();
    };
    const onAbort = () => finish(signal?.reason ?? new FluxError('TIMED_OUT', 'Given up by the viewer.'));
    const onState = (state: Stream['state']) => {
      if (state === 'live') finish();
      else if (state === 'ended') finish(new FluxError('STREAM_ENDED', `The stream ${stream.id} ended.`));
    };
    const timer = setTimeout(() => {
      finish(
        new FluxError('STREAM_NOT_READY', `The stream ${stream.id} has brought no picture or sound yet.`),
      );
    }, timeout);
    stream.on('state', onState);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
