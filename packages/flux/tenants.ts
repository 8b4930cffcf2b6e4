import { tenantOf } from '@flux-iot/core/access/access-policy';
import { BitrateWatch } from '@flux-iot/core/access/bitrate-watch';
import type { Gatekeeper, Refusal } from '@flux-iot/core/access/gatekeeper';
import type { TenantCount } from '@flux-iot/core/access/tenant-count';
import { TenantLimits } from '@flux-iot/core/access/tenant-limits';
import { TenantMeter } from '@flux-iot/core/access/tenant-meter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { StreamRegistry } from '@flux-iot/core/orchestrator/stream-registry';
import type { ActiveRecording } from '@flux-iot/core/record/recording';
import type { StreamId } from '@flux-iot/core/stream/stream-id';

export interface NodeTenantsOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly registry: StreamRegistry | undefined;
  /** Undefined where authentication is off: there is one tenant then, without limits. */
  readonly gatekeeper: Gatekeeper | undefined;
  readonly recordings: () => readonly ActiveRecording[];
  readonly elsewhere?: (tenantId: string) => TenantCount;
  readonly stored?: (tenantId: string) => number;
  readonly onRefused?: (refusal: Refusal) => void;
}

export interface NodeTenants {
  readonly meter: TenantMeter;
  readonly limits: TenantLimits;
  /** Holds tenants to their bitrates; to be called once a second. */
  look(): void;
}

/** What the tenants have on this node, and what they may have on all. */
export function createNodeTenants(options: NodeTenantsOptions): NodeTenants {
  const { orchestrator, registry, gatekeeper, recordings, elsewhere, stored, onRefused } = options;
  const tenantOfStream = (streamId: StreamId) => tenantOf(gatekeeper?.policy ?? { apps: {} }, streamId);
  const ruleOf = (tenantId: string) => gatekeeper?.policy?.tenants[tenantId];
  const meter = new TenantMeter(orchestrator, tenantOfStream, recordings);
  const common = { tenantOf: tenantOfStream, here: () => meter.counts(), elsewhere };
  const watch = new BitrateWatch({
    ...common,
    orchestrator,
    limitOf: tenantId => ruleOf(tenantId)?.maxBitrate,
    onEnded: ({ stream, publisher }, tenantId) =>
      onRefused?.({
        action: 'publish',
        streamId: stream.id,
        address: publisher.peer,
        code: 'TENANT_LIMIT',
        tenantId,
        by: undefined,
      }),
  });
  const limits = new TenantLimits({
    ...common,
    ruleOf,
    stored,
    isThere: streamId =>
      orchestrator.ownStream(streamId) !== undefined || registry?.ownerOf(streamId) !== undefined,
    isOverBitrate: tenantId => watch.isOver(tenantId),
  });
  return { meter, limits, look: () => watch.look(performance.now()) };
}
