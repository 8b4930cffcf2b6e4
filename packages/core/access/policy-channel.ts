import type { Bus, BusValue } from '../bus/bus.ts';
import type { AccessPolicy } from './access-policy.ts';
import type { Refusal } from './gatekeeper.ts';
import { NO_COUNT, sumOf, type TenantCount } from './tenant-count.ts';
import type { TenantUse } from './tenant-meter.ts';

const POLICY_KEY = 'access/policy';
const REFUSALS = 'access.refused';
const TOKENS = 'access.token';
const USES = 'access.used';
const COUNTS_PREFIX = 'access/tenants/';
const STORED_KEY = 'access/stored';

/** Makes the policy known to all media nodes, also to those that come later. */
export async function publishPolicy(bus: Bus, policy: AccessPolicy): Promise<void> {
  await bus.directory.claim(POLICY_KEY, policy as unknown as BusValue);
}

/**
 * Tells of the policy that is in force, and of every one that takes its place. While flux-server is away, the last one
 * stays. Returns the way to end it.
 */
export function followPolicy(bus: Bus, receiver: (policy: AccessPolicy) => void): () => void {
  const take = (value: BusValue) => receiver(value as unknown as AccessPolicy);
  const found = bus.directory.get(POLICY_KEY);
  if (found) take(found.value);
  return bus.directory.watch(POLICY_KEY, (_key, entry) => {
    if (entry) take(entry.value);
  });
}

/** What the tenants have on each node, by which limits hold for all nodes together. */
export class TenantCounts {
  readonly #bus: Bus;
  #latest = '';

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** Tells the other nodes what there is on this one, where that has changed. */
  tell(counts: ReadonlyMap<string, TenantCount>): void {
    const value = Object.fromEntries([...counts].map(([id, count]) => [id, { ...count }]));
    const text = JSON.stringify(value);
    if (text === this.#latest) return;
    this.#latest = text;
    // Where the bus is away, they learn of the next change.
    void this.#bus.directory.claim(COUNTS_PREFIX + this.#bus.member, value).catch(() => {
      this.#latest = '';
    });
  }

  /** What the tenant has on the other nodes. */
  elsewhere(tenantId: string): TenantCount {
    return this.#entries
      .filter(({ member }) => member !== this.#bus.member)
      .reduce((sum, { counts }) => sumOf(sum, counts[tenantId] ?? NO_COUNT), NO_COUNT);
  }

  /** What each tenant has on all nodes. */
  everywhere(): Map<string, TenantCount> {
    const sums = new Map<string, TenantCount>();
    for (const { counts } of this.#entries)
      for (const [tenantId, count] of Object.entries(counts))
        sums.set(tenantId, sumOf(sums.get(tenantId) ?? NO_COUNT, count));
    return sums;
  }

  get #entries() {
    return this.#bus.directory.entries(COUNTS_PREFIX).map(({ member, value }) => ({
      member,
      counts: value as unknown as Readonly<Record<string, TenantCount>>,
    }));
  }
}

/** Tells the nodes how many bytes of finished recordings each tenant has. */
export async function publishStored(bus: Bus, stored: ReadonlyMap<string, number>): Promise<void> {
  await bus.directory.claim(STORED_KEY, Object.fromEntries(stored));
}

/** Bytes of the tenant's finished recordings, as flux-server last said; 0 before it has. */
export function storedBytes(bus: Bus, tenantId: string): number {
  const stored = bus.directory.get(STORED_KEY)?.value as Readonly<Record<string, number>> | undefined;
  return stored?.[tenantId] ?? 0;
}

/** Tells flux-server what the tenants used on this node. */
export function reportUse(bus: Bus, uses: ReadonlyMap<string, TenantUse>): void {
  if (uses.size > 0) bus.publish(USES, Object.fromEntries(uses) as unknown as BusValue);
}

export function followUse(bus: Bus, receiver: (tenantId: string, use: TenantUse) => void): () => void {
  return bus.subscribe(USES, payload => {
    for (const [tenantId, use] of Object.entries(payload as unknown as Record<string, TenantUse>))
      receiver(tenantId, use);
  });
}

/** Asks flux-server for the stream token of an id. */
export async function askForToken(bus: Bus, id: string): Promise<string | undefined> {
  const token = await bus.request(TOKENS, id);
  return typeof token === 'string' ? token : undefined;
}

export function serveTokens(bus: Bus, find: (id: string) => Promise<string | undefined>): () => void {
  return bus.serve(TOKENS, async id => (typeof id === 'string' ? ((await find(id)) ?? null) : null));
}

/** Tells flux-server whom this node turned away. */
export function reportRefusal(bus: Bus, refusal: Refusal): void {
  bus.publish(REFUSALS, { ...refusal, by: refusal.by ?? null });
}

export function followRefusals(bus: Bus, receiver: (refusal: Refusal) => void): () => void {
  return bus.subscribe(REFUSALS, payload => {
    const { by, ...refusal } = payload as unknown as Refusal & { readonly by: string | null };
    receiver({ ...refusal, by: by ?? undefined });
  });
}
