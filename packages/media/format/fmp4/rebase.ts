import { ParseError } from '../../model/parse-error.ts';
import { BOX_HEADER_SIZE, readBoxHeader, readU64, writeU64 } from './box.ts';
import type { ReadTrack } from './reader.ts';

/**
 * The head of a movie without its edits, of the same size: players that join fragments of several movies place them by
 * the times in the fragments alone. Throws `ParseError`.
 */
export function withoutEdits(head: Buffer): Buffer {
  const copy = Buffer.from(head);
  walk(copy, 0, copy.length, (type, at) => {
    if (type === 'edts') copy.write('free', at + BOX_HEADER_SIZE / 2, 'latin1');
    return type === 'moov' || type === 'trak';
  });
  return copy;
}

/**
 * Moves the decoding times of whole fragments by so many seconds, in `fragments` itself. Throws `ParseError` where
 * they are not such as `Fmp4Muxer` writes them.
 */
export function moveFragments(fragments: Buffer, tracks: readonly ReadTrack[], seconds: number): void {
  let timescale = 0;
  walk(fragments, 0, fragments.length, (type, at, bodyAt, end) => {
    if (type === 'tfhd') {
      if (end - bodyAt < 8) throw new ParseError('box tfhd cut off', at);
      const id = fragments.readUInt32BE(bodyAt + 4);
      timescale = tracks.find(track => track.id === id)?.timescale ?? 0;
    } else if (type === 'tfdt') {
      if (end - bodyAt < 12 || fragments[bodyAt] !== 1) throw new ParseError('decoding time of 32 bits', at);
      const time = readU64(fragments, bodyAt + 4) + Math.round(seconds * timescale);
      if (time < 0) throw new ParseError('decoding time before zero', at);
      writeU64(fragments, bodyAt + 4, time);
    }
    return type === 'moof' || type === 'traf';
  });
}

/** Of boxes in boxes, that are looked into. */
const MAX_DEPTH = 2;

/** Visits boxes in order; `visit` says whether those inside are to be visited as well. */
function walk(
  data: Buffer,
  start: number,
  end: number,
  visit: (type: string, at: number, bodyAt: number, end: number) => boolean,
  depth = 0,
): void {
  for (let at = start; at < end; ) {
    const header = readBoxHeader(data.subarray(0, end), at);
    if (!header || header.size === 0 || header.size > end - at) throw new ParseError('box cut off', at);
    const bodyAt = at + header.headerSize;
    const next = at + header.size;
    const isOpened = visit(header.type, at, bodyAt, next);
    if (isOpened && depth < MAX_DEPTH) walk(data, bodyAt, next, visit, depth + 1);
    at = next;
  }
}
