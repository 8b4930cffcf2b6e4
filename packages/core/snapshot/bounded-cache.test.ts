import { expect, it } from 'vitest';
import { BoundedCache } from './bounded-cache.ts';

it('keeps what was asked for last, within its bytes', () => {
  const cache = new BoundedCache<string>(10, value => value.length);
  cache.set('a', 'aaaa');
  cache.set('b', 'bbbb');
  expect(cache.get('a')).toBe('aaaa');
  cache.set('c', 'cccc');
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual(['aaaa', undefined, 'cccc']);
  cache.set('a', 'aa');
  expect(cache.byteLength).toBe(6);
  cache.set('huge', 'x'.repeat(11));
  expect(cache.get('huge')).toBeUndefined();
  expect(cache.byteLength).toBe(0);
  cache.delete('nothing');
  expect(cache.byteLength).toBe(0);
});
