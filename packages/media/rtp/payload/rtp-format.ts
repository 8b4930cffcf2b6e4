import { ParseError } from '../../model/parse-error.ts';

/** What the session description says of a payload type. */
export interface RtpFormat {
  /** The encoding's name as `a=rtpmap` has it, in any case: `H264`, `mpeg4-generic`. */
  readonly encoding: string;
  /** Ticks per second of the RTP time stamp. */
  readonly clockRate: number;
  /** 1 where `a=rtpmap` says nothing. */
  readonly channels: number;
  /** The value of `a=fmtp` behind the payload type, if there is one. */
  readonly formatParameters: string | undefined;
}

const MAX_CLOCK_RATE = 1_000_000;
const MAX_CHANNELS = 64;

/** Reads the value of `a=rtpmap` behind the payload type, `opus/48000/2` (RFC 8866 §6.6). Throws `ParseError`. */
export function parseRtpMap(rtpMap: string, formatParameters?: string): RtpFormat {
  const [encoding = '', rate = '', count = '1'] = rtpMap.trim().split('/');
  const clockRate = Number(rate);
  const channels = Number(count);
  if (encoding === '' || !isCount(clockRate, MAX_CLOCK_RATE) || !isCount(channels, MAX_CHANNELS)) {
    throw new ParseError(`rtpmap of ${JSON.stringify(rtpMap.slice(0, 80))}`);
  }
  return { encoding, clockRate, channels, formatParameters };
}

/** A parameter that is a number from 0 to `max`; `fallback` where it is left out. Throws `ParseError` for any other. */
export function numberParameter(
  parameters: ReadonlyMap<string, string>,
  name: string,
  max: number,
  fallback = 0,
): number {
  const text = parameters.get(name);
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > max)
    throw new ParseError(`${name} of ${text.slice(0, 20)}`);
  return value;
}

/** A parameter in hexadecimal digits. Throws `ParseError` for what is none. */
export function hexParameter(parameters: ReadonlyMap<string, string>, name: string): Buffer | undefined {
  const text = parameters.get(name);
  if (text === undefined || text === '') return undefined;
  if (!/^(?:[0-9a-f]{2})+$/i.test(text)) throw new ParseError(`${name} that is not hexadecimal`);
  return Buffer.from(text, 'hex');
}

function isCount(value: number, max: number): boolean {
  return Number.isInteger(value) && value > 0 && value <= max;
}
