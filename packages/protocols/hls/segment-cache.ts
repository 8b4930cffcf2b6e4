/** Bytes of other nodes' segments that are kept, at most. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Segments of other nodes, those longest unused given up first; each is fetched once, however many ask for it. */
export class SegmentCache {
  readonly #segments = new Map<string, Buffer>();
  readonly #fetching = new Map<string, Promise<Buffer>>();
  #byteLength = 0;

  /** `fetch` is called where the segment is neither there nor on its way; what it throws, everybody gets. */
  async get(key: string, fetch: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.#segments.get(key);
    if (known) {
      this.#segments.delete(key);
      this.#segments.set(key, known);
      return known;
    }
    let fetching = this.#fetching.get(key);
    if (!fetching) {
      fetching = fetch().finally(() => this.#fetching.delete(key));
      this.#fetching.set(key, fetching);
      fetching.then(
        segment => this.#keep(key, segment),
        () => {},
      );
    }
    return fetching;
  }

  #keep(key: string, segment: Buffer): void {
    this.#segments.set(key, segment);
    this.#byteLength += segment.length;
    for (const [oldest, { length }] of this.#segments) {
      if (this.#byteLength <= MAX_BYTES) return;
      this.#segments.delete(oldest);
      this.#byteLength -= length;
    }
  }
}
