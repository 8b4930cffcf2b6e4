import { setTimeout as delay } from 'node:timers/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { MemoryStorage } from '@flux-iot/core/storage/memory-storage';
import type { Publication } from '@flux-iot/core/stream/publication';
import { AUDIO_TRACK, VIDEO_TRACK } from '@flux-iot/core/stream/test-support';
import { AudioSample, VideoSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MediaServer } from '../http/media-server.ts';
import { HlsAdapter, type HlsOptions } from './adapter.ts';

const LOST = { code: 'publisher-lost', message: '' };
const GOODBYE = { code: 'unpublished', message: '' };
const OPTIONS: HlsOptions = { segmentDuration: 2, playlistLength: 3, alwaysOn: false };

describe('HlsAdapter', () => {
  let orchestrator: StreamOrchestrator;
  let server: MediaServer;
  let storage: MemoryStorage;
  let adapter: HlsAdapter;
  let token: string | undefined;

  async function start(options: Partial<HlsOptions> = {}): Promise<void> {
    orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 20, maxInterval: 60 },
      maxStreams: 10,
      takeover: false,
      publisherGrace: 5000,
      openTimeout: 2000,
      authorize: (_action, _id, request) => {
        if (token !== undefined && request.token !== token) throw new FluxError('NOT_ALLOWED', 'No.');
      },
    });
    server = new MediaServer({ host: '127.0.0.1', port: 0 });
    storage = new MemoryStorage({ maxBytes: 10_000_000 });
    adapter = new HlsAdapter({ orchestrator, server, storage, options: { ...OPTIONS, ...options } });
    await server.start();
    await adapter.start();
  }

  async function stop(): Promise<void> {
    await adapter.stop();
    orchestrator.close();
    await server.stop();
  }

  beforeEach(async () => {
    token = undefined;
    await start();
  });
  afterEach(stop);

  async function publish(
    id = 'cam1',
    tracks: readonly Track[] = [VIDEO_TRACK, AUDIO_TRACK],
  ): Promise<Publication> {
    const publication = await orchestrator.registerStream(id, { protocol: 'test', peer: 'peer', close() {} });
    publication.expect({
      video: tracks.some(track => track.kind === 'video'),
      audio: tracks.some(track => track.kind === 'audio'),
    });
    for (const track of tracks) publication.setTrack(track);
    return publication;
  }

  /** Ten pictures and frames of sound a second, a key frame every second. */
  function play(publication: Publication, from: number, to: number): void {
    for (let tick = Math.round(from * 10); tick < Math.round(to * 10); tick++) {
      const unit = Buffer.alloc(300, tick % 10 === 0 ? 0x65 : 0x41);
      publication.write(VideoSample.fromNalUnits(1, tick * 9000, tick * 9000, tick % 10 === 0, [unit]));
      publication.write(new AudioSample(2, tick * 9000, Buffer.alloc(100)));
    }
  }

  const fetchPath = (path: string, init?: RequestInit) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, init);

  async function playlist(
    path = '/hls/cam1/index.m3u8',
  ): Promise<{ text: string; first: number; uris: string[] }> {
    const response = await fetchPath(path);
    expect(response.status).toBe(200);
    const text = await response.text();
    return {
      text,
      first: Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]),
      uris: text.split('\n').filter(line => line !== '' && !line.startsWith('#')),
    };
  }

  it('answers the first request once there is a segment, with the cached pictures in it', async () => {
    const publication = await publish();
    play(publication, 0, 0.5);
    const answer = playlist();
    await delay(50);
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
    const segment = await fetchPath(`/hls/cam1/${uris[0]}`);
    expect(segment.status).toBe(200);
    expect(segment.headers.get('content-type')).toBe('video/mp2t');
    expect(segment.headers.get('cache-control')).toMatch(/^max-age=\d+/);
    expect((await segment.arrayBuffer()).byteLength % 188).toBe(0);
  });

  it('has the addresses of other servers, whose segments are where the playlist says', async () => {
    const publication = await publish('acme~cam1');
    play(publication, 0, 1);
    const answer = playlist('/acme/cam1.m3u8?token=a%26b');
    await delay(50);
    play(publication, 1, 5);
    const { uris } = await answer;
    expect(uris[0]).toMatch(/^cam1\/segment_\d+\.ts\?token=a%26b$/);
    expect((await fetchPath(`/acme/${uris[0]}`)).status).toBe(200);
    const [same] = (await playlist('/acme/cam1/index.m3u8')).uris;
    expect((await fetchPath(`/acme/cam1/${same}`)).status).toBe(200);
    const [third] = (await playlist('/hls/acme~cam1/index.m3u8')).uris;
    expect(third).toBe(same);
    const master = await (await fetchPath('/hls/acme~cam1/master.m3u8')).text();
    expect(master).toMatch(
      /BANDWIDTH=[1-9]\d+,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=640x360\nindex.m3u8\n/,
    );
  });

  it('slides: listed segments can always be fetched, those long gone never', async () => {
    const publication = await publish();
    play(publication, 0, 1);
    const opened = playlist();
    await delay(50);
    play(publication, 1, 3);
    await opened;
    const seen: string[] = [];
    for (let second = 3; second < 30; second++) {
      play(publication, second, second + 1);
      const { uris, first } = await playlist();
      expect(uris.length).toBeLessThanOrEqual(3);
      expect(uris).toEqual(uris.map((_, index) => `segment_${first + index}.ts`));
      for (const uri of uris) if (!seen.includes(uri)) seen.push(uri);
      const statuses = await Promise.all(uris.map(async uri => (await fetchPath(`/hls/cam1/${uri}`)).status));
      expect(new Set(statuses)).toEqual(new Set([200]));
    }
    expect(seen.length).toBe(14);
    expect((await playlist()).text).toBe((await playlist()).text);
    // Just evicted: still there for who has the playlist of before.
    expect((await fetchPath(`/hls/cam1/${seen.at(-4)}`)).status).toBe(200);
    const gone = await fetchPath('/hls/cam1/segment_1.ts');
    expect(gone.status).toBe(404);
    expect(await gone.json()).toMatchObject({ code: 'SEGMENT_NOT_FOUND' });
  });

  it('deletes segments when nobody can want them any more', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    try {
      await stop();
      await start({ alwaysOn: true });
      const publication = await publish();
      for (let second = 0; second < 60; second++) {
        play(publication, second, second + 1);
        await vi.advanceTimersByTimeAsync(1000);
      }
      const uris = (await playlist()).uris;
      const sequence = Number(/\d+/.exec(uris[0] ?? '')?.[0]);
      const statusOf = async (back: number) =>
        (await fetchPath(`/hls/cam1/segment_${sequence - back}.ts`)).status;
      expect(await Promise.all([1, 2, 3].map(statusOf))).toEqual([200, 200, 200]);
      expect(await Promise.all([6, 7, 20].map(statusOf))).toEqual([404, 404, 404]);
      expect(storage.byteLength).toBeLessThan(9 * 60_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it('holds a request for the next segment until it is there', async () => {
    const publication = await publish();
    play(publication, 0, 1);
    const opened = playlist();
    await delay(50);
    play(publication, 1, 3);
    const { first } = await opened;
    const next = playlist(`/hls/cam1/index.m3u8?_HLS_msn=${first + 1}`);
    await delay(100);
    play(publication, 3, 5);
    expect((await next).uris).toEqual([`segment_${first}.ts`, `segment_${first + 1}.ts`]);
    expect((await playlist(`/hls/cam1/index.m3u8?_HLS_msn=${first}`)).uris.length).toBe(2);
    expect((await fetchPath(`/hls/cam1/index.m3u8?_HLS_msn=${first + 4}`)).status).toBe(400);
    expect((await fetchPath('/hls/cam1/index.m3u8?_HLS_msn=x')).status).toBe(400);
  });

  it('goes on counting when the publisher comes back to viewers that stayed', async () => {
    const publication = await publish();
    play(publication, 0, 1);
    const opened = playlist();
    await delay(50);
    play(publication, 1, 3.5);
    const before = await opened;
    publication.close(LOST);
    // What there was is served at once.
    const cut = await playlist(`/hls/cam1/index.m3u8?_HLS_msn=${before.first + 1}`);
    expect(cut.uris.length).toBe(2);
    const again = await publish();
    play(again, 10, 13);
    const after = await playlist(`/hls/cam1/index.m3u8?_HLS_msn=${before.first + 2}`);
    expect(after.text).not.toContain('ENDLIST');
    expect(after.text.match(/#EXT-X-DISCONTINUITY\n/g)?.length).toBe(1);
    expect(after.uris.length).toBe(3);
    expect(after.text).toContain('#EXT-X-TARGETDURATION:2\n');
    play(again, 13, 21);
    await delay(20);
    expect((await playlist()).text).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:1\n');
  });

  it('ends the list with the stream, and numbers the next one of the same id after it', async () => {
    const publication = await publish();
    play(publication, 0, 1);
    const opened = playlist();
    await delay(50);
    play(publication, 1, 4.5);
    await opened;
    publication.close(GOODBYE);
    const ended = await playlist();
    expect(ended.text.endsWith('#EXT-X-ENDLIST\n')).toBe(true);
    expect(ended.uris.length).toBe(3);
    expect((await fetchPath(`/hls/cam1/${ended.uris.at(-1)}`)).status).toBe(200);
    const next = await publish();
    play(next, 0, 1);
    const reopened = playlist();
    await delay(50);
    play(next, 1, 3);
    const after = await reopened;
    expect(after.first).toBe(ended.first + 3);
    expect(after.text).toContain('#EXT-X-DISCONTINUITY\n');
    expect(after.text).not.toContain('ENDLIST');
    expect((await fetchPath(`/hls/cam1/${ended.uris.at(-1)}`)).status).toBe(200);
  });

  it('stops cutting when nobody asks, deletes everything, and goes on counting when somebody does', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    try {
      await stop();
      await start();
      const publication = await publish();
      play(publication, 0, 1);
      const opened = playlist();
      await delay(50);
      play(publication, 1, 6);
      const before = await opened;
      expect(adapter.stats().viewers).toBe(1);
      expect(publication.stream.viewers.map(viewer => viewer.protocol)).toEqual(['hls']);
      await fetchPath(`/hls/cam1/${before.uris[0]}`);
      expect(publication.stream.bytesSent).toBe(adapter.stats().bytesOut);
      expect(publication.stream.bytesSent).toBeGreaterThan(10_000);
      await vi.advanceTimersByTimeAsync(8000);
      expect(adapter.stats().viewers).toBe(0);
      expect(publication.stream.viewerCount).toBe(0);
      expect(storage.byteLength).toBeGreaterThan(0);
      await vi.advanceTimersByTimeAsync(30_000);
      expect(storage.byteLength).toBe(0);
      play(publication, 6, 20);
      expect(storage.byteLength).toBe(0);
      const reopened = playlist();
      await delay(50);
      play(publication, 20, 24);
      const after = await reopened;
      expect(after.first).toBeGreaterThan(before.first);
      expect(after.text).toContain('#EXT-X-DISCONTINUITY\n');
    } finally {
      vi.useRealTimers();
    }
  });

  it('serves heads, ranges and refusals', async () => {
    const publication = await publish();
    play(publication, 0, 1);
    const opened = playlist();
    await delay(50);
    play(publication, 1, 5);
    const { uris } = await opened;
    const path = `/hls/cam1/${uris[0]}`;
    const whole = Buffer.from(await (await fetchPath(path)).arrayBuffer());
    const get = async (range: string) => fetchPath(path, { headers: { Range: range } });
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
    const head = await fetchPath(path, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(whole.length));
    const listHead = await fetchPath('/hls/cam1/index.m3u8', { method: 'HEAD' });
    expect(listHead.headers.get('content-type')).toBe('application/vnd.apple.mpegurl');
    expect(listHead.headers.get('cache-control')).toBe('no-cache');
    for (const unknown of ['/hls/nobody/index.m3u8', '/live/nobody.m3u8', '/hls/nobody/segment_0.ts']) {
      const response = await fetchPath(unknown);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ code: 'STREAM_NOT_FOUND' });
    }
    for (const nothing of [
      '/hls/cam1/segment_01.ts',
      '/hls/cam1/segment_.ts',
      '/hls/a/b/index.m3u8',
      '/api/x.m3u8',
    ]) {
      expect((await fetchPath(nothing)).status).toBe(404);
    }
    expect((await fetchPath('/live/.x/index.m3u8')).status).toBe(400);
    expect(adapter.stats().refused).toMatchObject({ STREAM_NOT_FOUND: 3, RANGE_INVALID: 1 });
  });

  it('asks for the right to play, for playlists and segments', async () => {
    token = 'secret';
    const publication = await orchestrator.registerStream(
      'cam1',
      { protocol: 'test', peer: 'peer', close() {} },
      { token },
    );
    publication.expect({ video: true, audio: false });
    publication.setTrack(VIDEO_TRACK);
    play(publication, 0, 1);
    const opened = playlist('/hls/cam1/index.m3u8?token=secret');
    await delay(50);
    play(publication, 1, 5);
    const [uri] = (await opened).uris;
    expect((await fetchPath('/hls/cam1/index.m3u8')).status).toBe(403);
    expect((await fetchPath(`/hls/cam1/${uri?.split('?')[0]}`)).status).toBe(403);
    expect((await fetchPath(`/hls/cam1/${uri}`)).status).toBe(200);
    publication.close(GOODBYE);
    expect((await fetchPath('/hls/cam1/index.m3u8')).status).toBe(403);
    expect((await fetchPath('/hls/cam1/index.m3u8?token=secret')).status).toBe(200);
  });

  it('does not let a client wait for ever, and forgets one that goes', async () => {
    await stop();
    await start({ segmentDuration: 0.2 });
    const publication = await publish();
    play(publication, 0, 0.1);
    const late = await fetchPath('/hls/cam1/index.m3u8');
    expect(late.status).toBe(504);
    expect(await late.json()).toMatchObject({ code: 'STREAM_NOT_READY' });
    const gone = new AbortController();
    const request = fetchPath('/hls/cam1/index.m3u8', { signal: gone.signal });
    await delay(50);
    gone.abort();
    await expect(request).rejects.toThrow();
    expect(adapter.stats()).toMatchObject({ viewers: 0, refused: { STREAM_NOT_READY: 1 } });
  });

  it('says of a stream that has nothing for HLS which codecs it has', async () => {
    const publication = await publish('cam1', [{ ...AUDIO_TRACK, codec: 'g711a' }]);
    publication.write(new AudioSample(2, 0, Buffer.alloc(160)));
    const response = await fetchPath('/hls/cam1/index.m3u8');
    expect(response.status).toBe(409);
    expect(await response.json()).toMatchObject({ code: 'CODEC_UNSUPPORTED' });
  });

  it('cuts every stream from its start where that is wished', async () => {
    await stop();
    await start({ alwaysOn: true });
    const publication = await publish();
    play(publication, 0, 9);
    await delay(20);
    expect((await playlist()).uris.length).toBe(3);
  });

  it('leaves a segment out that cannot be stored, and says that the next one does not follow', async () => {
    await stop();
    await start({ alwaysOn: true });
    const put = vi.spyOn(storage, 'put');
    put.mockRejectedValueOnce(new FluxError('STORAGE_FAILED', 'disk full'));
    const publication = await publish();
    for (let second = 0; second < 9; second++) {
      play(publication, second, second + 1);
      await delay(2);
    }
    const { text, uris } = await playlist();
    expect(uris.length).toBe(3);
    expect(text.match(/#EXT-X-DISCONTINUITY\n/g)?.length).toBe(1);
    expect(publication.stream.history.entries.map(entry => entry.step)).toContain('hls-segment-lost');
  });

  it('drops segments rather than keep them for a storage that hangs', async () => {
    await stop();
    await start({ alwaysOn: true });
    vi.spyOn(storage, 'put').mockImplementation(() => delay(30));
    const publication = await publish();
    play(publication, 0, 61);
    const lost = publication.stream.history.entries.find(entry => entry.step === 'hls-segment-lost');
    expect(lost?.count).toBe(27);
    await vi.waitFor(async () => expect((await playlist()).uris.length).toBe(3));
  });

  it('leaves nothing behind when it stops', async () => {
    const publication = await publish();
    play(publication, 0, 1);
    const opened = playlist();
    await delay(50);
    play(publication, 1, 7);
    await opened;
    const waiting = fetchPath('/hls/cam1/index.m3u8?_HLS_msn=99999999999');
    await waiting;
    await adapter.stop();
    await adapter.stop();
    expect(storage.byteLength).toBe(0);
    expect(publication.stream.viewerCount).toBe(0);
    expect(adapter.stats().listening).toEqual([]);
    expect((await fetchPath('/hls/cam1/index.m3u8')).status).toBe(404);
  });
});
