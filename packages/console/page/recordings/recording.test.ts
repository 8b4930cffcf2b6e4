import { describe, expect, it } from 'vitest';
import { dayOf, placeInDay, rangeOfDay } from './recording.ts';

const local = (time: string) => new Date(`2026-11-24T${time}`).toISOString();

describe('a day', () => {
  it('is the reader’s own, from midnight to midnight', () => {
    const { from, to } = rangeOfDay('2026-11-24');
    expect(dayOf(new Date(from))).toBe('2026-11-24');
    expect(dayOf(new Date(to))).toBe('2026-11-25');
    expect(new Date(to).getHours()).toBe(0);
  });

  it('holds a recording at its place', () => {
    const place = placeInDay({ started_at: local('06:00'), ended_at: local('12:00') }, '2026-11-24');
    expect(place.left).toBeCloseTo(0.25);
    expect(place.width).toBeCloseTo(0.25);
  });

  it('cuts off what went on from the day before', () => {
    const started = new Date('2026-11-23T22:00').toISOString();
    const place = placeInDay({ started_at: started, ended_at: local('06:00') }, '2026-11-24');
    expect(place).toEqual({ left: 0, width: expect.closeTo(0.25) });
  });
});
