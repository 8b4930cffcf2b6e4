import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Retry } from './retry.ts';
import { StartTimes } from './start-times.ts';

describe('Retry', () => {
  const attempt = vi.fn();

  beforeEach(() => {
    vi.useFakeTimers();
    attempt.mockClear();
  });
  afterEach(() => vi.useRealTimers());

  it('tries again after delays that grow to a minute, give or take a quarter', () => {
    const retry = new Retry(attempt);
    retry.start();
    for (const seconds of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const delay = retry.failed('no') ?? 0;
      expect(delay).toBeGreaterThanOrEqual(seconds * 750);
      expect(delay).toBeLessThanOrEqual(seconds * 1250);
      expect(retry.status).toMatchObject({ state: 'retrying', lastError: 'no' });
      expect(retry.failed('told twice')).toBeUndefined();
      vi.advanceTimersByTime(delay + 1);
      expect(retry.status).toMatchObject({ state: 'connecting', nextAttemptAt: undefined });
    }
    expect(attempt).toHaveBeenCalledTimes(9);
    retry.close();
  });

  it('begins with short delays again after a connection that lasted', () => {
    const retry = new Retry(attempt);
    retry.start();
    for (let failures = 0; failures < 6; failures++) vi.advanceTimersByTime((retry.failed('no') ?? 0) + 1);
    retry.connected();
    expect(retry.status).toMatchObject({ state: 'connected', lastError: undefined });
    vi.advanceTimersByTime(1000);
    vi.advanceTimersByTime((retry.failed('it was short') ?? 0) + 1);
    retry.connected();
    vi.advanceTimersByTime(31_000);
    expect(retry.failed('lost')).toBeLessThanOrEqual(1250);
    retry.close();
  });

  it('makes no attempt while it rests, and none after it gave up', () => {
    const retry = new Retry(attempt);
    retry.rest();
    vi.advanceTimersByTime(100_000);
    expect(retry.status).toMatchObject({ state: 'waiting', attempts: 0 });
    retry.start();
    retry.failed('no');
    retry.rest();
    vi.advanceTimersByTime(100_000);
    expect(attempt).toHaveBeenCalledTimes(1);
    retry.start();
    retry.giveUp('Wrong password.');
    expect(retry.failed('closed')).toBeUndefined();
    retry.start();
    retry.rest();
    vi.advanceTimersByTime(100_000);
    expect(retry.status).toEqual({ state: 'closed', attempts: 2, lastError: 'Wrong password.' });
    expect(attempt).toHaveBeenCalledTimes(2);
  });

  it('begins when it may', () => {
    const retry = new Retry(attempt);
    retry.start(500);
    expect(retry.status).toMatchObject({ state: 'connecting', attempts: 0, nextAttemptAt: Date.now() + 500 });
    vi.advanceTimersByTime(499);
    expect(attempt).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(attempt).toHaveBeenCalledTimes(1);
    retry.close();
  });
});

describe('the first attempts', () => {
  const half = () => 0.5;

  it('are at once for one alone, and apart for many', () => {
    const starts = new StartTimes();
    expect(starts.delayFor('a', 1000, half)).toBe(0);
    expect(starts.delayFor('b', 1000, half)).toBe(30);
    expect(starts.delayFor('c', 1000, half)).toBe(50);
    expect(starts.delayFor('d', 5000, half)).toBe(0);
  });

  it('are further apart at one host', () => {
    const starts = new StartTimes();
    const delays = Array.from({ length: 4 }, () => starts.delayFor('recorder', 1000, half));
    expect(delays).toEqual([0, 260, 510, 760]);
    expect(starts.delayFor('other', 1100, half)).toBe(0);
  });

  it('forget the hosts of long ago', () => {
    const starts = new StartTimes();
    for (let host = 0; host < 5000; host++) starts.delayFor(`host ${host}`, host * 1000, half);
    expect(starts.delayFor('host 1', 5_000_000, half)).toBe(0);
  });
});
