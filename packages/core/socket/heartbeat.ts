/** Longest silence of a peer, in beats. */
const SILENT_BEATS = 3;

/** Milliseconds between beats with which a peer that says nothing for `timeout` milliseconds counts as gone. */
export function beatOf(timeout: number): number {
  return timeout / (SILENT_BEATS + 1);
}

/**
 * Notices that a peer gives no sign of life. Beats are counted, not time: a process that was held up itself has not
 * heard its peers' signs of life yet.
 */
export class Heartbeat {
  readonly #timer: NodeJS.Timeout;
  #silentBeats = 0;

  /** `beat`: milliseconds. At each one `onBeat` is called, to give a sign of life, or `onSilence`. */
  constructor(beat: number, onBeat: () => void, onSilence: () => void) {
    this.#timer = setInterval(() => {
      if (++this.#silentBeats > SILENT_BEATS) onSilence();
      else onBeat();
    }, beat);
  }

  /** The peer gave a sign of life. */
  heard(): void {
    this.#silentBeats = 0;
  }

  /** Idempotent. */
  stop(): void {
    clearInterval(this.#timer);
  }
}
