import { expect, it } from 'vitest';
import { heapEnvironment } from './heap.ts';

it("keeps the room for young objects small, and the operator's own options last", () => {
  expect(heapEnvironment({})).toEqual({ NODE_OPTIONS: '--max-semi-space-size=16' });
  const { NODE_OPTIONS } = heapEnvironment({ NODE_OPTIONS: '--max-semi-space-size=64' });
  expect(NODE_OPTIONS).toBe('--max-semi-space-size=16 --max-semi-space-size=64');
});
