import { ParseError } from '@flux-iot/media/model/parse-error';
import { parseRange } from '../headers/range.ts';
import { formatRtpInfo, type RtpInfo } from '../headers/rtp-info.ts';
import { StatusError } from '../status-error.ts';

/** A live stream is played from now on, whatever time in it is asked for. Throws 457 for any other time. */
export function checkRange(value: string | undefined): void {
  if (value === undefined) return;
  try {
    if (parseRange(value).unit === 'npt') return;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
  }
  throw new StatusError(457, 'A live stream is played from now on.');
}

/** What is known of where the tracks begin; undefined where nothing is. */
export function rtpInfoHeader(info: readonly RtpInfo[]): string | undefined {
  const known = info.filter(({ sequence, rtpTime }) => sequence !== undefined || rtpTime !== undefined);
  return known.length > 0 ? formatRtpInfo(known) : undefined;
}
