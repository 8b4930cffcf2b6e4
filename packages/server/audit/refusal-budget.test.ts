import { expect, it } from 'vitest';
import { RefusalBudget } from './refusal-budget.ts';

it('writes down 60 refusals a minute of one address, 600 of all, and says how many were left out', () => {
  let now = 0;
  const budget = new RefusalBudget(() => now);
  const take = (address: string, times: number) =>
    Array.from({ length: times }, () => budget.take(address)).filter(omitted => omitted !== undefined).length;
  expect(take('10.0.0.1', 1000)).toBe(60);
  // Another address is written down, and brings the number along.
  expect(budget.take('10.0.0.2')).toBe(940);
  for (let host = 3; host < 100; host++) take(`10.0.0.${host}`, 60);
  expect(budget.take('10.0.1.1')).toBeUndefined();
  now += 60_000;
  expect(budget.take('10.0.0.1')).toBeGreaterThan(0);
  expect(budget.take('10.0.0.1')).toBe(0);
});
