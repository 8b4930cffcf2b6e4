import type { DataValue } from '../../model/sample.ts';
import type { Metadata } from '../muxer.ts';

/** Fields of `onMetaData`, in lower case, that describe tracks or a file: the tracks themselves know better. */
const NOT_THE_PUBLISHERS = new Set([
  ...['width', 'height', 'displaywidth', 'displayheight', 'framewidth', 'frameheight', 'framerate', 'fps'],
  ...['videocodecid', 'videodatarate', 'videoframerate', 'videosize', 'videokeyframe_frequency'],
  ...['avcprofile', 'avclevel', 'profile', 'level', 'videotrackidinfomap'],
  ...['audiocodecid', 'audiodatarate', 'audiosamplerate', 'audiosamplesize', 'audiochannels', 'audiosize'],
  ...['stereo', 'aacaot', 'audiotrackidinfomap', '2.1', '3.1', '4.0', '4.1', '5.1', '7.1'],
  ...['hasvideo', 'hasaudio', 'hasmetadata', 'haskeyframes', 'hascuepoints', 'canseektoend', 'cuepoints'],
  ...['duration', 'starttime', 'totalduration', 'filesize', 'datasize', 'keyframes'],
  ...['lasttimestamp', 'lastkeyframetimestamp', 'lastkeyframelocation'],
]);

/** Every viewer is sent the publisher's fields, so there are this many at most, of texts of this many characters. */
const MAX_FIELDS = 64;
const MAX_TEXT = 1024;

/** What of `onMetaData` is the publisher's own to say, in plain values: encoder, title and the like. */
export function publisherFields(fields: Metadata): Metadata {
  const own = Object.entries(fields).filter(
    ([name, value]) =>
      !NOT_THE_PUBLISHERS.has(name.toLowerCase()) && name.length <= MAX_TEXT && isPlain(value),
  );
  return Object.fromEntries(own.slice(0, MAX_FIELDS));
}

function isPlain(value: DataValue): boolean {
  if (typeof value === 'string') return value.length <= MAX_TEXT;
  return typeof value === 'number' || typeof value === 'boolean' || value instanceof Date;
}

/** Which kinds of track `onMetaData` announces, or undefined where it says nothing of tracks. */
export function announcedTracks(fields: Metadata): { video: boolean; audio: boolean } | undefined {
  const video = flag(fields.hasVideo) ?? [fields.videocodecid, fields.width, fields.videodatarate].some(says);
  const audio = flag(fields.hasAudio) ?? [fields.audiocodecid, fields.audiosamplerate].some(says);
  return video || audio ? { video, audio } : undefined;
}

function flag(value: DataValue): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

/** Encoders name codecs by number, by FourCC as number or as text, and write 0 or nothing for a track they lack. */
function says(value: DataValue): boolean {
  return (typeof value === 'number' && value > 0) || (typeof value === 'string' && value !== '');
}
