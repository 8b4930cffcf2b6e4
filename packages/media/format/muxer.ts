import type { ByteWriter } from '../model/byte-writer.ts';
import type { DataValue, Sample } from '../model/sample.ts';
import type { Track } from '../model/track.ts';

/** What the publisher says of the stream beside its tracks (`onMetaData`): encoder, title and the like. */
export type Metadata = Readonly<Record<string, DataValue>>;

/**
 * Turns samples into the bytes of one streaming format. All its viewers share the bytes, so nothing in them may
 * depend on when a viewer came. Pure: no socket, timer or clock.
 */
export interface Muxer {
  /** Whether the format can carry the track; tracks that it can't are left out and noted. */
  carries(track: Track): boolean;
  /** The bytes that a viewer needs before any sample (file header, metadata, decoder configurations). */
  init(tracks: readonly Track[], metadata: Metadata): Buffer;
  /** Appends what viewers that are already there need when tracks are added or changed. */
  update(tracks: readonly Track[], metadata: Metadata, writer: ByteWriter): void;
  /** Appends one sample. `track` is undefined for data samples. */
  write(sample: Sample, track: Track | undefined, writer: ByteWriter): void;
  /** Another publisher goes on with the stream: appends what says that what follows does not continue what was written. */
  discontinuity?(writer: ByteWriter): void;
  /** Appends what closes the stream, if the format has such a thing. */
  end?(writer: ByteWriter): void;
}
