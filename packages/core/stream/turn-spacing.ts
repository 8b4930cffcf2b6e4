export interface TurnSpacingOptions {
  /** Milliseconds from one turn of the event loop to the next while it is spaced; 0 turns it off. */
  readonly interval: number;
}

/** Reads a second from which spacing pays, and below which it ends again. */
const BUSY = 2000;
const CALM = 1000;
/** Shorter waits cost more than they save. */
const LEAST_WAIT = 0.5;

/**
 * Spaces the turns of the event loop while many sockets bring little each: a thousand encoders send a few hundred
 * bytes at a time, and a read for each costs more than all the rest. After a short wait each read brings several
 * messages (DESIGN §5). The wait blocks the process, which is the point: nothing else would be done in it but reads.
 *
 * Not for a process with a busy shared UDP socket, of which libuv takes only so many datagrams a turn.
 */
export class TurnSpacing {
  readonly #interval: number;
  readonly #cell = new Int32Array(new SharedArrayBuffer(4));
  #reads = 0;
  #isActive = false;
  #turnBegan = 0;

  constructor(options: TurnSpacingOptions) {
    this.#interval = options.interval;
  }

  get isActive(): boolean {
    return this.#isActive;
  }

  /** A socket was read. */
  countRead(): void {
    this.#reads++;
  }

  /** Once a second: begins or ends spacing by what was read since. */
  tick(): void {
    const reads = this.#reads;
    this.#reads = 0;
    if (this.#isActive) {
      this.#isActive = reads >= CALM;
    } else if (reads >= BUSY && this.#interval > 0) {
      this.#isActive = true;
      this.#turnBegan = performance.now();
      setImmediate(this.#turn);
    }
  }

  close(): void {
    this.#isActive = false;
  }

  readonly #turn = (): void => {
    if (!this.#isActive) return;
    const rest = this.#interval - (performance.now() - this.#turnBegan);
    if (rest >= LEAST_WAIT) Atomics.wait(this.#cell, 0, 0, rest);
    this.#turnBegan = performance.now();
    setImmediate(this.#turn);
  };
}
