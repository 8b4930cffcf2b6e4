/** Scenarios 10, 13, 14, in Chromium. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlayerSite, play, TestBrowser } from './support/browser.ts';
import { clip } from './support/clips.ts';
import { readFlvFile } from './support/flv-file.ts';
import { TestGateway } from './support/gateway.ts';
import { lacks, RunningProcess } from './support/processes.ts';
import { TestPublisher } from './support/rtmp-publisher.ts';

/** A publisher whose delay from encoder to server is next to none, so that what is measured is ours. */
function livePicture(url: string): RunningProcess {
  const picture = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=640x360:rate=25'];
  const tone = ['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000'];
  const encode = [
    '-c:v',
    'libx264',
    '-preset',
    'ultrafast',
    '-tune',
    'zerolatency',
    '-pix_fmt',
    'yuv420p',
    '-g',
    '50',
  ];
  return new RunningProcess('ffmpeg', [
    '-v',
    'error',
    ...picture,
    ...tone,
    ...encode,
    '-c:a',
    'aac',
    '-f',
    'flv',
    url,
  ]);
}

describe.skipIf(lacks('ffmpeg', 'chromium'))('players in Chromium', () => {
  let gateway: TestGateway;
  let browser: TestBrowser;
  let site: PlayerSite;
  let publisher: RunningProcess;

  beforeAll(async () => {
    gateway = await TestGateway.start({ 'protocols.hls.segment_duration': 2 });
    browser = await TestBrowser.start();
    site = await PlayerSite.start();
    publisher = livePicture(gateway.rtmpUrl('cam1'));
    await gateway.untilLive('cam1');
  });

  afterAll(async () => {
    await browser?.[Symbol.asyncDispose]();
    await site?.[Symbol.asyncDispose]();
    await publisher?.[Symbol.asyncDispose]();
    await gateway?.[Symbol.asyncDispose]();
  });

  it.each([
    ['HTTP-FLV', (url: string) => url],
    ['WebSocket-FLV', (url: string) => url.replace('http:', 'ws:')],
  ] as const)('mpegts.js plays %s within 1 s of opening and close to live (13)', async (_name, address) => {
    const page = await browser.page();
    // The first visit pays for Chromium's own start.
    await page.goto(site.url);
    const playback = await play(page, site, 'mpegts', address(gateway.playUrl('flv', 'cam1')), 8);
    await page.close();
    expect(playback.errors).toEqual([]);
    expect(playback.firstFrame).toBeLessThan(1000);
    expect(playback.buffered).toBeLessThan(1.1);
    expect(playback.frames).toBeGreaterThan(150);
  });

  it('hls.js plays for 60 s without a stall (14)', { timeout: 120_000 }, async () => {
    const page = await browser.page();
    const playback = await play(page, site, 'hls', gateway.playUrl('hls', 'cam1'), 60);
    await page.close();
    expect(playback.errors).toEqual([]);
    expect(playback.stalls).toBe(0);
    expect(playback.frames).toBeGreaterThan(1400);
  });

  it.each(['mpegts', 'hls'] as const)(
    '%s goes on over a change of resolution (10)',
    { timeout: 60_000 },
    async player => {
      const small = readFlvFile(await clip('h264-aac-small.flv'));
      const large = readFlvFile(await clip('h264-aac-large.flv'));
      const tags = [small, large, large].flatMap((part, index) =>
        part.map(tag => ({ ...tag, timestamp: tag.timestamp + index * 6040 })),
      );
      using other = await TestPublisher.publish(gateway.rtmpPort, { name: `change-${player}` });
      const sending = other.tags(tags);
      await gateway.untilLive(`change-${player}`);
      const page = await browser.page();
      const url = gateway.playUrl(player === 'hls' ? 'hls' : 'flv', `change-${player}`);
      const playback = await play(page, site, player, url, 14);
      await page.close();
      await sending;
      expect(playback.width).toBe(1280);
      expect(playback.currentTime).toBeGreaterThan(6.5);
    },
  );
});
