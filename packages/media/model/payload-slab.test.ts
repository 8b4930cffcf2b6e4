import { expect, it } from 'vitest';
import { PayloadSlab, SLAB_SIZE } from './payload-slab.ts';

it('puts payloads side by side, and those apart that are larger than a slab', () => {
  const slab = new PayloadSlab();
  const [first, second] = [slab.allocate(100), slab.allocate(20_000)];
  const large = slab.allocate(SLAB_SIZE + 1);
  expect(second.buffer).toBe(first.buffer);
  expect(second.byteOffset).toBe(first.byteOffset + 100);
  expect(large.buffer.byteLength).toBe(SLAB_SIZE + 1);
  expect(slab.allocate(SLAB_SIZE).buffer.byteLength).toBe(SLAB_SIZE);
});

it('never gives the same bytes twice', () => {
  const slab = new PayloadSlab();
  const payloads = Array.from({ length: 200 }, (_, index) => slab.allocate(index * 5).fill(index));
  for (const [index, payload] of payloads.entries()) {
    expect(payload).toHaveLength(index * 5);
    expect(payload.every(byte => byte === index)).toBe(true);
  }
  expect(new Set(payloads.map(payload => payload.buffer)).size).toBeLessThan(6);
});
