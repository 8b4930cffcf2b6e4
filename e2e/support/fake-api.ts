import type { Page, Route } from 'playwright-core';

/** Many streams, as the API lists them. */
export function fakeStreams(count: number): object {
  const streams = Array.from({ length: count }, (_, index) => ({
    stream_id: `camera-${String(index).padStart(3, '0')}`,
    state: 'live',
    protocol: 'rtsp',
    uptime_seconds: 60 * index,
    tracks: [],
    bitrate: 2_000_000 + index,
    viewers: { count: index % 3, by_protocol: {} },
    notes: [],
  }));
  return { streams, total: count, limit: 1000, offset: 0 };
}

interface Change {
  readonly method: string;
  readonly path: string;
  readonly proof: string | undefined;
}

const AT = '2026-11-24T09:30:00.000Z';

const LISTS: Readonly<Record<string, readonly object[]>> = {
  users: [
    {
      id: 'u1',
      name: 'ada',
      role: 'administrator',
      tenant: 'default',
      active: true,
      has_password: true,
      created_at: AT,
    },
    {
      id: 'u2',
      name: 'grace',
      role: 'operator',
      tenant: 'acme',
      active: true,
      has_password: true,
      created_at: AT,
    },
  ],
  tenants: [
    { id: 'default', name: 'Default', active: true, apps: [], created_at: AT },
    { id: 'acme', name: 'Acme', active: true, apps: ['acme'], max_streams: 20, created_at: AT },
  ],
  keys: [
    { id: 'k1', name: 'nightly export', role: 'viewer', tenant: 'default', hint: 'flux_3f9', created_at: AT },
  ],
  hooks: [
    {
      id: 'h1',
      url: 'https://app.example.com/flux',
      events: ['stream-started', 'stream-closed'],
      decides: ['publish'],
      apps: [],
      enabled: true,
      configured: false,
      created_at: AT,
      deliveries: { delivered: 412, failures: 3, dead: 0, waiting: 0 },
    },
  ],
  audit: [
    {
      sequence: 2,
      at: AT,
      actor: 'ada',
      action: 'stream.stop',
      target: 'entrance',
      address: '10.0.0.7',
      result: 'ok',
    },
    {
      sequence: 1,
      at: AT,
      actor: 'grace',
      action: 'user.delete',
      target: 'ada',
      address: '10.0.0.9',
      result: 'refused',
      code: 'NOT_ALLOWED',
      request_id: 'r1',
    },
  ],
};

/** Answers a page as a server with accounts does, for what is asked of accounts; the rest goes to the real one. */
export async function fakeAccounts(page: Page): Promise<{ readonly changes: readonly Change[] }> {
  const changes: Change[] = [];
  const lists = new Map(Object.entries(LISTS).map(([name, items]) => [name, [...items]]));
  let isIn = false;
  const session = { user: { name: 'ada', role: 'administrator', tenant: 'default' }, csrf_token: 'proof' };
  const refuse = (route: Route, detail: string) =>
    route.fulfill({
      status: 401,
      contentType: 'application/problem+json',
      json: { status: 401, title: 'Unauthenticated', detail, code: 'UNAUTHENTICATED', request_id: 'r1' },
    });
  await page.route('**/api/v1/openapi.json', async route => {
    const answer = await route.fetch();
    const document = (await answer.json()) as { paths: Record<string, object> };
    for (const name of ['auth/session', 'auth/password', ...lists.keys()])
      document.paths[`/api/v1/${name}`] = {};
    await route.fulfill({ json: document });
  });
  await page.route('**/api/v1/auth/session', route =>
    isIn ? route.fulfill({ json: session }) : refuse(route, 'Log in first.'),
  );
  await page.route('**/api/v1/auth/login', route => {
    const { password } = route.request().postDataJSON() as { password: string };
    if (password !== 'correct horse battery') return refuse(route, 'The name or the password is wrong.');
    isIn = true;
    return route.fulfill({ json: session });
  });
  for (const [name, items] of lists) {
    await page.route(new RegExp(`/api/v1/${name}(/[^?]+)?(\\?.*)?$`), route => {
      const request = route.request();
      const path = new URL(request.url()).pathname;
      if (request.method() === 'GET')
        return route.fulfill({ json: { items, total: items.length, limit: 100, offset: 0 } });
      changes.push({ method: request.method(), path, proof: request.headers()['x-csrf-token'] });
      const index = items.findIndex(item => 'id' in item && path.endsWith(`/${item.id}`));
      if (index >= 0) items.splice(index, 1);
      return route.fulfill({ status: 204 });
    });
  }
  return { changes };
}

/** Answers a page with recordings of three cameras today, and of other days of the month in its calendar. */
export async function fakeRecordings(page: Page): Promise<void> {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const hour = 3_600_000;
  const stretches: readonly (readonly [string, number, number])[] = [
    ['entrance', -1.5, 2],
    ['entrance', 2, 6],
    ['entrance', 7.25, 12.5],
    ['hall', 0, 8],
    ['hall', 9, 14],
    ['dock', 5, 5.4],
    ['dock', 11, 13.2],
  ];
  const recordings = stretches.map(([stream_id, from, to], index) => ({
    ...{
      id: `r${index}`,
      stream_id,
      state: 'finished',
      format: 'fmp4',
      held: false,
      session: 's',
      tracks: [],
    },
    ...{ gaps: [], path: `recordings/${stream_id}/r${index}.mp4`, size: Math.round((to - from) * 9e8) },
    started_at: new Date(midnight + from * hour).toISOString(),
    ended_at: new Date(midnight + to * hour).toISOString(),
    duration_seconds: (to - from) * 3600,
    url: `/api/v1/recordings/r${index}/media.mp4`,
  }));
  await page.route('**/api/v1/recordings?*', route =>
    route.fulfill({ json: { recordings, total: recordings.length, limit: 1000, offset: 0 } }),
  );
  await page.route('**/api/v1/recordings/days?*', route => {
    const month = new URL(route.request().url()).searchParams.get('month') ?? '';
    const days = [1, 2, 3, 5, 9, 10, 11, 12, 16, 17, 18, 23, 24, 25, 26, 27];
    return route.fulfill({
      json: {
        days: days
          .map(day => `${month}-${String(day).padStart(2, '0')}`)
          .filter(day => Date.parse(day) < Date.now()),
      },
    });
  });
}
