/** Scenario 38: streams made of others. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type ClipName, clip } from './support/clips.ts';
import type { Packet8 } from './support/ffmpeg8.ts';
import { FluxCluster } from './support/flux-process.ts';
import { parseFlv } from './support/flv-file.ts';
import { record, TestGateway } from './support/gateway.ts';
import { lacks, RunningProcess, run, until } from './support/processes.ts';

const FFMPEG8 = join(import.meta.dirname, 'support/ffmpeg8.ts');

async function publish(gateway: TestGateway, name: ClipName, id: string): Promise<RunningProcess> {
  const publisher = new RunningProcess(process.execPath, [
    FFMPEG8,
    'remux',
    await clip(name),
    gateway.rtmpUrl(id),
  ]);
  await gateway.untilLive(id);
  return publisher;
}

/** The same over and over. */
async function publishAgain(gateway: TestGateway, name: ClipName, id: string): Promise<RunningProcess> {
  return new RunningProcess('ffmpeg', [
    ...['-v', 'error', '-re', '-stream_loop', '-1', '-i', await clip(name), '-c', 'copy'],
    ...['-f', 'flv', gateway.rtmpUrl(id)],
  ]);
}

interface Watched {
  readonly streams: readonly { codec_name: string; width?: number; height?: number; sample_rate?: string }[];
  readonly pictures: number;
  readonly sounds: number;
  readonly errors: string;
}

/** It begins when it has the tracks. */
const QUICK = ['-v', 'error', '-analyzeduration', '1M', '-probesize', '200k'];

/** Plays an address for some seconds of media with ffmpeg, decodes all of it, and says what it was. */
async function watch(url: string, seconds: number): Promise<Watched> {
  using file = record.temporary('watched.mkv');
  const saved = await run(
    'ffmpeg',
    [...QUICK, '-i', url, '-t', String(seconds), '-c', 'copy', file.path],
    30_000,
  );
  const decoded = await run('ffmpeg', ['-v', 'error', '-i', file.path, '-f', 'null', '-']);
  const probed = await run('ffprobe', [
    ...['-v', 'error', '-count_packets', '-of', 'json', '-show_entries'],
    ...['stream=codec_name,codec_type,width,height,sample_rate,nb_read_packets', file.path],
  ]);
  const { streams = [] } = JSON.parse(probed.stdout || '{}');
  const count = (kind: string) =>
    Number(
      streams.find((stream: { codec_type: string }) => stream.codec_type === kind)?.nb_read_packets ?? 0,
    );
  return {
    streams,
    pictures: count('video'),
    sounds: count('audio'),
    errors: saved.stderr + decoded.stderr,
  };
}

describe.skipIf(lacks('ffmpeg'))('streams made of others (scenario 38)', () => {
  it('H.265 becomes H.264 for the first who asks, is shared, and ends after the last', {
    timeout: 60_000,
  }, async () => {
    await using gateway = await TestGateway.start({
      'media.on_demand_linger': 1,
      'media.publisher_grace': 0,
    });
    await using _publisher = await publish(gateway, 'h265-aac.mp4', 'cam1');
    expect(gateway.transcoders).toEqual([]);
    const watching = [1, 2, 3].map(() => watch(gateway.playUrl('flv', 'cam1.h264'), 2));
    await gateway.untilLive('cam1.h264');
    expect(gateway.transcoders).toHaveLength(1);
    // Neither a viewer of the source nor a reason for it to end.
    expect(await gateway.stream('cam1')).toMatchObject({ state: 'live', viewers: { count: 0 } });
    for (const { streams, pictures, sounds, errors } of await Promise.all(watching)) {
      expect(errors).toBe('');
      expect(streams).toMatchObject([{ codec_name: 'h264', width: 640, height: 360 }, { codec_name: 'aac' }]);
      expect(pictures).toBeGreaterThan(40);
      expect(sounds).toBeGreaterThan(70);
    }
    await until(
      'it ends',
      () => gateway.transcoders.length === 0 && !gateway.orchestrator.findStream('cam1.h264'),
    );
  });
});

describe.skipIf(lacks('ffmpeg'))('a player that says its codecs', () => {
  it('gets the stream itself, or the one form of it that all such players share', {
    timeout: 60_000,
  }, async () => {
    await using gateway = await TestGateway.start({ 'transcode.max_running': 1 });
    await using _publisher = await publish(gateway, 'h265-aac.mp4', 'cam1');
    const flv = (codecs: string) => `${gateway.playUrl('flv', 'cam1')}?codecs=${codecs}`;
    expect((await fetch(flv('hvc1,mp4a.40.2'), { method: 'HEAD' })).status).toBe(200);
    expect(gateway.transcoders).toEqual([]);
    const hls = await fetch(`${gateway.playUrl('hls', 'cam1')}?codecs=avc1.64001f,aac&token=x`, {
      redirect: 'manual',
    });
    expect(hls.status).toBe(302);
    expect(hls.headers.get('location')).toBe('/hls/cam1.h264/index.m3u8?token=x');
    const leaving = new AbortController();
    for (const codecs of ['avc1.64001f,mp4a.40.2', 'h264,aac'])
      expect((await fetch(flv(codecs), { signal: leaving.signal })).status).toBe(200);
    const { tracks, viewers } = await gateway.stream('cam1.h264');
    expect(tracks.map(({ codec }) => codec).sort()).toEqual(['aac', 'h264']);
    expect(viewers.count).toBe(2);
    expect(gateway.transcoders).toHaveLength(1);
    const answer = async (url: string) => {
      const { status, headers, body } = await fetch(url);
      const code = status === 200 ? undefined : JSON.parse(await new Response(body).text()).code;
      return [status, code, headers.get('retry-after')];
    };
    // Nothing makes VP9; and as much is transcoded as may be.
    expect(await answer(flv('vp9,opus'))).toEqual([404, 'NOT_PLAYABLE', null]);
    expect(await answer(flv('h265,opus'))).toEqual([503, 'TRANSCODE_LIMIT', '10']);
    expect(await answer(flv('theora'))).toEqual([400, 'REQUEST_INVALID', null]);
    leaving.abort();
  });
});

describe.skipIf(lacks('ffmpeg'))('profiles', () => {
  it.each([
    ['h264-aac-large.flv', '360p', ['h264', 'aac'], 360],
    ['vp9-opus.mp4', 'h264', ['h264', 'aac'], 360],
    ['av1-opus.mp4', 'h264', ['h264', 'aac'], 360],
  ] as const)('%s by %s', { timeout: 60_000 }, async (name, profile, codecs, height) => {
    await using gateway = await TestGateway.start();
    await using _publisher = await publish(gateway, name, 'cam1');
    const { streams, pictures, sounds, errors } = await watch(gateway.playUrl('flv', `cam1.${profile}`), 3);
    expect(errors).toBe('');
    expect(streams.map(({ codec_name }) => codec_name)).toEqual(codecs);
    expect(streams[0]?.height).toBe(height);
    expect(pictures).toBeGreaterThan(60);
    expect(sounds).toBeGreaterThan(100);
  });
});

describe.skipIf(lacks('ffmpeg'))('sound', () => {
  it.each([
    ['h264-aac.flv', 'opus', { codec: 'opus', sample_rate: 48_000 }],
    ['h264-aac.flv', 'g711a', { codec: 'g711a', sample_rate: 8000 }],
    ['h264-opus.mp4', 'aac', { codec: 'aac', sample_rate: 48_000 }],
  ] as const)('of %s by %s', { timeout: 60_000 }, async (name, profile, track) => {
    await using gateway = await TestGateway.start({ 'media.publisher_grace': 0 });
    await using _publisher = await publish(gateway, name, 'cam1');
    const playing = run(process.execPath, [FFMPEG8, 'packets', gateway.playUrl('flv', `cam1.${profile}`)]);
    await gateway.untilLive(`cam1.${profile}`);
    expect((await gateway.stream(`cam1.${profile}`)).tracks).toMatchObject([{ codec: 'h264' }, track]);
    const packets = (await playing).stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as Packet8);
    const sounds = packets.filter(({ kind }) => kind === 'audio');
    const pictures = packets.filter(({ kind }) => kind === 'video');
    expect(pictures.length).toBeGreaterThan(75);
    // As much sound as picture, at the same times.
    const length = (list: readonly Packet8[]) => list.at(-1)!.dts - list[0]!.dts;
    expect(Math.abs(length(sounds) - length(pictures))).toBeLessThan(0.3);
    expect(Math.abs(sounds[0]!.dts - pictures[0]!.dts)).toBeLessThan(0.3);
  });
});

describe.skipIf(lacks('ffmpeg'))('transcoder processes', () => {
  it('one that dies is replaced, and its viewers go on', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start();
    await using _publisher = await publishAgain(gateway, 'h264-aac-large.flv', 'cam1');
    await gateway.untilLive('cam1');
    const recording = record.start(gateway.playUrl('flv', 'cam1.360p'));
    await gateway.untilLive('cam1.360p');
    const [pid] = gateway.transcoders;
    process.kill(pid!, 'SIGKILL');
    await until('another runs', () => gateway.transcoders.length === 1 && gateway.transcoders[0] !== pid);
    await gateway.untilLive('cam1.360p');
    expect((await gateway.stream('cam1.360p')).viewers.count).toBe(1);
    expect(await gateway.steps('cam1.360p')).toContain('transcoder-ended');
    await sleep(1500);
    recording.stop();
    const times = parseFlv(await recording.body)
      .filter(({ type }) => type === 9)
      .map(({ timestamp }) => timestamp);
    expect(times.every((time, index) => index === 0 || time >= times[index - 1]!)).toBe(true);
    expect(gateway.orchestrator.getStreamStatus('cam1')?.state).toBe('live');
  });

  it('are not more than may be; what cannot be made is unknown', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start({ 'transcode.max_running': 1 });
    await using _publisher = await publishAgain(gateway, 'h264-aac.flv', 'cam1');
    await gateway.untilLive('cam1');
    const recording = record.start(gateway.playUrl('flv', 'cam1.360p'));
    await gateway.untilLive('cam1.360p');
    const refused = await fetch(gateway.playUrl('flv', 'cam1.480p'));
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(await refused.json()).toMatchObject({ code: 'TRANSCODE_LIMIT' });
    for (const id of ['cam1.8k', 'cam2.360p', 'cam1.360p.480p']) {
      expect((await fetch(gateway.playUrl('flv', id))).status).toBe(404);
    }
    recording.stop();
  });

  it('use the processor where the wanted encoder is not there, and say so', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start({
      'transcode.profiles': [{ name: 'fast', height: 180, hardware: 'nvenc' }],
    });
    await using _publisher = await publishAgain(gateway, 'h264-aac.flv', 'cam1');
    await gateway.untilLive('cam1');
    const { streams, errors } = await watch(gateway.playUrl('flv', 'cam1.fast'), 1);
    expect(errors).toBe('');
    expect(streams).toMatchObject([{ codec_name: 'h264', height: 180 }, { codec_name: 'aac' }]);
    const { history } = await gateway.stream('cam1.fast');
    const [note] = history.filter(({ step }) => step === 'transcoder');
    expect(note?.detail).toMatch(/^h264_nvenc cannot be used/);
  });
});

describe.skipIf(lacks('ffmpeg'))('two media nodes', () => {
  it('make it once, where the source is, for viewers of both', { timeout: 60_000 }, async () => {
    await using flux = await FluxCluster.start(2);
    await using _publisher = new RunningProcess('ffmpeg', [
      ...['-v', 'error', '-re', '-stream_loop', '-1', '-i', await clip('h264-aac.flv'), '-c', 'copy'],
      ...['-f', 'flv', flux.rtmpUrl('cam1')],
    ]);
    await flux.untilLive('cam1');
    const recordings = Array.from({ length: 10 }, () => record.start(flux.flvUrl('cam1.360p')));
    await until('all are counted, on both nodes', async () => {
      const { viewers } = await flux.get<{ viewers?: { count: number } }>('/streams/cam1.360p');
      const nodes = await flux.nodes();
      return (
        viewers?.count === 10 &&
        nodes
          .map(({ relays }) => relays)
          .sort()
          .join() === '0,1'
      );
    });
    expect((await flux.nodes()).map(({ streams }) => streams).sort()).toEqual([0, 2]);
    await sleep(1000);
    for (const recording of recordings) recording.stop();
    for (const recording of recordings) expect((await recording.body).length).toBeGreaterThan(10_000);
    const hls = await watch(flux.hlsUrl('cam1.360p'), 2);
    expect(hls).toMatchObject({
      errors: '',
      streams: [{ codec_name: 'h264', height: 360 }, { codec_name: 'aac' }],
    });
  });
});
