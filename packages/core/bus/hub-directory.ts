import { isDeepStrictEqual } from 'node:util';
import { FluxError } from '../errors/flux-error.ts';
import type { BusValue, DirectoryEntry } from './bus.ts';

/** What the hub keeps, at most. Bytes are those of keys and of values as JSON. */
export interface DirectoryLimits {
  /** Of one member. */
  readonly memberEntries: number;
  readonly memberBytes: number;
  /** Of all members together. */
  readonly entries: number;
  readonly bytes: number;
}

interface Held {
  readonly entry: DirectoryEntry;
  readonly size: number;
}

interface Share {
  entries: number;
  bytes: number;
}

/** The hub's own copy of the directory, which is the one that counts: who holds which key, within bounds. */
export class HubDirectory {
  readonly #limits: DirectoryLimits;
  readonly #held = new Map<string, Held>();
  readonly #shares = new Map<string, Share>();
  readonly #all: Share = { entries: 0, bytes: 0 };

  constructor(limits: DirectoryLimits) {
    this.#limits = limits;
  }

  *entries(): Iterable<DirectoryEntry> {
    for (const { entry } of this.#held.values()) yield entry;
  }

  /** Throws `BUS_FULL`, and leaves all as it was. */
  claim(member: string, key: string, value: BusValue): 'taken' | 'unchanged' | 'changed' {
    const held = this.#held.get(key);
    if (held && held.entry.member !== member) return 'taken';
    if (held && isDeepStrictEqual(held.entry.value, value)) return 'unchanged';
    const size = key.length + Buffer.byteLength(JSON.stringify(value));
    this.#take(member, held ? 0 : 1, size - (held?.size ?? 0));
    this.#held.set(key, { entry: { key, member, value }, size });
    return 'changed';
  }

  /** False where the member does not hold it. */
  release(member: string, key: string): boolean {
    const held = this.#held.get(key);
    if (held?.entry.member !== member) return false;
    this.#held.delete(key);
    this.#take(member, -1, -held.size);
    return true;
  }

  keysOf(member: string): string[] {
    return [...this.#held.values()]
      .filter(({ entry }) => entry.member === member)
      .map(({ entry }) => entry.key);
  }

  #take(member: string, entries: number, bytes: number): void {
    const { memberEntries, memberBytes, entries: maxEntries, bytes: maxBytes } = this.#limits;
    const share = this.#shares.get(member) ?? { entries: 0, bytes: 0 };
    // What becomes less is always let through.
    const isOver = (now: number, more: number, most: number) => more > 0 && now + more > most;
    if (isOver(share.entries, entries, memberEntries) || isOver(share.bytes, bytes, memberBytes))
      throw new FluxError('BUS_FULL', `${member} holds as much in the directory as one program may.`);
    if (isOver(this.#all.entries, entries, maxEntries) || isOver(this.#all.bytes, bytes, maxBytes))
      throw new FluxError('BUS_FULL', 'The programs hold as much in the directory as they may together.');
    for (const each of [share, this.#all]) {
      each.entries += entries;
      each.bytes += bytes;
    }
    if (share.entries === 0) this.#shares.delete(member);
    else this.#shares.set(member, share);
  }
}
