import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isStopMessage, parseProgramMessage } from './message.ts';

it('takes the messages that there are, and drops what else is in them', () => {
  const payload = { ports: [1935], node: 'node-1' };
  expect(parseProgramMessage({ type: 'ready', payload, more: 1 })).toEqual({ type: 'ready', payload });
  expect(parseProgramMessage({ type: 'failed', message: 'x' })).toEqual({ type: 'failed', message: 'x' });
  expect(isStopMessage({ type: 'stop' })).toBe(true);
});

it.each([
  ['nothing', null],
  ['a text', 'ready'],
  ['a list', [{ type: 'ready', payload: {} }]],
  ['a type of its own', { type: 'steady', payload: {} }],
  ['a payload that is no object', { type: 'ready', payload: [] }],
  ['no payload', { type: 'ready' }],
  ['a complaint that is no text', { type: 'failed', message: 1 }],
  ['too much', { type: 'ready', payload: { text: 'x'.repeat(65_536) } }],
])('refuses %s', (_what, value) => {
  expect(parseProgramMessage(value)).toBeUndefined();
});

it('refuses anything else, and never throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      expect(parseProgramMessage(value)).toBeUndefined();
      expect(isStopMessage(value)).toBe(false);
    }),
    { seed: 11, numRuns: 500 },
  );
});
