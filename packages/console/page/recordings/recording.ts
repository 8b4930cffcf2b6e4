/** A file of a recording, as the API shows it. */
export interface Recording {
  readonly id: string;
  readonly stream_id: string;
  readonly state: 'recording' | 'finished';
  readonly started_at: string;
  readonly ended_at: string;
  readonly duration_seconds: number;
  readonly size: number;
  readonly held: boolean;
  /** Browsers play `fmp4`. */
  readonly format: 'fmp4' | 'flv' | 'ts';
  /** Of its file. */
  readonly url: string;
}

/** The reader's own day: `2026-11-24`. */
export function dayOf(date: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** From the reader's midnight to the next. */
export function rangeOfDay(day: string): { readonly from: string; readonly to: string } {
  const from = new Date(`${day}T00:00`);
  const to = new Date(from.getFullYear(), from.getMonth(), from.getDate() + 1);
  return { from: from.toISOString(), to: to.toISOString() };
}

/** Where in its day a recording lies: parts of a whole, cut off at midnight. */
export function placeInDay(
  { started_at: start, ended_at: end }: Pick<Recording, 'started_at' | 'ended_at'>,
  day: string,
): { readonly left: number; readonly width: number } {
  const { from, to } = rangeOfDay(day);
  const length = Date.parse(to) - Date.parse(from);
  const part = (time: string) => Math.min(1, Math.max(0, (Date.parse(time) - Date.parse(from)) / length));
  return { left: part(start), width: Math.max(0, part(end) - part(start)) };
}
