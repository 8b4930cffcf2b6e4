import type { EventKind, GatewayEvent } from '@flux-iot/core/control/gateway-event';

/** An event as clients of the API hear it. */
export interface FeedEvent {
  /** Of this run of the server, and counted: `m3k1x9-42`. */
  readonly id: string;
  readonly type: string;
  readonly event: GatewayEvent;
}

export interface Subscription {
  /** What came since the event that the client heard last. */
  readonly missed: readonly FeedEvent[];
  /** The client has missed more than is kept: what it knows is not to be relied on. */
  readonly hasGap: boolean;
  /** Idempotent. */
  end(): void;
}

/** Viewers come and go too often for a feed of what there is. */
const LEFT_OUT: ReadonlySet<EventKind> = new Set<EventKind>(['publish', 'play', 'stop']);
/** The feed's name of what hooks call otherwise. */
const NAMES: Partial<Record<EventKind, string>> = { 'stream-closed': 'stream-ended' };
const KEPT = 1000;

/** The types of event that the feed has. */
export function feedType(kind: EventKind): string | undefined {
  return LEFT_OUT.has(kind) ? undefined : (NAMES[kind] ?? kind);
}

/** What happened lately, and whoever listens to what happens. Bounded: the oldest events go. */
export class EventFeed {
  readonly #run = Date.now().toString(36);
  readonly #kept: FeedEvent[] = [];
  readonly #receivers = new Set<(event: FeedEvent) => void>();
  #count = 0;

  get listeners(): number {
    return this.#receivers.size;
  }

  add(event: GatewayEvent): void {
    const type = feedType(event.kind);
    if (type === undefined) return;
    const added = { id: `${this.#run}-${++this.#count}`, type, event };
    this.#kept.push(added);
    if (this.#kept.length > KEPT) this.#kept.shift();
    for (const receiver of this.#receivers) receiver(added);
  }

  /** `lastId`: of the event that the client heard last, if it heard any. */
  subscribe(lastId: string | undefined, receiver: (event: FeedEvent) => void): Subscription {
    // A function of its own, so that one receiver may subscribe twice.
    const own = (event: FeedEvent) => receiver(event);
    this.#receivers.add(own);
    const end = () => void this.#receivers.delete(own);
    if (lastId === undefined) return { missed: [], hasGap: false, end };
    const [run, number = ''] = lastId.split('-');
    const last = run === this.#run && /^\d{1,15}$/.test(number) ? Number(number) : undefined;
    const oldest = this.#count - this.#kept.length + 1;
    if (last === undefined || last > this.#count || last < oldest - 1)
      return { missed: [], hasGap: true, end };
    return { missed: this.#kept.slice(last - oldest + 1), hasGap: false, end };
  }
}
