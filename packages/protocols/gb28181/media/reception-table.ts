/** Where packets come from: an address and a port. */
export interface MediaSource {
  readonly address: string;
  readonly port: number;
}

/** What the table has to know of a reception to find its packets. */
export interface TableEntry {
  /** Of the offer: nobody else was given it. */
  readonly ssrc: number;
  /** Of the answer, where it names another: it may be anybody's. */
  readonly answeredSsrc: number | undefined;
  /** Addresses from which the device is known to come. */
  readonly addresses: ReadonlySet<string>;
  /** The port that its answer says it sends from. */
  readonly answeredPort: number | undefined;
  /** Where its packets come from; undefined before the first. */
  readonly source: MediaSource | undefined;
  /** Of its newest packet. */
  readonly lastSsrc: number | undefined;
  /** Nothing is to come for a while. */
  readonly isPaused: boolean;
  /** Milliseconds since its newest packet; infinite before the first, and where its connection is closed. */
  silence(now: number): number;
}

export type Route<T> =
  | { readonly kind: 'found'; readonly entry: T; readonly isKnownSsrc: boolean }
  /** It may be for any of these, and which of them is not said. */
  | { readonly kind: 'stray'; readonly candidates: readonly T[] };

/** Milliseconds in which what is still sent to a closed reception is known as that. */
const AFTERMATH = 3000;
const MAX_CLOSED = 1000;
/** Milliseconds without packets after which those with its SSRC may come from elsewhere. */
const MOVABLE = 1000;
/** The same for those of which nothing but the address says whose they are. */
const LOST = 4000;

/**
 * Tells the packets apart that come to one port. By their SSRC, as the standard has it; but there are devices that put
 * one of their own there (Hikvision as a lower platform), or always 0 (Dahua), and those that change it with every key
 * frame (Uniview). So a source, once it is known, stays with its reception whatever its SSRC, and an unknown one is
 * taken for that of a reception that waits for its address, if there is only one that it can be.
 */
export class ReceptionTable<T extends TableEntry> {
  readonly #entries = new Set<T>();
  readonly #bySsrc = new Map<number, T>();
  /** A recorder may send several streams from one port. */
  readonly #bySource = new Map<string, T[]>();
  /** When sources of closed receptions were last heard, and with which SSRC. */
  readonly #closed = new Map<string, number>();
  readonly #isExclusive: boolean;

  /** `isExclusive`: the port is for one reception, which all packets are for. */
  constructor(isExclusive: boolean) {
    this.#isExclusive = isExclusive;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Whether one was given it; that a device chose the same by itself does not matter. */
  hasSsrc(ssrc: number): boolean {
    return this.#bySsrc.get(ssrc)?.ssrc === ssrc;
  }

  add(entry: T): void {
    this.#entries.add(entry);
    this.#bySsrc.set(entry.ssrc, entry);
  }

  /** The answer names the SSRC: of several that have the same, the first is known by it. */
  addAnswered(entry: T): void {
    const { answeredSsrc } = entry;
    if (answeredSsrc !== undefined && !this.#bySsrc.has(answeredSsrc)) this.#bySsrc.set(answeredSsrc, entry);
  }

  /** Packets of `entry` come from `source` from now on; `before`: where they came from. */
  bind(entry: T, source: MediaSource, before: MediaSource | undefined): void {
    if (before) this.#unbind(entry, before);
    this.#bySource.set(keyOf(source), [...this.#boundTo(source), entry]);
  }

  remove(entry: T, now: number): void {
    this.#entries.delete(entry);
    for (const ssrc of [entry.ssrc, entry.answeredSsrc]) {
      if (ssrc !== undefined && this.#bySsrc.get(ssrc) === entry) this.#bySsrc.delete(ssrc);
    }
    const { source, lastSsrc } = entry;
    if (!source || lastSsrc === undefined) return;
    this.#unbind(entry, source);
    if (this.#closed.size >= MAX_CLOSED) this.#closed.clear();
    this.#closed.set(`${keyOf(source)} ${lastSsrc}`, now);
  }

  /** Those to which nothing has come, and may come from this address. */
  waitingFor(address: string): T[] {
    return [...this.#entries].filter(
      entry => !entry.source && (this.#isExclusive || entry.addresses.has(address)),
    );
  }

  /** Whose packet it is that comes at `now`, in milliseconds. */
  find(ssrc: number, source: MediaSource, now: number): Route<T> {
    const named = this.#bySsrc.get(ssrc);
    if (named && mayComeFrom(named, ssrc, source, now)) {
      return { kind: 'found', entry: named, isKnownSsrc: true };
    }
    const known = this.#boundTo(source);
    // Where a port has one stream alone, it may change its SSRC.
    const entry =
      known.find(({ lastSsrc }) => lastSsrc === ssrc) ?? (known.length === 1 ? known[0] : undefined);
    if (entry) return { kind: 'found', entry, isKnownSsrc: false };
    if (this.#isAftermath(ssrc, source, now)) return { kind: 'stray', candidates: [] };
    return this.#guess(source, now);
  }

  #boundTo(source: MediaSource): readonly T[] {
    return this.#bySource.get(keyOf(source)) ?? [];
  }

  #unbind(entry: T, source: MediaSource): void {
    const others = this.#boundTo(source).filter(other => other !== entry);
    if (others.length > 0) this.#bySource.set(keyOf(source), others);
    else this.#bySource.delete(keyOf(source));
  }

  #guess(source: MediaSource, now: number): Route<T> {
    const waiting = [...this.#entries].filter(entry => !entry.source);
    const isPossible = (entry: T) => this.#isExclusive || entry.addresses.has(source.address);
    let candidates = waiting.filter(isPossible);
    // A device that began anew, with another port and another SSRC.
    if (candidates.length === 0) {
      candidates = [...this.#entries].filter(
        entry => entry.source && !entry.isPaused && entry.silence(now) > LOST && isPossible(entry),
      );
    }
    const exact = candidates.filter(entry => entry.answeredPort === source.port);
    if (exact.length === 1) candidates = exact;
    const [entry] = candidates;
    if (entry && candidates.length === 1) return { kind: 'found', entry, isKnownSsrc: false };
    return { kind: 'stray', candidates: candidates.length > 0 ? candidates : waiting };
  }

  #isAftermath(ssrc: number, source: MediaSource, now: number): boolean {
    if (this.#closed.size === 0) return false;
    const key = `${keyOf(source)} ${ssrc}`;
    const closedAt = this.#closed.get(key);
    if (closedAt === undefined) return false;
    if (now - closedAt < AFTERMATH) return true;
    this.#closed.delete(key);
    return false;
  }
}

/** Whether packets with its SSRC can be those of `entry`. */
function mayComeFrom(entry: TableEntry, ssrc: number, source: MediaSource, now: number): boolean {
  const bound = entry.source;
  if (!bound) return ssrc === entry.ssrc || entry.addresses.has(source.address);
  if (bound.port === source.port && bound.address === source.address) return true;
  // Another port behind a router, or a device that began anew; but not while the former source goes on.
  return entry.silence(now) > MOVABLE;
}

function keyOf({ address, port }: MediaSource): string {
  return `${address} ${port}`;
}
