import { H264_NAL, h264NalType } from '../../../codec/h264/nal-unit.ts';
import type { MediaSample } from '../../../model/sample.ts';
import type { H264Track } from '../../../model/track.ts';
import type { Packetizer, PacketSink } from '../../packetizer.ts';
import { type NalPayloadSyntax, NalUnitPacketizer } from '../nal/nal-unit-packetizer.ts';
import { H264_PAYLOAD } from './depacketizer.ts';

const FORBIDDEN_ZERO_BIT = 0x80;
const REF_IDC = 0x60;

const SYNTAX: NalPayloadSyntax = {
  headerSize: 1,
  typeOf: h264NalType,
  isSlice: type => type <= H264_NAL.IDR,
  delimiterType: H264_NAL.ACCESS_UNIT_DELIMITER,
  parameterSetTypes: [H264_NAL.SPS, H264_NAL.PPS],
  /** §5.7: F of any of them, the highest NRI. */
  joinHeader(target, at, nalUnit, start, isFirst) {
    const before = isFirst ? 0 : target[at]!;
    const flags = nalUnit[start]!;
    target[at] =
      ((before | flags) & FORBIDDEN_ZERO_BIT) |
      Math.max(before & REF_IDC, flags & REF_IDC) |
      H264_PAYLOAD.STAP_A;
  },
  /** §5.8 */
  writeFragmentHeader(target, at, nalUnit, start) {
    const header = nalUnit[start]!;
    target[at] = (header & (FORBIDDEN_ZERO_BIT | REF_IDC)) | H264_PAYLOAD.FU_A;
    target[at + 1] = h264NalType(header);
  },
};

/** Writes H.264 in the non-interleaved mode (RFC 6184). */
export class H264Packetizer implements Packetizer {
  readonly clockRate = 90_000;
  readonly rtpMap = 'H264/90000';
  readonly formatParameters: string;
  readonly #nalUnits: NalUnitPacketizer;

  constructor(track: H264Track, maxPayloadSize: number) {
    const sets = [...track.sps, ...track.pps];
    // §8.1: the profile, its constraints and the level are the bytes behind the SPS's header.
    const profileLevelId = (track.sps[0] ?? Buffer.alloc(4)).toString('hex', 1, 4).toUpperCase();
    const encoded = sets.map(set => set.toString('base64')).join(',');
    this.formatParameters = `packetization-mode=1; profile-level-id=${profileLevelId}; sprop-parameter-sets=${encoded}`;
    this.#nalUnits = new NalUnitPacketizer(SYNTAX, sets, maxPayloadSize);
  }

  packetize(sample: MediaSample, sink: PacketSink): void {
    if (sample.kind === 'video') this.#nalUnits.packetize(sample, sink);
  }
}
