import type { EventKind } from '@flux-iot/core/control/gateway-event';
import type { Action } from '@flux-iot/core/orchestrator/stream-orchestrator';

/** Somebody else's HTTP server that is told of events, or asked before clients are let in. */
export interface Hook {
  readonly id: string;
  readonly url: string;
  /** What it is told of. */
  readonly events: readonly EventKind[];
  /** What it is asked for before anybody may do it. */
  readonly decides: readonly Action[];
  /** Only for streams of these apps; for all where it is empty. */
  readonly apps: readonly string[];
  /** Requests are signed with it. */
  readonly secret: string;
  /** Milliseconds that it is given to answer. */
  readonly timeout: number;
  readonly enabled: boolean;
  readonly description: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly tenantId?: string;
}

/** A hook of the configuration cannot be changed by the API. */
export const CONFIGURED_PREFIX = 'config-';

export function isConfigured({ id }: Pick<Hook, 'id'>): boolean {
  return id.startsWith(CONFIGURED_PREFIX);
}

/** What could not be delivered, with what it takes to do it again. */
export interface DeadLetter {
  /** The message's id, the same in all attempts. */
  readonly id: string;
  readonly hookId: string;
  readonly kind: EventKind;
  /** The body as it was to be sent. */
  readonly body: string;
  readonly attempts: number;
  readonly error: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly failedAt: number;
}
