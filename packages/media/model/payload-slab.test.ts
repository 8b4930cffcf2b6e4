import { expect, it } from 'vitest';
import { PayloadSlab } from './payload-slab.ts';

it('puts small payloads side by side, and large ones apart', () => {
  const slab = new PayloadSlab();
  const [first, second, large] = [slab.allocate(100), slab.allocate(200), slab.allocate(20_000)];
  expect(second.buffer).toBe(first.buffer);
  expect(second.byteOffset).toBe(first.byteOffset + 100);
  expect(large.buffer.byteLength).toBe(20_000);
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
