import { describe, expect, it } from 'vitest';
import { daysOfMonth } from './days.ts';

const HOUR = 3_600_000;

describe('daysOfMonth', () => {
  it('begins each day at the midnight of the time zone', () => {
    const days = daysOfMonth('2026-11', 'Asia/Shanghai');
    expect(days).toHaveLength(30);
    expect(days[0]).toEqual({
      day: '2026-11-01',
      from: Date.parse('2026-11-01T00:00:00+08:00'),
      to: Date.parse('2026-11-02T00:00:00+08:00'),
    });
  });

  it.each(['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland', 'UTC'])(
    'leaves no gap between the days in %s, through a year',
    timeZone => {
      const days = Array.from({ length: 12 }, (_, index) =>
        daysOfMonth(`2026-${String(index + 1).padStart(2, '0')}`, timeZone),
      ).flat();
      expect(days).toHaveLength(365);
      for (const [index, { from }] of days.entries()) if (index > 0) expect(days[index - 1]?.to).toBe(from);
    },
  );

  it('knows the days on which the clocks change', () => {
    const lengths = (month: string) =>
      daysOfMonth(month, 'Europe/Berlin').map(({ from, to }) => (to - from) / HOUR);
    expect(lengths('2026-03')[28]).toBe(23);
    expect(lengths('2026-10')[24]).toBe(25);
    expect(new Set(lengths('2026-07'))).toEqual(new Set([24]));
  });

  it('refuses a time zone that is none', () => {
    expect(() => daysOfMonth('2026-11', 'Nowhere/City')).toThrow('time_zone');
  });
});
