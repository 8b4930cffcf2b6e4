import { expect, it } from 'vitest';
import { formatSocketAddress, parseSocketAddress } from './socket-address.ts';

it.each([
  ['unix:/run/flux/bus', { kind: 'unix', path: '/run/flux/bus' }],
  [`unix:/${'x'.repeat(106)}`, { kind: 'unix', path: `/${'x'.repeat(106)}` }],
  ['tcp:127.0.0.1:7000', { kind: 'tcp', host: '127.0.0.1', port: 7000 }],
  ['tcp:flux-1.example:0', { kind: 'tcp', host: 'flux-1.example', port: 0 }],
  ['tcp:[::1]:65535', { kind: 'tcp', host: '::1', port: 65535 }],
] as const)('reads and writes %s', (text, address) => {
  expect(parseSocketAddress(text)).toEqual(address);
  expect(formatSocketAddress(address)).toBe(text);
});

it.each([
  ['', 'write unix:/path or tcp:host:port'],
  ['/run/flux/bus', 'write unix:/path or tcp:host:port'],
  ['tcp:7000', 'write unix:/path or tcp:host:port'],
  ['tcp:host:65536', 'write unix:/path or tcp:host:port'],
  ['tcp:::1:80', 'write unix:/path or tcp:host:port'],
  ['tcp:[1:2]:80', 'write unix:/path or tcp:host:port'],
  ['unix:bus', 'does not begin with a slash'],
  ['unix:/a\0b', 'has a zero in it'],
  [`unix:/${'x'.repeat(107)}`, 'longer than the 107 bytes'],
  [`unix:/${'é'.repeat(54)}`, 'longer than the 107 bytes'],
])('refuses %j', (text, reason) => {
  expect(() => parseSocketAddress(text)).toThrow(reason);
});
