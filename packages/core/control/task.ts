import type { RecordingFormat, RecordingOptions } from '../record/recording.ts';
import type { StreamId } from '../stream/stream-id.ts';

/** A stream that is to be brought. One for each stream. */
export interface IngestTask {
  readonly kind: 'ingest';
  /** The stream's. */
  readonly id: StreamId;
  readonly streamId: StreamId;
  readonly protocol: string;
  /** With its secrets. */
  readonly source: Readonly<Record<string, unknown>>;
  /** What may be shown of it, as `IngestReport` has it. */
  readonly sourceUrl?: string;
  readonly publishUrl?: string;
}

/** A stream that is to be sent on to another server. */
export interface PushTask {
  readonly kind: 'push';
  readonly id: string;
  readonly streamId: StreamId;
  /** With its secrets. */
  readonly url: string;
  /** Without user, password and query. */
  readonly shownUrl: string;
}

/** A stream that is to be recorded whenever it is there. One for each stream. */
export interface RecordingTask {
  readonly kind: 'recording';
  /** The stream's. */
  readonly id: StreamId;
  readonly streamId: StreamId;
  readonly options: RecordingOptions;
  readonly format: RecordingFormat;
  /** Milliseconds since 1970. */
  readonly since: number;
}

/** What the API was asked to have done until it is taken back. Plain data. */
export type Task = IngestTask | PushTask | RecordingTask;

/** Where tasks outlive the program. */
export interface TaskStore {
  /** All tasks of the kind that can be read. */
  load<Kind extends Task['kind']>(kind: Kind): Promise<Extract<Task, { kind: Kind }>[]>;
  /** Puts the task in the place of another one of its kind and id. */
  save(task: Task): Promise<void>;
  /** Nothing happens where there is none. */
  remove(kind: Task['kind'], id: string): Promise<void>;
}

/** Nothing outlives the program. */
export const NO_TASK_STORE: TaskStore = {
  load: async () => [],
  save: async () => {},
  remove: async () => {},
};
