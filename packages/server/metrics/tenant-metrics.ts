import { Gauge, Registry } from 'prom-client';
import type { TenantLoad } from '../tenants/tenant-loads.ts';

/** Tenants with figures of their own, the oldest first; a series each and no more, whatever comes later. */
const MAX_TENANTS = 100;
/** All others together; no tenant is called so. */
const OTHERS = '_other';

const FIGURES = {
  flux_tenant_streams: ['Streams of the tenant', ({ count }: TenantLoad) => count.streams],
  flux_tenant_viewers: ['Viewers of the tenant', ({ count }: TenantLoad) => count.viewers],
  flux_tenant_transcodes: [
    'Streams made of others of the tenant',
    ({ count }: TenantLoad) => count.transcodes,
  ],
  flux_tenant_received_bits_per_second: [
    'What the publishers of the tenant bring',
    ({ count }: TenantLoad) => count.bitrate,
  ],
  flux_tenant_storage_bytes: ['Recordings of the tenant', ({ storageBytes }: TenantLoad) => storageBytes],
} as const;

/** Of each tenant, where one has it. */
const LIMITS = {
  streams: 'maxStreams',
  viewers: 'maxViewers',
  transcodes: 'maxTranscodes',
  received_bits_per_second: 'maxBitrate',
  storage_bytes: 'maxStorageBytes',
} as const;

/** What each tenant has, and may have. */
export class TenantMetrics {
  readonly #registry = new Registry();
  readonly #gauges: readonly (readonly [Gauge, (load: TenantLoad) => number])[];
  readonly #limits: Gauge;

  constructor() {
    const registers = [this.#registry];
    this.#gauges = Object.entries(FIGURES).map(([name, [help, value]]) => [
      new Gauge({ name, help, labelNames: ['tenant'], registers }),
      value,
    ]);
    this.#limits = new Gauge({
      name: 'flux_tenant_limit',
      help: 'What the tenant may have, in the units of the other figures',
      labelNames: ['tenant', 'limit'],
      registers,
    });
  }

  /** Text exposition format. `loads`: the oldest tenant first. */
  text(loads: readonly TenantLoad[]): Promise<string> {
    for (const [gauge] of this.#gauges) gauge.reset();
    this.#limits.reset();
    for (const [index, load] of loads.entries()) {
      const isNamed = index < MAX_TENANTS;
      for (const [gauge, value] of this.#gauges) {
        if (isNamed) gauge.set({ tenant: load.tenant.id }, value(load));
        else gauge.inc({ tenant: OTHERS }, value(load));
      }
      if (isNamed) this.#setLimits(load);
    }
    return this.#registry.metrics();
  }

  #setLimits({ tenant }: TenantLoad): void {
    for (const [limit, key] of Object.entries(LIMITS)) {
      const value = tenant[key];
      if (value !== undefined) this.#limits.set({ tenant: tenant.id, limit }, value);
    }
  }
}
