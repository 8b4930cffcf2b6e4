import type { H264Track, H265Track, TrackIdentity } from '../model/track.ts';
import { h264Track } from './h264/track.ts';
import { h265Track } from './h265/track.ts';

/** VPS for H.265 alone. */
export interface ParameterSets {
  readonly vps: readonly Buffer[];
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
}

const NONE: readonly Buffer[] = [];

/**
 * Makes the versions of a track of NAL units as parameter sets are found, in the stream or beside it, together or one
 * after the other.
 */
export class NalUnitTrackMaker {
  readonly codec: 'h264' | 'h265';
  readonly #identity: () => TrackIdentity;
  #sets: ParameterSets = { vps: NONE, sps: NONE, pps: NONE };
  #track: H264Track | H265Track | undefined;

  /** `identity`: what identifies the next version. */
  constructor(codec: 'h264' | 'h265', identity: () => TrackIdentity) {
    this.codec = codec;
    this.#identity = identity;
  }

  /** The newest version; undefined while sets are missing. */
  get track(): H264Track | H265Track | undefined {
    return this.#track;
  }

  /**
   * Takes sets that were found. Returns the next version of the track, or undefined where they make none: they are the
   * track's already, or some are still missing. A list that is empty leaves what is there. Throws `ParseError` for an
   * SPS that can't be read, and keeps what it had.
   */
  use(found: ParameterSets): H264Track | H265Track | undefined {
    const before = this.#sets;
    const vps = hasAll(before.vps, found.vps) ? before.vps : found.vps;
    const sps = hasAll(before.sps, found.sps) ? before.sps : found.sps;
    const pps = hasAll(before.pps, found.pps) ? before.pps : found.pps;
    if (vps === before.vps && sps === before.sps && pps === before.pps) return undefined;
    if (sps.length === 0 || pps.length === 0 || (this.codec === 'h265' && vps.length === 0)) {
      this.#sets = { vps: copies(vps), sps: copies(sps), pps: copies(pps) };
      return undefined;
    }
    const track =
      this.codec === 'h264'
        ? h264Track(this.#identity(), sps, pps)
        : h265Track(this.#identity(), vps, sps, pps);
    // The track's are copies.
    this.#sets = { vps: track.codec === 'h265' ? track.vps : NONE, sps: track.sps, pps: track.pps };
    this.#track = track;
    return track;
  }
}

/** Also if none is wanted. */
function hasAll(sets: readonly Buffer[], wanted: readonly Buffer[]): boolean {
  return wanted.every(set => sets.some(other => other.equals(set)));
}

function copies(sets: readonly Buffer[]): Buffer[] {
  return sets.map(set => Buffer.from(set));
}
