import fc from 'fast-check';
import { expect, it } from 'vitest';
import { matches, ruleFor } from './recording-rules.ts';

it.each([
  ['*', 'cam1', true],
  ['cam*', 'cam1', true],
  ['cam*', 'acme~cam1', false],
  ['acme~*', 'acme~cam1', true],
  ['*-hall', 'north-hall', true],
  ['*-hall', 'north-hall-2', false],
  ['cam?', 'cam1', true],
  ['cam?', 'cam12', false],
  ['c*m*1', 'cam-mam-1', true],
  ['', 'cam1', false],
  ['cam.1', 'camx1', false],
])('%j on %j: %s', (glob, text, expected) => {
  expect(matches(glob, text)).toBe(expected);
});

it('agrees with a regular expression', () => {
  const letters = (of: string) =>
    fc.array(fc.constantFrom(...of), { maxLength: 12 }).map(list => list.join(''));
  fc.assert(
    fc.property(letters('ab*?'), letters('ab'), (glob, text) => {
      const pattern = new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      expect(matches(glob, text)).toBe(pattern.test(text));
    }),
    { seed: 20_240_607, numRuns: 1000 },
  );
});

it('takes the first rule that has the stream', () => {
  const rules = [{ streams: ['a*'], format: 'ts' as const }, { streams: ['*'] }];
  expect(ruleFor(rules, 'a1')).toBe(rules[0]);
  expect(ruleFor(rules, 'b1')).toBe(rules[1]);
  expect(ruleFor([], 'b1')).toBeUndefined();
});
