import fc from 'fast-check';
import { expect, it } from 'vitest';
import { clientAddress, proxyList } from './client-address.ts';

const NONE = proxyList([]);
const NAMED = proxyList(['127.0.0.1', '10.0.0.0/8', 'fd00::/8']);

it.each([
  ['a client itself', '::ffff:10.1.1.1', {}, NONE, '10.1.1.1'],
  [
    'a proxy on this machine that is not named',
    '127.0.0.1',
    { 'x-forwarded-for': '1.2.3.4' },
    NONE,
    undefined,
  ],
  ['one that says only that it is one', '127.0.0.1', { via: '1.1 proxy' }, NONE, undefined],
  ['a client that says it is this machine', '1.2.3.4', { 'x-forwarded-for': '127.0.0.1' }, NAMED, undefined],
  ['a named proxy', '127.0.0.1', { 'x-forwarded-for': '1.2.3.4' }, NAMED, '1.2.3.4'],
  ['two named proxies', '127.0.0.1', { 'x-forwarded-for': '1.2.3.4, 10.0.0.7' }, NAMED, '1.2.3.4'],
  ['a client that forged a hop', '127.0.0.1', { 'x-forwarded-for': '127.0.0.1, 1.2.3.4' }, NAMED, '1.2.3.4'],
  ['only named proxies', '127.0.0.1', { 'x-forwarded-for': '10.0.0.7' }, NAMED, undefined],
  ['a named proxy that does not say for whom', '127.0.0.1', { forwarded: 'for=1.2.3.4' }, NAMED, undefined],
  ['IPv6 behind a proxy', 'fd00::1', { 'x-forwarded-for': '[2001:db8::1]:4711' }, NAMED, '2001:db8::1'],
])('%s', (_name, peer, headers, proxies, expected) => {
  expect(clientAddress(peer, headers, proxies)).toBe(expected);
});

it('never takes what a client wrote for this machine, where no proxy is named', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.string({ maxLength: 80 }), (peer, header) => {
      fc.pre(!peer.startsWith('127.'));
      expect([peer, undefined]).toContain(clientAddress(peer, { 'x-forwarded-for': header }, NONE));
    }),
    { seed: 7, numRuns: 1000 },
  );
});
