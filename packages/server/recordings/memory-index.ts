import type { Recording } from '@flux-iot/core/record/recording';
import type { IndexedRecording, RecordingFilter, RecordingIndex } from './recording-index.ts';

/** An index without a database: it is built anew from the manifests at every start. */
export class MemoryRecordingIndex implements RecordingIndex {
  readonly #entries = new Map<string, IndexedRecording>();

  async put(recording: Recording): Promise<void> {
    const before = this.#entries.get(recording.id);
    if (before?.recording.state === 'finished' && recording.state === 'recording') return;
    this.#entries.set(recording.id, { recording, held: before?.held ?? false });
  }

  async get(id: string): Promise<IndexedRecording | undefined> {
    return this.#entries.get(id);
  }

  async list({
    streamId,
    isWanted,
    state,
    from,
    to,
    limit,
    offset,
  }: RecordingFilter): Promise<{ recordings: IndexedRecording[]; total: number }> {
    const matching = [...this.#entries.values()]
      .filter(
        ({ recording }) =>
          (streamId === undefined || recording.streamId === streamId) &&
          (isWanted === undefined || isWanted(recording.streamId)) &&
          (state === undefined || recording.state === state) &&
          (from === undefined || recording.state === 'recording' || recording.endedAt >= from) &&
          (to === undefined || recording.startedAt < to),
      )
      .sort((one, other) => one.recording.startedAt - other.recording.startedAt);
    return { recordings: matching.slice(offset, offset + limit), total: matching.length };
  }

  async setHeld(id: string, held: boolean): Promise<boolean> {
    const entry = this.#entries.get(id);
    if (entry) this.#entries.set(id, { ...entry, held });
    return entry !== undefined;
  }

  async delete(id: string): Promise<void> {
    this.#entries.delete(id);
  }

  async totalBytes(): Promise<number> {
    let bytes = 0;
    for (const { recording } of this.#entries.values()) {
      if (recording.state === 'finished') bytes += recording.size;
    }
    return bytes;
  }

  async bytesByStream(): Promise<Map<string, number>> {
    const sums = new Map<string, number>();
    for (const { recording } of this.#entries.values()) {
      const { streamId, size, state } = recording;
      if (state === 'finished') sums.set(streamId, (sums.get(streamId) ?? 0) + size);
    }
    return sums;
  }

  async finishedKeys(): Promise<Set<string>> {
    const finished = [...this.#entries.values()].filter(({ recording }) => recording.state === 'finished');
    return new Set(finished.map(({ recording }) => recording.key));
  }
}
