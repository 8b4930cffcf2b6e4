import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type HookAnswer, HookError } from './call-hook.ts';
import { type Delivery, DeliveryQueue, MAX_WAITING } from './delivery-queue.ts';
import type { DeadLetter, Hook } from './hook.ts';

const HOOK: Hook = {
  id: 'h1',
  url: 'https://example.com/',
  events: ['publish'],
  decides: [],
  apps: [],
  secret: 'secret-secret-secret-secret',
  timeout: 1000,
  enabled: true,
  description: '',
  createdAt: 0,
};
const OK: HookAnswer = { status: 200, body: '' };

function delivery(id: string): Delivery {
  return { id, kind: 'publish', body: '{}', createdAt: 0 };
}

describe('DeliveryQueue', () => {
  const letters: DeadLetter[] = [];
  const send = vi.fn<(hook: Hook, delivery: Delivery) => Promise<HookAnswer>>();

  function queueOf(random = () => 0.5): DeliveryQueue {
    return new DeliveryQueue({ hook: HOOK, send, onDead: async letter => void letters.push(letter), random });
  }

  beforeEach(() => {
    vi.useFakeTimers();
    letters.length = 0;
    send.mockReset();
  });
  afterEach(() => vi.useRealTimers());

  it('tries again after growing delays, and gives up after the last', async () => {
    send.mockRejectedValue(new HookError('away'));
    const queue = queueOf();
    const begun = Date.now();
    const at: number[] = [];
    send.mockImplementation(async () => {
      at.push((Date.now() - begun) / 1000);
      throw new HookError('away');
    });
    queue.push(delivery('a'));
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(at).toEqual([0, 1, 6, 36, 156, 756]);
    expect(letters).toMatchObject([{ id: 'a', hookId: 'h1', attempts: 6, error: 'away', body: '{}' }]);
    expect(queue.stats).toEqual({ delivered: 0, failures: 6, dead: 1, waiting: 0, lastError: 'away' });
  });

  it('spreads the delays by a quarter to both sides', async () => {
    for (const [random, milliseconds] of [
      [0, 750],
      [0.999, 1250],
    ] as const) {
      send.mockReset().mockRejectedValueOnce(new HookError('away')).mockResolvedValue(OK);
      queueOf(() => random).push(delivery('a'));
      await vi.advanceTimersByTimeAsync(milliseconds - 2);
      expect(send).toHaveBeenCalledTimes(1);
      await vi.advanceTimersByTimeAsync(3);
      expect(send).toHaveBeenCalledTimes(2);
    }
  });

  it('waits as long as the answer asks for, within bounds', async () => {
    send.mockResolvedValueOnce({ status: 429, body: '', retryAfter: 60 }).mockResolvedValue(OK);
    const queue = queueOf();
    queue.push(delivery('a'));
    await vi.advanceTimersByTimeAsync(59_000);
    expect(send).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(2000);
    expect(queue.stats.delivered).toBe(1);
    send.mockResolvedValueOnce({ status: 503, body: '', retryAfter: 1e9 });
    queue.push(delivery('b'));
    await vi.advanceTimersByTimeAsync(3_600_001);
    expect(queue.stats.delivered).toBe(2);
  });

  it('gives up at once where the hook is gone, and takes a redirection for a failure', async () => {
    send.mockResolvedValueOnce({ status: 410, body: '' }).mockResolvedValue({ status: 302, body: '' });
    const queue = queueOf();
    queue.push(delivery('a'));
    await vi.advanceTimersByTimeAsync(0);
    expect(letters).toMatchObject([{ id: 'a', attempts: 1, error: 'It answered 410.' }]);
    queue.push(delivery('b'));
    await vi.advanceTimersByTimeAsync(0);
    expect(queue.stats).toMatchObject({ waiting: 1, lastError: 'It answered 302.' });
  });

  it('sends no more than some at once, and lets no more than some wait', async () => {
    send.mockReturnValue(new Promise(() => {}));
    const queue = queueOf();
    for (let number = 0; number < MAX_WAITING + 2; number++) queue.push(delivery(String(number)));
    expect(send).toHaveBeenCalledTimes(8);
    expect(queue.stats.waiting).toBe(MAX_WAITING);
    expect(letters.map(({ id }) => id)).toEqual([String(MAX_WAITING), String(MAX_WAITING + 1)]);
    expect(letters[0]).toMatchObject({ attempts: 0, error: `${MAX_WAITING} others wait.` });
  });

  it('hands back what waits when it is closed, and makes no more attempts', async () => {
    send.mockRejectedValueOnce(new HookError('away')).mockReturnValue(new Promise(() => {}));
    const queue = queueOf();
    queue.push(delivery('late'));
    await vi.advanceTimersByTimeAsync(0);
    for (let number = 0; number < 9; number++) queue.push(delivery(String(number)));
    expect(queue.close().map(({ id }) => id)).toEqual(['8', 'late']);
    expect(queue.close()).toEqual([]);
    queue.push(delivery('more'));
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(send).toHaveBeenCalledTimes(9);
    expect(letters).toEqual([]);
  });
});
