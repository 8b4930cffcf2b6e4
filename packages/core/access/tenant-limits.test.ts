import { describe, expect, it } from 'vitest';
import { FluxError } from '../errors/flux-error.ts';
import type { TenantRule } from './access-policy.ts';
import { NO_COUNT, type TenantCount } from './tenant-count.ts';
import { TenantLimits, type TenantLimitsOptions } from './tenant-limits.ts';

/** Limits of the tenant `acme`, which has so much here and elsewhere. */
function limits(
  rule: Omit<TenantRule, 'isActive'>,
  here: Partial<TenantCount>,
  options: Partial<TenantLimitsOptions> & { others?: Partial<TenantCount> } = {},
): TenantLimits {
  return new TenantLimits({
    ruleOf: tenantId => (tenantId === 'acme' ? { isActive: true, ...rule } : undefined),
    tenantOf: streamId => (streamId.startsWith('acme~') ? 'acme' : 'default'),
    here: () => new Map([['acme', { ...NO_COUNT, ...here }]]),
    elsewhere: tenantId => ({ ...NO_COUNT, ...(tenantId === 'acme' ? options.others : {}) }),
    isThere: streamId => streamId === 'acme~known',
    ...options,
  });
}

function codeOf(act: () => void): string {
  try {
    act();
    return 'ok';
  } catch (error) {
    return FluxError.from(error).code;
  }
}

describe('a tenant’s limits', () => {
  it('hold for streams and viewers over all nodes, and for no other tenant', () => {
    const full = limits(
      { maxStreams: 3, maxViewers: 2 },
      { streams: 2, viewers: 1 },
      {
        others: { streams: 1, viewers: 1 },
      },
    );
    expect(codeOf(() => full.check('publish', 'acme~new'))).toBe('TENANT_LIMIT');
    expect(codeOf(() => full.check('play', 'acme~new'))).toBe('TENANT_LIMIT');
    expect(codeOf(() => full.check('publish', 'cam1'))).toBe('ok');
    expect(codeOf(() => full.check('play', 'cam1'))).toBe('ok');
  });

  it('let a publisher come back to the stream that it has', () => {
    const full = limits({ maxStreams: 1 }, { streams: 1 });
    expect(codeOf(() => full.check('publish', 'acme~known'))).toBe('ok');
    expect(codeOf(() => full.check('publish', 'acme~new'))).toBe('TENANT_LIMIT');
  });

  it('refuse publishers while the tenant brings as much as it may, or has not made up for more', () => {
    const rule = { maxBitrate: 10_000 };
    expect(codeOf(() => limits(rule, { bitrate: 9999 }).check('publish', 'acme~new'))).toBe('ok');
    const full = limits(rule, { bitrate: 4000 }, { others: { bitrate: 6000 } });
    expect(codeOf(() => full.check('publish', 'acme~new'))).toBe('TENANT_LIMIT');
    expect(codeOf(() => full.check('play', 'acme~new'))).toBe('ok');
    const over = limits(rule, {}, { isOverBitrate: tenantId => tenantId === 'acme' });
    expect(codeOf(() => over.check('publish', 'acme~new'))).toBe('TENANT_LIMIT');
    // Nothing at all may be brought.
    expect(codeOf(() => limits({ maxBitrate: 0 }, {}).check('publish', 'acme~new'))).toBe('TENANT_LIMIT');
  });

  it('hold for transcodes over all nodes', () => {
    const one = limits({ maxTranscodes: 3 }, { transcodes: 1 }, { others: { transcodes: 1 } });
    expect(codeOf(() => one.checkTranscode('acme~cam1.720p'))).toBe('ok');
    const full = limits({ maxTranscodes: 2 }, { transcodes: 1 }, { others: { transcodes: 1 } });
    expect(codeOf(() => full.checkTranscode('acme~cam1.720p'))).toBe('TENANT_LIMIT');
    expect(codeOf(() => full.checkTranscode('cam1.720p'))).toBe('ok');
  });

  it('hold for what is stored and what is being written, on all nodes', () => {
    const rule = { maxStorageBytes: 1000 };
    const recordingBytes = 300;
    const obstacle = (stored: number) =>
      limits(rule, { recordingBytes }, { others: { recordingBytes: 200 }, stored: () => stored });
    expect(obstacle(499).storageObstacle('acme~cam1')).toBeUndefined();
    expect(obstacle(500).storageObstacle('acme~cam1')).toMatchObject({
      code: 'TENANT_LIMIT',
      message: '1000 bytes of recordings are the most of this tenant; there are 1000.',
    });
    expect(obstacle(500).storageObstacle('cam1')).toBeUndefined();
  });
});
