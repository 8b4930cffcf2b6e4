import type { Bus, BusValue } from '../bus/bus.ts';
import type { AccessPolicy } from './access-policy.ts';
import type { Refusal } from './gatekeeper.ts';

const POLICY_KEY = 'access/policy';
const REFUSALS = 'access.refused';

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
