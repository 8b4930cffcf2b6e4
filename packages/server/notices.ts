import type { Bus } from '@flux-iot/core/bus/bus';
import { AccessDesk } from '@flux-iot/core/control/access-question';
import { NODE_PREFIX } from '@flux-iot/core/control/cluster-keys';
import { type GatewayEvent, onEvents } from '@flux-iot/core/control/gateway-event';
import { EventFeed } from './events/event-feed.ts';
import { HookService, type HookServiceOptions } from './hooks/hook-service.ts';

export interface NoticesOptions extends Omit<HookServiceOptions, 'onAsked'> {
  readonly bus: Bus;
}

export interface Notices {
  readonly hooks: HookService;
  readonly events: EventFeed;
  /** For events of flux-server itself. */
  tell(event: GatewayEvent): void;
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * What flux-server makes of what the nodes say: hooks are called, and clients of the API hear of it; and whoever nodes
 * ask about is asked of hooks. When it resolves, nodes that join know whom they have to ask for.
 */
export async function startNotices({ bus, ...options }: NoticesOptions): Promise<Notices> {
  const events = new EventFeed();
  const desk: AccessDesk = new AccessDesk(bus, question => hooks.judge(question));
  const hooks = new HookService({ ...options, onAsked: actions => desk.ask(actions) });
  const tell = (event: GatewayEvent) => {
    events.add(event);
    hooks.tell(event);
  };
  const endings = [onEvents(bus, tell), watchNodes(bus, tell), () => desk.close()];
  await hooks.start();
  return {
    hooks,
    events,
    tell,
    async close() {
      for (const end of endings.splice(0)) end();
      await hooks.close();
    },
  };
}

/** Nodes come and go without telling; the directory knows. One that says more of itself has not come again. */
function watchNodes(bus: Bus, tell: (event: GatewayEvent) => void): () => void {
  const online = new Set<string>();
  return bus.directory.watch(NODE_PREFIX, (key, entry) => {
    const node = key.slice(NODE_PREFIX.length);
    if (online.has(node) === (entry !== undefined)) return;
    if (entry) online.add(node);
    else online.delete(node);
    tell({ kind: entry ? 'node-online' : 'node-offline', at: Date.now(), node, details: {} });
  });
}
