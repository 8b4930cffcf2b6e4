import { ParseError } from '../../model/parse-error.ts';
import { isDataRecord } from '../../model/sample.ts';
import type { Track } from '../../model/track.ts';
import { readAmf0, writeAmf0 } from '../amf/amf0.ts';
import type { Metadata } from '../muxer.ts';

/** What a receiver must know before it can use a sample. */
export interface TrackList {
  /** Counts the publishers of the stream: content does not go on from one to the next. */
  readonly generation: number;
  readonly tracks: readonly Track[];
  readonly metadata: Metadata;
}

const BINARY = 'base64:';

/** Parameter sets are binary and go as base 64; everything else of a track is plain. */
export function writeTrackList({ generation, tracks, metadata }: TrackList): Buffer {
  const amf = writeAmf0([metadata], 'ecma-array').toString('base64');
  // A buffer's own toJSON comes before the replacer: the holder still has the buffer.
  return Buffer.from(
    JSON.stringify(
      { generation, tracks, metadata: amf },
      function (this: Record<string, unknown>, key, value) {
        const own = this[key];
        return Buffer.isBuffer(own) ? BINARY + own.toString('base64') : value;
      },
    ),
  );
}

/** Throws `ParseError`. Tracks are of the same program on another node: their members are taken as they are. */
export function readTrackList(body: Buffer): TrackList {
  let list: { generation?: unknown; tracks?: unknown; metadata?: unknown };
  try {
    list = JSON.parse(body.toString(), (_key, value: unknown) =>
      typeof value === 'string' && value.startsWith(BINARY)
        ? Buffer.from(value.slice(BINARY.length), 'base64')
        : value,
    );
  } catch {
    throw new ParseError('track list is not JSON', 0);
  }
  const { generation, tracks, metadata } = list ?? {};
  if (typeof generation !== 'number' || !Array.isArray(tracks) || !tracks.every(isTrack)) {
    throw new ParseError('track list without tracks', 0);
  }
  return { generation, tracks, metadata: readMetadata(metadata) };
}

function isTrack(value: unknown): value is Track {
  if (typeof value !== 'object' || value === null) return false;
  const { id, kind, codec, clockRate, version } = value as Record<string, unknown>;
  return (
    [id, clockRate, version].every(Number.isSafeInteger) &&
    (kind === 'video' || kind === 'audio') &&
    typeof codec === 'string'
  );
}

function readMetadata(value: unknown): Metadata {
  if (typeof value !== 'string') throw new ParseError('track list without metadata', 0);
  const [fields] = readAmf0(Buffer.from(value, 'base64'));
  if (!isDataRecord(fields)) throw new ParseError('metadata is not a record', 0);
  return fields;
}
