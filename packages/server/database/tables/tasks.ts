export interface TaskTables {
  readonly tasks: TaskRow;
}

/** An ingest, a push or a recording that is to be done until it is taken back. */
export interface TaskRow {
  readonly kind: string;
  /** Of the kind: a stream's id, or a push's. */
  readonly id: string;
  readonly stream_id: string;
  /** The task as JSON, encrypted: sources have passwords in them. */
  readonly sealed: string;
  /** Milliseconds since 1970. */
  readonly saved_at: number;
}
