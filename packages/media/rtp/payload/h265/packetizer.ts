import { H265_NAL, h265NalType } from '../../../codec/h265/nal-unit.ts';
import { parseH265Sps } from '../../../codec/h265/sps.ts';
import type { MediaSample } from '../../../model/sample.ts';
import type { H265Track } from '../../../model/track.ts';
import type { Packetizer, PacketSink } from '../../packetizer.ts';
import { type NalPayloadSyntax, NalUnitPacketizer } from '../nal/nal-unit-packetizer.ts';
import { H265_PAYLOAD } from './depacketizer.ts';

const FORBIDDEN_ZERO_BIT = 0x8000;
const LAYER_ID = 0x01f8;
const TEMPORAL_ID = 0x0007;

const SYNTAX: NalPayloadSyntax = {
  headerSize: 2,
  typeOf: h265NalType,
  isSlice: type => type < H265_NAL.VPS,
  delimiterType: H265_NAL.ACCESS_UNIT_DELIMITER,
  parameterSetTypes: [H265_NAL.VPS, H265_NAL.SPS, H265_NAL.PPS],
  /** §4.4.2: F of any of them, the lowest layer and the lowest temporal identifier. */
  joinHeader(target, at, nalUnit, start, isFirst) {
    const header = nalUnit.readUInt16BE(start);
    const before = isFirst ? header : target.readUInt16BE(at);
    const joined =
      ((before | header) & FORBIDDEN_ZERO_BIT) |
      (H265_PAYLOAD.AGGREGATION << 9) |
      Math.min(before & LAYER_ID, header & LAYER_ID) |
      Math.min(before & TEMPORAL_ID, header & TEMPORAL_ID);
    target.writeUInt16BE(joined, at);
  },
  /** §4.4.3 */
  writeFragmentHeader(target, at, nalUnit, start) {
    const first = nalUnit[start]!;
    target[at] = (first & 0x81) | (H265_PAYLOAD.FRAGMENT << 1);
    target[at + 1] = nalUnit[start + 1]!;
    target[at + 2] = h265NalType(first);
  },
};

/** Writes H.265 without decoding order numbers (RFC 7798). */
export class H265Packetizer implements Packetizer {
  readonly clockRate = 90_000;
  readonly rtpMap = 'H265/90000';
  readonly formatParameters: string;
  readonly #nalUnits: NalUnitPacketizer;

  constructor(track: H265Track, maxPayloadSize: number) {
    this.formatParameters = formatParameters(track);
    this.#nalUnits = new NalUnitPacketizer(
      SYNTAX,
      [...track.vps, ...track.sps, ...track.pps],
      maxPayloadSize,
    );
  }

  packetize(sample: MediaSample, sink: PacketSink): void {
    if (sample.kind === 'video') this.#nalUnits.packetize(sample, sink);
  }
}

/** §7.1 */
function formatParameters({ vps, sps, pps }: H265Track): string {
  const { profileSpace, profileIdc, tier, levelIdc, constraintFlags } = parseH265Sps(sps[0]!);
  const sets = { 'sprop-vps': vps, 'sprop-sps': sps, 'sprop-pps': pps };
  const parameters = [
    `profile-space=${profileSpace}`,
    `profile-id=${profileIdc}`,
    `tier-flag=${tier}`,
    `level-id=${levelIdc}`,
    `interop-constraints=${constraintFlags.toString('hex').toUpperCase()}`,
  ];
  for (const [name, list] of Object.entries(sets)) {
    if (list.length > 0) parameters.push(`${name}=${list.map(set => set.toString('base64')).join(',')}`);
  }
  return parameters.join('; ');
}
