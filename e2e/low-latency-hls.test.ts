/** HLS with segments of MP4, and low-latency HLS (draft 8216bis). */
import { describe, expect, it } from 'vitest';
import { PlayerSite, TestBrowser } from './support/browser.ts';
import { clip } from './support/clips.ts';
import { TestGateway } from './support/gateway.ts';
import { difference, hashedUnits } from './support/packets.ts';
import { lacks, RunningProcess } from './support/processes.ts';

const FMP4 = { 'protocols.hls.segment_format': 'fmp4', 'protocols.hls.segment_duration': 2 };
const FAST = { ...FMP4, 'protocols.hls.low_latency': true };

function publish(source: string, ...output: string[]): RunningProcess {
  return new RunningProcess('ffmpeg', ['-v', 'error', '-re', '-i', source, '-c', 'copy', ...output]);
}

describe.skipIf(lacks('ffmpeg'))('HLS of MP4 segments', () => {
  it.each([
    ['H.264 in segments', 'h264', FMP4],
    ['H.264 in parts', 'h264', FAST],
    ['H.265 in segments', 'h265', FMP4],
  ] as const)('brings %s whole', { timeout: 60_000 }, async (_name, codec, settings) => {
    await using gateway = await TestGateway.start(settings);
    const source = await clip(codec === 'h264' ? 'h264-aac.flv' : 'h265-aac.mp4');
    await using _publisher =
      codec === 'h264'
        ? publish(source, '-f', 'flv', gateway.rtmpUrl('cam1'))
        : publish(source, '-f', 'rtsp', '-rtsp_transport', 'tcp', gateway.rtspUrl('cam1'));
    await gateway.untilLive('cam1');
    const url = gateway.playUrl('hls', 'cam1');
    const master = await (await fetch(url.replace('index', 'master'))).text();
    expect(master).toMatch(
      codec === 'h264' ? /CODECS="avc1\.\w{6},mp4a\.40\.2"/ : /CODECS="hvc1\.[\w.]+,mp4a\.40\.2"/,
    );
    const expected = await hashedUnits(source, codec);
    const actual = await hashedUnits(url, codec, ['-live_start_index', '0']);
    expect(expected.video.length).toBe(250);
    expect(difference(expected.video, actual.video)).toEqual([]);
    // Sound begins with the first picture.
    const first = expected.audio.findIndex(unit => unit.hash === actual.audio[0]?.hash);
    expect(first).toBeLessThan(5);
    expect(difference(expected.audio.slice(first), actual.audio)).toEqual([]);
  });
});

describe.skipIf(lacks('ffmpeg', 'chromium'))('low-latency HLS in Chromium', () => {
  it('hls.js stays under 3 s behind live without a stall', { timeout: 90_000 }, async () => {
    await using gateway = await TestGateway.start(FAST);
    await using _publisher = publish(await clip('h264-aac-70s.flv'), '-f', 'flv', gateway.rtmpUrl('cam1'));
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
    console.log(result);
    expect(result.errors).toEqual([]);
    expect(result.stalls).toBe(0);
    expect(result.parts).toBeGreaterThan(30);
    expect(result.played).toBeGreaterThan(19);
    expect(Math.max(...result.latencies)).toBeLessThan(3);
  });
});
