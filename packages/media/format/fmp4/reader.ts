import { ParseError } from '../../model/parse-error.ts';
import { boxes, findBox, findPath, readBoxHeader, readU64 } from './box.ts';
import { IS_NON_SYNC, TFHD, TRUN } from './fragment-box.ts';

/** A track as a movie box describes it. */
export interface ReadTrack {
  readonly id: number;
  readonly kind: 'video' | 'audio';
  readonly timescale: number;
  readonly width: number;
  readonly height: number;
  /** Name of the sample entry: `avc1`, `mp4a`. */
  readonly format: string;
  /** The whole sample entry, a copy. */
  readonly entry: Buffer;
  /** Where in the track's own time the presentation begins, in ticks of the track. */
  readonly mediaStart: number;
  readonly defaults: SampleDefaults;
}

interface SampleDefaults {
  readonly duration: number;
  readonly size: number;
  readonly flags: number;
}

export interface ReadSample {
  /** Ticks of the track. */
  readonly dts: number;
  readonly duration: number;
  readonly compositionOffset: number;
  readonly key: boolean;
  readonly size: number;
  /** Bytes from the beginning of the movie fragment box. */
  readonly offset: number;
}

export interface ReadTrackFragment {
  readonly trackId: number;
  readonly samples: readonly ReadSample[];
}

/** A movie box is a few kilobytes; a fragment of many hours of sound a few hundred. */
export const MAX_MOVIE_SIZE = 1 << 20;
export const MAX_MOOF_SIZE = 1 << 24;
const MAX_TRACKS = 16;

/** The tracks of a movie of fragments, by the body of its `moov`. Throws `ParseError`. */
export function parseMovie(movie: Buffer): ReadTrack[] {
  const defaults = new Map<number, SampleDefaults>();
  const extends_ = findBox(movie, 'mvex');
  for (const { type, body } of extends_ ? boxes(extends_) : []) {
    if (type !== 'trex') continue;
    need(body, 24, 'trex');
    defaults.set(body.readUInt32BE(4), {
      duration: body.readUInt32BE(12),
      size: body.readUInt32BE(16),
      flags: body.readUInt32BE(20),
    });
  }
  const tracks: ReadTrack[] = [];
  for (const { type, body } of boxes(movie)) {
    if (type !== 'trak') continue;
    if (tracks.length === MAX_TRACKS) throw new ParseError('too many tracks');
    const track = parseTrack(body, defaults);
    if (track) tracks.push(track);
  }
  return tracks;
}

/** Undefined for a track that is neither picture nor sound. */
function parseTrack(trak: Buffer, defaults: ReadonlyMap<number, SampleDefaults>): ReadTrack | undefined {
  const header = required(trak, 'tkhd');
  const isLong = header[0] === 1;
  need(header, isLong ? 96 : 84, 'tkhd');
  const id = header.readUInt32BE(isLong ? 20 : 12);
  const width = header.readUInt16BE(header.length - 8);
  const height = header.readUInt16BE(header.length - 4);
  const media = required(trak, 'mdia');
  const handler = required(media, 'hdlr');
  need(handler, 12, 'hdlr');
  const kind = KINDS.get(handler.toString('latin1', 8, 12));
  if (!kind) return undefined;
  const mediaHeader = required(media, 'mdhd');
  need(mediaHeader, mediaHeader[0] === 1 ? 32 : 20, 'mdhd');
  const timescale = mediaHeader.readUInt32BE(mediaHeader[0] === 1 ? 20 : 12);
  if (timescale === 0) throw new ParseError('track without a time scale');
  const descriptions = findPath(media, 'minf', 'stbl', 'stsd');
  if (!descriptions) throw new ParseError('track without a sample description');
  const { format, entry } = firstEntry(descriptions);
  return {
    id,
    kind,
    timescale,
    width,
    height,
    format,
    entry,
    mediaStart: mediaStart(findPath(trak, 'edts', 'elst')),
    defaults: defaults.get(id) ?? { duration: 0, size: 0, flags: 0 },
  };
}

const KINDS = new Map<string, 'video' | 'audio'>([
  ['vide', 'video'],
  ['soun', 'audio'],
]);

function firstEntry(descriptions: Buffer): { format: string; entry: Buffer } {
  need(descriptions, 8, 'stsd');
  const header = readBoxHeader(descriptions, 8);
  if (!header || header.size > descriptions.length - 8 || header.size === 0) {
    throw new ParseError('sample entry cut off');
  }
  return { format: header.type, entry: Buffer.from(descriptions.subarray(8, 8 + header.size)) };
}

/** Of the first edit that has media. */
function mediaStart(edits: Buffer | undefined): number {
  if (!edits) return 0;
  need(edits, 8, 'elst');
  const isLong = edits[0] === 1;
  const size = isLong ? 20 : 12;
  const count = edits.readUInt32BE(4);
  if (count > (edits.length - 8) / size) throw new ParseError('edit list cut off');
  for (let at = 8; at < 8 + count * size; at += size) {
    const isEmpty = isLong ? edits.readInt32BE(at + 8) < 0 : edits.readInt32BE(at + 4) < 0;
    if (!isEmpty) return isLong ? readU64(edits, at + 8) : edits.readInt32BE(at + 4);
  }
  return 0;
}

/**
 * The samples of a fragment, by its whole `moof` and the movie's tracks; those of tracks that the movie does not have
 * are left out. Throws `ParseError`; nothing is allocated for samples that the box has no room to list, except where
 * every field has a default, and then no more than `MAX_DEFAULTED` of them.
 */
export function parseFragment(moof: Buffer, tracks: readonly ReadTrack[]): ReadTrackFragment[] {
  const header = readBoxHeader(moof, 0);
  if (header?.type !== 'moof' || header.size !== moof.length) throw new ParseError('not a movie fragment', 0);
  const fragments: ReadTrackFragment[] = [];
  for (const { type, body } of boxes(moof.subarray(header.headerSize))) {
    if (type !== 'traf') continue;
    const fragment = parseTrackFragment(body, tracks);
    if (fragment) fragments.push(fragment);
  }
  return fragments;
}

const MAX_DEFAULTED = 100_000;

function parseTrackFragment(traf: Buffer, tracks: readonly ReadTrack[]): ReadTrackFragment | undefined {
  const header = required(traf, 'tfhd');
  need(header, 8, 'tfhd');
  const trackId = header.readUInt32BE(4);
  const track = tracks.find(({ id }) => id === trackId);
  if (!track) return undefined;
  const defaults = fragmentDefaults(header, track.defaults);
  const time = findBox(traf, 'tfdt');
  if (!time) throw new ParseError('track fragment without its decoding time');
  need(time, time[0] === 1 ? 12 : 8, 'tfdt');
  let dts = time[0] === 1 ? readU64(time, 4) : time.readUInt32BE(4);
  const samples: ReadSample[] = [];
  let offset = 0;
  for (const { type, body } of boxes(traf)) {
    if (type !== 'trun') continue;
    for (const sample of runSamples(body, defaults, dts, offset)) {
      if (samples.length > MAX_MOOF_SIZE / 4) throw new ParseError('too many samples');
      samples.push(sample);
      dts = sample.dts + sample.duration;
      offset = sample.offset + sample.size;
    }
  }
  return { trackId, samples };
}

function fragmentDefaults(header: Buffer, defaults: SampleDefaults): SampleDefaults {
  const flags = header.readUInt32BE(0) & 0xffffff;
  if (flags & TFHD.BASE_DATA_OFFSET) throw new ParseError('track fragment with an absolute data offset');
  let at = 8;
  const field = (flag: number, otherwise: number): number => {
    if (!(flags & flag)) return otherwise;
    need(header, at + 4, 'tfhd');
    at += 4;
    return header.readUInt32BE(at - 4);
  };
  field(TFHD.DESCRIPTION_INDEX, 1);
  const duration = field(TFHD.DEFAULT_DURATION, defaults.duration);
  const size = field(TFHD.DEFAULT_SIZE, defaults.size);
  return { duration, size, flags: field(TFHD.DEFAULT_FLAGS, defaults.flags) };
}

function* runSamples(
  run: Buffer,
  defaults: SampleDefaults,
  time: number,
  offset: number,
): Generator<ReadSample> {
  need(run, 8, 'trun');
  const isSigned = run[0] === 1;
  const flags = run.readUInt32BE(0) & 0xffffff;
  const count = run.readUInt32BE(4);
  let at = 8;
  const has = (flag: number) => (flags & flag) !== 0;
  if (has(TRUN.DATA_OFFSET)) {
    need(run, at + 4, 'trun');
    offset = run.readInt32BE(at);
    at += 4;
  }
  let firstFlags: number | undefined;
  if (has(TRUN.FIRST_FLAGS)) {
    need(run, at + 4, 'trun');
    firstFlags = run.readUInt32BE(at);
    at += 4;
  }
  const fields = [TRUN.DURATION, TRUN.SIZE, TRUN.FLAGS, TRUN.COMPOSITION_OFFSET].filter(has).length;
  if (count > (fields === 0 ? MAX_DEFAULTED : (run.length - at) / (fields * 4))) {
    throw new ParseError('run of samples cut off', at);
  }
  let dts = time;
  for (let index = 0; index < count; index++) {
    const next = (flag: number, otherwise: number): number => {
      if (!has(flag)) return otherwise;
      at += 4;
      return run.readUInt32BE(at - 4);
    };
    const duration = next(TRUN.DURATION, defaults.duration);
    const size = next(TRUN.SIZE, defaults.size);
    const own = next(TRUN.FLAGS, index === 0 ? (firstFlags ?? defaults.flags) : defaults.flags);
    const composition = next(TRUN.COMPOSITION_OFFSET, 0);
    yield {
      dts,
      duration,
      compositionOffset: isSigned ? composition | 0 : composition,
      key: (own & IS_NON_SYNC) === 0,
      size,
      offset,
    };
    dts += duration;
    offset += size;
  }
}

function required(data: Buffer, type: string): Buffer {
  const body = findBox(data, type);
  if (!body) throw new ParseError(`no box ${type}`);
  return body;
}

function need(body: Buffer, length: number, type: string): void {
  if (body.length < length) throw new ParseError(`box ${type} cut off`, body.length);
}
