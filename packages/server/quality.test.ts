import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RateLimit } from './rate-limit.ts';
import { GuardedApi, TestApi } from './test-support.ts';

const INGEST = '/api/v1/streams/ingest';

function ingestOf(name: string) {
  return { protocol: 'rtmp', source: { rtmp: { app: 'live', stream: name } } };
}

describe('entity tags', () => {
  let api: TestApi;

  beforeEach(async () => {
    api = await TestApi.start();
  });
  afterEach(() => api.stop());

  it('spare a client what it has', async () => {
    const first = await api.get('/api/v1/ingests');
    const tag = String(first.headers.etag);
    expect(tag).toMatch(/^"[A-Za-z0-9_-]{22}"$/);
    for (const header of [tag, `W/${tag}`, `"other", ${tag}`, '*']) {
      const again = await api.get('/api/v1/ingests', { 'if-none-match': header });
      expect([header, again.statusCode, again.body, again.headers.etag]).toEqual([header, 304, '', tag]);
    }
    await api.post(INGEST, ingestOf('cam1'));
    const changed = await api.get('/api/v1/ingests', { 'if-none-match': tag });
    expect(changed.statusCode).toBe(200);
    expect(changed.headers.etag).not.toBe(tag);
  });

  it('are not given to errors, changes and what is no JSON', async () => {
    expect((await api.get('/api/v1/streams/nobody')).headers.etag).toBeUndefined();
    expect((await api.post(INGEST, ingestOf('cam1'))).headers.etag).toBeUndefined();
    expect((await api.get('/metrics')).headers.etag).toBeUndefined();
  });
});

describe('idempotency keys', () => {
  let api: TestApi;

  beforeEach(async () => {
    api = await TestApi.start();
  });
  afterEach(() => api.stop());

  it('make a request that is sent twice happen once', async () => {
    const key = { 'idempotency-key': 'a-1' };
    const first = await api.post(INGEST, ingestOf('cam1'), key);
    const again = await api.post(INGEST, ingestOf('cam1'), key);
    expect(first.statusCode).toBe(201);
    expect(again.statusCode).toBe(201);
    expect(again.body).toBe(first.body);
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
    expect([first.headers['idempotent-replayed'], again.headers['idempotent-replayed']]).toEqual([
      undefined,
      'true',
    ]);
    expect(api.rtmp.asked.length).toBe(1);
    expect((await api.post(INGEST, ingestOf('cam1'))).json().code).toBe('STREAM_BUSY');
  });

  it('answer a repeated mistake with the same problem', async () => {
    await api.post(INGEST, ingestOf('cam1'));
    const key = { 'idempotency-key': 'a-2' };
    const first = await api.post(INGEST, ingestOf('cam1'), key);
    await api.delete('/api/v1/ingests/cam1');
    const again = await api.post(INGEST, ingestOf('cam1'), key);
    expect(first.json().code).toBe('STREAM_BUSY');
    expect(again.json()).toEqual(first.json());
    expect(again.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('answer 204 with 204', async () => {
    await api.publish('cam1');
    const key = { 'idempotency-key': 'a-3' };
    const stop = () => api.post('/api/v1/streams/cam1/stop', undefined, key);
    expect([(await stop()).statusCode, (await stop()).statusCode]).toEqual([204, 204]);
  });

  it('belong to one request and to one client', async () => {
    await using guarded = await GuardedApi.start();
    const key = async (name: string) => ({
      'idempotency-key': 'a-4',
      ...(await guarded.key(name, 'operator')),
    });
    const [ada, bob] = [await key('ada'), await key('bob')];
    await guarded.api.post(INGEST, ingestOf('cam1'), ada);
    const other = await guarded.api.post(INGEST, ingestOf('cam2'), ada);
    expect(other.json()).toMatchObject({ status: 422, code: 'IDEMPOTENCY_KEY_REUSED' });
    expect((await guarded.api.post(INGEST, ingestOf('cam3'), bob)).statusCode).toBe(201);
  });

  it('keep a second one from beginning while the first is under way', async () => {
    const key = { 'idempotency-key': 'a-5' };
    const addIngest = api.orchestrator.addIngest.bind(api.orchestrator);
    vi.spyOn(api.orchestrator, 'addIngest').mockImplementation(async (...given) => {
      await sleep(50);
      return addIngest(...given);
    });
    const [one, other] = await Promise.all([
      api.post(INGEST, ingestOf('cam1'), key),
      api.post(INGEST, ingestOf('cam1'), key),
    ]);
    expect([one.statusCode, other.statusCode].sort()).toEqual([201, 409]);
    expect(one.statusCode === 409 ? one.json().code : other.json().code).toBe('IDEMPOTENCY_KEY_BUSY');
  });

  it.each(['', 'with space', 'x'.repeat(201), 'ümlaut'])('may not be %j', async value => {
    const answer = await api.post(INGEST, ingestOf('cam1'), { 'idempotency-key': value });
    expect(answer.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
  });
});

describe('rate limits', () => {
  let api: TestApi;
  const rateLimit: RateLimit = { perSecond: 0 };

  beforeEach(async () => {
    rateLimit.perSecond = 0;
    api = await TestApi.start({ rateLimit });
  });
  afterEach(() => api.stop());

  it('turn an address away that asks too often, and say when it may ask again', async () => {
    for (let number = 0; number < 100; number++)
      expect((await api.get('/api/v1/protocols')).statusCode).toBe(200);
    rateLimit.perSecond = 1;
    const answers = [];
    for (let number = 0; number < 61; number++) answers.push(await api.get('/api/v1/protocols'));
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([...Array(60).fill(200), 429]);
    const refused = answers.at(-1)!;
    expect(refused.json()).toMatchObject({ status: 429, code: 'RATE_LIMITED' });
    expect(refused.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect((await api.get('/healthz')).statusCode).toBe(200);
    expect((await api.get('/nothing')).statusCode).toBe(429);
    const other = await api.app.inject({
      method: 'GET',
      url: '/api/v1/protocols',
      headers: { host: 'cam.example' },
      remoteAddress: '192.0.2.9',
    });
    expect(other.statusCode).toBe(200);
  });
});
