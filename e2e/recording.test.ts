/** Scenario 35: what is recorded is what was sent, whatever happens to the server, and can be found and played. */
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestBrowser } from './support/browser.ts';
import { clip } from './support/clips.ts';
import { TestGateway } from './support/gateway.ts';
import { difference, type HashedUnit, hashedUnits, probe } from './support/packets.ts';
import { lacks, RunningProcess, run, until } from './support/processes.ts';

interface Recording {
  readonly id: string;
  readonly state: string;
  readonly session: string;
  readonly started_at: string;
  readonly ended_at: string;
  readonly duration_seconds: number;
  readonly size: number;
  readonly end_reason?: string;
  readonly tracks: readonly { codec: string; width?: number }[];
  readonly url: string;
  readonly path: string;
}

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'flux-recording-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function settings(more: Record<string, string | number | boolean> = {}) {
  return {
    'media.storage_dir': join(folder, 'storage'),
    'recording.state_dir': join(folder, 'state'),
    'recording.min_free_bytes': 0,
    ...more,
  };
}

const FFMPEG8 = join(import.meta.dirname, 'support/ffmpeg8.ts');
const RULE = 'recording.rules = [{ streams = ["cam*"] }]';

function publish(source: string, url: string): RunningProcess {
  return new RunningProcess('ffmpeg', ['-v', 'error', '-re', '-i', source, '-c', 'copy', '-f', 'flv', url]);
}

async function recordings(gateway: TestGateway): Promise<Recording[]> {
  return ((await gateway.api('/api/v1/recordings')) as { recordings: Recording[] }).recordings;
}

function untilFinished(gateway: TestGateway, count: number): Promise<Recording[]> {
  return until(
    `${count} recordings are finished`,
    async () => {
      const all = await recordings(gateway);
      return all.length === count && all.every(({ state }) => state === 'finished') && all;
    },
    30_000,
  );
}

async function download(gateway: TestGateway, path: string, name: string): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${gateway.apiPort}${path}`);
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  const file = join(folder, name);
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  return file;
}

/** Sound begins with the first picture. */
function expectWhole(
  expected: { video: readonly HashedUnit[]; audio: readonly HashedUnit[] },
  actual: { video: readonly HashedUnit[]; audio: readonly HashedUnit[] },
): void {
  expect(difference(expected.video, actual.video)).toEqual([]);
  const first = expected.audio.findIndex(unit => unit.hash === actual.audio[0]?.hash);
  expect(first).toBeGreaterThanOrEqual(0);
  expect(first).toBeLessThan(5);
  expect(difference(expected.audio.slice(first), actual.audio)).toEqual([]);
}

describe.skipIf(lacks('ffmpeg'))('recording', () => {
  it.each([
    ['H.264 with B-frames and AAC', 'fmp4'],
    ['H.264 with B-frames and AAC', 'flv'],
    ['H.264 with B-frames and AAC', 'ts'],
  ] as const)('%s comes out whole (%s)', { timeout: 60_000 }, async (_name, format) => {
    await using gateway = await TestGateway.start(settings({ 'recording.format': format }), RULE);
    const source = await clip('h264-aac.flv');
    await using publisher = publish(source, gateway.rtmpUrl('cam1'));
    await publisher.finished;
    const [recording] = await untilFinished(gateway, 1);
    expect(recording).toMatchObject({ end_reason: 'unpublished' });
    expect(recording?.duration_seconds).toBeCloseTo(10, 0);
    const file = await download(gateway, recording!.url, 'recorded');
    expect(readFileSync(file).length).toBe(recording?.size);
    expectWhole(await hashedUnits(source, 'h264'), await hashedUnits(file, 'h264'));
  });

  it('begins and ends on request, and can be read while it grows', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start(settings());
    await using _publisher = publish(await clip('h264-aac.flv'), gateway.rtmpUrl('cam1'));
    await gateway.untilLive('cam1');
    const path = '/api/v1/streams/cam1/record';
    expect(await gateway.api(path, 'POST', {})).toMatchObject({ stream_id: 'cam1', origin: 'request' });
    expect(await gateway.api(path, 'POST', {})).toMatchObject({ code: 'RECORDING_ACTIVE' });
    const growing = await until('there is something', async () => {
      const [first] = await recordings(gateway);
      return first && first.size > 30_000 && first;
    });
    expect(growing.state).toBe('recording');
    const file = await download(gateway, growing.url, 'growing.mp4');
    const { video, messages } = await probe(file);
    expect(video.length).toBeGreaterThan(20);
    expect(messages).toBe('');
    expect(await gateway.api(`/api/v1/recordings/${growing.id}`, 'DELETE')).toMatchObject({
      code: 'RECORDING_HELD',
    });
    expect(await gateway.api(path, 'DELETE')).toBeUndefined();
    expect(await gateway.api(path, 'DELETE')).toMatchObject({ code: 'RECORDING_NOT_FOUND' });
    const [finished] = await untilFinished(gateway, 1);
    expect(finished).toMatchObject({ id: growing.id, end_reason: 'stopped' });
    const { messages: ffmpegSays } = await probe(await download(gateway, finished!.url, 'finished.mp4'));
    expect(ffmpegSays).toBe('');
    expect(await gateway.api(`/api/v1/recordings/${growing.id}`, 'DELETE')).toBeUndefined();
    expect(await recordings(gateway)).toEqual([]);
    // The day's folder goes with its last file.
    expect(await readdir(join(folder, 'storage'))).toEqual([]);
  });

  it('loses nothing between files, and puts them together again', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start(settings());
    const source = await clip('h264-aac.flv');
    await using publisher = publish(source, gateway.rtmpUrl('cam1'));
    await gateway.untilLive('cam1');
    await gateway.api('/api/v1/streams/cam1/record', 'POST', { file_seconds: 2 });
    await publisher.finished;
    const all = await untilFinished(gateway, 5);
    expect(new Set(all.map(({ session }) => session)).size).toBe(1);
    expect(all.map(({ end_reason }) => end_reason)).toEqual([...Array(4).fill('rotated'), 'unpublished']);
    const from = all[0]!.started_at;
    const to = new Date(Date.parse(all.at(-1)!.ended_at) + 60_000).toISOString();
    const query = `stream_id=cam1&from=${from}&to=${to}`;
    const whole = await download(gateway, `/api/v1/recordings/export.mp4?${query}`, 'whole.mp4');
    const expected = await hashedUnits(source, 'h264');
    expectWhole(expected, await hashedUnits(whole, 'h264'));
    const { stdout } = await run('ffprobe', ['-v', 'trace', whole]).then(({ stderr }) => ({
      stdout: stderr,
    }));
    expect(stdout.indexOf("type:'moov'")).toBeLessThan(stdout.indexOf("type:'mdat'"));

    const playlist = `http://127.0.0.1:${gateway.apiPort}/api/v1/recordings/index.m3u8?${query}`;
    const text = await (await fetch(playlist)).text();
    expect(text).toContain('#EXT-X-ENDLIST');
    const { video, audio } = await probe(playlist, ['-allowed_extensions', 'ALL']);
    expect(video.length).toBe(250);
    expect(audio.length).toBe(expected.audio.length);

    // Two seconds from the middle: from the key frame before, up to the end that was asked for.
    const middle = Date.parse(from) + 5000;
    const part = new Date(middle).toISOString();
    const end = new Date(middle + 2000).toISOString();
    const file = await download(
      gateway,
      `/api/v1/recordings/export.mp4?stream_id=cam1&from=${part}&to=${end}`,
      'part.mp4',
    );
    const cut = await probe(file);
    expect(cut.video.length).toBeGreaterThanOrEqual(74);
    expect(cut.video.length).toBeLessThanOrEqual(77);
    expect(cut.video[0]?.key).toBe(true);
    const { stderr } = await run('ffmpeg', ['-v', 'warning', '-i', file, '-f', 'null', '-']);
    expect(stderr).toBe('');
  });

  it('H.265 with B-frames comes out whole', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start(settings(), RULE);
    const source = await clip('h265-aac.mp4');
    await using publisher = new RunningProcess(process.execPath, [
      FFMPEG8,
      'remux',
      source,
      gateway.rtmpUrl('cam1'),
    ]);
    await publisher.finished;
    const [recording] = await untilFinished(gateway, 1);
    expect(recording?.tracks.map(({ codec }) => codec)).toEqual(['h265', 'aac']);
    const file = await download(gateway, recording!.url, 'recorded.mp4');
    expectWhole(await hashedUnits(source, 'h265'), await hashedUnits(file, 'h265'));
  });

  it('keeps what is held, and lets the rest go by its bytes', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start(settings({ 'recording.max_bytes': 150_000 }));
    await using publisher = publish(await clip('h264-aac.flv'), gateway.rtmpUrl('cam1'));
    await gateway.untilLive('cam1');
    await gateway.api('/api/v1/streams/cam1/record', 'POST', { file_seconds: 2 });
    await publisher.finished;
    const all = await untilFinished(gateway, 5);
    const held = all[1]!;
    expect(await gateway.api(`/api/v1/recordings/${held.id}`, 'PATCH', { held: true })).toMatchObject({
      held: true,
    });
    expect(await gateway.api(`/api/v1/recordings/${held.id}`, 'DELETE')).toMatchObject({
      code: 'RECORDING_HELD',
    });
    await gateway.recordings.retain();
    const left = await recordings(gateway);
    expect(left.map(({ id }) => id)).toContain(held.id);
    expect(left.map(({ id }) => id)).not.toContain(all[0]!.id);
    const bytes = left.reduce((sum, { size }) => sum + size, 0);
    expect(bytes <= 150_000 || left.every(({ id }) => id === held.id)).toBe(true);
  });
});

describe.skipIf(lacks('ffmpeg', 'chromium'))('recordings in Chromium', () => {
  it('play by hls.js, as growing files of fragments, and as one file', { timeout: 120_000 }, async () => {
    await using gateway = await TestGateway.start(settings());
    await using publisher = publish(await clip('h264-aac.flv'), gateway.rtmpUrl('cam1'));
    await gateway.untilLive('cam1');
    await gateway.api('/api/v1/streams/cam1/record', 'POST', { file_seconds: 4 });
    await publisher.finished;
    const all = await untilFinished(gateway, 3);
    const to = new Date(Date.parse(all.at(-1)!.ended_at) + 1000).toISOString();
    const query = `stream_id=cam1&from=${all[0]!.started_at}&to=${to}`;
    await using browser = await TestBrowser.start();
    const page = await browser.page();
    // A page of the API's own origin, as the console is.
    const origin = `http://127.0.0.1:${gateway.apiPort}`;
    const script = readFileSync(createRequire(import.meta.url).resolve('hls.js/dist/hls.min.js'), 'utf8');
    await page.route(`${origin}/player`, route =>
      route.fulfill({ contentType: 'text/html', body: `<video muted></video><script>${script}</script>` }),
    );
    await page.goto(`${origin}/player`);
    const watch = (load: string) =>
      page.evaluate(`(async () => {
        const video = document.querySelector('video');
        const errors = [];
        ${load}
        video.playbackRate = 4;
        await video.play();
        await Promise.race([
          new Promise(resolve => video.addEventListener('ended', resolve, { once: true })),
          new Promise((_, reject) => setTimeout(() => reject(new Error('not to its end: ' + video.currentTime + ' ' + errors)), 25000)),
        ]);
        return { time: video.currentTime, width: video.videoWidth, errors, error: video.error && video.error.message };
      })()`) as Promise<{ time: number; width: number; errors: string[]; error: string | null }>;
    const byHls = await watch(`
      const hls = window.hls = new Hls();
      hls.on('hlsError', (_event, data) => errors.push(data.details));
      hls.loadSource('${origin}/api/v1/recordings/index.m3u8?${query}');
      hls.attachMedia(video);`);
    expect(byHls).toMatchObject({ width: 640, error: null });
    // With B-frames the first picture is shown a little after it is decoded; from file to file there is no hole.
    expect([[], ['bufferSeekOverHole']]).toContainEqual(byHls.errors);
    expect(byHls.time).toBeCloseTo(10, 0);
    await page.evaluate('window.hls.destroy()');
    const fragments = await watch(`video.src = '${origin}${all[0]!.url}';`);
    expect(fragments).toMatchObject({ width: 640, error: null });
    expect(fragments.time).toBeCloseTo(4, 0);
    const whole = await watch(`video.src = '${origin}/api/v1/recordings/export.mp4?${query}';`);
    expect(whole).toMatchObject({ width: 640, error: null });
    expect(whole.time).toBeCloseTo(10, 0);
  });
});
