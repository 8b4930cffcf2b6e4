import { ParseError } from '@flux-iot/media/model/parse-error';
import { splitOutsideQuotes, splitParameter } from './parameters.ts';

/** A stretch of time that is played or recorded (RFC 2326 §12.29). */
export type Range = NptRange | ClockRange | SmpteRange;

/** Normal play time (§3.6): seconds from the beginning, or `now`. */
export interface NptRange {
  readonly unit: 'npt';
  readonly start: number | 'now' | undefined;
  readonly end: number | 'now' | undefined;
}

/** Absolute time (§3.7), in milliseconds since 1970. */
export interface ClockRange {
  readonly unit: 'clock';
  readonly start: number;
  readonly end: number | undefined;
}

/** Frames counted by the clock of an editing table (§3.5). */
export interface SmpteRange {
  readonly unit: 'smpte' | 'smpte-30-drop' | 'smpte-25';
  readonly start: SmpteTime;
  readonly end: SmpteTime | undefined;
}

export interface SmpteTime {
  readonly seconds: number;
  /** Frames of the second, with hundredths. */
  readonly frames: number;
}

/** Throws `ParseError` for what is no range: it is answered with 457. */
export function parseRange(value: string): Range {
  const [range = ''] = splitOutsideQuotes(value, ';');
  const [unit, span] = splitParameter(range);
  const dash = span.indexOf('-');
  if (dash === -1) throw new ParseError('range without a dash');
  const start = span.slice(0, dash).trim();
  const end = span.slice(dash + 1).trim();
  switch (unit) {
    case 'npt':
      if (start === '' && end === '') throw new ParseError('range without a time');
      return { unit, start: optional(start, parseNpt), end: optional(end, parseNpt) };
    case 'clock':
      return { unit, start: parseClock(start), end: optional(end, parseClock) };
    case 'smpte':
    case 'smpte-30-drop':
    case 'smpte-25':
      return { unit, start: parseSmpte(start), end: optional(end, parseSmpte) };
    default:
      throw new ParseError(`range in the unit "${unit}"`);
  }
}

export function formatRange(range: Range): string {
  switch (range.unit) {
    case 'npt':
      return `npt=${formatNpt(range.start)}-${formatNpt(range.end)}`;
    case 'clock':
      return `clock=${formatClock(range.start)}-${range.end === undefined ? '' : formatClock(range.end)}`;
    default:
      return `${range.unit}=${formatSmpte(range.start)}-${range.end === undefined ? '' : formatSmpte(range.end)}`;
  }
}

function optional<Time>(text: string, parse: (text: string) => Time): Time | undefined {
  return text === '' ? undefined : parse(text);
}

/** `now`, `12.5` or `1:02:03.5`. */
function parseNpt(text: string): number | 'now' {
  if (text.toLowerCase() === 'now') return 'now';
  const [, hours = 0, minutes = 0, seconds] =
    /^(?:(\d{1,9}):([0-5]?\d):)?(\d{1,9}(?:\.\d{0,9})?)$/.exec(text) ?? [];
  if (seconds === undefined) throw new ParseError(`"${text}" is no normal play time`);
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

function formatNpt(time: number | 'now' | undefined): string {
  if (time === undefined) return '';
  return time === 'now' ? time : time.toFixed(3);
}

/** `19961108T142300.25Z` */
function parseClock(text: string): number {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\.\d{1,9})?Z$/i.exec(text);
  const [, year, month, day, hours, minutes, seconds, fraction = ''] = parts ?? [];
  const iso = `${year}-${month}-${day}T${hours}:${minutes}:${seconds}Z`;
  const time = parts ? Date.parse(iso) : Number.NaN;
  if (Number.isNaN(time)) throw new ParseError(`"${text}" is no UTC time`);
  return time + Math.round(Number(`0${fraction}`) * 1000);
}

function formatClock(time: number): string {
  return new Date(time).toISOString().replaceAll(/[-:]/g, '').replace('.000Z', 'Z');
}

/** `10:07:33:05.01`: hours, minutes, seconds, frames and their hundredths. */
function parseSmpte(text: string): SmpteTime {
  const [, hours, minutes, seconds, frames = 0] =
    /^(\d{1,4}):([0-5]?\d):([0-5]?\d)(?::(\d\d?(?:\.\d{1,2})?))?$/.exec(text) ?? [];
  if (hours === undefined) throw new ParseError(`"${text}" is no SMPTE time`);
  return {
    seconds: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds),
    frames: Number(frames),
  };
}

function formatSmpte({ seconds, frames }: SmpteTime): string {
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const clock = parts.map(part => String(part).padStart(2, '0')).join(':');
  if (frames === 0) return clock;
  const [whole = '', hundredths] = String(Math.round(frames * 100) / 100).split('.');
  return `${clock}:${whole.padStart(2, '0')}${hundredths ? `.${hundredths.padEnd(2, '0')}` : ''}`;
}
