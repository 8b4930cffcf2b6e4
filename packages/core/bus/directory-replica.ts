import { isDeepStrictEqual } from 'node:util';
import type { FluxError } from '../errors/flux-error.ts';
import type { BusValue, Directory, DirectoryEntry, DirectoryWatcher } from './bus.ts';
import { checkName, encodeMemberMessage } from './message.ts';
import { crowdedError, type Uplink } from './uplink.ts';

interface Claim {
  readonly key: string;
  /** Given up before it was answered. */
  isReleased: boolean;
  /** Undefined where the link went before the answer. */
  settle(isHeld: boolean | undefined): void;
  fail(error: FluxError): void;
}

interface Watch {
  readonly prefix: string;
  readonly watcher: DirectoryWatcher;
}

/**
 * A member's copy of the directory. It changes by what the hub says alone, also for the member's own entries, so that
 * all copies go through the same states. While the link is away it stays as it was.
 */
export class DirectoryReplica implements Directory {
  readonly #member: string;
  readonly #uplink: Uplink;
  readonly #guard: (call: () => void) => void;
  readonly #claims = new Map<number, Claim>();
  readonly #held = new Set<string>();
  readonly #watches = new Set<Watch>();
  #entries = new Map<string, DirectoryEntry>();
  #snapshot = new Map<string, DirectoryEntry>();
  #lastClaim = 0;

  /** `guard` calls what is not ours and may throw. */
  constructor(member: string, uplink: Uplink, guard: (call: () => void) => void) {
    this.#member = member;
    this.#uplink = uplink;
    this.#guard = guard;
  }

  get(key: string): DirectoryEntry | undefined {
    return this.#entries.get(key);
  }

  entries(prefix: string): DirectoryEntry[] {
    return [...this.#entries.values()].filter(entry => entry.key.startsWith(prefix));
  }

  watch(prefix: string, watcher: DirectoryWatcher): () => void {
    const watch = { prefix, watcher };
    this.#watches.add(watch);
    return () => this.#watches.delete(watch);
  }

  async claim(key: string, value: BusValue): Promise<boolean> {
    checkName(key);
    const id = ++this.#lastClaim;
    const text = encodeMemberMessage({ type: 'claim', id, key, value });
    if (this.#claims.size >= this.#uplink.maxWaiting) throw crowdedError();
    const claim: Claim = { key, isReleased: false, settle: () => {}, fail: () => {} };
    this.#claims.set(id, claim);
    try {
      for (;;) {
        // No turn may pass where it is joined: what the caller says next must not overtake this.
        while (!this.#uplink.isJoined) await this.#uplink.untilJoined();
        const isHeld = await this.#ask(claim, text);
        // The link went before the answer, and the claim with it: the hub frees what the member does not bring back.
        if (isHeld !== undefined) return isHeld;
      }
    } finally {
      this.#claims.delete(id);
    }
  }

  release(key: string): void {
    checkName(key);
    this.#held.delete(key);
    for (const claim of this.#claims.values()) {
      if (claim.key === key) claim.isReleased = true;
    }
    this.#sendRelease(key);
  }

  /** Begins to tell the hub what this member holds. */
  restore(): void {
    this.#snapshot = new Map();
    for (const key of this.#held) {
      const entry = this.#entries.get(key);
      if (entry) this.#uplink.send(encodeMemberMessage({ type: 'hold', key, value: entry.value }));
    }
  }

  addToSnapshot(entry: DirectoryEntry): void {
    this.#snapshot.set(entry.key, entry);
  }

  /** Takes the snapshot for the directory, tells what differs, and returns the keys that are no longer held. */
  takeSnapshot(): string[] {
    const before = this.#entries;
    this.#entries = this.#snapshot;
    this.#snapshot = new Map();
    const lost = [...this.#held].filter(key => this.#entries.get(key)?.member !== this.#member);
    for (const key of lost) this.#held.delete(key);
    for (const key of before.keys()) {
      if (!this.#entries.has(key)) this.#tell(key, undefined);
    }
    for (const [key, entry] of this.#entries) {
      if (!isDeepStrictEqual(before.get(key), entry)) this.#tell(key, entry);
    }
    return lost;
  }

  change(entry: DirectoryEntry): void {
    this.#entries.set(entry.key, entry);
    this.#tell(entry.key, entry);
  }

  remove(key: string): void {
    if (this.#entries.delete(key)) this.#tell(key, undefined);
  }

  answerClaim(id: number, isHeld: boolean): void {
    const claim = this.#claims.get(id);
    if (!claim) return;
    if (isHeld && !claim.isReleased) this.#held.add(claim.key);
    claim.settle(isHeld);
  }

  failClaim(id: number, error: FluxError): void {
    this.#claims.get(id)?.fail(error);
  }

  linkLost(): void {
    for (const claim of this.#claims.values()) claim.settle(undefined);
  }

  #ask(claim: Claim, text: string): Promise<boolean | undefined> {
    return new Promise((resolve, reject) => {
      claim.settle = resolve;
      claim.fail = reject;
      this.#uplink.send(text);
      if (claim.isReleased) this.#sendRelease(claim.key);
    });
  }

  #sendRelease(key: string): void {
    this.#uplink.send(encodeMemberMessage({ type: 'release', key }));
  }

  #tell(key: string, entry: DirectoryEntry | undefined): void {
    for (const { prefix, watcher } of this.#watches) {
      if (key.startsWith(prefix)) this.#guard(() => watcher(key, entry));
    }
  }
}
