import { expect, it } from 'vitest';
import { memoryEnvironment } from './memory-environment.ts';

it("keeps the room for young objects small, and the operator's own options last", () => {
  expect(memoryEnvironment({})).toEqual({ NODE_OPTIONS: '--max-semi-space-size=16' });
  const { NODE_OPTIONS } = memoryEnvironment({ NODE_OPTIONS: '--max-semi-space-size=64' });
  expect(NODE_OPTIONS).toBe('--max-semi-space-size=16 --max-semi-space-size=64');
});
