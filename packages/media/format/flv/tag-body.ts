import { avcConfigurationRecord } from '../../codec/h264/configuration-record.ts';
import { hevcConfigurationRecord } from '../../codec/h265/configuration-record.ts';
import type { DataSample, VideoSample } from '../../model/sample.ts';
import { rescale } from '../../model/time.ts';
import type { AudioTrack, Track, VideoTrack } from '../../model/track.ts';
import { writeAmf0 } from '../amf/amf0.ts';
import type { Metadata } from '../muxer.ts';
import { AUDIO_PACKET, SOUND_FORMAT, VIDEO_CODEC_ID, VIDEO_PACKET } from './constants.ts';
import { describeTracks } from './metadata.ts';

/** Enough for any header that the functions below write. */
export const MAX_HEADER_SIZE = 16;

const KEY_FRAME = 1;
const INTER_FRAME = 2;
const EXTENDED = 0x80;
/** 44.1 kHz, 16 bit, stereo: what AAC and the extended formats are to say whatever they are (FLV 10.1 §E.4.2.1). */
const NOMINAL_SOUND = 0x0f;
const FULL_BOX = Buffer.from([1, 0, 0, 0]);

/** The body of the tag that configures the decoder. H.264 in its legacy form, the others in Enhanced RTMP's. */
export function videoConfigBody(track: VideoTrack): Buffer {
  switch (track.codec) {
    case 'h264': {
      const header = Buffer.from([(KEY_FRAME << 4) | VIDEO_CODEC_ID.H264, 0, 0, 0, 0]);
      return Buffer.concat([header, avcConfigurationRecord(track)]);
    }
    case 'h265':
      return Buffer.concat([sequenceStart('hvc1'), hevcConfigurationRecord(track)]);
    case 'av1':
      return Buffer.concat([sequenceStart('av01'), track.config]);
    case 'vp9':
      return Buffer.concat([sequenceStart('vp09'), FULL_BOX, track.config]);
  }
}

function sequenceStart(fourCc: string): Buffer {
  const first = EXTENDED | (KEY_FRAME << 4) | VIDEO_PACKET.SEQUENCE_START;
  return Buffer.concat([Buffer.from([first]), Buffer.from(fourCc, 'latin1')]);
}

/** The body of the tag that configures the decoder; undefined for codecs whose frames say it all. */
export function audioConfigBody(track: AudioTrack): Buffer | undefined {
  if (track.codec === 'aac') {
    return Buffer.concat([Buffer.from([(SOUND_FORMAT.AAC << 4) | NOMINAL_SOUND, 0]), track.config]);
  }
  if (track.codec === 'opus') {
    const first = (SOUND_FORMAT.EXTENDED << 4) | AUDIO_PACKET.SEQUENCE_START;
    return Buffer.concat([Buffer.from([first]), Buffer.from('Opus', 'latin1'), track.config]);
  }
  return undefined;
}

/** Writes the header of a frame's body to the start of `scratch` and returns its length. */
export function fillVideoHeader(scratch: Buffer, track: VideoTrack, sample: VideoSample): number {
  const frameType = (sample.key ? KEY_FRAME : INTER_FRAME) << 4;
  const compositionTime =
    rescale(sample.pts, track.clockRate, 1000) - rescale(sample.dts, track.clockRate, 1000);
  switch (track.codec) {
    case 'h264':
      scratch[0] = frameType | VIDEO_CODEC_ID.H264;
      scratch[1] = 1;
      scratch.writeIntBE(clamp24(compositionTime), 2, 3);
      return 5;
    case 'h265':
      if (compositionTime === 0) {
        scratch[0] = EXTENDED | frameType | VIDEO_PACKET.CODED_FRAMES_X;
        scratch.write('hvc1', 1, 'latin1');
        return 5;
      }
      scratch[0] = EXTENDED | frameType | VIDEO_PACKET.CODED_FRAMES;
      scratch.write('hvc1', 1, 'latin1');
      scratch.writeIntBE(clamp24(compositionTime), 5, 3);
      return 8;
    case 'av1':
    case 'vp9':
      scratch[0] = EXTENDED | frameType | VIDEO_PACKET.CODED_FRAMES;
      scratch.write(track.codec === 'av1' ? 'av01' : 'vp09', 1, 'latin1');
      return 5;
  }
}

function clamp24(value: number): number {
  return Math.max(-0x800000, Math.min(0x7fffff, value));
}

/** Writes the header of a frame's body to the start of `scratch` and returns its length. */
export function fillAudioHeader(scratch: Buffer, track: AudioTrack): number {
  switch (track.codec) {
    case 'aac':
      scratch[0] = (SOUND_FORMAT.AAC << 4) | NOMINAL_SOUND;
      scratch[1] = 1;
      return 2;
    case 'mp3':
      scratch[0] = (SOUND_FORMAT.MP3 << 4) | legacySound(track);
      return 1;
    case 'g711a':
      scratch[0] = (SOUND_FORMAT.G711A << 4) | legacySound(track);
      return 1;
    case 'g711u':
      scratch[0] = (SOUND_FORMAT.G711U << 4) | legacySound(track);
      return 1;
    case 'opus':
      scratch[0] = (SOUND_FORMAT.EXTENDED << 4) | AUDIO_PACKET.CODED_FRAMES;
      scratch.write('Opus', 1, 'latin1');
      return 5;
  }
}

/** Rate (the nearest of 5.5, 11, 22, 44 kHz), 16 bit, channels. */
function legacySound(track: AudioTrack): number {
  const rate =
    track.sampleRate >= 44_100 ? 3 : track.sampleRate >= 22_050 ? 2 : track.sampleRate >= 11_025 ? 1 : 0;
  return (rate << 2) | 2 | (track.channels === 2 ? 1 : 0);
}

/** The body of an `onMetaData` tag. */
export function metadataBody(tracks: readonly Track[], metadata: Metadata): Buffer {
  return writeAmf0(['onMetaData', describeTracks(tracks, metadata)]);
}

export function dataBody(sample: DataSample): Buffer {
  return writeAmf0([sample.name, ...sample.values]);
}
