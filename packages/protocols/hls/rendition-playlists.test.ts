import { AUDIO_TRACKS, VIDEO_TRACKS } from '@flux-iot/media/format/flv/test-support';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ladder } from './adapter.ts';
import { HlsGateway, play } from './test-support.ts';

const FAST = { format: 'fmp4', partDuration: 0.5, alwaysOn: true } as const;
const TRACKS = [VIDEO_TRACKS.h264, AUDIO_TRACKS.aac];
const SMALLER = {
  profile: '360p',
  bitrate: 600_000,
  codecs: ['avc1.64001e'],
  width: 640,
  height: 360,
  frameRate: 10,
};

const LADDER: Ladder = {
  renditionsOf: () => [SMALLER],
  idOf: (id, profile) => `${id}.${profile}`,
  sourceOf: id => id.replace(/\.360p$/, ''),
};

function reportOf(text: string): string | undefined {
  return /^#EXT-X-RENDITION-REPORT:(.*)$/m.exec(text)?.[1];
}

describe('low-latency HLS in several sizes', () => {
  let gateway: HlsGateway;

  beforeEach(async () => {
    gateway = await HlsGateway.start(FAST, LADDER);
  });
  afterEach(async () => {
    vi.useRealTimers();
    await gateway.stop();
  });

  it('reports how far the other sizes have come that are made, from every address', async () => {
    const source = await gateway.publish('acme~cam1', TRACKS);
    play(source, 0, 6.6);
    expect(reportOf((await gateway.playlist('/hls/acme~cam1/index.m3u8')).text)).toBeUndefined();
    const rendition = await gateway.publish('acme~cam1.360p', TRACKS);
    play(rendition, 2, 6);
    const smaller = await gateway.playlist('/hls/acme~cam1.360p/index.m3u8');
    const whole = await gateway.playlist('/hls/acme~cam1/index.m3u8');
    const position = `LAST-MSN=${smaller.first + 1},LAST-PART=2`;
    expect(reportOf(whole.text)).toBe(`URI="../acme~cam1.360p/index.m3u8",${position}`);
    expect(reportOf((await gateway.playlist('/acme/cam1/index.m3u8')).text)).toBe(
      `URI="../cam1.360p/index.m3u8",${position}`,
    );
    expect(reportOf((await gateway.playlist('/acme/cam1.m3u8?token=x')).text)).toBe(
      `URI="cam1.360p/index.m3u8?token=x",${position}`,
    );
    expect(reportOf(smaller.text)).toBe(
      `URI="../acme~cam1/index.m3u8",LAST-MSN=${whole.first + 3},LAST-PART=0`,
    );
    for (const path of ['/acme/cam1.360p/index.m3u8', '/hls/acme~cam1.360p/index.m3u8']) {
      expect((await gateway.get(path)).status).toBe(200);
    }
  });

  it('offers them beside the stream, by whichever address, and gives the same pictures the same dates', async () => {
    const source = await gateway.publish('acme~cam1', TRACKS);
    const rendition = await gateway.publish('acme~cam1.360p', TRACKS);
    vi.useFakeTimers({ toFake: ['Date'] });
    const began = Date.now();
    for (let tick = 0; tick < 106; tick++) {
      vi.setSystemTime(began + tick * 100);
      play(source, tick / 10, (tick + 1) / 10);
      // It is made three seconds late, and as fast as it can be at first.
      if (tick === 50) play(rendition, 0, 2);
      if (tick > 50) play(rendition, (tick - 31) / 10, (tick - 30) / 10);
    }
    const master = await (await gateway.get('/hls/acme~cam1/master.m3u8')).text();
    expect(master).toContain('\n../acme~cam1.360p/index.m3u8\n');
    const other = await (await gateway.get('/acme/cam1/master.m3u8')).text();
    expect(other).toContain('\n../cam1.360p/index.m3u8\n');
    const dates = async (id: string) =>
      [...(await gateway.playlist(`/hls/${id}/index.m3u8`)).text.matchAll(/DATE-TIME:(.*)$/gm)].map(
        ([, date]) => date,
      );
    const [whole, smaller] = [await dates('acme~cam1'), await dates('acme~cam1.360p')];
    expect(whole).toHaveLength(4);
    expect(whole.slice(0, 2)).toEqual(smaller.slice(-2));
  });
});
