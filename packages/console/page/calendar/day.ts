/** Days and months as people name them: `2026-11-24`, `2026-11`. All are the reader's own. */

const two = (value: number) => String(value).padStart(2, '0');

export function dayOf(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** So many days later, or earlier. */
export function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00`);
  return dayOf(new Date(date.getFullYear(), date.getMonth(), date.getDate() + count));
}

export function addMonths(month: string, count: number): string {
  const date = new Date(`${month}-01T00:00`);
  return monthOf(dayOf(new Date(date.getFullYear(), date.getMonth() + count, 1)));
}

/** The weeks of a month from Monday to Sunday (ISO 8601); undefined for days of other months. */
export function weeksOf(month: string): readonly (readonly (string | undefined)[])[] {
  const first = new Date(`${month}-01T00:00`);
  const count = new Date(first.getFullYear(), first.getMonth() + 1, 0).getDate();
  const before = (first.getDay() + 6) % 7;
  return Array.from({ length: Math.ceil((before + count) / 7) }, (_, week) =>
    Array.from({ length: 7 }, (_, weekday) => {
      const day = week * 7 + weekday - before + 1;
      return day >= 1 && day <= count ? `${month}-${two(day)}` : undefined;
    }),
  );
}

/** From midnight to the next. */
export function rangeOfDay(day: string): { readonly from: string; readonly to: string } {
  const from = new Date(`${day}T00:00`);
  const to = new Date(`${addDays(day, 1)}T00:00`);
  return { from: from.toISOString(), to: to.toISOString() };
}

/** A stretch of time: two times of the API. */
export interface Stretch {
  readonly from: string;
  readonly to: string;
}

/** Where in its day a stretch lies: parts of a whole, cut off at midnight. */
export function placeInDay(
  { from, to }: Stretch,
  day: string,
): { readonly left: number; readonly width: number } {
  const whole = rangeOfDay(day);
  const length = Date.parse(whole.to) - Date.parse(whole.from);
  const part = (time: string) =>
    Math.min(1, Math.max(0, (Date.parse(time) - Date.parse(whole.from)) / length));
  return { left: part(from), width: Math.max(0, part(to) - part(from)) };
}
