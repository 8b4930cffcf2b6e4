import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestApi } from './test-support.ts';

describe('pushes', () => {
  let api: TestApi;

  beforeEach(async () => {
    api = await TestApi.start();
    await api.publish('cam1');
  });
  afterEach(() => api.stop());

  it('adds, lists and removes pushes of a stream', async () => {
    const added = await api.post('/api/v1/streams/cam1/push', { url: 'rtmps://other/live/x?token=secret' });
    expect(added.statusCode).toBe(201);
    expect(added.json()).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      stream_id: 'cam1',
      url: 'rtmps://other/live/x',
      state: 'connecting',
      attempts: 1,
    });
    expect((await api.get('/api/v1/streams/cam1/pushes')).json()).toEqual({ pushes: [added.json()] });
    const { id } = added.json();
    expect((await api.delete(`/api/v1/streams/cam2/pushes/${id}`)).json().code).toBe('PUSH_NOT_FOUND');
    expect((await api.delete(`/api/v1/streams/cam1/pushes/${id}`)).statusCode).toBe(204);
    expect((await api.delete(`/api/v1/streams/cam1/pushes/${id}`)).statusCode).toBe(404);
    expect(api.rtmp.closed).toEqual([`${id} stopped`]);
    expect((await api.get('/api/v1/streams/cam1/pushes')).json()).toEqual({ pushes: [] });
  });

  it.each([
    ['nonsense', 'URL_INVALID'],
    ['file:///etc/passwd', 'URL_INVALID'],
    ['rtmp://other/', 'URL_INVALID'],
    ['rtsp://other/live/x', 'PROTOCOL_DISABLED'],
    ['srt://other/live/x', 'PROTOCOL_UNSUPPORTED'],
  ])('refuses to push to %s', async (url, code) => {
    expect((await api.post('/api/v1/streams/cam1/push', { url })).json().code).toBe(code);
  });

  it('limits the pushes of one stream', async () => {
    for (let i = 0; i < 16; i++) {
      const answer = await api.post('/api/v1/streams/cam1/push', { url: 'rtmp://other/live/x' });
      expect(answer.statusCode).toBe(201);
    }
    const answer = await api.post('/api/v1/streams/cam1/push', { url: 'rtmp://other/live/x' });
    expect(answer.json()).toMatchObject({ status: 503, code: 'STREAM_LIMIT' });
  });
});
