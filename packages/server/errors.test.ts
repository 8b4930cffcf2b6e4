import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestApi } from './test-support.ts';

const INGEST = '/api/v1/streams/ingest';

describe('errors of the API', () => {
  let api: TestApi;

  beforeEach(async () => {
    api = await TestApi.start();
  });
  afterEach(() => api.stop());

  it('are problem documents with the id of the request', async () => {
    const answer = await api.get('/api/v1/streams/nobody');
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
    expect(answer.json()).toEqual({
      type: 'about:blank',
      title: 'Stream not found',
      status: 404,
      detail: 'There is no stream nobody.',
      code: 'STREAM_NOT_FOUND',
      request_id: answer.headers['x-request-id'],
    });
  });

  it.each([
    [{ protocol: 'rtmp' }, 'body.source is missing.'],
    [{ source: {} }, 'body.protocol is missing.'],
    [{ protocol: 'ftp', source: {} }, 'body.protocol must be one of rtmp, rtsp, gb28181, srt, webrtc.'],
    [{ protocol: 'rtmp', source: {}, streamid: 'x' }, 'body.streamid is not known here.'],
    [{ protocol: 'rtmp', source: { rtmp: { uri: 'x' } } }, 'body.source.rtmp.uri is not known here.'],
    [{ protocol: 'rtmp', source: 'x' }, 'body.source must be object.'],
    [
      { protocol: 'rtmp', source: { rtmp: { stream: '' } } },
      'body.source.rtmp.stream must NOT have fewer than 1 characters.',
    ],
    [[], 'body must be object.'],
  ])('say what is wrong with the body %j', async (body, detail) => {
    const answer = await api.post(INGEST, body);
    expect(answer.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID', detail });
  });

  it.each([
    ['limit=0', 'querystring.limit must be >= 1.'],
    ['limit=1001', 'querystring.limit must be <= 1000.'],
    ['limit=ten', 'querystring.limit must be integer.'],
    ['offset=-1', 'querystring.offset must be >= 0.'],
    ['state=on', 'querystring.state must be one of waiting, discovering, live, interrupted, ended.'],
    ['page=1', 'querystring.page is not known here.'],
  ])('say what is wrong with the query %s', async (query, detail) => {
    const answer = await api.get(`/api/v1/streams?${query}`);
    expect(answer.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID', detail });
  });

  it('name malformed JSON, other media types and bodies that are too long', async () => {
    const send = async (payload: string, type: string) =>
      (
        await api.app.inject({ method: 'POST', url: INGEST, headers: { 'content-type': type }, payload })
      ).json();
    expect(await send('{"protocol":', 'application/json')).toMatchObject({
      status: 400,
      code: 'REQUEST_INVALID',
    });
    expect(await send('', 'application/json')).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(await send('{"__proto__":{"a":1}}', 'application/json')).toMatchObject({ status: 400 });
    expect(await send('protocol=rtmp', 'application/x-www-form-urlencoded')).toMatchObject({
      status: 415,
      code: 'MEDIA_TYPE_UNSUPPORTED',
    });
    expect(await send('{}', 'text/plain')).toMatchObject({ status: 415 });
    expect(await send(JSON.stringify('x'.repeat(65_536)), 'application/json')).toMatchObject({
      status: 413,
      code: 'REQUEST_TOO_LARGE',
    });
  });

  it('tell an unknown path from a method that the path does not take', async () => {
    expect((await api.get('/api/v1/nothing?token=secret')).json()).toMatchObject({
      status: 404,
      code: 'ROUTE_NOT_FOUND',
      detail: 'There is nothing at /api/v1/nothing.',
    });
    const answer = await api.delete('/api/v1/streams/cam1');
    expect(answer.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
    expect(answer.headers.allow).toBe('GET, HEAD');
    const stop = await api.get('/api/v1/streams/cam1/stop');
    expect(stop.headers.allow).toBe('POST');
  });

  it('name a path that cannot be decoded', async () => {
    const answer = await api.get('/api/v1/streams/%zz');
    expect(answer.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
    expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  });

  it('keep faults of the server to themselves', async () => {
    api.rtmp.stats = () => {
      throw new Error('secret detail');
    };
    const answer = await api.get('/api/v1/protocols');
    expect(answer.json()).toMatchObject({ status: 500, code: 'INTERNAL' });
    expect(answer.body).not.toContain('secret');
  });
});
