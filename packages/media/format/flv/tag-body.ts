import { avcConfigurationRecord } from '../../codec/h264/configuration-record.ts';
import { hevcConfigurationRecord } from '../../codec/h265/configuration-record.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { DataSample, DataValue, VideoSample } from '../../model/sample.ts';
import { rescale } from '../../model/time.ts';
import type { AudioCodec, AudioTrack, Track, VideoCodec, VideoTrack } from '../../model/track.ts';
import { writeAmf0 } from '../amf/amf0.ts';
import type { Metadata } from '../muxer.ts';
import { AAC_PACKET, AUDIO_PACKET } from './audio-tag.ts';
import { FOUR_CC, SOUND_FORMAT, VIDEO_CODEC_ID } from './codec-id.ts';
import { AVC_PACKET, FRAME_TYPE, VIDEO_PACKET } from './video-tag.ts';

// The bodies that FLV tags and RTMP messages share. H.264, AAC, MP3 and G.711 are written the legacy way, which every
// player reads; the other codecs as Enhanced RTMP v2 has them.

/** Room that `fillVideoHeader` and `fillAudioHeader` need. */
export const MAX_BODY_HEADER_SIZE = 16;

/** The one rate at which FLV has G.711. */
const G711_RATE = 8000;
const IS_ENHANCED = 0x80;
const SIXTEEN_BITS = 2;
const STEREO = 1;
/** Version and flags of the MP4 box `vpcC`: FFmpeg puts them before the VP9 record, and other readers expect them. */
export const VPCC_FULL_BOX: Buffer = Buffer.from([1, 0, 0, 0]);

/** How `onMetaData` names the codecs. */
const VIDEO_IDS: Readonly<Record<VideoCodec, number>> = {
  h264: VIDEO_CODEC_ID.AVC,
  h265: FOUR_CC.hvc1,
  av1: FOUR_CC.av01,
  vp9: FOUR_CC.vp09,
  // It has none, and is not carried.
  mjpeg: 0,
};
const AUDIO_IDS: Readonly<Record<AudioCodec, number>> = {
  aac: SOUND_FORMAT.AAC,
  opus: FOUR_CC.Opus,
  mp3: SOUND_FORMAT.MP3,
  g711a: SOUND_FORMAT.G711_A,
  g711u: SOUND_FORMAT.G711_MU,
};

export function flvCarries(track: Track): boolean {
  if (track.codec === 'mjpeg') return false;
  return (track.codec !== 'g711a' && track.codec !== 'g711u') || track.sampleRate === G711_RATE;
}

/** The body that configures a decoder. Throws `ParseError` where the track has no parameter sets. */
export function videoConfigBody(track: VideoTrack): Buffer {
  if (track.codec === 'h264') {
    const header = Buffer.from([(FRAME_TYPE.KEY << 4) | VIDEO_CODEC_ID.AVC, AVC_PACKET.CONFIG, 0, 0, 0]);
    return Buffer.concat([header, avcConfigurationRecord(track)]);
  }
  if (track.codec === 'mjpeg') throw new ParseError('FLV has no place for JPEG');
  const header = Buffer.alloc(5);
  header[0] = IS_ENHANCED | (FRAME_TYPE.KEY << 4) | VIDEO_PACKET.SEQUENCE_START;
  header.writeUInt32BE(VIDEO_IDS[track.codec], 1);
  if (track.codec === 'h265') return Buffer.concat([header, hevcConfigurationRecord(track)]);
  if (track.codec === 'vp9') return Buffer.concat([header, VPCC_FULL_BOX, track.config]);
  return Buffer.concat([header, track.config]);
}

/** The body that configures a decoder, for the codecs that have such a thing. */
export function audioConfigBody(track: AudioTrack): Buffer | undefined {
  if (track.codec !== 'aac' && track.codec !== 'opus') return undefined;
  const header = Buffer.alloc(MAX_BODY_HEADER_SIZE);
  const size = fillAudioHeader(header, track);
  if (track.codec === 'aac') header[1] = AAC_PACKET.CONFIG;
  else header[0] = (SOUND_FORMAT.ENHANCED << 4) | AUDIO_PACKET.SEQUENCE_START;
  return Buffer.concat([header.subarray(0, size), track.config]);
}

/** Milliseconds at which a sample is decoded: the time stamp of its tag, not yet wrapped. */
export function tagTime(sample: { readonly dts: number }, track: Track): number {
  return rescale(sample.dts, track.clockRate, 1000);
}

/** Writes what precedes the payload in the body of a frame; returns its size. */
export function fillVideoHeader(scratch: Buffer, track: VideoTrack, sample: VideoSample): number {
  const frameType = sample.key ? FRAME_TYPE.KEY : FRAME_TYPE.INTER;
  // Both times are rounded, then subtracted, so that the presentation time too is off by no more than its rounding.
  const compositionTime = rescale(sample.pts, track.clockRate, 1000) - tagTime(sample, track);
  if (track.codec === 'h264') {
    scratch[0] = (frameType << 4) | VIDEO_CODEC_ID.AVC;
    scratch[1] = AVC_PACKET.FRAME;
    return write24(scratch, 2, compositionTime);
  }
  scratch[0] = IS_ENHANCED | (frameType << 4) | VIDEO_PACKET.CODED_FRAMES;
  scratch.writeUInt32BE(VIDEO_IDS[track.codec], 1);
  if (track.codec !== 'h265') return 5;
  if (compositionTime !== 0) return write24(scratch, 5, compositionTime);
  scratch[0] = IS_ENHANCED | (frameType << 4) | VIDEO_PACKET.CODED_FRAMES_X;
  return 5;
}

/** Writes what precedes the payload in the body of a frame; returns its size. */
export function fillAudioHeader(scratch: Buffer, track: AudioTrack): number {
  switch (track.codec) {
    case 'aac':
      // Always "44.1 kHz, 16 bits, stereo": the decoder goes by the AudioSpecificConfig.
      scratch[0] = (SOUND_FORMAT.AAC << 4) | (3 << 2) | SIXTEEN_BITS | STEREO;
      scratch[1] = AAC_PACKET.FRAME;
      return 2;
    case 'opus':
      scratch[0] = (SOUND_FORMAT.ENHANCED << 4) | AUDIO_PACKET.CODED_FRAMES;
      scratch.writeUInt32BE(FOUR_CC.Opus, 1);
      return 5;
    case 'mp3': {
      const format = track.sampleRate === 8000 ? SOUND_FORMAT.MP3_8_KHZ : SOUND_FORMAT.MP3;
      scratch[0] = (format << 4) | (soundRate(track.sampleRate) << 2) | SIXTEEN_BITS | stereoBit(track);
      return 1;
    }
    default:
      scratch[0] = (AUDIO_IDS[track.codec] << 4) | SIXTEEN_BITS | stereoBit(track);
      return 1;
  }
}

/** `onMetaData`: the publisher's own fields, and what the tracks are. */
export function metadataBody(tracks: readonly Track[], metadata: Metadata): Buffer {
  const fields: Record<string, DataValue> = { ...metadata };
  for (const track of tracks) {
    if (track.kind === 'video') {
      if (track.width > 0) fields.width = track.width;
      if (track.height > 0) fields.height = track.height;
      if (track.frameRate !== undefined) fields.framerate = track.frameRate;
      fields.videocodecid = VIDEO_IDS[track.codec];
    } else {
      fields.audiosamplerate = track.sampleRate;
      fields.audiosamplesize = 16;
      fields.audiochannels = track.channels;
      fields.stereo = track.channels > 1;
      fields.audiocodecid = AUDIO_IDS[track.codec];
    }
  }
  return writeAmf0(['onMetaData', fields], 'ecma-array');
}

export function dataBody(sample: DataSample): Buffer {
  return writeAmf0([sample.name, ...sample.values], 'ecma-array');
}

/** SoundRate of the legacy header; what it has no number for is called 44.1 kHz, as others do. */
function soundRate(sampleRate: number): number {
  if (sampleRate === 8000) return 0;
  if (sampleRate === 11_025) return 1;
  return sampleRate === 22_050 ? 2 : 3;
}

function stereoBit(track: AudioTrack): number {
  return track.channels > 1 ? STEREO : 0;
}

function write24(scratch: Buffer, at: number, value: number): number {
  scratch[at] = value >> 16;
  scratch[at + 1] = value >> 8;
  scratch[at + 2] = value;
  return at + 3;
}
