import { expect, it } from 'vitest';
import { heapEnvironment } from './heap.ts';

it("keeps the room for young objects small and gives memory back, and the operator's own settings stand", () => {
  expect(heapEnvironment({})).toEqual({
    NODE_OPTIONS: '--max-semi-space-size=16',
    MALLOC_MMAP_THRESHOLD_: '131072',
  });
  expect(heapEnvironment({ NODE_OPTIONS: '--max-semi-space-size=64', MALLOC_MMAP_THRESHOLD_: '1' })).toEqual({
    NODE_OPTIONS: '--max-semi-space-size=16 --max-semi-space-size=64',
    MALLOC_MMAP_THRESHOLD_: '1',
  });
});
