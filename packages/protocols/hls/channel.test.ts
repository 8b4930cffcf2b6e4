import { setTimeout as delay } from 'node:timers/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HlsGateway, play, untilAsked } from './test-support.ts';

const LOST = { code: 'publisher-lost', message: '' };
const GOODBYE = { code: 'unpublished', message: '' };

describe('HlsAdapter, over the life of streams', () => {
  let gateway: HlsGateway;

  beforeEach(async () => {
    gateway = await HlsGateway.start();
  });
  afterEach(() => gateway.stop());

  it('slides: listed segments can always be fetched, those long gone never', async () => {
    const publication = await gateway.publish();
    play(publication, 0, 1);
    const opened = gateway.playlist();
    await untilAsked(publication);
    play(publication, 1, 3);
    await opened;
    const seen: string[] = [];
    for (let second = 3; second < 30; second++) {
      play(publication, second, second + 1);
      const { uris, first } = await gateway.playlist();
      expect(uris.length).toBeLessThanOrEqual(3);
      expect(uris).toEqual(uris.map((_, index) => `segment_${first + index}.ts`));
      for (const uri of uris) if (!seen.includes(uri)) seen.push(uri);
      const statuses = await Promise.all(
        uris.map(async uri => (await gateway.get(`/hls/cam1/${uri}`)).status),
      );
      expect(new Set(statuses)).toEqual(new Set([200]));
    }
    expect(seen.length).toBe(14);
    expect((await gateway.playlist()).text).toBe((await gateway.playlist()).text);
    // Just evicted: still there for who has the playlist of before.
    expect((await gateway.get(`/hls/cam1/${seen.at(-4)}`)).status).toBe(200);
    const gone = await gateway.get('/hls/cam1/segment_1.ts');
    expect(gone.status).toBe(404);
    expect(await gone.json()).toMatchObject({ code: 'SEGMENT_NOT_FOUND' });
  });

  it('deletes segments when nobody can want them any more', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    try {
      await gateway.stop();
      gateway = await HlsGateway.start({ alwaysOn: true });
      const publication = await gateway.publish();
      for (let second = 0; second < 60; second++) {
        play(publication, second, second + 1);
        await vi.advanceTimersByTimeAsync(1000);
      }
      const uris = (await gateway.playlist()).uris;
      const sequence = Number(/\d+/.exec(uris[0] ?? '')?.[0]);
      const statusOf = async (back: number) =>
        (await gateway.get(`/hls/cam1/segment_${sequence - back}.ts`)).status;
      expect(await Promise.all([1, 2, 3].map(statusOf))).toEqual([200, 200, 200]);
      expect(await Promise.all([6, 7, 20].map(statusOf))).toEqual([404, 404, 404]);
      expect(gateway.storage.byteLength).toBeLessThan(9 * 60_000);
    } finally {
      vi.useRealTimers();
    }
  });

  it('goes on counting when the publisher comes back to viewers that stayed', async () => {
    const publication = await gateway.publish();
    play(publication, 0, 1);
    const opened = gateway.playlist();
    await untilAsked(publication);
    play(publication, 1, 3.5);
    const before = await opened;
    publication.close(LOST);
    // What there was is served at once.
    const cut = await gateway.playlist(`/hls/cam1/index.m3u8?_HLS_msn=${before.first + 1}`);
    expect(cut.uris.length).toBe(2);
    const again = await gateway.publish();
    play(again, 10, 13);
    const after = await gateway.playlist(`/hls/cam1/index.m3u8?_HLS_msn=${before.first + 2}`);
    expect(after.text).not.toContain('ENDLIST');
    expect(after.text.match(/#EXT-X-DISCONTINUITY\n/g)?.length).toBe(1);
    expect(after.uris.length).toBe(3);
    expect(after.text).toContain('#EXT-X-TARGETDURATION:2\n');
    play(again, 13, 21);
    await delay(20);
    expect((await gateway.playlist()).text).toContain('#EXT-X-DISCONTINUITY-SEQUENCE:1\n');
  });

  it('ends the list with the stream, and numbers the next one of the same id after it', async () => {
    const publication = await gateway.publish();
    play(publication, 0, 1);
    const opened = gateway.playlist();
    await untilAsked(publication);
    play(publication, 1, 4.5);
    await opened;
    publication.close(GOODBYE);
    const ended = await gateway.playlist();
    expect(ended.text.endsWith('#EXT-X-ENDLIST\n')).toBe(true);
    expect(ended.uris.length).toBe(3);
    expect((await gateway.get(`/hls/cam1/${ended.uris.at(-1)}`)).status).toBe(200);
    const next = await gateway.publish();
    play(next, 0, 1);
    const reopened = gateway.playlist();
    await untilAsked(next);
    play(next, 1, 3);
    const after = await reopened;
    expect(after.first).toBe(ended.first + 3);
    expect(after.text).toContain('#EXT-X-DISCONTINUITY\n');
    expect(after.text).not.toContain('ENDLIST');
    expect((await gateway.get(`/hls/cam1/${ended.uris.at(-1)}`)).status).toBe(200);
  });

  it('stops cutting when nobody asks, deletes everything, and goes on counting when somebody does', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    try {
      await gateway.stop();
      gateway = await HlsGateway.start();
      const publication = await gateway.publish();
      play(publication, 0, 1);
      const opened = gateway.playlist();
      await untilAsked(publication);
      play(publication, 1, 6);
      const before = await opened;
      expect(gateway.adapter.stats().viewers).toBe(1);
      expect(publication.stream.viewers.map(viewer => viewer.protocol)).toEqual(['hls']);
      await gateway.get(`/hls/cam1/${before.uris[0]}`);
      expect(publication.stream.bytesSent).toBe(gateway.adapter.stats().bytesOut);
      expect(publication.stream.bytesSent).toBeGreaterThan(10_000);
      await vi.advanceTimersByTimeAsync(8000);
      expect(gateway.adapter.stats().viewers).toBe(0);
      expect(publication.stream.viewerCount).toBe(0);
      expect(gateway.storage.byteLength).toBeGreaterThan(0);
      await vi.advanceTimersByTimeAsync(30_000);
      expect(gateway.storage.byteLength).toBe(0);
      play(publication, 6, 20);
      expect(gateway.storage.byteLength).toBe(0);
      const reopened = gateway.playlist();
      await untilAsked(publication);
      play(publication, 20, 24);
      const after = await reopened;
      expect(after.first).toBeGreaterThan(before.first);
      expect(after.text).toContain('#EXT-X-DISCONTINUITY\n');
    } finally {
      vi.useRealTimers();
    }
  });

  it('cuts every stream from its start where that is wished', async () => {
    await gateway.stop();
    gateway = await HlsGateway.start({ alwaysOn: true });
    const publication = await gateway.publish();
    play(publication, 0, 9);
    await delay(20);
    expect((await gateway.playlist()).uris.length).toBe(3);
  });

  it('leaves a segment out that cannot be stored, and says that the next one does not follow', async () => {
    await gateway.stop();
    gateway = await HlsGateway.start({ alwaysOn: true });
    const put = vi.spyOn(gateway.storage, 'put');
    put.mockRejectedValueOnce(new FluxError('STORAGE_FAILED', 'disk full'));
    const publication = await gateway.publish();
    for (let second = 0; second < 9; second++) {
      play(publication, second, second + 1);
      await delay(2);
    }
    const { text, uris } = await gateway.playlist();
    expect(uris.length).toBe(3);
    expect(text.match(/#EXT-X-DISCONTINUITY\n/g)?.length).toBe(1);
    expect(publication.stream.history.entries.map(entry => entry.step)).toContain('hls-segment-lost');
  });

  it('drops segments rather than keep them for a storage that hangs', async () => {
    await gateway.stop();
    gateway = await HlsGateway.start({ alwaysOn: true });
    vi.spyOn(gateway.storage, 'put').mockImplementation(() => delay(30));
    const publication = await gateway.publish();
    play(publication, 0, 61);
    const lost = publication.stream.history.entries.find(entry => entry.step === 'hls-segment-lost');
    expect(lost?.count).toBe(27);
    await vi.waitFor(async () => expect((await gateway.playlist()).uris.length).toBe(3));
  });

  it('leaves nothing behind when it stops', async () => {
    const publication = await gateway.publish();
    play(publication, 0, 1);
    const opened = gateway.playlist();
    await untilAsked(publication);
    play(publication, 1, 7);
    await opened;
    const waiting = gateway.get('/hls/cam1/index.m3u8?_HLS_msn=99999999999');
    await waiting;
    await gateway.adapter.stop();
    await gateway.adapter.stop();
    expect(gateway.storage.byteLength).toBe(0);
    expect(publication.stream.viewerCount).toBe(0);
    expect(gateway.adapter.stats().listening).toEqual([]);
    expect((await gateway.get('/hls/cam1/index.m3u8')).status).toBe(404);
  });
});
