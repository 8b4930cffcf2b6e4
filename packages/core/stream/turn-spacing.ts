export interface TurnSpacingOptions {
  /** Milliseconds from one turn of the event loop to the next when spacing begins; 0 turns it off. */
  readonly minInterval: number;
  /** What they grow to while the load stays and somebody watches. */
  readonly maxInterval: number;
  /** What they grow to while nobody does. */
  readonly maxUnwatchedInterval: number;
}

/** Reads a second from which spacing pays, and below which it ends again. */
const BUSY = 2000;
const CALM = 1000;
/** Datagrams a second to shared sockets with which turns are not spaced at all. */
const BUSY_DATAGRAMS = 50;
/** Milliseconds by which the interval grows each second under load, and shrinks without. */
const STEP = 5;
/** Shorter waits cost more than they save. */
const LEAST_WAIT = 0.5;

/**
 * Spaces the turns of the event loop while many sockets bring little each: a thousand encoders send a few hundred
 * bytes at a time, and a read for each costs more than all the rest. After a short wait each read brings several
 * messages (DESIGN §5), the more so where nobody waits for a picture. The wait blocks the process, which is the point: nothing else would be done in it but reads.
 *
 * A busy UDP socket that many sources share holds it off: libuv takes only 32 of its datagrams a turn.
 */
export class TurnSpacing {
  readonly #options: TurnSpacingOptions;
  readonly #cell = new Int32Array(new SharedArrayBuffer(4));
  #reads = 0;
  /** 0 while the loop turns freely. */
  #interval = 0;
  #turnBegan = 0;
  #isHurried = false;
  #datagrams = 0;

  constructor(options: TurnSpacingOptions) {
    this.#options = options;
  }

  /** Milliseconds from turn to turn; 0 while the loop turns freely. */
  get interval(): number {
    return this.#interval;
  }

  /** A socket was read. */
  countRead(): void {
    this.#reads++;
  }

  /** A client was let in. libuv accepts one a turn: as long as there are more, turns follow one another at once. */
  countAccept(): void {
    this.#isHurried = true;
  }

  /** A datagram came to a socket that many sources share. What else waits there is taken at once. */
  countDatagram(): void {
    this.#isHurried = true;
    this.#datagrams++;
  }

  /** Once a second: begins spacing, adjusts it or ends it by what was read since, and by whether somebody watches. */
  tick(isWatched: boolean): void {
    const { minInterval } = this.#options;
    const maxInterval = isWatched ? this.#options.maxInterval : this.#options.maxUnwatchedInterval;
    const reads = this.#reads;
    const isHeldOff = this.#datagrams >= BUSY_DATAGRAMS;
    this.#reads = 0;
    this.#datagrams = 0;
    if (isHeldOff) {
      this.#interval = 0;
    } else if (this.#interval > 0) {
      if (reads >= BUSY) this.#interval += STEP;
      else if (reads < CALM) this.#interval -= STEP;
      this.#interval = Math.min(maxInterval, this.#interval);
      if (this.#interval < minInterval) this.#interval = 0;
    } else if (reads >= BUSY && minInterval > 0) {
      this.#interval = minInterval;
      this.#turnBegan = performance.now();
      setImmediate(this.#turn);
    }
  }

  close(): void {
    this.#interval = 0;
  }

  readonly #turn = (): void => {
    if (this.#interval === 0) return;
    const isHurried = this.#isHurried;
    this.#isHurried = false;
    const rest = this.#interval - (performance.now() - this.#turnBegan);
    if (!isHurried && rest >= LEAST_WAIT) Atomics.wait(this.#cell, 0, 0, rest);
    this.#turnBegan = performance.now();
    setImmediate(this.#turn);
  };
}
