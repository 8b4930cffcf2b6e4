import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openApiDocument } from './openapi.ts';
import { TestApi } from './test-support.ts';

describe('what the server says of itself', () => {
  let api: TestApi;

  beforeEach(async () => {
    api = await TestApi.start();
  });
  afterEach(() => api.stop());

  it('lists the protocols and their counters', async () => {
    const { protocols } = (await api.get('/api/v1/protocols')).json();
    expect(protocols.map((entry: { protocol: string }) => entry.protocol)).toEqual(['rtmp', 'hls', 'srt']);
    expect(protocols[0]).toEqual({
      protocol: 'rtmp',
      listening: ['127.0.0.1:1935'],
      connections: 3,
      publishers: 1,
      viewers: 2,
      bytes_in: 10,
      bytes_out: 20,
      refused: { STREAM_BUSY: 1 },
    });
  });

  it('tells version, uptime, memory and the delay of the event loop', async () => {
    await api.publish('cam1');
    const server = (await api.get('/api/v1/server')).json();
    expect(server).toMatchObject({ version: '1.2.3', streams: 1, media_port: 8081 });
    expect(server.memory_bytes).toBeGreaterThan(server.heap_bytes);
    expect(server.uptime_seconds).toBeGreaterThanOrEqual(0);
    expect(server.event_loop_delay_ms).toBeGreaterThanOrEqual(0);
  });

  it('is healthy while it answers, and ready while every protocol listens', async () => {
    expect((await api.get('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await api.get('/readyz')).json()).toEqual({ status: 'ok' });
    api.rtmp.isListening = false;
    const answer = await api.get('/readyz');
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toMatchObject({ code: 'NOT_READY', detail: 'Not listening: rtmp.' });
    expect((await api.get('/healthz')).statusCode).toBe(200);
  });

  it('describes every route in an OpenAPI 3.1 document that does not depend on the server', async () => {
    const served = (await api.get('/api/v1/openapi.json')).json();
    expect(served).toEqual(JSON.parse(JSON.stringify(await openApiDocument())));
    expect(served.openapi).toBe('3.1.0');
    expect(Object.keys(served.paths).sort()).toEqual([
      '/api/v1/gb28181/devices',
      '/api/v1/gb28181/devices/{device_id}',
      '/api/v1/gb28181/devices/{device_id}/channels',
      '/api/v1/gb28181/devices/{device_id}/channels/{channel_id}/presets',
      '/api/v1/gb28181/devices/{device_id}/channels/{channel_id}/ptz',
      '/api/v1/gb28181/devices/{device_id}/channels/{channel_id}/records',
      '/api/v1/gb28181/devices/{device_id}/refresh',
      '/api/v1/gb28181/devices/{device_id}/subscriptions/{kind}',
      '/api/v1/gb28181/events',
      '/api/v1/gb28181/playbacks/{stream_id}/control',
      '/api/v1/ingests',
      '/api/v1/ingests/{stream_id}',
      '/api/v1/nodes',
      '/api/v1/protocols',
      '/api/v1/server',
      '/api/v1/streams',
      '/api/v1/streams/ingest',
      '/api/v1/streams/{stream_id}',
      '/api/v1/streams/{stream_id}/diagnosis',
      '/api/v1/streams/{stream_id}/play',
      '/api/v1/streams/{stream_id}/push',
      '/api/v1/streams/{stream_id}/pushes',
      '/api/v1/streams/{stream_id}/pushes/{push_id}',
      '/api/v1/streams/{stream_id}/stats',
      '/api/v1/streams/{stream_id}/stop',
      '/api/v1/streams/{stream_id}/viewers',
      '/healthz',
      '/readyz',
    ]);
    const text = JSON.stringify(served);
    for (const [, name] of text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)) {
      expect(served.components.schemas).toHaveProperty([name ?? '']);
    }
  });

  it('has a page for the document', async () => {
    const page = await api.get('/api/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.headers['content-security-policy']).toContain("default-src 'self'");
    expect(page.headers['content-security-policy']).not.toContain('upgrade-insecure-requests');
  });
});
