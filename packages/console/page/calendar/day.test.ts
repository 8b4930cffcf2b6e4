import { describe, expect, it } from 'vitest';
import { addDays, addMonths, dayOf, placeInDay, rangeOfDay, weeksOf } from './day.ts';

const local = (time: string) => new Date(`2026-11-24T${time}`).toISOString();

describe('a day', () => {
  it('is the reader’s own, from midnight to midnight', () => {
    const { from, to } = rangeOfDay('2026-11-24');
    expect(dayOf(new Date(from))).toBe('2026-11-24');
    expect(dayOf(new Date(to))).toBe('2026-11-25');
    expect(new Date(to).getHours()).toBe(0);
  });

  it('is followed by the next, over the ends of months and years', () => {
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
    expect(addDays('2028-03-01', -1)).toBe('2028-02-29');
    expect(addMonths('2026-01', -1)).toBe('2025-12');
  });

  it('holds a recording at its place', () => {
    const place = placeInDay({ from: local('06:00'), to: local('12:00') }, '2026-11-24');
    expect(place.left).toBeCloseTo(0.25);
    expect(place.width).toBeCloseTo(0.25);
  });

  it('cuts off what went on from the day before', () => {
    const from = new Date('2026-11-23T22:00').toISOString();
    const place = placeInDay({ from, to: local('06:00') }, '2026-11-24');
    expect(place).toEqual({ left: 0, width: expect.closeTo(0.25) });
  });
});

describe('the weeks of a month', () => {
  it('begin on Monday and have each day once', () => {
    const weeks = weeksOf('2026-11');
    // The first of November 2026 is a Sunday.
    expect(weeks[0]).toEqual([...Array(6).fill(undefined), '2026-11-01']);
    const days = weeks.flat().filter(day => day !== undefined);
    expect(days).toHaveLength(30);
    expect(new Set(days).size).toBe(30);
    expect(weeks.every(week => week.length === 7)).toBe(true);
  });
});
