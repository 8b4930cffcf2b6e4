import { NO_COUNT } from '@flux-iot/core/access/tenant-count';
import { expect, it } from 'vitest';
import type { TenantLoad } from '../tenants/tenant-loads.ts';
import { GuardedApi } from '../test-support.ts';
import { TenantMetrics } from './tenant-metrics.ts';

function load(id: string, streams: number): TenantLoad {
  const tenant = { id, name: id, isActive: true, apps: [], createdAt: 0, maxStreams: 9 };
  return { tenant, count: { ...NO_COUNT, streams }, storageBytes: 1 };
}

it('has a bounded number of series, in which nothing is lost', async () => {
  const metrics = new TenantMetrics();
  const loads = Array.from({ length: 150 }, (_, index) => load(`t${index}`, 2));
  await metrics.text(loads);
  // Asked again, nothing is added up.
  const lines = (await metrics.text(loads)).split('\n');
  const streams = lines.filter(line => line.startsWith('flux_tenant_streams{'));
  expect(streams).toHaveLength(101);
  expect(streams).toContain('flux_tenant_streams{tenant="t99"} 2');
  expect(streams.at(-1)).toBe('flux_tenant_streams{tenant="_other"} 100');
  expect(lines.filter(line => line.startsWith('flux_tenant_limit{'))).toHaveLength(100);
});

it('shows what tenants have and may have to administrators of the server, and to nobody else that there are any', async () => {
  const counts = new Map([
    ['acme', { ...NO_COUNT, streams: 3, viewers: 4, bitrate: 5e6, recordingBytes: 10 }],
  ]);
  await using guarded = await GuardedApi.start({
    tenants: { counts: () => counts, stored: tenantId => (tenantId === 'acme' ? 90 : 0) },
  });
  const { api } = guarded;
  await api.accounts.tenants.change('acme', { maxBitrate: 1e7, maxStorageBytes: 1000 });
  const [owner, staff] = [await guarded.key('o', 'administrator'), await guarded.key('s', 'viewer')];
  const chief = await guarded.key('c', 'administrator', 'acme');
  const { body } = await api.get('/metrics', owner);
  for (const line of [
    'flux_tenant_streams{tenant="acme"} 3',
    'flux_tenant_received_bits_per_second{tenant="acme"} 5000000',
    'flux_tenant_storage_bytes{tenant="acme"} 100',
    'flux_tenant_limit{tenant="acme",limit="storage_bytes"} 1000',
  ])
    expect(body.split('\n')).toContain(line);
  expect((await api.get('/metrics', staff)).body).not.toContain('tenant');
  expect((await api.get('/metrics', chief)).statusCode).toBe(403);
  // The tenant's own are in its usage.
  const usage = (await api.get('/api/v1/usage', chief)).json();
  expect(usage.current).toEqual([
    {
      tenant: 'acme',
      ...{ streams: 3, viewers: 4, transcodes: 0, bitrate: 5e6, storage_bytes: 100 },
      ...{ max_bitrate: 1e7, max_storage_bytes: 1000 },
    },
  ]);
  expect((await api.get('/api/v1/usage', owner)).json().current).toHaveLength(2);
  expect((await api.get('/api/v1/usage?tenant=default', chief)).json().current).toEqual([]);
});
