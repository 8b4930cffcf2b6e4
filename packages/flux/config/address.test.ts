import { describe, expect, it } from 'vitest';
import { collide, formatAddress, localHost, parseAddress } from './address.ts';

describe('addresses', () => {
  it.each([
    ['0.0.0.0:1935', { host: '0.0.0.0', port: 1935 }],
    ['[::1]:0', { host: '::1', port: 0 }],
    ['media.example:65535', { host: 'media.example', port: 65_535 }],
  ])('reads %s and writes it again', (text, address) => {
    expect(parseAddress(text)).toEqual(address);
    expect(formatAddress(address)).toBe(text);
  });

  it('reaches a wildcard by the loopback address', () => {
    expect(
      ['0.0.0.0:1', '[::]:1', '[::1]:1', '10.0.0.1:1'].map(text => localHost(parseAddress(text))),
    ).toEqual(['127.0.0.1', '127.0.0.1', '[::1]', '10.0.0.1']);
  });

  it.each([
    ['0.0.0.0:1', '127.0.0.1:1', true],
    ['127.0.0.1:1', '127.0.0.1:1', true],
    ['127.0.0.1:1', '127.0.0.2:1', false],
    ['0.0.0.0:1', '0.0.0.0:2', false],
    ['0.0.0.0:0', '0.0.0.0:0', false],
  ])('sees whether %s and %s collide', (a, b, expected) => {
    expect(collide(parseAddress(a), parseAddress(b))).toBe(expected);
  });
});
