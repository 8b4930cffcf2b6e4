import type { DataValue } from '../../model/sample.ts';
import type { AudioTrack, Track, VideoTrack } from '../../model/track.ts';
import type { Metadata } from '../muxer.ts';
import { fourCcNumber, SOUND_FORMAT, VIDEO_CODEC_ID } from './constants.ts';

/** What `onMetaData` says of tracks; outputs write their own, so the publisher's is not passed on. */
const TRACK_FIELDS = new Set([
  'duration',
  'filesize',
  'width',
  'height',
  'framerate',
  'fps',
  'videocodecid',
  'videodatarate',
  'audiocodecid',
  'audiodatarate',
  'audiosamplerate',
  'audiosamplesize',
  'audiochannels',
  'stereo',
  'hasVideo',
  'hasAudio',
  'hasKeyframes',
  'hasMetadata',
  'canSeekToEnd',
  'datasize',
  'videosize',
  'audiosize',
  'lasttimestamp',
  'lastkeyframetimestamp',
  'lastkeyframelocation',
  'keyframes',
  'videoTrackIdInfoMap',
  'audioTrackIdInfoMap',
]);
/** Publishers may say as much beside the tracks as fits into this many fields of this many characters. */
const MAX_FIELDS = 64;
const MAX_TEXT = 1024;

function objectOf(values: readonly DataValue[]): Readonly<Record<string, DataValue>> {
  const found = values.find(value => typeof value === 'object' && value !== null && !Array.isArray(value));
  return (found ?? {}) as Readonly<Record<string, DataValue>>;
}

/** Which kinds of track the metadata announces; undefined where it names neither. */
export function expectedKinds(values: readonly DataValue[]): { video: boolean; audio: boolean } | undefined {
  const metadata = objectOf(values);
  const video = isSet(metadata.videocodecid) || metadata.hasVideo === true;
  const audio = isSet(metadata.audiocodecid) || metadata.hasAudio === true;
  return video || audio ? { video, audio } : undefined;
}

function isSet(codecId: DataValue): boolean {
  return (typeof codecId === 'number' && codecId > 0) || (typeof codecId === 'string' && codecId !== '');
}

/** The publisher's own fields: encoder, title and whatever it adds. */
export function publisherMetadata(values: readonly DataValue[]): Metadata {
  const entries = Object.entries(objectOf(values))
    .filter(([key, value]) => !TRACK_FIELDS.has(key) && key.length <= MAX_TEXT && isSmall(value))
    .slice(0, MAX_FIELDS);
  return Object.fromEntries(entries);
}

function isSmall(value: DataValue): boolean {
  if (typeof value === 'string') return value.length <= MAX_TEXT;
  return typeof value === 'number' || typeof value === 'boolean';
}

/** The object of an `onMetaData` that describes the tracks, with the publisher's own fields. */
export function describeTracks(tracks: readonly Track[], metadata: Metadata): Record<string, DataValue> {
  let described: Record<string, DataValue> = { ...metadata };
  for (const track of tracks) {
    described = { ...described, ...(track.kind === 'video' ? describeVideo(track) : describeAudio(track)) };
  }
  return described;
}

function describeVideo(track: VideoTrack): Record<string, DataValue> {
  const codecIds = {
    h264: VIDEO_CODEC_ID.H264,
    h265: fourCcNumber('hvc1'),
    av1: fourCcNumber('av01'),
    vp9: fourCcNumber('vp09'),
  };
  const described: Record<string, DataValue> = { videocodecid: codecIds[track.codec] };
  if (track.width > 0) Object.assign(described, { width: track.width, height: track.height });
  if (track.frameRate) described.framerate = track.frameRate;
  return described;
}

function describeAudio(track: AudioTrack): Record<string, DataValue> {
  const codecIds = {
    aac: SOUND_FORMAT.AAC,
    mp3: SOUND_FORMAT.MP3,
    g711a: SOUND_FORMAT.G711A,
    g711u: SOUND_FORMAT.G711U,
    opus: fourCcNumber('Opus'),
  };
  return {
    audiocodecid: codecIds[track.codec],
    audiosamplerate: track.sampleRate,
    audiosamplesize: 16,
    audiochannels: track.channels,
    stereo: track.channels === 2,
  };
}
