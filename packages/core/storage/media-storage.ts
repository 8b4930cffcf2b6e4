import type { Readable } from 'node:stream';

export interface StorageEntry {
  readonly key: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
}

/** Bytes from `start` up to, not including, `end`; to the end where that is left out. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

/** Bytes of media by key, wherever they are kept. Keys are relative paths of safe segments: `hls/cam1/12.ts`. */
export interface MediaStorage {
  /** Stores the whole of `data` or nothing. Replaces what was there. */
  put(key: string, data: Buffer): Promise<void>;
  /** Stores all that the stream brings, or nothing where it fails. Returns how many bytes that is. */
  putStream(key: string, source: Readable): Promise<number>;
  /** Undefined where there is nothing. A range beyond what is there is cut to it. */
  get(key: string, range?: ByteRange): Promise<Buffer | undefined>;
  /** The same as a stream, for what is too large for memory. Errors while it is read end the stream. */
  getStream(key: string, range?: ByteRange): Promise<Readable | undefined>;
  stat(key: string): Promise<StorageEntry | undefined>;
  /** All whose key begins with `prefix`, which ends with a slash, in no order. */
  list(prefix: string): AsyncIterable<StorageEntry>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
  /** Deletes what writes left that were cut off before a time (milliseconds since 1970), where there is such a thing. */
  deleteRemains?(before: number): Promise<number>;
}
