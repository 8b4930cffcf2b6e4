export interface HistoryEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What happened, from a small vocabulary: `published`, `video-track`, `first-key-frame`, `time-mended`, `closed`. */
  readonly step: string;
  readonly detail: string;
  /** How often in a row it happened; `at` is the first time, `lastAt` the latest. */
  readonly count: number;
  readonly lastAt: number;
}

const CAPACITY = 200;
const MAX_DETAIL = 300;

/** The time line of what happened to one stream. Bounded: the oldest entries go, repeated ones are counted. */
export class StreamHistory {
  readonly #entries: { at: number; step: string; detail: string; count: number; lastAt: number }[] = [];

  note(step: string, detail = ''): void {
    const now = Date.now();
    const last = this.#entries.at(-1);
    // One of a kind may be followed by another (two tracks); from the third on they are counted.
    if (last && last.step === step && (last.detail === detail || this.#entries.at(-2)?.step === step)) {
      last.count++;
      last.lastAt = now;
      last.detail = detail.slice(0, MAX_DETAIL);
      return;
    }
    if (this.#entries.length === CAPACITY) this.#entries.shift();
    this.#entries.push({ at: now, step, detail: detail.slice(0, MAX_DETAIL), count: 1, lastAt: now });
  }

  get entries(): readonly HistoryEntry[] {
    return this.#entries;
  }
}
