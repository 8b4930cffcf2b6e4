import { parseAudioSpecificConfig } from '../../codec/aac/audio-specific-config.ts';
import { avcConfigurationRecord } from '../../codec/h264/configuration-record.ts';
import { hevcConfigurationRecord } from '../../codec/h265/configuration-record.ts';
import { parseOpusHead } from '../../codec/opus/opus-head.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { AudioTrack, Track, VideoTrack } from '../../model/track.ts';
import { box, fullBox, u16, u32 } from './box.ts';

/** Everything that the model knows has its place in an MP4 file, if it is described whole; JPEG is for looking at alone. */
export function fmp4Carries(track: Track): boolean {
  if (track.codec === 'h264' || track.codec === 'h265') return track.sps.length > 0 && track.pps.length > 0;
  return track.codec !== 'mjpeg';
}

export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/**
 * The entry of a track in the sample description (ISO/IEC 14496-12 §8.5.2). `size`: of the pictures where the track
 * does not say it. Throws `ParseError` where the track's parameters cannot be read.
 */
export function sampleEntry(track: Track, size: PictureSize | undefined): Buffer {
  return track.kind === 'video' ? visualEntry(track, size ?? track) : audioEntry(track);
}

/** §12.1.3: 72 dots an inch, one frame a sample, 24 bits. */
function visualEntry(track: VideoTrack, { width, height }: PictureSize): Buffer {
  const fields = Buffer.alloc(78);
  fields.writeUInt16BE(1, 6); // data_reference_index
  fields.writeUInt16BE(width, 24);
  fields.writeUInt16BE(height, 26);
  fields.writeUInt32BE(0x00480000, 28);
  fields.writeUInt32BE(0x00480000, 32);
  fields.writeUInt16BE(1, 40);
  fields.writeUInt16BE(24, 74);
  fields.writeInt16BE(-1, 76);
  switch (track.codec) {
    case 'h264':
      // ISO/IEC 14496-15 §5.4.2.1
      return box('avc1', fields, box('avcC', avcConfigurationRecord(track)));
    case 'h265':
      // §8.4.1.1. Apple's players take no other name than this one.
      return box('hvc1', fields, box('hvcC', hevcConfigurationRecord(track)));
    case 'av1':
      // AV1 in ISOBMFF §2.2
      return box('av01', fields, box('av1C', track.config));
    case 'vp9':
      // VP9 in ISOBMFF
      return box('vp09', fields, fullBox('vpcC', 1, 0, track.config));
    case 'mjpeg':
      throw new ParseError('JPEG pictures are not recorded');
  }
}

/** §12.2.3 */
function audioEntry(track: AudioTrack): Buffer {
  const fields = Buffer.alloc(28);
  fields.writeUInt16BE(1, 6); // data_reference_index
  fields.writeUInt16BE(track.channels, 16);
  fields.writeUInt16BE(16, 18); // bits, by the template
  // 16 bits of whole hertz: higher rates stand in the decoder's own configuration alone.
  fields.writeUInt16BE(track.sampleRate > 0xffff ? 0 : track.sampleRate, 24);
  switch (track.codec) {
    case 'aac':
      return box('mp4a', fields, elementaryStream(OBJECT_TYPE.AAC, track.config));
    case 'mp3':
      return box('mp4a', fields, elementaryStream(mp3ObjectType(track.codecString)));
    case 'opus':
      return box('Opus', fields, box('dOps', opusSpecific(track.config)));
    case 'g711a':
      return box('alaw', fields);
    case 'g711u':
      return box('ulaw', fields);
  }
}

/** objectTypeIndication (ISO/IEC 14496-1 table 5). */
const OBJECT_TYPE = { AAC: 0x40, MPEG2_AUDIO: 0x69, MPEG1_AUDIO: 0x6b } as const;
const AUDIO_STREAM = 5;
const DESCRIPTOR = { ES: 3, DECODER_CONFIG: 4, DECODER_SPECIFIC: 5, SL_CONFIG: 6 } as const;

function mp3ObjectType(codecString: string): number {
  return codecString.endsWith('69') ? OBJECT_TYPE.MPEG2_AUDIO : OBJECT_TYPE.MPEG1_AUDIO;
}

/** The box `esds` (ISO/IEC 14496-14 §5.6) with the ES_Descriptor (14496-1 §7.2.6.5). */
function elementaryStream(objectType: number, config?: Buffer): Buffer {
  const specific = config ? [descriptor(DESCRIPTOR.DECODER_SPECIFIC, config)] : [];
  const decoder = descriptor(
    DESCRIPTOR.DECODER_CONFIG,
    // Buffer size and bit rates are left open.
    Buffer.from([objectType, (AUDIO_STREAM << 2) | 1, 0, 0, 0]),
    u32(0, 0),
    ...specific,
  );
  const synchronisation = descriptor(DESCRIPTOR.SL_CONFIG, Buffer.from([2]));
  return fullBox('esds', 0, 0, descriptor(DESCRIPTOR.ES, u16(0), Buffer.from([0]), decoder, synchronisation));
}

/** A descriptor with its size in four bytes, as everybody writes it (14496-1 §8.3.3). */
function descriptor(tag: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const { length } = body;
  const head = [tag, 0x80 | (length >> 21), 0x80 | ((length >> 14) & 0x7f), 0x80 | ((length >> 7) & 0x7f)];
  return Buffer.concat([Buffer.from([...head, length & 0x7f]), body]);
}

/** OpusSpecificBox: the identification header with its numbers turned round (Opus in ISOBMFF §4.3.2). */
function opusSpecific(head: Buffer): Buffer {
  const { channels, preSkip, inputSampleRate, mappingFamily } = parseOpusHead(head);
  const fields = Buffer.alloc(11);
  fields[1] = channels;
  fields.writeUInt16BE(preSkip, 2);
  fields.writeUInt32BE(inputSampleRate, 4);
  fields.writeInt16BE(head.readInt16LE(16), 8);
  fields[10] = mappingFamily;
  return mappingFamily === 0 ? fields : Buffer.concat([fields, head.subarray(19, 21 + channels)]);
}

/** How long a frame of the track lasts if nothing says so, in ticks of its clock. */
export function nominalDuration(track: Track): number {
  if (track.kind === 'video') return Math.round(track.clockRate / (track.frameRate ?? 25));
  return Math.max(1, Math.round(frameSeconds(track) * track.clockRate));
}

function frameSeconds(track: AudioTrack): number {
  switch (track.codec) {
    case 'aac':
      return aacFrameSeconds(track.config);
    case 'mp3':
      return (track.codecString.endsWith('69') ? 576 : 1152) / track.sampleRate;
    default:
      return 0.02;
  }
}

function aacFrameSeconds(config: Buffer): number {
  try {
    const { samplesPerFrame, coreSampleRate } = parseAudioSpecificConfig(config);
    return samplesPerFrame / coreSampleRate;
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    return 1024 / 48_000;
  }
}
