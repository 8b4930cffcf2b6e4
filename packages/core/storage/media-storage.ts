/** Bytes of media by key, wherever they are kept. Keys are relative paths of safe segments: `hls/cam1/12.ts`. */
export interface MediaStorage {
  /** Stores the whole of `data` or nothing. Replaces what was there. */
  put(key: string, data: Buffer): Promise<void>;
  /** Undefined where there is nothing. */
  get(key: string): Promise<Buffer | undefined>;
  /** Deleting what is not there is no error. */
  delete(key: string): Promise<void>;
}
