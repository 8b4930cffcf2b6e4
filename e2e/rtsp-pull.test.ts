/** Scenarios 21–26: cameras that are pulled by RTSP, played by GStreamer. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { TestPull } from '../packages/protocols/rtsp/pull/test-support.ts';
import { lacks, until } from './support/processes.ts';
import { GStreamerCamera } from './support/rtsp-camera.ts';
import { RtspProxy } from './support/rtsp-proxy.ts';
import { BadWay, UdpRelay } from './support/udp-relay.ts';

/** Milliseconds from one picture to the next. */
function steps({ pictures }: TestPull): number[] {
  return pictures.slice(1).map(({ time }, index) => Math.round(time - pictures[index]!.time));
}

function tracks(pull: TestPull) {
  return pull.orchestrator.getStreamStatus('cam1')?.tracks ?? [];
}

/** Two seconds of pictures come, none missing. */
async function expectWhole(pull: TestPull, timeout = 20_000): Promise<void> {
  await pull.untilPictures(50, timeout);
  for (const step of steps(pull)) expect(Math.abs(step - 40)).toBeLessThanOrEqual(2);
}

describe.skipIf(lacks('gst-rtsp-server', 'gst-launch-1.0'))(
  'pulled from GStreamer',
  { concurrent: true },
  () => {
    describe('by TCP and UDP (scenario 21)', () => {
      it.each([
        ['h264', 'pcma', 'tcp', 'g711a'],
        ['h264', 'aac', 'udp', 'aac'],
        ['h265', 'opus', 'tcp', 'opus'],
        ['h265', 'none', 'udp', undefined],
      ])('%s and %s by %s', async (video, audio, transport, codec) => {
        await using camera = await GStreamerCamera.start('--video', video, '--audio', audio);
        await using pull = new TestPull();
        await pull.watch({ url: camera.url, transport });
        await expectWhole(pull);
        const found = tracks(pull);
        expect(found.map(track => track.codec)).toEqual(codec === undefined ? [video] : [video, codec]);
        expect(found[0]).toMatchObject({ width: 320, height: 240 });
        for (const track of found) expect(track.samples).toBeGreaterThan(10);
        const [reception] = pull.pulls.receptions;
        for (const track of reception!.tracks) expect(track).toMatchObject({ lost: 0, droppedFrames: 0 });
      });

      it.each(['digest', 'basic'])('with %s', async method => {
        const password = 'p@ss:w/ö"rd';
        await using camera = await GStreamerCamera.start(
          ...['--user', 'admin', '--password', password, '--method', method],
        );
        await using pull = new TestPull();
        const ingest = await pull.watch({ url: camera.url, username: 'admin', password });
        await expectWhole(pull);
        expect(JSON.stringify([ingest.status, ingest.history?.entries])).not.toContain('p@ss');
      });

      it('with a wrong password: three times, and no more', async () => {
        await using camera = await GStreamerCamera.start('--user', 'admin', '--password', 'right');
        await using pull = new TestPull();
        const ingest = await pull.add({ url: camera.url, username: 'admin', password: 'wrong' });
        await until('it is given up', () => ingest.status.state === 'closed');
        await sleep(3000);
        expect(camera.log.filter(line => line === 'connected')).toHaveLength(3);
        expect(ingest.status.lastError).toContain('does not accept the user name and the password');
      });

      it('falls back to TCP where the server has no UDP', async () => {
        await using camera = await GStreamerCamera.start('--protocols', 'tcp');
        await using pull = new TestPull();
        await pull.watch({ url: camera.url });
        await expectWhole(pull);
        expect(pull.details('fell-back')).toEqual([expect.stringContaining('461')]);
      });

      it('falls back to TCP where no packet comes by UDP', async () => {
        await using camera = await GStreamerCamera.start();
        // They go to ports at which nobody is.
        const toServer = (text: string) =>
          text.replace(/client_port=\d{5}-\d{5}/g, 'client_port=64000-64001');
        await using proxy = await RtspProxy.start({ port: camera.port, toServer });
        await using pull = new TestPull();
        const before = performance.now();
        await pull.watch({ url: `rtsp://127.0.0.1:${proxy.port}/cam` });
        expect(performance.now() - before).toBeLessThan(7000);
        await expectWhole(pull);
        expect(pull.details('fell-back')).toEqual(['to TCP: no packet by UDP in 3 s']);
      });
    });

    it('a camera that reboots is found again, and its viewers go on (scenario 22)', async () => {
      await using camera = await GStreamerCamera.start('--audio', 'pcma');
      await using pull = new TestPull({}, { publisherGrace: 20_000 });
      const ingest = await pull.watch({ url: camera.url });
      await expectWhole(pull);
      await camera[Symbol.asyncDispose]();
      await until('the loss is noticed', () => ingest.status.state === 'retrying');
      const before = pull.pictures.length;
      await sleep(3000);
      await using _again = await camera.restart();
      await pull.untilPictures(before + 50, 20_000);
      expect(ingest.status.state).toBe('connected');
      expect(pull.discontinuities).toBe(1);
      const times = pull.pictures.map(({ time }) => time);
      for (const [index, time] of times.entries())
        if (index > 0) expect(time).toBeGreaterThan(times[index - 1]!);
      expect(times[before]! - times[before - 1]!).toBeGreaterThan(2500);
    });

    it.each(['h264', 'h265'])('%s without parameter sets in the description (scenario 23)', async video => {
      await using camera = await GStreamerCamera.start('--video', video);
      let replaced = 0;
      const toClient = (text: string) =>
        text.replace(/sprop-(parameter-sets|vps|sps|pps)/g, (_all, name: string) => {
          replaced++;
          return `xprop-${name}`;
        });
      await using proxy = await RtspProxy.start({ port: camera.port, toClient });
      await using pull = new TestPull();
      await pull.watch({ url: `rtsp://127.0.0.1:${proxy.port}/cam`, transport: 'udp' });
      await expectWhole(pull);
      expect(replaced).toBeGreaterThan(0);
      expect(tracks(pull)).toMatchObject([{ codec: video, width: 320, height: 240 }]);
    });

    it('packets that are lost and out of order by UDP (scenario 24)', async () => {
      const way = new BadWay();
      let target = 0;
      using relay = await UdpRelay.start(way, () => target);
      await using camera = await GStreamerCamera.start();
      const toServer = (text: string) =>
        text.replace(/client_port=(\d{5})-\d{5}/g, (_all, port: string) => {
          target = Number(port);
          return `client_port=${relay.port}-${relay.port + 1}`;
        });
      await using proxy = await RtspProxy.start({ port: camera.port, toServer });
      await using pull = new TestPull();
      await pull.watch({ url: `rtsp://127.0.0.1:${proxy.port}/cam`, transport: 'udp' });
      await until('enough is lost', () => way.dropped >= 5, 60_000);
      await sleep(1000);
      const [reception] = pull.pulls.receptions;
      const { lost, reordered, damagedFrames, droppedFrames, frames } = reception!.tracks[0]!;
      // The newest loss may not be seen yet.
      expect(lost).toBeGreaterThanOrEqual(4);
      expect(lost).toBeLessThanOrEqual(way.dropped);
      expect(reordered).toBeGreaterThan(way.reordered / 2);
      expect(droppedFrames).toBeGreaterThanOrEqual(damagedFrames);
      expect(droppedFrames).toBeGreaterThan(0);
      expect(frames).toBeGreaterThan(pull.pictures.length - 10);
      // Nothing is passed on from a loss to the next key frame: so gaps end where the group of 25 pictures does.
      const { keys, pictures } = pull;
      for (const [index, step] of steps(pull).entries())
        if (step > 60) expect(keys.has(pictures[index + 1]!.time)).toBe(true);
      expect(pull.details('packets-lost').length).toBeGreaterThan(0);
    });

    describe('sessions (scenario 25)', () => {
      it.each(['tcp', 'udp'])('are kept alive beyond their time-out, by %s', async transport => {
        await using camera = await GStreamerCamera.start('--session-timeout', '4');
        await using pull = new TestPull();
        const ingest = await pull.watch({ url: camera.url, transport });
        await sleep(9000);
        expect(ingest.status).toMatchObject({ state: 'connected', attempts: 1 });
        expect(camera.log.filter(line => line === 'get-parameter').length).toBeGreaterThanOrEqual(3);
        expect(camera.log.some(line => line.startsWith('expired'))).toBe(false);
        const before = pull.pictures.length;
        await pull.untilPictures(before + 25);
        pull.orchestrator.stopStream('cam1', { code: 'stopped', message: 'By the test.' });
        await until('it says goodbye', () => camera.log.includes('teardown'));
        await until('its ports are given back', () => pull.pulls.portPairs === 0);
      });

      it('begin with the first viewer and end after the last', async () => {
        await using camera = await GStreamerCamera.start();
        await using pull = new TestPull({}, { demandLinger: 2000 });
        await pull.add({ url: camera.url, on_demand: true });
        await sleep(1000);
        expect(camera.log).toEqual([]);
        const streams = await Promise.all([1, 2, 3].map(() => pull.orchestrator.openStream('cam1')));
        expect(new Set(streams).size).toBe(1);
        expect(camera.log.filter(line => line === 'play')).toHaveLength(1);
        await until('it is left alone', () => camera.log.includes('teardown'));
        expect(pull.orchestrator.findStream('cam1')).toBeUndefined();
      });
    });

    describe('addresses (scenario 26)', () => {
      it.each([
        ['user and password as people write them', '/cam', '/cam'],
        ['odd characters', '/c%C3%A4m(1)/a%20b;x', '/c%C3%A4m(1)/a%20b;x'],
        ['characters to be escaped', '/c%C3%A4m%20one', '/cäm one'],
        ['a query', '/cam', '/cam?channel=1&subtype=0'],
      ])('with %s', async (_what, mount, path) => {
        await using camera = await GStreamerCamera.start(
          '--user',
          'ad min',
          '--password',
          'a@b:c/d?e',
          '--path',
          mount,
        );
        await using pull = new TestPull();
        const ingest = await pull.watch({ url: `rtsp://ad min:a@b:c/d?e@127.0.0.1:${camera.port}${path}` });
        await expectWhole(pull);
        expect(ingest.sourceUrl).toBe(`rtsp://127.0.0.1:${camera.port}${encodeURI(decodeURI(path))}`);
      });

      it.each(['tcp', 'udp'])('of IPv6, by %s', async transport => {
        await using camera = await GStreamerCamera.start('--address', '::1');
        await using pull = new TestPull();
        await pull.watch({ url: `rtsp://user:pass@[::1]:${camera.port}/cam`, transport });
        await expectWhole(pull);
      });
    });

    it.skipIf(lacks('openssl'))('by RTSPS, whose certificate is looked at', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'flux-e2e-'));
      const made = spawnSync('openssl', [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'],
        ...['-keyout', join(folder, 'key.pem'), '-out', join(folder, 'cert.pem')],
      ]);
      expect(made.status).toBe(0);
      const [cert, key] = ['cert.pem', 'key.pem'].map(name => readFileSync(join(folder, name), 'utf8'));
      rmSync(folder, { recursive: true });
      await using camera = await GStreamerCamera.start();
      await using proxy = await RtspProxy.start({ port: camera.port, tls: { cert: cert!, key: key! } });
      const url = `rtsps://127.0.0.1:${proxy.port}/cam`;
      await using strict = new TestPull();
      const refused = await strict.add({ url });
      await until('it is refused', () => refused.status.state === 'retrying');
      expect(refused.status.lastError).toMatch(/self-signed|certificate/);
      await using pull = new TestPull({ verifyTls: false });
      await pull.watch({ url });
      await expectWhole(pull);
    });
  },
);
