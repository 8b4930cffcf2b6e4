import { NO_COUNT, type TenantCount } from '@flux-iot/core/access/tenant-count';
import type { Tenant, TenantStore } from './tenants.ts';

/** What a tenant has at present, and what it may have. */
export interface TenantLoad {
  readonly tenant: Tenant;
  readonly count: TenantCount;
  /** Bytes of all its recordings, also of those that are being written. */
  readonly storageBytes: number;
}

/** Where what the nodes tell comes together. */
export interface TenantFigures {
  readonly counts: () => ReadonlyMap<string, TenantCount>;
  readonly stored: (tenantId: string) => number;
}

export const NO_FIGURES: TenantFigures = { counts: () => new Map(), stored: () => 0 };

/** Of all tenants, the oldest first. */
export async function tenantLoads(
  tenants: Pick<TenantStore, 'list'>,
  { counts, stored }: TenantFigures,
): Promise<TenantLoad[]> {
  const found = counts();
  const all = [...(await tenants.list())].sort((one, other) => one.createdAt - other.createdAt);
  return all.map(tenant => {
    const count = found.get(tenant.id) ?? NO_COUNT;
    return { tenant, count, storageBytes: stored(tenant.id) + count.recordingBytes };
  });
}
