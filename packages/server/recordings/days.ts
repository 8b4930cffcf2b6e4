import { FluxError } from '@flux-iot/core/errors/flux-error';

/** One day of a calendar: `2026-11-24`, and the milliseconds since 1970 at which it begins and ends. */
export interface CalendarDay {
  readonly day: string;
  readonly from: number;
  readonly to: number;
}

/**
 * The days of a month (`2026-11`) as they are in a time zone of the IANA's database, where one with a change of clocks has
 * 23 or 25 hours. Throws `REQUEST_INVALID` for a time zone that is none.
 */
export function daysOfMonth(month: string, timeZone: string): CalendarDay[] {
  const [year = 0, number = 1] = month.split('-').map(Number);
  const clock = clockOf(timeZone);
  const count = new Date(Date.UTC(year, number, 0)).getUTCDate();
  return Array.from({ length: count }, (_, index) => ({
    day: `${month}-${String(index + 1).padStart(2, '0')}`,
    from: midnight(clock, year, number - 1, index + 1),
    to: midnight(clock, year, number - 1, index + 2),
  }));
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
      ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
    });
  } catch (cause) {
    throw new FluxError('REQUEST_INVALID', 'query.time_zone is no time zone.', { cause });
  }
}

function midnight(clock: Intl.DateTimeFormat, year: number, month: number, day: number): number {
  const wall = Date.UTC(year, month, day);
  // The offset is that of the moment itself, which is known only roughly at first.
  const guess = wall - offsetAt(clock, wall);
  return wall - offsetAt(clock, guess);
}

/** Milliseconds that the zone is ahead of UTC at that moment. */
function offsetAt(clock: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const wall = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  );
  return wall - Math.floor(at / 1000) * 1000;
}
