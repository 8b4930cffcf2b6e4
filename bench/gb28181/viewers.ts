import { setTimeout as sleep } from 'node:timers/promises';

const RETRY = 300;

/** Players of HTTP-FLV that come again whenever they are cut off, as players do. */
export class Viewers {
  readonly #aborts = new AbortController();
  /** When each of them got its last bytes, by stream. */
  readonly #heard = new Map<string, number>();
  readonly #running: Promise<void>[];

  constructor(base: string, streams: readonly string[]) {
    this.#running = streams.map(stream => this.#watch(`${base}/flv/${stream}.flv`, stream));
  }

  /** How many got something since then: milliseconds of `performance.now()`. */
  servedSince(time: number): number {
    return [...this.#heard.values()].filter(at => at > time).length;
  }

  async close(): Promise<void> {
    this.#aborts.abort();
    await Promise.all(this.#running);
  }

  async #watch(url: string, stream: string): Promise<void> {
    const { signal } = this.#aborts;
    while (!signal.aborted) {
      try {
        const { ok, body } = await fetch(url, { signal });
        if (ok && body) for await (const _bytes of body) this.#heard.set(stream, performance.now());
        else await body?.cancel();
      } catch {
        // It is not there, or is gone: the next try tells.
      }
      await sleep(RETRY, undefined, { signal }).catch(() => {});
    }
  }
}
