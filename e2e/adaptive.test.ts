/** Scenario 37: adaptive HLS. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { PlayerSite, TestBrowser } from './support/browser.ts';
import { clip } from './support/clips.ts';
import { FluxCluster } from './support/flux-process.ts';
import { TestGateway } from './support/gateway.ts';
import { lacks, RunningProcess, run } from './support/processes.ts';

const SETTINGS = { 'protocols.hls.enable_adaptive': true, 'protocols.hls.segment_duration': 2 };

async function publish(gateway: TestGateway, id: string): Promise<RunningProcess> {
  const publisher = new RunningProcess('ffmpeg', [
    ...['-v', 'error', '-re', '-stream_loop', '-1', '-i', await clip('h264-aac-large.flv'), '-c', 'copy'],
    ...['-f', 'flv', gateway.rtmpUrl(id)],
  ]);
  await gateway.untilLive(id);
  return publisher;
}

interface Variant {
  readonly uri: string;
  readonly bandwidth: number;
  readonly average: number;
  readonly codecs: string;
  readonly resolution: string;
}

async function variantsOf(url: string): Promise<Variant[]> {
  const text = await (await fetch(url)).text();
  return [...text.matchAll(/^#EXT-X-STREAM-INF:(.*)\n(.*)$/gm)].map(([, attributes = '', uri = '']) => ({
    uri: new URL(uri, url).href,
    bandwidth: Number(/(?:^|,)BANDWIDTH=(\d+)/.exec(attributes)?.[1]),
    average: Number(/AVERAGE-BANDWIDTH=(\d+)/.exec(attributes)?.[1]),
    codecs: /CODECS="([^"]*)"/.exec(attributes)?.[1] ?? '',
    resolution: /RESOLUTION=([^,]*)/.exec(attributes)?.[1] ?? '',
  }));
}

/** The segments of a playlist by their dates. */
async function segmentsOf(url: string): Promise<Map<string, { duration: number; uri: string }>> {
  const text = await (await fetch(url)).text();
  const found = text.matchAll(/^#EXT-X-PROGRAM-DATE-TIME:(.*)\n#EXTINF:([\d.]+),\n(.*)$/gm);
  return new Map(
    [...found].map(([, date = '', duration, uri = '']) => [
      date,
      { duration: Number(duration), uri: new URL(uri, url).href },
    ]),
  );
}

interface Segment {
  readonly firstPts: number;
  readonly bitrate: number;
  readonly profile: string;
  readonly level: number;
  readonly size: string;
}

async function examine(url: string): Promise<Segment> {
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-of', 'json', '-select_streams', 'v', '-show_entries'],
    ...['packet=pts_time:stream=profile,level,width,height:format=size', url],
  ]);
  const { packets, streams, format } = JSON.parse(stdout);
  const [{ profile, level, width, height }] = streams;
  return {
    firstPts: Number(packets[0].pts_time),
    bitrate: Number(format.size) * 8,
    profile,
    level,
    size: `${width}x${height}`,
  };
}

describe.skipIf(lacks('ffmpeg'))('adaptive HLS (scenario 37)', () => {
  it('offers what is smaller than the source, as the playlist says, cut at the same frames', {
    timeout: 90_000,
  }, async () => {
    await using gateway = await TestGateway.start(SETTINGS);
    await using _publisher = await publish(gateway, 'cam1');
    const url = gateway.playUrl('hls', 'cam1').replace('index', 'master');
    const offered = await variantsOf(url);
    expect(offered.map(({ resolution, codecs }) => [resolution, codecs])).toEqual([
      ['1280x720', expect.stringMatching(/^avc1\.\w{6},mp4a\.40\.2$/)],
      ['854x480', 'avc1.64001e,mp4a.40.2'],
      ['640x360', 'avc1.64001e,mp4a.40.2'],
    ]);
    expect(gateway.transcoders).toEqual([]);
    await Promise.all(offered.map(({ uri }) => fetch(uri)));
    await sleep(7000);
    expect(gateway.transcoders).toHaveLength(2);
    const lists = await Promise.all(offered.map(({ uri }) => segmentsOf(uri)));
    const dates = [...lists[0]!.keys()].filter(date => lists.every(list => list.has(date)));
    expect(dates.length).toBeGreaterThanOrEqual(2);
    const measured = await variantsOf(url);
    for (const date of dates) {
      const segments = await Promise.all(lists.map(list => examine(list.get(date)!.uri)));
      expect(new Set(lists.map(list => list.get(date)!.duration.toFixed(2))).size).toBe(1);
      for (const [index, segment] of segments.entries()) {
        // Times of RTMP are whole milliseconds.
        expect(Math.abs(segment.firstPts - segments[0]!.firstPts)).toBeLessThan(0.002);
        const { resolution, codecs, bandwidth, average } = measured[index]!;
        expect(segment.size).toBe(resolution);
        expect(codecs.slice(0, 11)).toBe(
          `avc1.${{ High: '64', 'Constrained Baseline': '42', Main: '4d' }[segment.profile]}${codecs.slice(7, 9)}${segment.level.toString(16)}`,
        );
        expect(segment.bitrate / lists[index]!.get(date)!.duration).toBeLessThanOrEqual(bandwidth);
        expect(average).toBeLessThanOrEqual(bandwidth);
      }
    }
  });
});

describe.skipIf(lacks('ffmpeg'))('two media nodes', () => {
  it('give every client the same sizes, cut by one of them', { timeout: 90_000 }, async () => {
    await using flux = await FluxCluster.start(2, {
      FLUX_PROTOCOLS_HLS_ENABLE_ADAPTIVE: 'true',
      FLUX_PROTOCOLS_HLS_LADDER: '360p',
      FLUX_PROTOCOLS_HLS_SEGMENT_DURATION: '2',
    });
    await using _publisher = new RunningProcess('ffmpeg', [
      ...['-v', 'error', '-re', '-stream_loop', '-1', '-i', await clip('h264-aac-large.flv'), '-c', 'copy'],
      ...['-f', 'flv', flux.rtmpUrl('cam1')],
    ]);
    await flux.untilLive('cam1');
    const offered = await variantsOf(flux.hlsUrl('cam1', 'master.m3u8'));
    expect(offered).toHaveLength(2);
    // Each on a connection of its own, which the kernel gives to either node.
    const lists = async (uri: string) => Promise.all(Array.from({ length: 8 }, () => segmentsOf(uri)));
    await Promise.all(offered.map(({ uri }) => lists(uri)));
    await sleep(6000);
    const [whole, smaller] = await Promise.all(offered.map(({ uri }) => lists(uri)));
    for (const all of [whole!, smaller!]) {
      expect(new Set(all.map(list => [...list.values()].at(0)?.uri)).size).toBe(1);
    }
    const dates = [...whole![0]!.keys()].filter(date => smaller![0]!.has(date));
    expect(dates.length).toBeGreaterThanOrEqual(2);
    expect((await flux.nodes()).map(({ relays }) => relays)).toEqual([0, 0]);
  });
});

describe.skipIf(lacks('ffmpeg', 'chromium'))('hls.js', () => {
  it('switches between the sizes without a stall', { timeout: 90_000 }, async () => {
    await using gateway = await TestGateway.start(SETTINGS);
    await using _publisher = await publish(gateway, 'cam1');
    await using browser = await TestBrowser.start();
    await using site = await PlayerSite.start();
    const page = await browser.page();
    await page.goto(site.url);
    const url = gateway.playUrl('hls', 'cam1').replace('index', 'master');
    const result = (await page.evaluate(`(async () => {
      const video = document.querySelector('video');
      const errors = [];
      const widths = [];
      let stalls = 0;
      let began = false;
      video.addEventListener('waiting', () => { if (began) stalls++; });
      video.addEventListener('resize', () => widths.push(video.videoWidth));
      const instance = new Hls({ startLevel: 2 });
      instance.on('hlsError', (_event, data) => errors.push((data.fatal ? 'fatal ' : '') + data.details));
      const parsed = new Promise(resolve => instance.on('hlsManifestParsed', resolve));
      instance.loadSource(${JSON.stringify(url)});
      instance.attachMedia(video);
      await parsed;
      const at = height => instance.levels.findIndex(level => level.height === height);
      instance.loadLevel = at(720);
      await new Promise(resolve => video.requestVideoFrameCallback(resolve));
      const pause = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000));
      await pause(4);
      began = true;
      const before = video.currentTime;
      instance.loadLevel = at(360);
      await pause(14);
      instance.loadLevel = at(720);
      await pause(12);
      const played = video.currentTime - before;
      return { widths, stalls, errors, played };
    })()`)) as { widths: number[]; stalls: number; errors: string[]; played: number };
    expect(result.errors).toEqual([]);
    expect(result.stalls).toBe(0);
    expect(result.widths.slice(-3)).toEqual([1280, 640, 1280]);
    expect(result.played).toBeGreaterThan(24);
  });
});
