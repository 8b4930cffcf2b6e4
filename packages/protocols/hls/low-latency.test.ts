import { setTimeout as delay } from 'node:timers/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { AUDIO_TRACKS, VIDEO_TRACKS } from '@flux-iot/media/format/flv/test-support';
import { readMovie } from '@flux-iot/media/format/fmp4/test-support';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HlsGateway, play, untilAsked } from './test-support.ts';

const FAST = { format: 'fmp4', partDuration: 0.5, alwaysOn: true } as const;
const TRACKS = [VIDEO_TRACKS.h264, AUDIO_TRACKS.aac];
const INDEX = '/hls/cam1/index.m3u8';

/** Numbers of the parts of a playlist, and of the one it hints at. */
function partsOf(text: string): { listed: number[]; hint: number } {
  const listed = [...text.matchAll(/^#EXT-X-PART:.*URI="part_(\d+)\.m4s"/gm)].map(([, number]) =>
    Number(number),
  );
  return { listed, hint: Number(/^#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part_(\d+)\.m4s"$/m.exec(text)?.[1]) };
}

async function isPending(promise: Promise<unknown>): Promise<boolean> {
  let isSettled = false;
  void promise.finally(() => {
    isSettled = true;
  });
  await delay(60);
  return !isSettled;
}

describe('low-latency HLS, asked over HTTP', () => {
  let gateway: HlsGateway;

  beforeEach(async () => {
    gateway = await HlsGateway.start(FAST);
  });
  afterEach(() => gateway.stop());

  it('lists parts and segments, all of which are there, and are together the stream', async () => {
    const publication = await gateway.publish('cam1', TRACKS);
    play(publication, 0, 7.3);
    const { text, uris, first } = await gateway.playlist();
    expect(text).toContain('#EXT-X-PART-INF:PART-TARGET=0.50000\n');
    expect(uris).toEqual([0, 1, 2].map(index => `segment_${first + index}.m4s`));
    const { listed, hint } = partsOf(text);
    expect(hint).toBe(listed.at(-1)! + 1);
    const get = async (name: string) => {
      const answer = await gateway.get(`/hls/cam1/${name}`);
      expect([name, answer.status, answer.headers.get('content-type')]).toEqual([name, 200, 'video/mp4']);
      return Buffer.from(await answer.arrayBuffer());
    };
    const init = await get(/#EXT-X-MAP:URI="(.*)"/.exec(text)![1]!);
    const segments = Buffer.concat(await Promise.all(uris.map(get)));
    const parts = Buffer.concat(await Promise.all(listed.map(number => get(`part_${number}.m4s`))));
    expect(parts.subarray(0, segments.length)).toEqual(segments);
    const { samples } = readMovie(Buffer.concat([init, parts]));
    expect(samples.get(1)?.map(({ dts }) => dts)).toEqual(
      Array.from({ length: 70 }, (_, index) => index * 9000),
    );
    const part = await gateway.get(`/hls/cam1/part_${listed[0]}.m4s`, { headers: { Range: 'bytes=0-7' } });
    expect([part.status, part.headers.get('cache-control')]).toEqual([
      206,
      expect.stringMatching(/^max-age=/),
    ]);
  });

  it('holds a reload until the part is there, and the hinted part with it', async () => {
    const publication = await gateway.publish('cam1', TRACKS);
    play(publication, 0, 4.2);
    const { text, first } = await gateway.playlist();
    expect(text).not.toContain('#EXTINF:0');
    const { hint } = partsOf(text);
    const open = first + 2;
    const reload = gateway.playlist(`${INDEX}?_HLS_msn=${open}&_HLS_part=0`);
    const part = gateway.get(`/hls/cam1/part_${hint}.m4s`);
    const segment = gateway.playlist(`${INDEX}?_HLS_msn=${open}`);
    expect(await isPending(Promise.race([reload, part, segment]))).toBe(true);
    play(publication, 4.2, 4.8);
    expect(partsOf((await reload).text).listed.at(-1)).toBe(hint);
    const data = Buffer.from(await (await part).arrayBuffer());
    expect(data.toString('latin1', 4, 8)).toBe('moof');
    expect(await isPending(segment)).toBe(true);
    play(publication, 4.8, 6.8);
    expect((await segment).uris.at(-1)).toBe(`segment_${open}.m4s`);
    // The part behind the segment's last is the first of the next segment.
    const next = await gateway.playlist(`${INDEX}?_HLS_msn=${open}&_HLS_part=9`);
    expect(next.text).toMatch(/segment_\d+\.m4s\n#EXT-X-PROGRAM-DATE-TIME:.*\n#EXT-X-PART:/);
  });

  it('refuses what is too far ahead, what says nothing, and what nobody hinted at', async () => {
    const publication = await gateway.publish('cam1', TRACKS);
    play(publication, 0, 4.8);
    const { text, first } = await gateway.playlist();
    const { hint } = partsOf(text);
    const open = first + 2;
    for (const query of [
      `_HLS_msn=${open + 2}`,
      `_HLS_msn=${open}&_HLS_part=8`,
      `_HLS_msn=${open + 1}&_HLS_part=6`,
      '_HLS_part=1',
      `_HLS_msn=${open}&_HLS_part=x`,
    ]) {
      expect([query, (await gateway.get(`${INDEX}?${query}`)).status]).toEqual([query, 400]);
    }
    for (const name of [
      `part_${hint + 1}.m4s`,
      'part_1.m4s',
      `part_${hint}.ts`,
      'init_1.mp4',
      `segment_${first}.ts`,
    ]) {
      expect([name, (await gateway.get(`/hls/cam1/${name}`)).status]).toEqual([name, 404]);
    }
    expect((await gateway.get('/hls/nobody/part_1.m4s')).status).toBe(404);
  });

  it('answers 503 after three target durations, for a reload and for a part', async () => {
    await gateway.stop();
    gateway = await HlsGateway.start({ ...FAST, segmentDuration: 0.2, partDuration: 0.2 });
    const publication = await gateway.publish('cam1', TRACKS);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      play(publication, 0, 4);
      const { text, first, uris } = await gateway.playlist();
      expect(text).toContain('TARGETDURATION:1\n');
      const waiting = [
        gateway.get(`${INDEX}?_HLS_msn=${first + uris.length + 1}`),
        gateway.get(`/hls/cam1/part_${partsOf(text).hint}.m4s`),
      ];
      await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThanOrEqual(2));
      await vi.advanceTimersByTimeAsync(3100);
      for (const answer of await Promise.all(waiting)) {
        expect(answer.status).toBe(503);
        expect(await answer.json()).toMatchObject({ code: 'RELOAD_TIMED_OUT' });
      }
    } finally {
      vi.useRealTimers();
    }
  });

  it('lets nobody wait for a stream that has ended', async () => {
    const publication = await gateway.publish('cam1', TRACKS);
    play(publication, 0, 4.8);
    const { text, first } = await gateway.playlist();
    const { hint } = partsOf(text);
    const reload = gateway.playlist(`${INDEX}?_HLS_msn=${first + 3}`);
    const far = gateway.get(`/hls/cam1/part_${hint + 1}.m4s`);
    expect((await far).status).toBe(404);
    expect(await isPending(reload)).toBe(true);
    publication.close({ code: 'unpublished', message: '' });
    const ended = await reload;
    expect(ended.text.endsWith('#EXT-X-ENDLIST\n')).toBe(true);
    expect(ended.text).not.toContain('PRELOAD-HINT');
    // The directives count for nothing any more.
    expect((await gateway.get(`${INDEX}?_HLS_msn=${first + 99}`)).status).toBe(200);
    expect((await gateway.get(`/hls/cam1/part_${hint + 5}.m4s`)).status).toBe(404);
  });

  it('goes on counting parts and segments for the next publisher of the name', async () => {
    const publication = await gateway.publish('cam1', TRACKS);
    play(publication, 0, 4.8);
    const before = await gateway.playlist();
    publication.close({ code: 'publisher-lost', message: '' });
    const again = await gateway.publish('cam1', TRACKS);
    play(again, 10, 13);
    const after = await gateway.playlist();
    expect(after.text.match(/#EXT-X-DISCONTINUITY\n/g)).toHaveLength(1);
    const numbers = partsOf(after.text).listed;
    expect(numbers).toEqual(numbers.map((_, index) => numbers[0]! + index));
    expect(numbers.at(-1)).toBeGreaterThan(partsOf(before.text).listed.at(-1)!);
    // The same tracks need the same description.
    expect(after.text.match(/#EXT-X-MAP/g)).toHaveLength(1);
  });

  it('is live while the storage is away, from memory that has an end', async () => {
    vi.spyOn(gateway.storage, 'put').mockRejectedValue(new FluxError('STORAGE_FAILED', 'disk full'));
    const publication = await gateway.publish('cam1', TRACKS);
    play(publication, 0, 60);
    const { uris, text } = await gateway.playlist();
    expect((await gateway.get(`/hls/cam1/${uris.at(-1)}`)).status).toBe(200);
    expect((await gateway.get(`/hls/cam1/part_${partsOf(text).listed[0]}.m4s`)).status).toBe(200);
    await vi.waitFor(() =>
      expect(publication.stream.history.entries.map(({ step }) => step)).toContain('hls-segment-lost'),
    );
  });

  it('passes the token on to parts, hints and maps', async () => {
    gateway.token = 'a&b';
    const publication = await gateway.publish('cam1', TRACKS);
    play(publication, 0, 5);
    const { text, uris } = await gateway.playlist(`${INDEX}?token=a%26b`);
    const addresses = [...text.matchAll(/URI="([^"]*)"/g)].map(([, address]) => address!);
    expect(addresses.length).toBeGreaterThan(5);
    for (const address of [...addresses, ...uris]) expect(address).toMatch(/\?token=a%26b$/);
    expect((await gateway.get(`/hls/cam1/${addresses[0]}`)).status).toBe(200);
    expect((await gateway.get(`/hls/cam1/${addresses[0]?.split('?')[0]}`)).status).toBe(403);
  });

  it('waits for a whole segment at first, of which the target duration is known', async () => {
    await gateway.stop();
    gateway = await HlsGateway.start({ ...FAST, alwaysOn: false });
    const publication = await gateway.publish('cam1', TRACKS);
    play(publication, 0, 1);
    const answer = gateway.playlist();
    await untilAsked(publication);
    play(publication, 1, 1.8);
    expect(await isPending(answer)).toBe(true);
    play(publication, 1.8, 2.1);
    expect((await answer).uris).toHaveLength(1);
  });
});
