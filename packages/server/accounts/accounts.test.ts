import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AccessPolicy } from '@flux-iot/core/access/access-policy';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { expect, it } from 'vitest';
import { describeDatabases } from '../database/test-support.ts';
import { TestApi } from '../test-support.ts';
import { Accounts, type AccountsOptions } from './accounts.ts';
import { LoginLimiter } from './login-limiter.ts';
import { hashPassword, verifyPassword } from './password.ts';

const PASSWORD = 'correct horse battery';

describeDatabases('Accounts', databases => {
  async function open(options: Partial<AccountsOptions> = {}) {
    const policies: AccessPolicy[] = [];
    const database = await databases.open();
    const accounts = await Accounts.open({
      database,
      publish: policy => void policies.push(policy),
      auditDays: 1,
      ...options,
    });
    return { accounts, database, latest: () => policies.at(-1)! };
  }

  it('are begun by a link that is good once, until an administrator has a password', async () => {
    const { accounts } = await open();
    const link = (await accounts.firstLoginLink())!;
    const { user } = await accounts.loginByLink(link, '127.0.0.1');
    expect(user).toMatchObject({ name: 'admin', role: 'administrator', tenantId: 'default' });
    await expect(accounts.loginByLink(link, '127.0.0.1')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await accounts.firstLoginLink()).toBeDefined();
    await accounts.users.change(user.userId, { password: PASSWORD });
    expect(await accounts.firstLoginLink()).toBeUndefined();
    expect(await accounts.users.list()).toHaveLength(1);
    accounts.close();
  });

  it('know who logs in, and end sessions with a password, a user and a tenant', async () => {
    const { accounts } = await open();
    await accounts.tenants.create('acme', { apps: ['acme'] });
    const made = await accounts.users.create({
      tenantId: 'acme',
      name: 'Ada',
      role: 'operator',
      password: PASSWORD,
    });
    await expect(
      accounts.users.create({ tenantId: 'acme', name: 'ADA', role: 'viewer' }),
    ).rejects.toMatchObject({ code: 'NAME_TAKEN' });
    await expect(accounts.login('ada', 'wrong', '10.0.0.1')).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
    });
    const login = async () => (await accounts.login('ADA', PASSWORD, '10.0.0.1')).session;
    const first = await login();
    expect(await accounts.bySession(first)).toMatchObject({ name: 'ada', tenantId: 'acme', session: first });
    await accounts.users.change(made.id, { password: `${PASSWORD} staple` });
    expect(await accounts.bySession(first)).toBeUndefined();
    await accounts.users.change(made.id, { password: PASSWORD });
    const second = await login();
    await accounts.tenants.change('acme', { isActive: false });
    expect(await accounts.bySession(second)).toBeUndefined();
    await accounts.tenants.change('acme', { isActive: true });
    await accounts.users.change(made.id, { isActive: false });
    expect(await accounts.bySession(second)).toBeUndefined();
    await expect(login()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    accounts.close();
  });

  it('keep of secrets what nobody can come in by', async () => {
    const { accounts, database } = await open();
    const user = await accounts.users.create({
      tenantId: 'default',
      name: 'ada',
      role: 'viewer',
      password: PASSWORD,
    });
    const session = await accounts.sessions.begin(user.id, '10.0.0.1');
    const { secret } = await accounts.keys.create({ tenantId: 'default', name: 'k', role: 'viewer' });
    const link = await accounts.sessions.createLink(user.id);
    const { sql } = database;
    const rows = [
      ...(await sql.selectFrom('users').selectAll().execute()),
      ...(await sql.selectFrom('sessions').selectAll().execute()),
      ...(await sql.selectFrom('api_keys').selectAll().execute()),
      ...(await sql.selectFrom('login_links').selectAll().execute()),
    ];
    const text = JSON.stringify(rows);
    for (const hidden of [PASSWORD, session, secret, link]) expect(text).not.toContain(hidden);
    accounts.close();
  });

  it('have keys that expire, and go with their users', async () => {
    const { accounts } = await open();
    const { users, keys } = accounts;
    const user = await users.create({ tenantId: 'default', name: 'ada', role: 'viewer' });
    const old = await keys.create({
      tenantId: 'default',
      name: 'old',
      role: 'viewer',
      expiresAt: Date.now() - 1,
    });
    const its = await keys.create({ tenantId: 'default', name: 'its', role: 'viewer', userId: user.id });
    await expect(accounts.byBearer(old.secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await accounts.byBearer(its.secret)).toMatchObject({
      keyId: its.key.id,
      userId: user.id,
      role: 'viewer',
    });
    await users.remove(user.id);
    await expect(accounts.byBearer(its.secret)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    accounts.close();
  });

  it('tell the media nodes what they need', async () => {
    const { accounts, latest } = await open();
    await accounts.tenants.create('acme', { apps: ['acme', 'acme2'], maxViewers: 3 });
    const user = await accounts.users.create({ tenantId: 'acme', name: 'ada', role: 'viewer' });
    const { key } = await accounts.keys.create({ tenantId: 'acme', name: 'k', role: 'operator' });
    const claims = {
      tenantId: 'acme',
      streamId: 'acme~a',
      action: 'play',
      expiresAt: Date.now() + 1000,
    } as const;
    const { id, token } = await accounts.tokens.issue(claims);
    expect(await accounts.tokens.find(id)).toBe(token);
    expect(await accounts.tokens.revoke('acme~b', id)).toBe(false);
    expect(await accounts.tokens.revoke('acme~a', id)).toBe(true);
    await accounts.changed();
    expect(latest()).toMatchObject({
      tenants: { acme: { isActive: true, maxViewers: 3 }, default: { isActive: true } },
      apps: { acme: 'acme', acme2: 'acme' },
      users: [user.id],
      revokedTokens: [id],
    });
    expect(Object.values(latest().keys)).toEqual([{ id: key.id, tenantId: 'acme', role: 'operator' }]);
    await accounts.tenants.create('other', {});
    await expect(accounts.tenants.change('other', { apps: ['acme'] })).rejects.toMatchObject({
      code: 'NAME_TAKEN',
    });
    await expect(accounts.tenants.change('other', { apps: ['live'] })).rejects.toMatchObject({
      code: 'NAME_TAKEN',
    });
    await accounts.tenants.remove('acme');
    await accounts.changed();
    expect(latest()).toMatchObject({ apps: {}, users: [], keys: {} });
    accounts.close();
  });

  it('count what is used by tenant and day', async () => {
    const { accounts } = await open();
    const day = (text: string) => Date.parse(`${text}T12:00:00Z`);
    const use = { bytesIn: 1000, bytesOut: 2e9, publishSeconds: 10, playSeconds: 60 };
    await accounts.usage.add('acme', use, day('2026-01-01'));
    await accounts.usage.add('acme', use, day('2026-01-01'));
    await accounts.usage.add('acme', use, day('2026-01-02'));
    await accounts.usage.add('other', use, day('2026-01-02'));
    const twice = { bytesIn: 2000, bytesOut: 4e9, publishSeconds: 20, playSeconds: 120 };
    // Of what is stored, the most of a day counts.
    for (const bytes of [500, 900, 700]) await accounts.usage.stored('acme', bytes, day('2026-01-01'));
    expect(await accounts.usage.list('2026-01-01', '2026-01-01')).toEqual([
      { tenantId: 'acme', day: '2026-01-01', ...twice, storedBytes: 900 },
    ]);
    expect(await accounts.usage.list('2026-01-01', '2026-01-31', 'acme')).toHaveLength(2);
    accounts.close();
  });
});

it('hashes passwords so that equal ones differ and only the right one is taken', async () => {
  const [one, other] = await Promise.all([hashPassword(PASSWORD), hashPassword(PASSWORD)]);
  expect(one).not.toBe(other);
  expect(await verifyPassword(PASSWORD, one)).toBe(true);
  expect(await verifyPassword(`${PASSWORD} `, one)).toBe(false);
  expect(await verifyPassword('', null)).toBe(false);
  expect(await verifyPassword('', 'scrypt:15:8:1:broken')).toBe(false);
  // One keyboard composes ü, another does not.
  expect(await verifyPassword('gru\u0308n gru\u0308n', await hashPassword('gr\u00fcn gr\u00fcn'))).toBe(true);
});

it('slows guessing down without locking the owner out', () => {
  let now = 0;
  const limiter = new LoginLimiter(() => now);
  for (let guess = 0; guess < 5; guess++) {
    limiter.check('ada', '10.0.0.1');
    limiter.failed('ada', '10.0.0.1');
  }
  expect(() => limiter.check('ada', '10.0.0.1')).toThrow(/wait/);
  limiter.check('ada', '10.0.0.2');
  now += 5001;
  limiter.check('ada', '10.0.0.1');
  limiter.failed('ada', '10.0.0.1');
  now += 5001;
  expect(() => limiter.check('ada', '10.0.0.1')).toThrow(/wait/);
  // Many names from one address are one guesser, too.
  for (let guess = 0; guess < 30; guess++) limiter.failed(`name${guess}`, '10.0.0.3');
  expect(() => limiter.check('another', '10.0.0.3')).toThrow(/wait/);
});

it('takes a session with its CSRF token for changes, and limits logins', async () => {
  const api = await TestApi.start({ access: { isOpen: false } });
  await api.accounts.users.create({
    tenantId: 'default',
    name: 'ada',
    role: 'administrator',
    password: PASSWORD,
  });
  const login = (password: string) => api.post('/api/v1/auth/login', { username: 'ada', password });
  const answer = await login(PASSWORD);
  expect(answer.statusCode).toBe(200);
  const cookie = String(answer.headers['set-cookie']);
  expect(cookie).toMatch(/^flux_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict$/);
  const session = { cookie: cookie.split(';')[0]! };
  const { csrf_token: token, user } = answer.json();
  expect(user).toEqual({ name: 'ada', role: 'administrator', tenant: 'default' });
  expect((await api.get('/api/v1/auth/session', session)).json()).toEqual({ user, csrf_token: token });
  const add = (headers: Record<string, string>) =>
    api.post('/api/v1/users', { name: 'bob', role: 'viewer' }, headers);
  expect((await add(session)).json()).toMatchObject({ code: 'CSRF_TOKEN_INVALID' });
  expect((await add({ ...session, 'x-csrf-token': 'wrong' })).statusCode).toBe(403);
  expect((await add({ ...session, 'x-csrf-token': token, origin: 'http://evil.example' })).statusCode).toBe(
    403,
  );
  expect((await add({ ...session, 'x-csrf-token': token })).statusCode).toBe(201);
  // The last administrator cannot be lost.
  const { items } = (await api.get('/api/v1/users', session)).json();
  const ada = items.find((item: { name: string }) => item.name === 'ada');
  const remove = await api.app.inject({
    method: 'DELETE',
    url: `/api/v1/users/${ada.id}`,
    headers: { host: 'h', ...session, 'x-csrf-token': token },
  });
  expect(remove.json()).toMatchObject({ code: 'NOT_ALLOWED' });
  for (let guess = 0; guess < 5; guess++) expect((await login('wrong')).statusCode).toBe(401);
  const limited = await login(PASSWORD);
  expect(limited.statusCode).toBe(429);
  expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0);
  expect(
    (await api.post('/api/v1/auth/logout', undefined, { ...session, 'x-csrf-token': token })).statusCode,
  ).toBe(204);
  expect((await api.get('/api/v1/auth/session', session)).statusCode).toBe(401);
  const log = JSON.stringify(await api.accounts.audit.search({}, 100));
  expect(log).toContain('TOO_MANY_ATTEMPTS');
  expect(log).not.toContain(PASSWORD);
  expect(log).not.toContain(token);
  await api.stop();
});

it('sets the first password by a link, and then only against the old one', async () => {
  const api = await TestApi.start({ access: { isOpen: false } });
  const link = await api.accounts.firstLoginLink();
  const come = await api.get(`/login?token=${link}`);
  expect([come.statusCode, come.headers.location]).toEqual([303, '/']);
  const cookie = String(come.headers['set-cookie']).split(';')[0]!;
  const { csrf_token: token } = (await api.get('/api/v1/auth/session', { cookie })).json();
  const set = (body: object, headers: Record<string, string>) =>
    api.post('/api/v1/auth/password', body, headers);
  const first = await set({ password: PASSWORD }, { cookie, 'x-csrf-token': token });
  expect(first.statusCode).toBe(200);
  // The session that the link began is over; the answer begins another.
  expect((await api.get('/api/v1/auth/session', { cookie })).statusCode).toBe(401);
  const next = {
    cookie: String(first.headers['set-cookie']).split(';')[0]!,
    'x-csrf-token': first.json().csrf_token,
  };
  expect((await set({ password: 'another password' }, next)).statusCode).toBe(403);
  expect((await set({ password: 'another password', current_password: PASSWORD }, next)).statusCode).toBe(
    200,
  );
  expect((await api.get('/login')).headers.location).toBe('/');
  await api.stop();
});

it('takes tokens of an identity provider, by its public keys, and no forged ones', async () => {
  const { publicKey, privateKey } = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
  const provider = createServer((_request, response) => response.end(JSON.stringify({ keys: [jwk] })));
  await new Promise<void>(resolve => provider.listen(0, '127.0.0.1', resolve));
  const jwksUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/jwks`;
  const api = await TestApi.start({
    access: { isOpen: false },
    accountOptions: {
      identityProvider: {
        jwksUrl,
        issuer: 'https://id.example',
        audience: 'flux',
        roleClaim: 'realm.roles',
        tenantClaim: 'org',
      },
    },
  });
  await api.accounts.tenants.create('acme', {});
  const sign = (
    claims: object,
    {
      expires = '1h',
      issuer = 'https://id.example',
      algorithm = 'ES256',
      key = privateKey as CryptoKey | Uint8Array,
    } = {},
  ) =>
    new SignJWT({ preferred_username: 'ada', realm: { roles: ['x', 'operator'] }, org: 'acme', ...claims })
      .setProtectedHeader({ alg: algorithm, kid: 'one' })
      .setSubject('1234')
      .setIssuer(issuer)
      .setAudience('flux')
      .setExpirationTime(expires)
      .sign(key);
  const ask = async (token: string) => api.get('/api/v1/auth/session', { authorization: `Bearer ${token}` });
  expect((await ask(await sign({}))).json()).toEqual({
    user: { name: 'ada', role: 'operator', tenant: 'acme' },
  });
  expect((await ask(await sign({ realm: {} }))).json()).toMatchObject({ user: { role: 'viewer' } });
  const wrong = [
    await sign({}, { expires: '-1h' }),
    await sign({}, { issuer: 'https://evil.example' }),
    await sign({ org: 'nowhere' }),
    // The public key taken for a shared secret.
    await sign({}, { algorithm: 'HS256', key: Buffer.from(JSON.stringify(jwk)) }),
    await sign({}, { key: (await generateKeyPair('ES256')).privateKey }),
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{"sub":"1"}').toString('base64url')}.`,
  ];
  for (const token of wrong) expect((await ask(token)).statusCode).toBe(401);
  await api.stop();
  provider.close();
});
