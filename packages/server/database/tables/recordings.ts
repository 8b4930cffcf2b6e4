export interface RecordingTables {
  readonly recordings: RecordingRow;
}

export interface RecordingRow {
  readonly id: string;
  readonly stream_id: string;
  /** In the storage of recordings. */
  readonly key: string;
  readonly state: string;
  /** Milliseconds since 1970. */
  readonly started_at: number;
  readonly ended_at: number;
  readonly size: number;
  /** 1 while it may not be deleted. */
  readonly held: number;
  /** The whole entry as JSON. */
  readonly entry: string;
}
