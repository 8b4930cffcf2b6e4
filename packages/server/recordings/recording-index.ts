import type { Recording } from '@flux-iot/core/record/recording';

export interface IndexedRecording {
  readonly recording: Recording;
  /** It may not be deleted, by anybody. */
  readonly held: boolean;
}

export interface RecordingFilter {
  readonly streamId?: string;
  /** Whether the streams of this id are meant. */
  readonly isWanted?: (streamId: string) => boolean;
  readonly state?: Recording['state'];
  /** Those that have something of this time, or are being written: milliseconds since 1970. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly offset: number;
}

/** What was recorded, oldest first. */
export interface RecordingIndex {
  /** Adds it, or brings it up to date; a finished one stays finished. */
  put(recording: Recording): Promise<void>;
  get(id: string): Promise<IndexedRecording | undefined>;
  list(filter: RecordingFilter): Promise<{ recordings: IndexedRecording[]; total: number }>;
  /** False where there is no such recording. */
  setHeld(id: string, held: boolean): Promise<boolean>;
  delete(id: string): Promise<void>;
  /** Bytes of all finished recordings. */
  totalBytes(): Promise<number>;
  /** Bytes of the finished recordings of each stream. */
  bytesByStream(): Promise<Map<string, number>>;
  /** Keys of the finished ones. */
  finishedKeys(): Promise<Set<string>>;
}
