/** Every route × role × tenant, from the OpenAPI document: a new route without an entry in the table fails. */

import { ROLES, type Role } from '@flux-iot/core/access/access-policy';
import type { Recording } from '@flux-iot/core/record/recording';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeDevices } from '../gb28181/test-support.ts';
import type { DeadLetter, Hook } from '../hooks/hook.ts';
import { HookService } from '../hooks/hook-service.ts';
import { MemoryHookStore } from '../hooks/hook-store.ts';
import { openApiDocument } from '../openapi.ts';
import { DatabaseRecordingIndex } from '../recordings/database-index.ts';
import { TestApi } from '../test-support.ts';
import { type Requirement, ROUTE_ROLES, requirementOf } from './route-roles.ts';

interface Operation {
  readonly method: string;
  /** `/api/v1/streams/{stream_id}` */
  readonly path: string;
  readonly requirement: Requirement | undefined;
}

const BODIES: Readonly<Record<string, object>> = {
  'POST /api/v1/auth/login': { username: 'nobody', password: 'wrong' },
  'POST /api/v1/auth/password': { password: 'correct horse battery' },
  'POST /api/v1/streams/ingest': {
    protocol: 'rtmp',
    stream_id: 'new',
    source: { rtmp: { app: 'live', stream: 'new' } },
  },
  'POST /api/v1/streams/{stream_id}/push': { url: 'rtmp://elsewhere.example/live/one' },
  'POST /api/v1/streams/{stream_id}/tokens': { action: 'play' },
  'POST /api/v1/gb28181/devices/{device_id}/channels/{channel_id}/broadcast': { stream_id: 'one' },
  'POST /api/v1/users': { name: 'new', role: 'viewer' },
  'PATCH /api/v1/users/{user_id}': { role: 'operator' },
  'POST /api/v1/keys': { name: 'new', role: 'viewer' },
  'POST /api/v1/hooks': { url: 'https://example.com/' },
  'PATCH /api/v1/hooks/{hook_id}': { enabled: false },
  'PATCH /api/v1/recordings/{recording_id}': { held: true },
  'PATCH /api/v1/gb28181/devices/{device_id}': { tenant: 'spare' },
  'POST /api/v1/gb28181/devices/{device_id}/channels/{channel_id}/ptz': { order: 'home' },
  'POST /api/v1/gb28181/playbacks/{stream_id}/control': { action: 'pause' },
  'POST /api/v1/tenants': { id: 'new' },
  'PATCH /api/v1/tenants/{tenant_id}': { name: 'Renamed' },
};

/** Of the default tenant; nothing is reached by it. */
const HOOK: Hook = {
  id: 'h1',
  url: 'http://localhost/',
  events: [],
  decides: [],
  apps: [],
  secret: 'secret-secret-secret-secret',
  timeout: 100,
  enabled: true,
  description: '',
  createdAt: 0,
  tenantId: 'default',
};
const LETTER: DeadLetter = {
  id: 'l1',
  hookId: HOOK.id,
  kind: 'alarm',
  body: '{}',
  attempts: 1,
  error: 'away',
  createdAt: 0,
  failedAt: 0,
};
const RECORDING: Recording = {
  id: 'r1',
  streamId: 'cam1',
  session: 's1',
  format: 'fmp4',
  key: 'recordings/cam1/r1.mp4',
  state: 'finished',
  startedAt: 0,
  endedAt: 1000,
  startTime: 0,
  endTime: 1,
  size: 100,
  tracks: [],
  gaps: [],
};

async function operations(): Promise<Operation[]> {
  const { paths } = (await openApiDocument()) as { paths: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(name => {
      const method = name.toUpperCase();
      const requirement = requirementOf(method, path.replaceAll(/\{(\w+)\}/g, ':$1'), false);
      return { method, path, requirement };
    }),
  );
}

const OPERATIONS = await operations();

/** A server with a stream, an ingest, a push, a token, a user and a key of the default tenant, and people of two. */
class TwoTenants {
  readonly api: TestApi;
  readonly keys = new Map<string, string>();
  readonly #parameters: Readonly<Record<string, string>>;

  private constructor(api: TestApi, parameters: Readonly<Record<string, string>>) {
    this.api = api;
    this.#parameters = parameters;
  }

  static async start(): Promise<TwoTenants> {
    const store = new MemoryHookStore();
    await store.putHook(HOOK);
    await store.addDeadLetter(LETTER);
    const settings = { hooks: [], networks: [] };
    const hooks = new HookService({ store, settings, version: '1' });
    await hooks.start();
    const gb28181 = new FakeDevices();
    const api = await TestApi.start({ access: { isOpen: false }, hooks, gb28181 });
    await new DatabaseRecordingIndex(api.database).put(RECORDING);
    const { tenants, users, keys, tokens } = api.accounts;
    await tenants.create('acme', { apps: ['acme'] });
    await tenants.create('spare', {});
    await api.publish('cam1');
    await api.control.addIngest('rtmp', 'ingested', {});
    await api.control.addPush('p1', 'cam1', 'rtmp://elsewhere.example/live/one');
    const user = await users.create({ tenantId: 'default', name: 'ada', role: 'viewer' });
    const { key } = await keys.create({ tenantId: 'default', name: 'spare', role: 'viewer' });
    const claims = {
      tenantId: 'default',
      streamId: 'cam1',
      action: 'play',
      expiresAt: Date.now() + 60_000,
    } as const;
    const token = await tokens.issue(claims);
    const made = new TwoTenants(api, {
      stream_id: 'cam1',
      push_id: 'p1',
      user_id: user.id,
      key_id: key.id,
      token_id: token.id,
      tenant_id: 'spare',
      hook_id: HOOK.id,
      letter_id: LETTER.id,
      recording_id: RECORDING.id,
      start: '0',
      end: '1',
      device_id: FakeDevices.id,
      channel_id: FakeDevices.channelId,
      kind: 'alarm',
    });
    for (const tenantId of ['default', 'acme'])
      for (const role of ROLES) {
        const { secret } = await keys.create({ tenantId, role, name: `${tenantId} ${role}` });
        made.keys.set(`${tenantId} ${role}`, secret);
      }
    await api.accounts.changed();
    return made;
  }

  async ask({ method, path }: Operation, key?: string): Promise<number> {
    const parameters = path.startsWith('/api/v1/ingests') ? { stream_id: 'ingested' } : this.#parameters;
    const url = path.replaceAll(
      /\{(\w+)\}/g,
      (_all, name: string) => parameters[name as keyof typeof parameters] ?? name,
    );
    const query = path.endsWith('/records') ? '?from=2024-05-01T00:00:00Z&to=2024-05-02T00:00:00Z' : '';
    // Events have no end.
    const payloadAsStream = path === '/api/v1/events';
    const answer = await this.api.app.inject({
      payloadAsStream,
      method: method as 'GET',
      url: url + query,
      headers: { host: 'cam.example:8080', ...(key === undefined ? {} : { authorization: `Bearer ${key}` }) },
      payload: BODIES[`${method} ${path}`],
    });
    if (payloadAsStream) answer.stream().destroy();
    return answer.statusCode;
  }
}

function isEnough(requirement: Requirement, role: Role): boolean {
  if (requirement === 'public') return true;
  return (
    ROLES.indexOf(role) >= ROLES.indexOf(typeof requirement === 'string' ? requirement : requirement.server)
  );
}

describe.each(OPERATIONS)('$method $path', operation => {
  const { path, requirement } = operation;
  let server: TwoTenants;
  beforeAll(async () => {
    server = await TwoTenants.start();
  });
  afterAll(() => server.api.stop());

  it('has an entry in the table', () => {
    expect(requirement).toBeDefined();
  });

  it('is 401 without credentials and with wrong ones, 403 by another tenant’s role that is too low, 404 by one that is not', async () => {
    if (requirement === undefined) return;
    if (requirement === 'public') {
      if (path !== '/api/v1/auth/login') expect(await server.ask(operation)).not.toBe(401);
      return;
    }
    expect(await server.ask(operation)).toBe(401);
    expect(await server.ask(operation, 'flux_wrong')).toBe(401);
    for (const role of ROLES) {
      const status = await server.ask(operation, server.keys.get(`acme ${role}`));
      if (typeof requirement !== 'string' || !isEnough(requirement, role)) expect(status, role).toBe(403);
      else if (path.includes('{') || path.endsWith('/ingest')) expect(status, role).toBe(404);
      else expect(status, role).not.toBe(401);
    }
  });

  it('is 403 for a role of its own tenant that is too low, and answers any other', async () => {
    if (requirement === undefined || requirement === 'public') return;
    for (const role of ROLES) {
      const status = await server.ask(operation, server.keys.get(`default ${role}`));
      // A key has no password to set; that is not the role's fault.
      if (path === '/api/v1/auth/password') expect(status).toBe(403);
      else if (!isEnough(requirement, role)) expect(status, role).toBe(403);
      else expect([401, 403], role).not.toContain(status);
    }
  });
});

describe('the table of routes', () => {
  it('has no entry without a route', () => {
    const described = OPERATIONS.map(
      ({ method, path }) => `${method} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`,
    );
    const hidden = ['GET /login', 'GET /api/v1/openapi.json'];
    expect(
      Object.keys(ROUTE_ROLES).filter(route => !described.includes(route) && !hidden.includes(route)),
    ).toEqual([]);
  });

  it('keeps a route without an entry from being added', async () => {
    const api = await TestApi.start();
    const add = (app: FastifyInstance) => app.get('/api/v1/forgotten', async () => 'secret');
    // The application is ready: a new one is made with the same door.
    expect(() => add(api.app)).toThrow(/no entry in access\/route-roles\.ts/);
    await api.stop();
  });
});
