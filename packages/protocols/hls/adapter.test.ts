import { setTimeout as delay } from 'node:timers/promises';
import { AUDIO_TRACK } from '@flux-iot/core/stream/test-support';
import { AudioSample } from '@flux-iot/media/model/sample';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HlsGateway, play, untilAsked } from './test-support.ts';

const GOODBYE = { code: 'unpublished', message: '' };

describe('HlsAdapter, asked over HTTP', () => {
  let gateway: HlsGateway;

  beforeEach(async () => {
    gateway = await HlsGateway.start();
  });
  afterEach(() => gateway.stop());

  it('answers the first request once there is a segment, with the cached pictures in it', async () => {
    const publication = await gateway.publish();
    play(publication, 0, 0.5);
    const answer = gateway.playlist();
    await untilAsked(publication);
    let answered = false;
    void answer.then(() => {
      answered = true;
    });
    play(publication, 0.5, 1.9);
    await delay(50);
    expect(answered).toBe(false);
    play(publication, 1.9, 2.1);
    const { text, uris, first } = await answer;
    expect(uris).toEqual([`segment_${first}.ts`]);
    expect(text).toContain('#EXTINF:2.00000,');
    expect(text).toContain('#EXT-X-TARGETDURATION:2\n');
    expect(text).not.toContain('#EXT-X-DISCONTINUITY\n');
    const segment = await gateway.get(`/hls/cam1/${uris[0]}`);
    expect(segment.status).toBe(200);
    expect(segment.headers.get('content-type')).toBe('video/mp2t');
    expect(segment.headers.get('cache-control')).toMatch(/^max-age=\d+/);
    expect((await segment.arrayBuffer()).byteLength % 188).toBe(0);
  });

  it('has the addresses of other servers, whose segments are where the playlist says', async () => {
    const publication = await gateway.publish('acme~cam1');
    play(publication, 0, 1);
    const answer = gateway.playlist('/acme/cam1.m3u8?token=a%26b');
    await untilAsked(publication);
    play(publication, 1, 5);
    const { uris } = await answer;
    expect(uris[0]).toMatch(/^cam1\/segment_\d+\.ts\?token=a%26b$/);
    expect((await gateway.get(`/acme/${uris[0]}`)).status).toBe(200);
    const [same] = (await gateway.playlist('/acme/cam1/index.m3u8')).uris;
    expect((await gateway.get(`/acme/cam1/${same}`)).status).toBe(200);
    const [third] = (await gateway.playlist('/hls/acme~cam1/index.m3u8')).uris;
    expect(third).toBe(same);
    const master = await (await gateway.get('/hls/acme~cam1/master.m3u8')).text();
    expect(master).toMatch(
      /BANDWIDTH=[1-9]\d+,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=640x360\nindex.m3u8\n/,
    );
  });

  it('holds a request for the next segment until it is there', async () => {
    const publication = await gateway.publish();
    play(publication, 0, 1);
    const opened = gateway.playlist();
    await untilAsked(publication);
    play(publication, 1, 3);
    const { first } = await opened;
    const next = gateway.playlist(`/hls/cam1/index.m3u8?_HLS_msn=${first + 1}`);
    await delay(100);
    play(publication, 3, 5);
    expect((await next).uris).toEqual([`segment_${first}.ts`, `segment_${first + 1}.ts`]);
    expect((await gateway.playlist(`/hls/cam1/index.m3u8?_HLS_msn=${first}`)).uris.length).toBe(2);
    expect((await gateway.get(`/hls/cam1/index.m3u8?_HLS_msn=${first + 4}`)).status).toBe(400);
    expect((await gateway.get('/hls/cam1/index.m3u8?_HLS_msn=x')).status).toBe(400);
  });

  it('serves heads, ranges and refusals', async () => {
    const publication = await gateway.publish();
    play(publication, 0, 1);
    const opened = gateway.playlist();
    await untilAsked(publication);
    play(publication, 1, 5);
    const { uris } = await opened;
    const path = `/hls/cam1/${uris[0]}`;
    const whole = Buffer.from(await (await gateway.get(path)).arrayBuffer());
    const get = async (range: string) => gateway.get(path, { headers: { Range: range } });
    const part = await get('bytes=188-375');
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 188-375/${whole.length}`);
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(188, 376));
    expect(Buffer.from(await (await get('bytes=-188')).arrayBuffer())).toEqual(whole.subarray(-188));
    expect(Buffer.from(await (await get(`bytes=${whole.length - 1}-`)).arrayBuffer())).toEqual(
      whole.subarray(-1),
    );
    const beyond = await get(`bytes=${whole.length}-`);
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get('content-range')).toBe(`bytes */${whole.length}`);
    for (const ignored of ['bytes=5-2', 'bytes=0-1,5-6', 'lines=1-2', 'bytes=-']) {
      expect((await get(ignored)).status).toBe(200);
    }
    const head = await gateway.get(path, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(whole.length));
    const listHead = await gateway.get('/hls/cam1/index.m3u8', { method: 'HEAD' });
    expect(listHead.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    expect(listHead.headers.get('cache-control')).toBe('no-cache');
    for (const unknown of ['/hls/nobody/index.m3u8', '/live/nobody.m3u8', '/hls/nobody/segment_0.ts']) {
      const response = await gateway.get(unknown);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'STREAM_NOT_FOUND' });
    }
    for (const nothing of [
      '/hls/cam1/segment_01.ts',
      '/hls/cam1/segment_.ts',
      '/hls/a/b/index.m3u8',
      '/api/x.m3u8',
    ]) {
      expect((await gateway.get(nothing)).status).toBe(404);
    }
    expect((await gateway.get('/live/.x/index.m3u8')).status).toBe(400);
    expect(gateway.adapter.stats().refused).toMatchObject({ STREAM_NOT_FOUND: 3, RANGE_INVALID: 1 });
  });

  it('asks for the right to play, for playlists and segments', async () => {
    gateway.token = 'secret';
    const publication = await gateway.publish();
    play(publication, 0, 1);
    const opened = gateway.playlist('/hls/cam1/index.m3u8?token=secret');
    await untilAsked(publication);
    play(publication, 1, 5);
    const [uri] = (await opened).uris;
    expect((await gateway.get('/hls/cam1/index.m3u8')).status).toBe(403);
    expect((await gateway.get(`/hls/cam1/${uri?.split('?')[0]}`)).status).toBe(403);
    expect((await gateway.get(`/hls/cam1/${uri}`)).status).toBe(200);
    publication.close(GOODBYE);
    expect((await gateway.get('/hls/cam1/index.m3u8')).status).toBe(403);
    expect((await gateway.get('/hls/cam1/index.m3u8?token=secret')).status).toBe(200);
  });

  it('does not let a client wait for ever, and forgets one that goes', async () => {
    await gateway.stop();
    gateway = await HlsGateway.start({ segmentDuration: 0.2 });
    const publication = await gateway.publish();
    play(publication, 0, 0.1);
    const late = await gateway.get('/hls/cam1/index.m3u8');
    expect(late.status).toBe(504);
    expect(await late.json()).toMatchObject({ code: 'STREAM_NOT_READY' });
    const gone = new AbortController();
    const request = gateway.get('/hls/cam1/index.m3u8', { signal: gone.signal });
    await delay(50);
    gone.abort();
    await expect(request).rejects.toThrow();
    expect(gateway.adapter.stats()).toMatchObject({ viewers: 0, refused: { STREAM_NOT_READY: 1 } });
  });

  it('says of a stream that has nothing for HLS which codecs it has', async () => {
    const publication = await gateway.publish('cam1', [{ ...AUDIO_TRACK, codec: 'g711a' }]);
    publication.write(new AudioSample(2, 0, Buffer.alloc(160)));
    const response = await gateway.get('/hls/cam1/index.m3u8');
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'CODEC_UNSUPPORTED' });
  });
});
