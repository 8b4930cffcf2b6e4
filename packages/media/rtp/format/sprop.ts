import { H264_NAL, h264NalType } from '../../codec/h264/nal-unit.ts';
import { H265_NAL, h265NalType } from '../../codec/h265/nal-unit.ts';
import type { ParameterSets } from '../../codec/nal-unit-track.ts';

const PARAMETERS = ['sprop-parameter-sets', 'sprop-vps', 'sprop-sps', 'sprop-pps'];
/** More are not looked at; a configuration record holds about as many. */
const MAX_SETS = 64;

/**
 * The parameter sets of `a=fmtp` (RFC 6184 §8.1, RFC 7798 §7.1). Cameras leave some out, mix their order up, put start
 * codes before and zeros behind them, and other bytes in their place: each set is known by its own header, and what
 * has none of a parameter set is left out.
 */
export function parameterSetsOf(
  codec: 'h264' | 'h265',
  parameters: ReadonlyMap<string, string>,
): ParameterSets {
  const vps: Buffer[] = [];
  const sps: Buffer[] = [];
  const pps: Buffer[] = [];
  const texts = PARAMETERS.flatMap(name => parameters.get(name)?.split(',') ?? []);
  for (const text of texts.slice(0, MAX_SETS)) {
    const set = trimmed(Buffer.from(text, 'base64'));
    if (set.length < 3) continue;
    const type = codec === 'h264' ? h264NalType(set[0]!) : h265NalType(set[0]!);
    if (type === (codec === 'h264' ? H264_NAL.SPS : H265_NAL.SPS)) sps.push(set);
    else if (type === (codec === 'h264' ? H264_NAL.PPS : H265_NAL.PPS)) pps.push(set);
    else if (codec === 'h265' && type === H265_NAL.VPS) vps.push(set);
  }
  return { vps, sps, pps };
}

/** Without a start code before it and zeros behind it: no NAL unit ends with one (H.264 §7.4.1). */
function trimmed(set: Buffer): Buffer {
  let start = 0;
  let end = set.length;
  while (end > 0 && set[end - 1] === 0) end--;
  while (start < end && set[start] === 0) start++;
  return start >= 2 && set[start] === 1 ? set.subarray(start + 1, end) : set.subarray(0, end);
}
