import { describe, expect, it, vi } from 'vitest';
import { FluxError } from '../errors/flux-error.ts';
import { RecentAdmissions } from './recent-admissions.ts';

describe('RecentAdmissions', () => {
  it('asks once for many requests of a moment, and again after it', async () => {
    const recent = new RecentAdmissions();
    const ask = vi.fn(async () => undefined);
    await Promise.all([recent.admit('a', 0, ask), recent.admit('a', 1, ask)]);
    await recent.admit('a', 4999, ask);
    expect(ask).toHaveBeenCalledTimes(1);
    await recent.admit('a', 5001, ask);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('takes an answer for its own question alone', async () => {
    const recent = new RecentAdmissions();
    await recent.admit('a', 0, async () => undefined);
    const refuse = async () => {
      throw new FluxError('NOT_ALLOWED', 'no');
    };
    await expect(recent.admit('b', 1, refuse)).rejects.toThrow('no');
    await expect(recent.admit('a', 1, refuse)).resolves.toBeUndefined();
  });

  it('remembers no refusal', async () => {
    const recent = new RecentAdmissions();
    const ask = vi.fn(async () => undefined).mockRejectedValueOnce(new FluxError('NOT_ALLOWED', 'no'));
    await expect(recent.admit('a', 0, ask)).rejects.toThrow('no');
    await recent.admit('a', 1, ask);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('ends in time, which no later answer lengthens, and takes the client for a new one after a while', async () => {
    const recent = new RecentAdmissions();
    const ask = async () => ({ lifetime: 8000 });
    await recent.admit('a', 0, ask);
    await recent.admit('a', 6000, ask);
    await expect(recent.admit('a', 8000, ask)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await expect(recent.admit('a', 17_999, ask)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await recent.admit('a', 18_000, ask);
    await recent.admit('a', 25_000, ask);
    await expect(recent.admit('a', 26_001, ask)).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
  });

  it('forgets a client that was away', async () => {
    const recent = new RecentAdmissions();
    await recent.admit('a', 0, async () => ({ lifetime: 100_000 }));
    await recent.admit('a', 70_000, async () => ({ lifetime: 100_000 }));
    await recent.admit('a', 120_000, async () => undefined);
  });

  it('keeps no more clients than its bound', async () => {
    const recent = new RecentAdmissions();
    const ask = vi.fn(async () => undefined);
    for (let client = 0; client <= 20_000; client++) await recent.admit(`c${client}`, 0, ask);
    await recent.admit('c20000', 1, ask);
    expect(ask).toHaveBeenCalledTimes(20_001);
    await recent.admit('c0', 1, ask);
    expect(ask).toHaveBeenCalledTimes(20_002);
  });
});
