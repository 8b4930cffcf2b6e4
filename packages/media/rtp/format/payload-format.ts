import { type MediaDescription, payloadTypeValues } from '../sdp/session-description.ts';

/** What a media description says of one RTP payload type. */
export interface PayloadFormat {
  readonly payloadType: number;
  /** The encoding's name as `a=rtpmap` has it, in any case: `H264`, `mpeg4-generic`. */
  readonly encoding: string;
  /** Ticks per second of the RTP time stamp; 0 where nothing tells them. */
  readonly clockRate: number;
  /** 1 where nothing else is said. */
  readonly channels: number;
  /** The value of `a=fmtp` behind the payload type, if there is one. */
  readonly formatParameters: string | undefined;
}

const MAX_PAYLOAD_TYPE = 127;
const MAX_CLOCK_RATE = 1_000_000;
const MAX_CHANNELS = 64;

/** Payload types that need no `a=rtpmap` (RFC 3551 §6), as it would have them. */
const STATIC_TYPES: Readonly<Record<number, string>> = {
  0: 'PCMU/8000',
  3: 'GSM/8000',
  4: 'G723/8000',
  5: 'DVI4/8000',
  6: 'DVI4/16000',
  7: 'LPC/8000',
  8: 'PCMA/8000',
  9: 'G722/8000',
  10: 'L16/44100/2',
  11: 'L16/44100',
  12: 'QCELP/8000',
  13: 'CN/8000',
  14: 'MPA/90000',
  15: 'G728/8000',
  18: 'G729/8000',
  25: 'CelB/90000',
  26: 'JPEG/90000',
  28: 'nv/90000',
  31: 'H261/90000',
  32: 'MPV/90000',
  33: 'MP2T/90000',
  34: 'H263/90000',
};

/** Clock rates that the payload formats fix or take for granted, for an `a=rtpmap` that leaves them out. */
const FIXED_RATES: Readonly<Record<string, number>> = {
  H264: 90_000,
  H265: 90_000,
  AV1: 90_000,
  MPA: 90_000,
  'MP4A-LATM': 90_000,
  OPUS: 48_000,
  PCMA: 8000,
  PCMU: 8000,
};

/**
 * The payload types of a media description, in its order, which is the sender's preference. One that is no number, or
 * that nothing describes, has an empty `encoding`.
 */
export function payloadFormats(media: MediaDescription): PayloadFormat[] {
  const formats: PayloadFormat[] = [];
  for (const text of media.formats) {
    const payloadType = Number(text);
    if (!/^\d+$/.test(text) || payloadType > MAX_PAYLOAD_TYPE) continue;
    const rtpMap = payloadTypeValues(media, 'rtpmap', payloadType)[0] ?? STATIC_TYPES[payloadType] ?? '';
    const parameters = payloadTypeValues(media, 'fmtp', payloadType);
    formats.push({
      payloadType,
      ...parseRtpMap(rtpMap, STATIC_TYPES[payloadType]),
      formatParameters: parameters.length > 0 ? parameters.join(';') : undefined,
    });
  }
  return formats;
}

/**
 * The payload type for an encoding that is written as `a=rtpmap` has it: its static one, or `dynamic`, which is from 96
 * to 127.
 */
export function payloadTypeFor(rtpMap: string, dynamic: number): number {
  const wanted = rtpMap.toUpperCase().replace(/^(\w+\/\d+)\/1$/, '$1');
  for (const [type, known] of Object.entries(STATIC_TYPES)) {
    if (known.toUpperCase() === wanted) return Number(type);
  }
  return dynamic;
}

/** Name, clock rate and channels (RFC 8866 §6.6); what is left out or is nonsense comes from where it can. */
function parseRtpMap(
  rtpMap: string,
  fallback: string | undefined,
): { encoding: string; clockRate: number; channels: number } {
  const [encoding = '', rate, channels] = rtpMap.trim().split('/');
  const fixed =
    FIXED_RATES[encoding.trim().toUpperCase()] ?? countOf(fallback?.split('/')[1], MAX_CLOCK_RATE);
  return {
    encoding: encoding.trim(),
    clockRate: countOf(rate, MAX_CLOCK_RATE) ?? fixed ?? 0,
    channels: countOf(channels, MAX_CHANNELS) ?? 1,
  };
}

function countOf(text: string | undefined, max: number): number | undefined {
  const value = Number(text?.trim() || Number.NaN);
  return Number.isInteger(value) && value > 0 && value <= max ? value : undefined;
}
