import type { MediaControl } from '@flux-iot/core/control/media-control';
import { NO_TASK_STORE, type RecordingTask, type TaskStore } from '@flux-iot/core/control/task';
import type { ActiveRecording, RecordingOptions } from '@flux-iot/core/record/recording';

/** Milliseconds between looks at what is wanted and not recorded. */
const INTERVAL = 10_000;

/**
 * Recordings that were asked for: a stream is recorded whenever it is there, on whichever node, until that is taken
 * back; also after a restart, where there is a store.
 */
export class RecordingRequests {
  readonly #control: MediaControl;
  readonly #store: TaskStore;
  /** By stream. */
  readonly #wanted = new Map<string, RecordingTask>();
  #timer: NodeJS.Timeout | undefined;

  constructor(control: MediaControl, store: TaskStore = NO_TASK_STORE) {
    this.#control = control;
    this.#store = store;
  }

  /** Takes up what was asked for before the program was started. */
  async restore(): Promise<void> {
    for (const task of await this.#store.load('recording')) this.#wanted.set(task.streamId, task);
  }

  start(): void {
    this.#timer = setInterval(() => void this.#resumeAll(), INTERVAL).unref();
  }

  /** Idempotent. What is recorded goes on. */
  close(): void {
    clearInterval(this.#timer);
  }

  /** Throws `STREAM_NOT_FOUND`, `RECORDING_ACTIVE`. */
  async record(streamId: string, options: RecordingOptions): Promise<ActiveRecording> {
    const active = await this.#control.startRecording(streamId, options);
    const { format, since } = active;
    const task: RecordingTask = { kind: 'recording', id: streamId, streamId, options, format, since };
    try {
      await this.#store.save(task);
    } catch (cause) {
      // What cannot be kept is not begun.
      await this.#control.stopRecording(streamId).catch(() => {});
      throw cause;
    }
    this.#wanted.set(streamId, task);
    return active;
  }

  /** Throws `RECORDING_NOT_FOUND`. */
  async stop(streamId: string): Promise<void> {
    await this.#store.remove('recording', streamId);
    const wasWanted = this.#wanted.delete(streamId);
    try {
      await this.#control.stopRecording(streamId);
    } catch (cause) {
      if (!wasWanted) throw cause;
    }
  }

  /** What is recorded, and what waits for its stream. */
  async active(): Promise<ActiveRecording[]> {
    const active = await this.#control.recordings();
    return [...active, ...this.#missingIn(active).map(waiting)];
  }

  /** The stream is there now. */
  published(streamId: string): void {
    const task = this.#wanted.get(streamId);
    if (task) void this.#resume(task);
  }

  #missingIn(active: readonly ActiveRecording[]): RecordingTask[] {
    const recorded = new Set(active.map(({ streamId }) => streamId));
    return [...this.#wanted.values()].filter(({ streamId }) => !recorded.has(streamId));
  }

  async #resumeAll(): Promise<void> {
    if (this.#wanted.size === 0) return;
    const active = await this.#control.recordings().catch(() => undefined);
    if (active) for (const task of this.#missingIn(active)) await this.#resume(task);
  }

  async #resume({ streamId, options }: RecordingTask): Promise<void> {
    try {
      await this.#control.startRecording(streamId, options);
      // It was taken back meanwhile.
      if (!this.#wanted.has(streamId)) await this.#control.stopRecording(streamId);
    } catch {
      // Its stream is not there, or it is recorded already: it is tried again.
    }
  }
}

function waiting({ streamId, format, since }: RecordingTask): ActiveRecording {
  return {
    ...{ streamId, format, since, state: 'waiting', origin: 'request' },
    lastError: 'The stream is not there.',
  };
}
