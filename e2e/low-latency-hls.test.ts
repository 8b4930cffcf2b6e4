/** HLS with segments of MP4, and low-latency HLS (draft 8216bis). */
import { Agent, get as httpGet } from 'node:http';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PlayerSite, TestBrowser } from './support/browser.ts';
import { clip } from './support/clips.ts';
import { FluxCluster } from './support/flux-process.ts';
import { TestGateway } from './support/gateway.ts';
import { difference, hashedUnits, type Packet, probe } from './support/packets.ts';
import { lacks, RunningProcess } from './support/processes.ts';

const FFMPEG8 = resolve(import.meta.dirname, 'support/ffmpeg8.ts');
const SEGMENTS = {
  'protocols.hls.segment_format': 'fmp4',
  'protocols.hls.segment_duration': 2,
};
/** As much is listed as the clips have, however late a reader begins. */
const WHOLE = { 'protocols.hls.always_on': true, 'protocols.hls.playlist_length': 10 };
const PARTS = { ...SEGMENTS, 'protocols.hls.low_latency': true };

function publish(source: string, url: string): RunningProcess {
  return new RunningProcess(process.execPath, [FFMPEG8, 'remux', source, url]);
}

/** The whole answer, over a connection of its own. */
function fetchOnce(url: string): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    httpGet(url, { agent: new Agent({ keepAlive: false }) }, answer => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }));
      answer.on('error', reject);
    }).on('error', reject);
  });
}

/** What comes out by HLS is what went in, picture by picture. */
async function expectWhole(
  gateway: TestGateway,
  id: string,
  source: string,
  codec: 'h264' | 'h265',
): Promise<void> {
  const [expected, actual] = await Promise.all([
    hashedUnits(source, codec),
    hashedUnits(gateway.playUrl('hls', id), codec, ['-live_start_index', '0']),
  ]);
  expect(expected.video.length).toBe(250);
  expect(difference(expected.video, actual.video)).toEqual([]);
  // Sound begins with the first picture.
  const first = expected.audio.findIndex(unit => unit.hash === actual.audio[0]?.hash);
  expect(first).toBeLessThan(5);
  expect(difference(expected.audio.slice(first), actual.audio)).toEqual([]);
}

describe.skipIf(lacks('ffmpeg'))('HLS of MP4 segments', () => {
  it.each([
    ['in segments', SEGMENTS],
    ['in parts', PARTS],
  ] as const)('brings H.264 and H.265 whole %s', { timeout: 60_000 }, async (_name, settings) => {
    await using gateway = await TestGateway.start({ ...settings, ...WHOLE });
    const [h264, h265] = [await clip('h264-aac.flv'), await clip('h265-aac.mp4')];
    await using _first = publish(h264, gateway.rtmpUrl('cam1'));
    await using _second = publish(h265, gateway.rtmpUrl('cam2'));
    await Promise.all([gateway.untilLive('cam1'), gateway.untilLive('cam2')]);
    await Promise.all([
      expectWhole(gateway, 'cam1', h264, 'h264'),
      expectWhole(gateway, 'cam2', h265, 'h265'),
    ]);
    const master = gateway.playUrl('hls', 'cam2').replace('index', 'master');
    expect(await (await fetch(master)).text()).toMatch(
      /CODECS="hvc1\.[\w.]+,mp4a\.40\.2",RESOLUTION=640x360/,
    );
  });

  it('brings VP9 and Opus, which transport streams do not carry', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start({ ...SEGMENTS, ...WHOLE });
    const source = await clip('vp9-opus.mp4');
    await using _publisher = publish(source, gateway.rtmpUrl('cam1'));
    await gateway.untilLive('cam1');
    const url = gateway.playUrl('hls', 'cam1');
    const [expected, actual] = await Promise.all([probe(source), probe(url, ['-live_start_index', '0'])]);
    const shape = ({ size, key }: Packet) => [size, key];
    expect(actual.video.map(shape)).toEqual(expected.video.map(shape));
    expect(actual.audio.length).toBeGreaterThan(290);
    const master = await (await fetch(url.replace('index', 'master'))).text();
    expect(master).toMatch(/CODECS="vp09\.[\d.]+,opus"/);
  });
});

describe.skipIf(lacks('ffmpeg'))('two media nodes', () => {
  it('hold reloads and hinted parts of a stream, on whichever of them it is', {
    timeout: 60_000,
  }, async () => {
    await using flux = await FluxCluster.start(2, {
      FLUX_PROTOCOLS_HLS_SEGMENT_FORMAT: 'fmp4',
      FLUX_PROTOCOLS_HLS_LOW_LATENCY: 'true',
      FLUX_PROTOCOLS_HLS_SEGMENT_DURATION: '2',
    });
    await using _publisher = publish(await clip('h264-aac.flv'), flux.rtmpUrl('cam1'));
    await flux.untilLive('cam1');
    // Each on a connection of its own, which the kernel gives to either node: all on one happens once in 2000 runs.
    const ask = (file: string) =>
      Promise.all(Array.from({ length: 12 }, () => fetchOnce(flux.hlsUrl('cam1', file))));
    let [{ body }] = await ask('index.m3u8');
    for (let round = 0; round < 4; round++) {
      const { next, hint } = pointsOf(body.toString());
      const began = Date.now();
      const [lists, parts] = await Promise.all([ask(`index.m3u8?${next}`), ask(hint)]);
      expect(Date.now() - began).toBeLessThan(2000);
      expect(lists.map(({ status }) => status)).toEqual(Array(12).fill(200));
      expect(parts.map(({ status }) => status)).toEqual(Array(12).fill(200));
      for (const list of lists) expect(list.body.toString()).toContain(`URI="${hint}"`);
      expect(parts.every(part => part.body.equals(parts[0]!.body))).toBe(true);
      expect(parts[0]!.body.toString('latin1', 4, 8)).toBe('moof');
      body = lists[0]!.body;
    }
    const far = await ask('index.m3u8?_HLS_msn=99999999999');
    expect(far.map(({ status }) => status)).toEqual(Array(12).fill(400));
    const { viewers } = await flux.get<{ viewers: { by_protocol: Record<string, number> } }>('/streams/cam1');
    expect(viewers.by_protocol.hls).toBe(1);
  });
});

/** Directives for the part that comes next, and its name. */
function pointsOf(playlist: string): { next: string; hint: string } {
  const lines = playlist.trim().split('\n');
  const first = Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(playlist)?.[1]);
  const segments = lines.filter(line => line.startsWith('#EXTINF'));
  const lastSegment = lines.findLastIndex(line => line.startsWith('#EXTINF'));
  const open = lines.slice(lastSegment).filter(line => line.startsWith('#EXT-X-PART:'));
  return {
    next: `_HLS_msn=${first + segments.length}&_HLS_part=${open.length}`,
    hint: /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="(.*)"/.exec(playlist)![1]!,
  };
}

describe.skipIf(lacks('ffmpeg', 'chromium'))('low-latency HLS in Chromium', () => {
  it('hls.js stays under 3 s behind live without a stall', { timeout: 90_000 }, async () => {
    await using gateway = await TestGateway.start(PARTS);
    await using _publisher = publish(await clip('h264-aac-70s.flv'), gateway.rtmpUrl('cam1'));
    await gateway.untilLive('cam1');
    await using browser = await TestBrowser.start();
    await using site = await PlayerSite.start();
    const page = await browser.page();
    await page.goto(site.url);
    const result = (await page.evaluate(`(async () => {
      const video = document.querySelector('video');
      const errors = [];
      const latencies = [];
      let stalls = 0;
      let began = false;
      let parts = 0;
      video.addEventListener('waiting', () => { if (began) stalls++; });
      const instance = new Hls({ lowLatencyMode: true });
      instance.on('hlsError', (_event, data) => errors.push((data.fatal ? 'fatal ' : '') + data.details));
      instance.on('hlsFragLoaded', (_event, data) => { if (data.part) parts++; });
      instance.loadSource(${JSON.stringify(gateway.playUrl('hls', 'cam1'))});
      instance.attachMedia(video);
      await new Promise(resolve => video.requestVideoFrameCallback(resolve));
      const pause = seconds => new Promise(resolve => setTimeout(resolve, seconds * 1000));
      await pause(2);
      began = true;
      const before = video.currentTime;
      for (let second = 0; second < 20; second++) {
        await pause(1);
        latencies.push(instance.latency);
      }
      return { latencies, errors, stalls, parts, played: video.currentTime - before };
    })()`)) as { latencies: number[]; errors: string[]; stalls: number; parts: number; played: number };
    expect(result.errors).toEqual([]);
    expect(result.stalls).toBe(0);
    expect(result.parts).toBeGreaterThan(30);
    expect(result.played).toBeGreaterThan(19);
    expect(Math.max(...result.latencies)).toBeLessThan(3);
  });
});
