import { expect, it, vi } from 'vitest';
import { heapEnvironment, QuietCollector } from './heap.ts';

it("keeps the room for young objects small and gives memory back, and the operator's own settings stand", () => {
  expect(heapEnvironment({})).toEqual({
    NODE_OPTIONS: '--max-semi-space-size=16',
    MALLOC_MMAP_THRESHOLD_: '65536',
  });
  expect(heapEnvironment({ NODE_OPTIONS: '--max-semi-space-size=64', MALLOC_MMAP_THRESHOLD_: '1' })).toEqual({
    NODE_OPTIONS: '--max-semi-space-size=16 --max-semi-space-size=64',
    MALLOC_MMAP_THRESHOLD_: '1',
  });
});

it('collects once after the last stream has gone, unless another comes', () => {
  vi.useFakeTimers();
  try {
    const collect = vi.fn();
    const collector = new QuietCollector(collect);
    collector.streamEnded(0);
    vi.advanceTimersByTime(2000);
    collector.streamAdded();
    collector.streamEnded(1);
    vi.advanceTimersByTime(60_000);
    expect(collect).not.toHaveBeenCalled();
    collector.streamEnded(0);
    vi.advanceTimersByTime(60_000);
    expect(collect).toHaveBeenCalledOnce();
  } finally {
    vi.useRealTimers();
  }
});
