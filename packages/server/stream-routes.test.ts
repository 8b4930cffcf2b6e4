import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestApi } from './test-support.ts';

const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('streams', () => {
  let api: TestApi;

  beforeEach(async () => {
    api = await TestApi.start();
  });
  afterEach(() => api.stop());

  it('shows one stream with its tracks, time line, ingest and pushes', async () => {
    await api.publish('cam1');
    await api.post('/api/v1/streams/cam1/push', { url: 'rtmp://other/live/x?token=secret' });
    const answer = await api.get('/api/v1/streams/cam1');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toMatchObject({
      stream_id: 'cam1',
      state: 'live',
      protocol: 'rtmp',
      publisher: { peer: '10.0.0.9:4000', since: expect.stringMatching(RFC_3339) },
      created_at: expect.stringMatching(RFC_3339),
      tracks: [
        { kind: 'video', codec: 'h264', codec_string: 'avc1.64001e', width: 640, height: 360, key_frames: 1 },
        { kind: 'audio', codec: 'aac', sample_rate: 48_000, channels: 2 },
      ],
      viewers: { count: 0, by_protocol: {} },
      notes: [],
      pushes: [{ url: 'rtmp://other/live/x', state: 'connecting', attempts: 1 }],
    });
    const steps = answer.json().history.map((entry: { step: string }) => entry.step);
    expect(steps).toEqual(['published', 'video-track', 'audio-track', 'first-key-frame']);
    expect(answer.json().history[0]).toMatchObject({
      at: expect.stringMatching(RFC_3339),
      last_at: expect.stringMatching(RFC_3339),
      detail: 'rtmp from 10.0.0.9:4000',
      count: 1,
    });
    expect(answer.body).not.toContain('secret');
  });

  it('lists streams by pages, in the order of their ids', async () => {
    for (const id of ['c', 'a', 'b', 'd']) await api.publish(id);
    const page = (await api.get('/api/v1/streams?limit=2&offset=1')).json();
    expect(page).toMatchObject({ total: 4, limit: 2, offset: 1 });
    expect(page.streams.map((stream: { stream_id: string }) => stream.stream_id)).toEqual(['b', 'c']);
    const past = (await api.get('/api/v1/streams?offset=9')).json();
    expect(past).toEqual({ streams: [], total: 4, limit: 100, offset: 9 });
  });

  it('filters by state, protocol and a part of the id, all together', async () => {
    await api.publish('Gate-North');
    await api.publish('gate-south', 'rtsp');
    (await api.publish('gate-lost')).close({ code: 'publisher-lost', message: '' });
    await api.post('/api/v1/streams/ingest', {
      protocol: 'rtmp',
      source: { rtmp: { app: 'live', stream: 'gate-later' } },
    });
    const ids = async (query: string) =>
      (await api.get(`/api/v1/streams?${query}`))
        .json()
        .streams.map((stream: { stream_id: string }) => stream.stream_id);
    expect(await ids('q=GATE')).toEqual(['Gate-North', 'gate-later', 'gate-lost', 'gate-south']);
    expect(await ids('state=live')).toEqual(['Gate-North', 'gate-south']);
    expect(await ids('state=interrupted')).toEqual(['gate-lost']);
    expect(await ids('state=waiting')).toEqual(['gate-later']);
    expect(await ids('protocol=rtsp')).toEqual(['gate-south']);
    expect(await ids('state=live&protocol=rtmp&q=north')).toEqual(['Gate-North']);
  });

  it('shows a stream that its ingest has not brought yet', async () => {
    await api.post('/api/v1/streams/ingest', {
      protocol: 'rtmp',
      stream_id: 'far',
      source: { rtmp: { url: 'rtmp://u:p@camera/live/one' } },
    });
    expect((await api.get('/api/v1/streams/far')).json()).toMatchObject({
      stream_id: 'far',
      state: 'waiting',
      protocol: 'rtmp',
      tracks: [],
      history: [],
      ingest: {
        state: 'retrying',
        attempts: 3,
        last_error: 'refused',
        next_attempt_at: '2023-11-14T22:13:20.000Z',
        url: 'rtmp://camera/live/one',
      },
    });
    expect((await api.get('/api/v1/streams/far/stats')).json()).toMatchObject({
      state: 'waiting',
      bytes_in: 0,
    });
    expect((await api.get('/api/v1/streams/far/viewers')).json()).toMatchObject({ viewers: [], total: 0 });
  });

  it('gives the statistics of a stream', async () => {
    await api.publish('cam1');
    expect((await api.get('/api/v1/streams/cam1/stats')).json()).toMatchObject({
      stream_id: 'cam1',
      state: 'live',
      uptime_seconds: expect.any(Number),
      bytes_in: 3,
      bytes_out: 0,
      bitrate: 0,
      gop_bytes: 3,
      viewers: { count: 0 },
      tracks: [{ samples: 1, bytes: 3 }, { samples: 0 }],
    });
  });

  it('lists the viewers by pages', async () => {
    const { stream } = await api.publish('cam1');
    for (const id of ['v1', 'v2', 'v3']) {
      stream.addViewer({ id, protocol: 'flv', peer: `peer-${id}`, since: 0, bytesSent: 7 });
    }
    const page = (await api.get('/api/v1/streams/cam1/viewers?limit=1&offset=1')).json();
    expect(page).toEqual({
      viewers: [
        { id: 'v2', protocol: 'flv', peer: 'peer-v2', since: '1970-01-01T00:00:00.000Z', bytes_sent: 7 },
      ],
      total: 3,
      limit: 1,
      offset: 1,
    });
    const detail = (await api.get('/api/v1/streams/cam1')).json();
    expect(detail.viewers).toEqual({ count: 3, by_protocol: { flv: 3 } });
  });

  it('names the addresses at which a stream can be played, for the host that the client used', async () => {
    await api.publish('acme~cam1');
    const all = (await api.get('/api/v1/streams/acme~cam1/play')).json();
    expect(all).toEqual({
      stream_id: 'acme~cam1',
      urls: {
        rtmp: 'rtmp://cam.example/live/acme~cam1',
        hls: 'hls://cam.example/live/acme~cam1',
        srt: 'srt://cam.example/live/acme~cam1',
      },
    });
    const one = (
      await api.get('/api/v1/streams/acme~cam1/play?protocol=hls', { host: '[2001:db8::1]:8080' })
    ).json();
    expect(one.urls).toEqual({ hls: 'hls://[2001:db8::1]/live/acme~cam1' });
    expect((await api.get('/api/v1/streams/acme~cam1/play?protocol=webrtc')).json()).toMatchObject({
      code: 'PROTOCOL_DISABLED',
      detail: expect.stringContaining('enabled: rtmp, hls, srt'),
    });
  });

  it('names those of a form that the player can play', async () => {
    await api.publish('cam1');
    const play = async (codecs: string) =>
      (await api.get(`/api/v1/streams/cam1/play?protocol=hls&codecs=${codecs}`)).json();
    expect(await play('avc1.64001f,mp4a.40.2')).toMatchObject({
      stream_id: 'cam1',
      urls: { hls: 'hls://cam.example/live/cam1' },
    });
    expect(await play('h264,opus')).toMatchObject({
      stream_id: 'cam1.opus',
      urls: { hls: 'hls://cam.example/live/cam1.opus' },
    });
    expect(await play('vp9')).toMatchObject({ status: 404, code: 'NOT_PLAYABLE' });
    expect(await play('theora')).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
  });

  it('stops a stream and its ingest', async () => {
    const publication = await api.publish('cam1');
    const answer = await api.post('/api/v1/streams/cam1/stop');
    expect(answer.statusCode).toBe(204);
    expect(answer.body).toBe('');
    expect(publication.closed).toBe(true);
    expect((await api.post('/api/v1/streams/cam1/stop')).json().code).toBe('STREAM_NOT_FOUND');
  });

  it.each([
    ['GET', '/api/v1/streams/nobody'],
    ['GET', '/api/v1/streams/nobody/stats'],
    ['GET', '/api/v1/streams/nobody/viewers'],
    ['GET', '/api/v1/streams/nobody/play'],
    ['POST', '/api/v1/streams/nobody/stop'],
    ['POST', '/api/v1/streams/nobody/push'],
  ] as const)('answers %s %s with STREAM_NOT_FOUND', async (method, url) => {
    const answer = await api.app.inject({
      method,
      url,
      ...(url.endsWith('push') ? { payload: { url: 'rtmp://other/live/x' } } : {}),
    });
    expect(answer.statusCode).toBe(404);
    expect(answer.json().code).toBe('STREAM_NOT_FOUND');
  });

  it.each(['..', '%2e%2e%2fetc', 'a%2fb', '-cam', 'live~cam', '%00', 'x'.repeat(200)])(
    'refuses the id %s',
    async id => {
      const answer = await api.get(`/api/v1/streams/${id}/stats`);
      expect(answer.statusCode).toBeGreaterThanOrEqual(400);
      expect(['STREAM_ID_INVALID', 'ROUTE_NOT_FOUND']).toContain(answer.json().code);
    },
  );
});
