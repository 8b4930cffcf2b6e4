import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { GuardedApi, TestApi } from './test-support.ts';

const INGEST = '/api/v1/streams/ingest';

describe('ingests', () => {
  let api: TestApi;

  beforeEach(async () => {
    api = await TestApi.start();
  });
  afterEach(() => api.stop());

  it('reserves the id for a publisher to come, and says where to publish', async () => {
    const answer = await api.post(INGEST, {
      protocol: 'rtmp',
      source: { rtmp: { app: 'acme', stream: 'cam1' } },
    });
    expect(answer.statusCode).toBe(201);
    expect(answer.json()).toEqual({
      stream_id: 'acme~cam1',
      protocol: 'rtmp',
      state: 'waiting',
      attempts: 0,
      publish_url: 'rtmp://cam.example/live/acme~cam1',
    });
    expect(api.rtmp.asked).toEqual([{ streamId: 'acme~cam1', source: { app: 'acme', stream: 'cam1' } }]);
    const again = await api.post(INGEST, {
      protocol: 'rtmp',
      source: { rtmp: { app: 'acme', stream: 'cam1' } },
    });
    expect(again.statusCode).toBe(409);
    expect(again.json().code).toBe('STREAM_BUSY');
  });

  it('takes the id of a pulled stream from its address where none is given', async () => {
    const answer = await api.post(INGEST, {
      protocol: 'rtmp',
      source: { rtmp: { url: 'rtmp://camera:1936/live/one?token=secret' } },
    });
    expect(answer.json()).toMatchObject({
      stream_id: 'one',
      state: 'retrying',
      url: 'rtmp://camera/live/one',
    });
    expect(answer.body).not.toContain('secret');
  });

  it('lists, shows and removes ingests', async () => {
    await api.post(INGEST, { protocol: 'rtmp', source: { rtmp: { app: 'live', stream: 'cam1' } } });
    const list = (await api.get('/api/v1/ingests')).json();
    expect(list.ingests).toHaveLength(1);
    expect((await api.get('/api/v1/ingests/cam1')).json()).toEqual(list.ingests[0]);
    expect((await api.delete('/api/v1/ingests/cam1')).statusCode).toBe(204);
    expect(api.rtmp.closed).toEqual(['cam1 stopped']);
    for (const answer of [await api.get('/api/v1/ingests/cam1'), await api.delete('/api/v1/ingests/cam1')]) {
      expect(answer.statusCode).toBe(404);
      expect(answer.json().code).toBe('INGEST_NOT_FOUND');
    }
  });

  it('ends the stream with its ingest', async () => {
    await api.post(INGEST, { protocol: 'rtmp', source: { rtmp: { app: 'live', stream: 'cam1' } } });
    const publication = await api.publish('cam1');
    expect((await api.get('/api/v1/streams/cam1')).json()).toMatchObject({
      state: 'live',
      ingest: { publish_url: 'rtmp://cam.example/live/cam1' },
    });
    await api.delete('/api/v1/ingests/cam1');
    expect(publication.closed).toBe(true);
  });

  it.each([
    [
      { protocol: 'gb28181', source: { gb28181: { device_id: '1', channel_id: '2' } } },
      409,
      'PROTOCOL_DISABLED',
    ],
    [
      {
        protocol: 'rtsp',
        stream_id: 'a',
        source: {
          rtsp: {
            ...{ url: 'rtsp://x', transport: 'auto', username: 'u', password: 'p' },
            ...{ on_demand: true, profile: 'hipcam' },
          },
        },
      },
      409,
      'PROTOCOL_DISABLED',
    ],
    [{ protocol: 'rtsp', source: { rtsp: { url: 'rtsp://x', transport: 'sctp' } } }, 400, 'REQUEST_INVALID'],
    [{ protocol: 'rtsp', source: { rtsp: { url: 'rtsp://x', passwort: 'p' } } }, 400, 'REQUEST_INVALID'],
    [{ protocol: 'webrtc', source: {} }, 409, 'PROTOCOL_DISABLED'],
    [{ protocol: 'srt', stream_id: 'a', source: { srt: { url: 'srt://x' } } }, 400, 'PROTOCOL_UNSUPPORTED'],
    [{ protocol: 'rtmp', source: {} }, 400, 'REQUEST_INVALID'],
    [{ protocol: 'rtmp', source: { rtsp: { url: 'rtsp://camera/one' } } }, 400, 'REQUEST_INVALID'],
    [{ protocol: 'rtmp', source: { rtmp: {} } }, 400, 'REQUEST_INVALID'],
    [{ protocol: 'rtmp', source: { rtmp: { url: 'no address' } } }, 400, 'REQUEST_INVALID'],
    [{ protocol: 'rtmp', source: { rtmp: { url: 'rtmp://camera/../..' } } }, 400, 'REQUEST_INVALID'],
    [{ protocol: 'rtmp', source: { rtmp: { app: '..', stream: 'etc' } } }, 400, 'STREAM_ID_INVALID'],
    [
      { protocol: 'rtmp', stream_id: '../etc', source: { rtmp: { url: 'rtmp://camera/live/one' } } },
      400,
      'STREAM_ID_INVALID',
    ],
  ])('refuses %j', async (body, status, code) => {
    const answer = await api.post(INGEST, body);
    expect(answer.json()).toMatchObject({ status, code });
    expect(answer.statusCode).toBe(status);
    expect(api.orchestrator.ingests).toEqual([]);
  });
});

it("brings devices, which are the server's own, for nobody of another tenant", async () => {
  await using guarded = await GuardedApi.start();
  const { api } = guarded;
  const body = {
    protocol: 'gb28181',
    stream_id: 'acme~a',
    source: { gb28181: { device_id: '1', channel_id: '2' } },
  };
  const answers = [];
  for (const key of [
    await guarded.key('ada', 'administrator', 'acme'),
    await guarded.key('bob', 'administrator'),
  ])
    answers.push((await api.post(INGEST, body, key)).json().code);
  expect(answers).toEqual(['DEVICE_NOT_FOUND', 'PROTOCOL_DISABLED']);
});

it('ends what a tenant had brought and sent on with the tenant, for its apps are the default one then', async () => {
  await using guarded = await GuardedApi.start();
  const { api } = guarded;
  const [acme, root] = [
    await guarded.key('ada', 'administrator', 'acme'),
    await guarded.key('bob', 'administrator'),
  ];
  const url = 'rtmp://camera/live/one';
  for (const [stream_id, key] of [
    ['acme~a', acme],
    ['b', root],
  ] as const) {
    const body = { protocol: 'rtmp', stream_id, source: { rtmp: { url } } };
    expect((await api.post(INGEST, body, key)).statusCode).toBe(201);
    expect((await api.post(`/api/v1/streams/${stream_id}/push`, { url }, key)).statusCode).toBe(201);
  }
  const removed = await api.app.inject({ method: 'DELETE', url: '/api/v1/tenants/acme', headers: root });
  expect(removed.statusCode).toBe(204);
  expect((await api.control.ingests()).map(({ streamId }) => streamId)).toEqual(['b']);
  expect((await api.control.pushes()).map(({ streamId }) => streamId)).toEqual(['b']);
});
