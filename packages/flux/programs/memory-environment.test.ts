import { expect, it } from 'vitest';
import { memoryEnvironment } from './memory-environment.ts';

it('bounds young objects, and has slabs asked of the system one by one', () => {
  expect(memoryEnvironment({})).toEqual({
    NODE_OPTIONS: '--max-semi-space-size=16',
    MALLOC_MMAP_THRESHOLD_: '73696',
  });
});

it('leaves what the operator set', () => {
  const NODE_OPTIONS = '--max-semi-space-size=64 --enable-source-maps';
  expect(memoryEnvironment({ NODE_OPTIONS, MALLOC_MMAP_THRESHOLD_: '131072' })).toEqual({
    NODE_OPTIONS: `--max-semi-space-size=16 ${NODE_OPTIONS}`,
    MALLOC_MMAP_THRESHOLD_: '131072',
  });
});
