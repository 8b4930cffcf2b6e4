/** Scenarios 2–12: publishers of every kind, by RTMP. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { clip } from './support/clips.ts';
import type { Packet8 } from './support/ffmpeg8.ts';
import { parseFlv, readFlvFile } from './support/flv-file.ts';
import { record, TestGateway } from './support/gateway.ts';
import { hashedUnits, type Probe, probe } from './support/packets.ts';
import { lacks, RunningProcess, run, until } from './support/processes.ts';
import { TestPublisher } from './support/rtmp-publisher.ts';

const FFMPEG8 = join(import.meta.dirname, 'support/ffmpeg8.ts');
const OUTPUTS = ['flv', 'rtmp', 'hls'] as const;
/** Else FFmpeg leaves out all but the last three segments. */
const FROM_START = { flv: [], rtmp: [], hls: ['-live_start_index', '0'] } as const;
/** ffprobe shows the tracks that it finds while it opens an address. */
const PATIENT = ['-analyzeduration', '8M', '-probesize', '20M'];

function publish(source: string, url: string): RunningProcess {
  return new RunningProcess('ffmpeg', [
    ...['-v', 'error', '-re', '-i', source, '-c', 'copy', '-f', 'flv', url],
  ]);
}

/** Publishes a file in real time with FFmpeg 8. */
function remux(source: string, url: string): RunningProcess {
  return new RunningProcess(process.execPath, [FFMPEG8, 'remux', source, url]);
}

/** Packets as FFmpeg 8 reads them. */
async function packets8(url: string): Promise<Packet8[]> {
  const { stdout, stderr } = await run(process.execPath, [FFMPEG8, 'packets', url]);
  if (stdout === '') throw new Error(stderr.slice(-1000));
  return stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Packet8);
}

function isIncreasing(times: readonly number[]): boolean {
  return times.every((time, index) => index === 0 || time > times[index - 1]!);
}

/** The packets of all segments of a stream to its end, one by one: ffprobe shows no tracks that come later. */
async function probeSegments(url: string): Promise<Pick<Probe, 'video' | 'audio'>> {
  const probes = new Map<string, Probe>();
  for (let isOver = false; !isOver; await sleep(500)) {
    const playlist = await (await fetch(url)).text();
    isOver = playlist.includes('#EXT-X-ENDLIST');
    for (const name of playlist.match(/^segment_\d+\.ts$/gm) ?? []) {
      if (!probes.has(name)) probes.set(name, await probe(new URL(name, url).href));
    }
  }
  const all = [...probes.values()];
  return { video: all.flatMap(({ video }) => video), audio: all.flatMap(({ audio }) => audio) };
}

describe.skipIf(lacks('ffmpeg'))('Enhanced RTMP (scenario 2)', { concurrent: true }, () => {
  it.each([
    ['h265-aac.mp4', 250],
    ['av1-opus.mp4', 150],
    ['vp9-opus.mp4', 150],
  ] as const)('%s comes out whole by HTTP-FLV and RTMP', { timeout: 60_000 }, async (name, pictures) => {
    await using gateway = await TestGateway.start();
    const source = await clip(name);
    const expected = (await packets8(source)).filter(packet => packet.kind === 'video');
    const players = await gateway.expectPublisher('cam1');
    const reading = (['flv', 'rtmp'] as const).map(format => packets8(gateway.playUrl(format, 'cam1')));
    await players(2);
    await using _publisher = remux(source, gateway.rtmpUrl('cam1'));
    const [flv, rtmp] = [await reading[0]!, await reading[1]!];
    for (const packets of [flv, rtmp]) {
      const video = packets.filter(packet => packet.kind === 'video');
      expect(video.length).toBe(pictures);
      expect(video.map(packet => packet.md5)).toEqual(expected.map(packet => packet.md5));
      const shift = (video[0]?.pts ?? 0) - (expected[0]?.pts ?? 0);
      for (const [index, packet] of video.entries()) {
        expect(Math.abs(packet.pts - expected[index]!.pts - shift)).toBeLessThan(0.0021);
      }
      expect(packets.some(packet => packet.kind === 'audio')).toBe(true);
    }
  });

  it('H.265 comes out whole by HLS', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start({ 'protocols.hls.segment_duration': 2 });
    const source = await clip('h265-aac.mp4');
    const expected = await hashedUnits(source, 'h265');
    const players = await gateway.expectPublisher('cam1');
    const reading = hashedUnits(gateway.playUrl('hls', 'cam1'), 'h265', ['-live_start_index', '0']);
    await players(1);
    await using _publisher = remux(source, gateway.rtmpUrl('cam1'));
    const actual = await reading;
    expect(actual.video.map(unit => unit.hash)).toEqual(expected.video.map(unit => unit.hash));
  });
});

describe.skipIf(lacks('gst-launch-1.0', 'ffmpeg'))('GStreamer (scenario 3)', { concurrent: true }, () => {
  it('publishes by rtmp2sink and plays by rtmp2src', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start();
    const encode =
      'x264enc tune=zerolatency key-int-max=50 bitrate=500 ! h264parse ! flvmux name=mux streamable=true';
    await using _publisher = new RunningProcess('gst-launch-1.0', [
      '-e',
      ...`videotestsrc is-live=true num-buffers=300 ! video/x-raw,width=320,height=240,framerate=25/1 ! ${encode}`.split(
        ' ',
      ),
      ...`mux. ! rtmp2sink location=${gateway.rtmpUrl('gst')}`.split(' '),
      ...'audiotestsrc is-live=true num-buffers=500 ! avenc_aac ! mux.'.split(' '),
    ]);
    await gateway.untilLive('gst');
    const file = record.temporary('gst.flv');
    const player = `rtmp2src location=${gateway.playUrl('rtmp', 'gst')} ! filesink location=${file.path}`;
    await using _player = new RunningProcess('gst-launch-1.0', ['-e', ...player.split(' ')]);
    using _file = file;
    await until('five seconds of media', async () => {
      const found = await probe(file.path).catch(() => undefined);
      return (found?.video.length ?? 0) > 125;
    });
    const { video, audio } = await probe(file.path);
    expect(video[0]?.key).toBe(true);
    expect(isIncreasing(video.map(packet => packet.dts))).toBe(true);
    expect(audio.length).toBeGreaterThan(100);
  });
});

describe.skipIf(lacks('rtmpdump', 'ffmpeg'))('librtmp (scenario 4)', { concurrent: true }, () => {
  it('plays for 10 s', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start();
    await using _publisher = publish(await clip('h264-aac-70s.flv'), gateway.rtmpUrl('cam1'));
    await gateway.untilLive('cam1');
    using file = record.temporary('librtmp.flv');
    const dump = ['-q', '-r', gateway.playUrl('rtmp', 'cam1'), '--live', '-o', file.path];
    await using player = new RunningProcess('rtmpdump', dump);
    await sleep(10_500);
    player.kill('SIGINT');
    await player.finished;
    const { video, audio } = await probe(file.path);
    expect(video.length).toBeGreaterThan(200);
    expect(audio.length).toBeGreaterThan(350);
    expect(isIncreasing(video.map(packet => packet.dts))).toBe(true);
  });
});

describe.skipIf(lacks('ffmpeg'))('tracks (scenario 5)', { concurrent: true }, () => {
  it.each([
    ['aac.flv', 0, 1],
    ['mp3.flv', 0, 1],
    ['h264.flv', 1, 0],
  ] as const)('%s plays on every output', { timeout: 60_000 }, async (name, videos, audios) => {
    await using gateway = await TestGateway.start({ 'protocols.hls.segment_duration': 2 });
    const source = await clip(name);
    const players = await gateway.expectPublisher('cam1');
    const reading = OUTPUTS.map(format => probe(gateway.playUrl(format, 'cam1'), FROM_START[format]));
    await players(reading.length);
    await using _publisher = publish(source, gateway.rtmpUrl('cam1'));
    const results = await Promise.all(reading);
    for (const { video, audio } of results) {
      if (videos) expect(video.length).toBeGreaterThan(100);
      else expect(video.length).toBe(0);
      if (audios) expect(audio.length).toBeGreaterThan(80);
      else expect(audio.length).toBe(0);
    }
  });

  it('video that begins 5 s before audio plays on every output', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start({ 'protocols.hls.segment_duration': 2 });
    const tags = readFlvFile(await clip('h264-aac.flv')).filter(
      tag => tag.type !== 8 || tag.timestamp > 5000,
    );
    const configuration = readFlvFile(await clip('h264-aac.flv')).find(tag => tag.type === 8);
    const late = tags.findIndex(tag => tag.type === 8);
    if (configuration) tags.splice(late, 0, { ...configuration, timestamp: 5000 });
    const players = await gateway.expectPublisher('cam1');
    const reading = [
      probe(gateway.playUrl('flv', 'cam1'), PATIENT),
      probe(gateway.playUrl('rtmp', 'cam1'), PATIENT),
      probeSegments(gateway.playUrl('hls', 'cam1')),
    ];
    await players(reading.length);
    using publisher = await TestPublisher.publish(gateway.rtmpPort, { name: 'cam1' });
    const sending = publisher.tags(tags).then(() => publisher.unpublish());
    const results = await Promise.all(reading);
    for (const { video, audio } of results) {
      expect(video.length).toBeGreaterThan(200);
      expect(audio.length).toBeGreaterThan(150);
      expect(isIncreasing(video.map(packet => packet.dts))).toBe(true);
    }
    await sending;
  });
});

describe.skipIf(lacks('ffmpeg'))('time (scenario 6)', { concurrent: true }, () => {
  const START = 2 ** 32 - 5000;
  it.each([
    ['begins at 2^32 − 5000 ms and wraps', (time: number) => (START + time) % 2 ** 32],
    ['jumps back by 10 s', (time: number) => (time < 5000 ? time + 20_000 : time + 10_000)],
    ['jumps forward by 1 h', (time: number) => (time < 5000 ? time : time + 3_600_000)],
  ] as const)('%s: outputs stay monotonic', { timeout: 60_000 }, async (_name, stamp) => {
    await using gateway = await TestGateway.start({ 'protocols.hls.segment_duration': 2 });
    const tags = readFlvFile(await clip('h264-aac.flv'));
    const players = await gateway.expectPublisher('cam1');
    const reading = OUTPUTS.map(format => probe(gateway.playUrl(format, 'cam1'), FROM_START[format]));
    await players(reading.length);
    using publisher = await TestPublisher.publish(gateway.rtmpPort, { name: 'cam1' });
    const sending = publisher.tags(tags, 1, stamp).then(() => publisher.unpublish());
    const results = await Promise.all(reading);
    await sending;
    for (const { video, audio } of results) {
      expect(video.length).toBeGreaterThan(230);
      for (const packets of [video, audio]) {
        const times = packets.map(packet => packet.dts);
        expect(isIncreasing(times)).toBe(true);
        expect(times.at(-1)! - times[0]!).toBeLessThan(11);
        expect(times.at(-1)! - times[0]!).toBeGreaterThan(8.5);
      }
      // Sound and picture stay together.
      expect(Math.abs(video.at(-1)!.dts - audio.at(-1)!.dts)).toBeLessThan(0.2);
    }
  });
});

describe.skipIf(lacks('ffmpeg'))('chunks (scenario 7)', { concurrent: true }, () => {
  it.each([128, 4096, 65_536])('chunk size %i', { timeout: 30_000 }, async chunkSize => {
    await using gateway = await TestGateway.start();
    const tags = readFlvFile(await clip('h264.flv'));
    using publisher = await TestPublisher.publish(gateway.rtmpPort, { name: 'cam1', chunkSize });
    const sending = publisher.tags(tags, 3);
    await gateway.untilLive('cam1');
    const recording = record.start(gateway.playUrl('flv', 'cam1'));
    await sending;
    await publisher.unpublish();
    const received = parseFlv(await recording.body).filter(tag => tag.type === 9 && tag.body[1] === 1);
    const sent = tags.filter(tag => tag.type === 9 && tag.body[1] === 1);
    expect(received.map(tag => tag.body.toString('base64'))).toEqual(
      sent.map(tag => tag.body.toString('base64')),
    );
  });

  it('changes of the chunk size, a message of 4 MiB and interleaved chunk streams', {
    timeout: 30_000,
  }, async () => {
    await using gateway = await TestGateway.start();
    const tags = readFlvFile(await clip('h264-aac.flv'));
    const big = Buffer.alloc(4 * 1024 * 1024, 0x41);
    big.writeUInt8(0x17, 0);
    big.writeUInt8(1, 1);
    big.writeUIntBE(0, 2, 3);
    big.writeUInt32BE(big.length - 9, 5);
    big.writeUInt8(0x65, 9);
    using publisher = await TestPublisher.publish(gateway.rtmpPort, { name: 'cam1' });
    for (const tag of tags.slice(0, 20)) publisher.tag(tag);
    await gateway.untilLive('cam1');
    const recording = record.start(gateway.playUrl('flv', 'cam1'));
    await sleep(300);
    publisher.setChunkSize(65_536);
    publisher.message(6, 9, 4000, 1, big);
    publisher.setChunkSize(1000);
    const audio = tags.filter(tag => tag.type === 8).slice(50, 52);
    const video = tags.filter(tag => tag.type === 9).slice(50, 52);
    const lines = [
      [...publisher.chunks(6, 9, 4040, 1, video[0]!.body)],
      [...publisher.chunks(4, 8, 4041, 1, audio[0]!.body)],
      [...publisher.chunks(70 - 10, 9, 4080, 1, video[1]!.body)],
    ];
    while (lines.some(line => line.length > 0)) {
      for (const line of lines) {
        const chunk = line.shift();
        if (chunk) publisher.socket.write(chunk);
      }
    }
    await sleep(300);
    await publisher.unpublish();
    const bodies = parseFlv(await recording.body).map(tag => tag.body);
    for (const body of [big, video[0]!.body, audio[0]!.body, video[1]!.body]) {
      expect(bodies.some(other => other.equals(body))).toBe(true);
    }
  });
});

describe.skipIf(lacks('ffmpeg'))(
  'publishers that meet or come back (scenarios 8–10)',
  { concurrent: true },
  () => {
    it('refuses a second publisher and leaves the first unharmed', { timeout: 30_000 }, async () => {
      await using gateway = await TestGateway.start();
      const tags = readFlvFile(await clip('h264.flv'));
      using first = await TestPublisher.publish(gateway.rtmpPort, { name: 'cam1' });
      const sending = first.tags(tags, 2);
      await gateway.untilLive('cam1');
      using second = await TestPublisher.publish(gateway.rtmpPort, { name: 'cam1' });
      expect(second.received.includes('NetStream.Publish.BadName')).toBe(true);
      await second.untilClosed();
      await sending;
      expect(first.closed).toBe(false);
      expect((await gateway.stream('cam1')).tracks[0].samples).toBe(150);
    });

    it('with takeover the first is closed', { timeout: 30_000 }, async () => {
      await using gateway = await TestGateway.start({ 'protocols.rtmp.takeover': true });
      const tags = readFlvFile(await clip('h264.flv'));
      using first = await TestPublisher.publish(gateway.rtmpPort, { name: 'cam1' });
      const sending = first.tags(tags, 2);
      await gateway.untilLive('cam1');
      const recording = record.start(gateway.playUrl('flv', 'cam1'));
      using second = await TestPublisher.publish(gateway.rtmpPort, { name: 'cam1' });
      expect(second.received.includes('NetStream.Publish.Start')).toBe(true);
      await first.untilClosed();
      await sending;
      await second.tags(tags, 3);
      await second.unpublish();
      const times = parseFlv(await recording.body)
        .filter(tag => tag.type === 9 && tag.body[1] === 1)
        .map(tag => tag.timestamp);
      expect(times.length).toBeGreaterThan(150);
      expect(isIncreasing(times)).toBe(true);
    });

    it('a killed encoder that comes back in 3 s finds its viewers', { timeout: 60_000 }, async () => {
      await using gateway = await TestGateway.start({ 'protocols.hls.segment_duration': 2 });
      const source = await clip('h264-aac-70s.flv');
      await using first = publish(source, gateway.rtmpUrl('cam1'));
      await gateway.untilLive('cam1');
      const recording = record.start(gateway.playUrl('flv', 'cam1'));
      const playlist = () => fetch(gateway.playUrl('hls', 'cam1')).then(response => response.text());
      await playlist();
      await sleep(3000);
      first.kill();
      await sleep(3000);
      expect((await gateway.stream('cam1')).state).toBe('interrupted');
      await using second = publish(source, gateway.rtmpUrl('cam1'));
      await gateway.untilLive('cam1');
      await until('a discontinuity in the playlist', async () =>
        (await playlist()).includes('#EXT-X-DISCONTINUITY\n'),
      );
      second.kill('SIGINT');
      const tags = parseFlv(await recording.body).filter(tag => tag.type === 9 && tag.body[1] === 1);
      expect(isIncreasing(tags.map(tag => tag.timestamp))).toBe(true);
      expect(tags.at(-1)!.timestamp).toBeGreaterThan(8000);
    });

    it('new parameter sets mid-stream re-initialise every output', { timeout: 60_000 }, async () => {
      await using gateway = await TestGateway.start({ 'protocols.hls.segment_duration': 2 });
      const small = readFlvFile(await clip('h264-aac-small.flv'));
      const large = readFlvFile(await clip('h264-aac-large.flv')).map(tag => ({
        ...tag,
        timestamp: tag.timestamp + 6040,
      }));
      using publisher = await TestPublisher.publish(gateway.rtmpPort, { name: 'cam1' });
      const sending = publisher.tags([...small, ...large], 1).then(() => publisher.unpublish());
      await gateway.untilLive('cam1');
      // ffprobe 5.1 crashes on a change of resolution; ffmpeg's filter prints the size of every picture it decodes.
      const decode = (url: string) => run('ffmpeg', ['-i', url, '-an', '-vf', 'showinfo', '-f', 'null', '-']);
      const results = await Promise.all(OUTPUTS.map(format => decode(gateway.playUrl(format, 'cam1'))));
      const steps = await gateway.steps('cam1').catch(() => []);
      await sending;
      for (const { stderr } of results) {
        const sizes = [...stderr.matchAll(/ s:(\d+x\d+) /g)].map(match => match[1]);
        expect(sizes.filter(size => size === '320x240').length).toBe(150);
        expect(sizes.filter(size => size === '1280x720').length).toBe(150);
      }
      expect(steps).not.toContain('bad-media');
    });
  },
);

describe.skipIf(lacks('ffmpeg', 'openssl'))('RTMPS (scenario 12)', { concurrent: true }, () => {
  it('publishes and plays with a certificate from the configuration', { timeout: 30_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flux-rtmps-'));
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'],
      ...['-keyout', key, '-out', cert],
    ]);
    await using gateway = await TestGateway.start({
      'protocols.rtmp.tls_bind': '127.0.0.1:0',
      'protocols.rtmp.tls_certificate': cert,
      'protocols.rtmp.tls_key': key,
    });
    const url = `rtmps://127.0.0.1:${gateway.rtmpsPort}/live/cam1`;
    const source = await clip('h264.flv');
    const players = await gateway.expectPublisher('cam1');
    const reading = probe(url);
    await players(1);
    await using _publisher = publish(source, url);
    const { video } = await reading;
    expect(video.length).toBeGreaterThan(100);
    rmSync(folder, { recursive: true });
  });
});
