import type { MediaSample } from '../../model/sample.ts';
import { AudioSample, VideoSample } from '../../model/sample.ts';
import type { Track } from '../../model/track.ts';
import { readBoxHeader } from './box.ts';
import { Fmp4Muxer, type Fragment } from './muxer.ts';
import { parseFragment, parseMovie, type ReadTrack } from './reader.ts';

/** Writes samples as the recorder does: a fragment ends before each key picture. */
export function muxMovie(tracks: readonly Track[], samples: readonly MediaSample[]): Buffer {
  const muxer = new Fmp4Muxer(tracks);
  const fragments: Fragment[] = [];
  for (const sample of samples) {
    if (sample.kind === 'video' && sample.key) {
      const fragment = muxer.cutBefore(sample);
      if (fragment) fragments.push(fragment);
    }
    muxer.add(sample);
  }
  const last = muxer.end();
  if (last) fragments.push(last);
  return Buffer.concat([muxer.init, ...fragments.flatMap(({ buffers }) => buffers)]);
}

export interface ReadMovie {
  readonly tracks: readonly ReadTrack[];
  readonly fragments: number;
  /** By track of the file, with their bytes. */
  readonly samples: ReadonlyMap<
    number,
    { dts: number; pts: number; key: boolean; duration: number; data: Buffer }[]
  >;
}

/** Reads a whole movie of fragments; throws `ParseError`. */
export function readMovie(file: Buffer): ReadMovie {
  let tracks: readonly ReadTrack[] = [];
  let fragments = 0;
  const samples = new Map<
    number,
    { dts: number; pts: number; key: boolean; duration: number; data: Buffer }[]
  >();
  for (let at = 0; at < file.length; ) {
    const header = readBoxHeader(file, at);
    if (!header || header.size === 0 || header.size > file.length - at) break;
    const whole = file.subarray(at, at + header.size);
    if (header.type === 'moov') tracks = parseMovie(whole.subarray(header.headerSize));
    if (header.type === 'moof') {
      fragments++;
      for (const { trackId, samples: listed } of parseFragment(whole, tracks)) {
        const list = samples.get(trackId) ?? [];
        samples.set(trackId, list);
        for (const { dts, compositionOffset, key, duration, offset, size } of listed) {
          const data = file.subarray(at + offset, at + offset + size);
          list.push({ dts, pts: dts + compositionOffset, key, duration, data });
        }
      }
    }
    at += header.size;
  }
  return { tracks, fragments, samples };
}

/** Moves a sample's track, for tests that make one of another container's. */
export function withTrack(sample: MediaSample, trackId: number): MediaSample {
  return sample.kind === 'video'
    ? VideoSample.fromData(trackId, sample.dts, sample.pts, sample.key, sample.data)
    : new AudioSample(trackId, sample.dts, sample.data);
}
