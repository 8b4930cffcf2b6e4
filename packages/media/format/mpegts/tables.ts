import type { Track } from '../../model/track.ts';
import { crc32Mpeg } from './crc32.ts';
import { opusChannelConfiguration } from './opus.ts';
import { DESCRIPTOR, OPUS_FORMAT, STREAM_TYPE, TABLE_ID } from './packet.ts';

const TRANSPORT_STREAM_ID = 1;
const PROGRAM_NUMBER = 1;
/** Sampling rates below are those of MPEG-2's half-rate extension of layer III. */
const MPEG1_LOWEST_SAMPLE_RATE = 32_000;
const CRC_SIZE = 4;

/** Undefined for a codec that a transport stream has no (common) place for. */
export function streamTypeOf(track: Track): number | undefined {
  switch (track.codec) {
    case 'h264':
      return STREAM_TYPE.H264;
    case 'h265':
      return STREAM_TYPE.H265;
    case 'aac':
      return STREAM_TYPE.AAC_ADTS;
    case 'mp3':
      return track.sampleRate < MPEG1_LOWEST_SAMPLE_RATE ? STREAM_TYPE.MPEG2_AUDIO : STREAM_TYPE.MPEG1_AUDIO;
    case 'opus':
      return opusChannelConfiguration(track) === undefined ? undefined : STREAM_TYPE.PRIVATE_DATA;
    default:
      return undefined;
  }
}

/** The program association section (ISO/IEC 13818-1 §2.4.4.3) of the one program there is. */
export function programAssociation(pmtPid: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt16BE(PROGRAM_NUMBER, 0);
  body.writeUInt16BE(0xe000 | pmtPid, 2);
  return section(TABLE_ID.PAT, TRANSPORT_STREAM_ID, 0, body);
}

/** The program map section (§2.4.4.8); `version` of 0 to 31 changes with its contents. */
export function programMap(
  version: number,
  pcrPid: number,
  streams: readonly { readonly pid: number; readonly track: Track }[],
): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt16BE(0xe000 | pcrPid, 0);
  head.writeUInt16BE(0xf000, 2);
  const parts: Buffer[] = [head];
  for (const { pid, track } of streams) {
    const descriptors = descriptorsOf(track);
    const entry = Buffer.alloc(5);
    entry[0] = streamTypeOf(track) ?? STREAM_TYPE.PRIVATE_DATA;
    entry.writeUInt16BE(0xe000 | pid, 1);
    entry.writeUInt16BE(0xf000 | descriptors.length, 3);
    parts.push(entry, descriptors);
  }
  return section(TABLE_ID.PMT, PROGRAM_NUMBER, version, Buffer.concat(parts));
}

function descriptorsOf(track: Track): Buffer {
  if (track.codec !== 'opus') return Buffer.alloc(0);
  return Buffer.from([
    DESCRIPTOR.REGISTRATION,
    OPUS_FORMAT.length,
    ...Buffer.from(OPUS_FORMAT, 'latin1'),
    DESCRIPTOR.EXTENSION,
    2,
    DESCRIPTOR.EXTENSION_OPUS,
    opusChannelConfiguration(track) ?? 0,
  ]);
}

/** The frame around a section's body: it is current, and the only one of its table. */
function section(tableId: number, extension: number, version: number, body: Buffer): Buffer {
  const data = Buffer.alloc(8 + body.length + CRC_SIZE);
  data[0] = tableId;
  data.writeUInt16BE(0xb000 | (5 + body.length + CRC_SIZE), 1);
  data.writeUInt16BE(extension, 3);
  data[5] = 0xc1 | (version << 1);
  data.set(body, 8);
  data.writeUInt32BE(crc32Mpeg(data.subarray(0, -CRC_SIZE)), data.length - CRC_SIZE);
  return data;
}
