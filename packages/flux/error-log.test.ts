import { FluxError } from '@flux-iot/core/errors/flux-error';
import { pino } from 'pino';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ErrorLog } from './error-log.ts';

describe('ErrorLog', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it('logs a repeated error once a second, with the count of those left out', () => {
    vi.useFakeTimers();
    const lines: Record<string, unknown>[] = [];
    const logger = pino({ level: 'debug' }, { write: line => lines.push(JSON.parse(line)) });
    const log = new ErrorLog(logger);
    for (let i = 0; i < 10; i++) log.report(new FluxError('STREAM_NOT_FOUND', 'None.'), { peer: `p${i}` });
    log.report(new FluxError('INTERNAL', 'Oh.', { cause: new Error('why') }), {});
    expect(lines).toMatchObject([
      { level: 20, peer: 'p0', code: 'STREAM_NOT_FOUND', msg: 'None.' },
      { level: 50, code: 'INTERNAL', err: { message: 'why' } },
    ]);
    vi.advanceTimersByTime(1000);
    log.report(new FluxError('STREAM_NOT_FOUND', 'None.', { context: { streamId: 'x' } }), { peer: 'q' });
    expect(lines[2]).toMatchObject({ peer: 'q', streamId: 'x', leftOut: 9 });
  });
});
