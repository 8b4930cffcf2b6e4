import { expect, it } from 'vitest';
import { SpareBuffer } from './spare-buffer.ts';

it('uses what was given back for what fits into it', () => {
  const spares = new SpareBuffer();
  const first = spares.take(5000);
  expect(first.length).toBe(8192);
  const second = spares.take(10);
  expect(second.buffer).not.toBe(first.buffer);
  spares.give(first);
  spares.give(second);
  expect(spares.take(8000)).toBe(first);
  spares.give(first);
  expect(spares.take(9000).length).toBe(16_384);
});

it('keeps no large buffer', () => {
  const spares = new SpareBuffer();
  const large = spares.take(1_000_000);
  spares.give(large);
  expect(spares.take(1_000_000)).not.toBe(large);
});
