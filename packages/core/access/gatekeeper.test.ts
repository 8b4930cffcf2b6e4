import { describe, expect, it } from 'vitest';
import { FluxError } from '../errors/flux-error.ts';
import type { AccessRequest } from '../orchestrator/protocol-adapter.ts';
import type { EndReason } from '../stream/sink.ts';
import type { AccessPolicy } from './access-policy.ts';
import { Gatekeeper, type GatekeeperOptions, type Refusal } from './gatekeeper.ts';
import { hashSecret, randomSecret } from './secret.ts';
import { type StreamTokenClaims, sealIn, signStreamToken } from './stream-token.ts';

const SIGNING_KEY = randomSecret();
const NOW = 1_700_000_000_000;
const POLICY: AccessPolicy = {
  signingKey: SIGNING_KEY,
  tenants: { default: { isActive: true }, acme: { isActive: true, maxStreams: 1, maxViewers: 2 } },
  apps: { acme: 'acme' },
  keys: {
    [hashSecret('flux_operator')]: { id: 'k1', tenantId: 'acme', role: 'operator', userId: 'u1' },
    [hashSecret('flux_viewer')]: { id: 'k2', tenantId: 'acme', role: 'viewer' },
    [hashSecret('flux_old')]: { id: 'k3', tenantId: 'acme', role: 'operator', expiresAt: NOW },
  },
  users: ['u1'],
  revokedTokens: [],
};
const CLAIMS: StreamTokenClaims = {
  id: 'AAAAAAAAAAAAAAAA',
  tenantId: 'acme',
  streamId: 'acme~cam1',
  action: 'play',
  expiresAt: NOW + 1000,
};

/** As it is before anybody makes another tenant. */
const ONE_TENANT: AccessPolicy = { ...POLICY, tenants: { default: { isActive: true } }, apps: {} };

function keeper(options: Partial<GatekeeperOptions> = {}) {
  const gatekeeper = new Gatekeeper({
    open: { publish: 'loopback', play: 'loopback' },
    now: () => NOW,
    ...options,
  });
  gatekeeper.setPolicy(POLICY);
  return gatekeeper;
}

function codeOf(act: () => void): string {
  try {
    act();
    return 'ok';
  } catch (error) {
    return FluxError.from(error).code;
  }
}

/** A session that can be ended and can end by itself. */
function session(access: Omit<AccessRequest, 'signal' | 'end'>) {
  const over = new AbortController();
  const reasons: EndReason[] = [];
  return {
    request: { ...access, signal: over.signal, end: (reason: EndReason) => reasons.push(reason) },
    reasons,
    over,
  };
}

describe('who needs no token', () => {
  it.each([
    ['127.0.0.1', 'ok'],
    ['127.8.9.1', 'ok'],
    ['::1', 'ok'],
    ['10.0.0.1', 'UNAUTHENTICATED'],
    ['127.0.0.1.evil.example', 'UNAUTHENTICATED'],
    // Behind a proxy that is not named.
    [undefined, 'UNAUTHENTICATED'],
  ])('from %s: %s', (address, expected) => {
    const gatekeeper = keeper();
    gatekeeper.setPolicy(ONE_TENANT);
    expect(codeOf(() => gatekeeper.authorize('play', 'cam1', { address }))).toBe(expected);
  });

  it('is nobody on this machine once there is another tenant, who could have the server fetch from itself', () => {
    for (const action of ['play', 'publish'] as const) {
      const request = { address: '127.0.0.1' };
      expect(codeOf(() => keeper().authorize(action, 'cam1', request))).toBe('UNAUTHENTICATED');
    }
  });

  it('is as the configuration says', () => {
    const open = keeper({ open: { publish: 'none', play: 'all' } });
    expect(codeOf(() => open.authorize('publish', 'cam1', { address: '127.0.0.1' }))).toBe('UNAUTHENTICATED');
    expect(codeOf(() => open.authorize('play', 'cam1', { address: '10.0.0.1' }))).toBe('ok');
    // A token that is wrong is no better than none because none is needed.
    expect(codeOf(() => open.authorize('play', 'cam1', { token: 'x' }))).toBe('NOT_ALLOWED');
  });

  it('is nobody with a token before the policy is known', () => {
    const early = new Gatekeeper({ open: { publish: 'none', play: 'none' } });
    const token = signStreamToken(CLAIMS, SIGNING_KEY);
    expect(codeOf(() => early.authorize('play', 'acme~cam1', { token }))).toBe('NOT_READY');
  });
});

describe('tokens and keys', () => {
  it.each<[string, Partial<StreamTokenClaims>, string]>([
    ['as it is', {}, 'ok'],
    ['expired', { expiresAt: NOW }, 'NOT_ALLOWED'],
    ['for another stream', { streamId: 'acme~cam2' }, 'NOT_ALLOWED'],
    ['for another action', { action: 'publish' }, 'NOT_ALLOWED'],
    ['from another address', { address: '10.0.0.2' }, 'NOT_ALLOWED'],
    ['from this address', { address: '10.0.0.1' }, 'ok'],
    ['of another tenant', { tenantId: 'default' }, 'NOT_ALLOWED'],
    ['of a user who is gone', { userId: 'u2' }, 'NOT_ALLOWED'],
    ['of a key that is gone', { keyId: 'k9' }, 'NOT_ALLOWED'],
  ])('a token %s', (_name, change, expected) => {
    const token = signStreamToken({ ...CLAIMS, ...change }, SIGNING_KEY);
    const request = { token, address: '10.0.0.1' };
    expect(codeOf(() => keeper().authorize('play', 'acme~cam1', request))).toBe(expected);
  });

  it('a token to play a stream is for what is made of it too, and one to publish is not', () => {
    const sourceOf = (id: string) => (id === 'acme~cam1.720p' ? 'acme~cam1' : undefined);
    const ask = (action: 'play' | 'publish', id: string) => {
      const token = signStreamToken({ ...CLAIMS, action }, SIGNING_KEY);
      return codeOf(() => keeper({ sourceOf }).authorize(action, id, { token, address: '10.0.0.1' }));
    };
    expect(ask('play', 'acme~cam1.720p')).toBe('ok');
    expect(ask('play', 'acme~cam1.other')).toBe('NOT_ALLOWED');
    expect(ask('publish', 'acme~cam1.720p')).toBe('NOT_ALLOWED');
  });

  it.each([
    ['flux_operator', 'publish', 'ok'],
    ['flux_operator', 'play', 'ok'],
    ['flux_viewer', 'play', 'ok'],
    ['flux_viewer', 'publish', 'NOT_ALLOWED'],
    ['flux_old', 'play', 'NOT_ALLOWED'],
    ['flux_none', 'play', 'NOT_ALLOWED'],
    ['__proto__', 'play', 'NOT_ALLOWED'],
  ] as const)('the key %s to %s: %s', (token, action, expected) => {
    expect(codeOf(() => keeper().authorize(action, 'acme~cam1', { token }))).toBe(expected);
  });

  it('of one tenant are not for the streams of another', () => {
    expect(codeOf(() => keeper().authorize('play', 'cam1', { token: 'flux_operator' }))).toBe('NOT_ALLOWED');
  });

  it('are shown by their id where a protocol has users, to those who know the seal', async () => {
    const token = signStreamToken(CLAIMS, SIGNING_KEY);
    const gatekeeper = keeper({ findToken: async id => (id === CLAIMS.id ? token : undefined) });
    expect(codeOf(() => gatekeeper.authorize('play', 'acme~cam1', { user: CLAIMS.id }))).toBe('NOT_ALLOWED');
    expect(await gatekeeper.passwordOf('../../etc/passwd')).toBeUndefined();
    expect(await gatekeeper.passwordOf('BBBBBBBBBBBBBBBB')).toBeUndefined();
    expect(await gatekeeper.passwordOf(CLAIMS.id)).toBe(sealIn(token));
    expect(codeOf(() => gatekeeper.authorize('play', 'acme~cam1', { user: CLAIMS.id }))).toBe('ok');
    expect(codeOf(() => gatekeeper.authorize('publish', 'acme~cam1', { user: CLAIMS.id }))).toBe(
      'NOT_ALLOWED',
    );
  });

  it('let a client that asks again and again go on after they expired, and nobody begin', () => {
    let now = NOW;
    const gatekeeper = keeper({ now: () => now });
    const token = signStreamToken(CLAIMS, SIGNING_KEY);
    const request = { token, address: '10.0.0.1', isRepeated: true };
    const ask = (changed: AccessRequest = request) =>
      codeOf(() => gatekeeper.authorize('play', 'acme~cam1', changed));
    expect(ask()).toBe('ok');
    now += 60_000;
    expect(ask()).toBe('ok');
    expect(ask({ ...request, address: '10.0.0.9' })).toBe('NOT_ALLOWED');
    expect(ask({ ...request, isRepeated: false })).toBe('NOT_ALLOWED');
    now += 91_000;
    expect(ask()).toBe('NOT_ALLOWED');
  });
});

describe('what is taken back', () => {
  const claims = { ...CLAIMS, userId: 'u1', keyId: 'k1' };
  const token = signStreamToken(claims, SIGNING_KEY);

  it.each<[string, Partial<AccessPolicy>]>([
    ['the token', { revokedTokens: [CLAIMS.id] }],
    ['the user', { users: [] }],
    ['the key', { keys: {} }],
    ['the tenant', { tenants: { default: { isActive: true }, acme: { isActive: false } } }],
  ])('%s ends the session at once, and those of others go on', (_name, change) => {
    const gatekeeper = keeper({ open: { publish: 'all', play: 'all' } });
    const its = session({ token });
    const other = session({ address: '127.0.0.1' });
    gatekeeper.authorize('play', 'acme~cam1', its.request);
    gatekeeper.authorize('play', 'cam1', other.request);
    gatekeeper.setPolicy({ ...POLICY });
    expect(its.reasons).toEqual([]);
    gatekeeper.setPolicy({ ...POLICY, ...change });
    expect(its.reasons.map(({ code }) => code)).toEqual(['revoked']);
    expect(other.reasons).toEqual([]);
    expect(codeOf(() => gatekeeper.authorize('play', 'acme~cam1', { token }))).toBe('NOT_ALLOWED');
    expect(gatekeeper.sessionCount).toBe(1);
  });

  it('is not remembered for sessions that are over', () => {
    const gatekeeper = keeper();
    const { request, over, reasons } = session({ token });
    gatekeeper.authorize('play', 'acme~cam1', request);
    over.abort();
    expect(gatekeeper.sessionCount).toBe(0);
    gatekeeper.setPolicy({ ...POLICY, users: [] });
    expect(reasons).toEqual([]);
  });
});

describe('limits and refusals', () => {
  it('holds a tenant to its limit, and no other', () => {
    const asked: string[] = [];
    const refusals: string[] = [];
    const gatekeeper = keeper({
      open: { publish: 'all', play: 'all' },
      limit: (action, streamId) => {
        asked.push(`${action} ${streamId}`);
        if (streamId.startsWith('acme~')) throw new FluxError('TENANT_LIMIT', 'No more.');
      },
      onRefused: ({ code }) => refusals.push(code),
    });
    const token = 'flux_operator';
    expect(codeOf(() => gatekeeper.authorize('play', 'acme~cam1', { token }))).toBe('TENANT_LIMIT');
    expect(codeOf(() => gatekeeper.authorize('play', 'cam1', { address: '::1' }))).toBe('ok');
    // Who has no right to be here is not told whether there is room.
    expect(codeOf(() => gatekeeper.authorize('play', 'acme~cam1', { token: 'x' }))).toBe('NOT_ALLOWED');
    expect(asked).toEqual(['play acme~cam1', 'play cam1']);
    expect(refusals).toEqual(['TENANT_LIMIT', 'NOT_ALLOWED']);
  });

  it('tells of everyone who was turned away', () => {
    const refusals: Refusal[] = [];
    const gatekeeper = keeper({ onRefused: refusal => refusals.push(refusal) });
    const token = signStreamToken({ ...CLAIMS, expiresAt: NOW }, SIGNING_KEY);
    codeOf(() => gatekeeper.authorize('play', 'acme~cam1', { token, address: '10.0.0.1' }));
    expect(refusals).toEqual([
      {
        action: 'play',
        streamId: 'acme~cam1',
        address: '10.0.0.1',
        code: 'NOT_ALLOWED',
        tenantId: 'acme',
        by: CLAIMS.id,
      },
    ]);
  });
});
