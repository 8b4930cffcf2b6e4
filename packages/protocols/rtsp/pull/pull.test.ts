import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { isRtcp } from '@flux-iot/media/rtp/packet';
import { parseRtcp } from '@flux-iot/media/rtp/rtcp/parser';
import { describe, expect, it } from 'vitest';
import { ScriptedCamera } from './test-camera.ts';
import { inARow, TestPull, until } from './test-support.ts';

const STOP = { code: 'stopped', message: 'By the test.' };
const CREDENTIALS = { user: 'admin', password: 'pa:ss@wörd/1' };

describe('a pull', () => {
  it.each(['tcp', 'udp'])(
    'brings the pictures by %s, says goodbye, and gives back what it had',
    async transport => {
      await using camera = await ScriptedCamera.start();
      await using pull = new TestPull();
      const ingest = await pull.watch({ url: camera.url, transport });
      expect(await pull.untilPictures(30)).toEqual(inARow(0, pull.pictures.length));
      const times = pull.pictures.map(({ time }) => time);
      for (const [index, time] of times.entries()) expect(time - times[0]!).toBeCloseTo(20 * index, 0);
      expect(ingest.status).toMatchObject({ state: 'connected', attempts: 1 });
      expect(pull.steps).toEqual([
        ...['connecting', 'described', 'set-up', 'published', 'playing', 'first-packet'],
        ...['video-track', 'first-key-frame'],
      ]);
      expect(pull.pulls.receptions).toMatchObject([
        { streamId: 'cam1', peer: camera.url, tracks: [{ codec: 'h264', lost: 0 }] },
      ]);
      expect(pull.pulls.portPairs).toBe(transport === 'udp' ? 1 : 0);
      pull.orchestrator.stopStream('cam1', STOP);
      expect(ingest.status.state).toBe('closed');
      await until(() => camera.sessions === 0, 'the camera has no session left');
      expect(camera.methods()).toEqual(['OPTIONS', 'DESCRIBE', 'SETUP', 'PLAY', 'TEARDOWN']);
      expect(camera.requests.at(-1)!.headers.get('Session')).toBe('4711');
    },
  );

  it.each(['tcp', 'udp'])('sends receiver reports by %s', async transport => {
    await using camera = await ScriptedCamera.start();
    await using pull = new TestPull();
    await pull.watch({ url: camera.url, transport });
    const blocks = () =>
      camera.reports
        .filter(isRtcp)
        .flatMap(parseRtcp)
        .flatMap(packet => (packet.type === 'receiver-report' ? packet.blocks : []));
    await until(() => blocks().length > 0, 'a report comes', 8000);
    expect(blocks()[0]).toMatchObject({ ssrc: 0x1234_5678, cumulativeLost: 0 });
  });

  it('falls back to TCP where UDP is refused, and remembers it', { timeout: 15_000 }, async () => {
    await using camera = await ScriptedCamera.start({ transports: ['tcp'] });
    await using pull = new TestPull();
    await pull.watch({ url: camera.url });
    await pull.untilPictures(5);
    expect(pull.details('fell-back')).toEqual([expect.stringMatching(/^to TCP: .*461/)]);
    const before = camera.connections;
    await camera.off();
    await camera.on();
    await until(() => camera.sessions > 0, 'it is back', 8000);
    expect(camera.connections).toBe(before + 1);
    expect(pull.details('fell-back')).toHaveLength(1);
  });

  it('falls back to TCP where no packet comes by UDP in three seconds', { timeout: 15_000 }, async () => {
    await using camera = await ScriptedCamera.start({ transports: ['tcp', 'silent-udp'] });
    await using pull = new TestPull();
    const before = performance.now();
    const ingest = await pull.watch({ url: camera.url, transport: 'auto' });
    expect(await pull.untilPictures(5)).toEqual(inARow(0, pull.pictures.length));
    expect(performance.now() - before).toBeLessThan(5000);
    expect(pull.details('fell-back')).toEqual(['to TCP: no packet by UDP in 3 s']);
    expect(ingest.status.attempts).toBe(1);
    expect(pull.steps.filter(step => step.startsWith('video-track'))).toEqual(['video-track']);
    expect(camera.methods().filter(method => method === 'TEARDOWN')).toHaveLength(1);
  });

  it('gives up what brings no media, and tries again', { timeout: 15_000 }, async () => {
    await using camera = await ScriptedCamera.start({ frames: 20 });
    await using pull = new TestPull({ times: { silence: 2000 } });
    const ingest = await pull.watch({ url: camera.url, transport: 'tcp' });
    await until(() => ingest.status.state === 'retrying', 'it is given up', 8000);
    expect(ingest.status.lastError).toBe('No media for 2 s.');
    expect(pull.steps).toEqual(expect.arrayContaining(['no-media', 'reconnecting']));
    await pull.untilPictures(30, 8000);
    expect(pull.discontinuities).toBe(1);
  });

  it('comes back when the camera was away, with the viewers that stayed', { timeout: 30_000 }, async () => {
    await using camera = await ScriptedCamera.start();
    await using pull = new TestPull();
    const ingest = await pull.watch({ url: camera.url });
    await pull.untilPictures(10);
    await camera.off();
    await until(() => ingest.status.state === 'retrying', 'the loss is noticed');
    expect(pull.orchestrator.getStreamStatus('cam1')?.state).toBe('interrupted');
    const count = pull.pictures.length;
    await new Promise(resolve => setTimeout(resolve, 3000));
    await camera.on();
    await pull.untilPictures(count + 10, 10_000);
    expect(ingest.status.attempts).toBeGreaterThan(2);
    expect(pull.discontinuities).toBe(1);
    expect(pull.pictures.slice(count, count + 10).map(({ text }) => text)).toEqual(inARow(0, 10));
    const gap = pull.pictures[count]!.time - pull.pictures[count - 1]!.time;
    expect(gap).toBeGreaterThan(2900);
    expect(pull.details('reconnecting')[0]).toMatch(/^in \d\.\d s: /);
  });

  it('begins with the first viewer, and rests a while after the last', { timeout: 15_000 }, async () => {
    await using camera = await ScriptedCamera.start();
    await using pull = new TestPull({}, { demandLinger: 1000 });
    const ingest = await pull.add({ url: camera.url, on_demand: true });
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(camera.connections).toBe(0);
    expect(ingest.status.state).toBe('waiting');
    for (let times = 1; times <= 2; times++) {
      const [stream, same] = await Promise.all(['a', 'b'].map(() => pull.orchestrator.openStream('cam1')));
      expect(stream).toBe(same);
      expect(camera.connections).toBe(times);
      expect(ingest.status.state).toBe('connected');
      await until(() => camera.sessions === 0, 'the camera is left alone', 6000);
      expect(ingest.status.state).toBe('waiting');
      expect(stream?.state).toBe('ended');
    }
    expect(pull.steps.filter(step => step.endsWith('wanted'))).toEqual([
      ...['wanted', 'unwanted', 'wanted', 'unwanted'],
    ]);
    expect(camera.methods().filter(method => method === 'TEARDOWN')).toHaveLength(2);
  });

  it('goes where the stream has moved', async () => {
    await using camera = await ScriptedCamera.start({ path: '/new' });
    await using old = await ScriptedCamera.start({
      answer: (request, conn) => {
        conn.respond(request, request.method === 'DESCRIBE' ? 302 : 200, { Location: camera.url });
        return true;
      },
    });
    await using pull = new TestPull();
    await pull.watch({ url: old.url });
    await pull.untilPictures(5);
    expect(pull.details('moved')).toEqual([`to ${camera.url}`]);
  });

  it('does not follow a circle', async () => {
    await using camera = await ScriptedCamera.start({
      answer: (request, conn) => {
        conn.respond(request, 302, { Location: camera.url });
        return true;
      },
    });
    await using pull = new TestPull();
    const ingest = await pull.add({ url: camera.url });
    await until(() => ingest.status.state === 'retrying', 'it gives up');
    expect(camera.connections).toBe(4);
  });

  it('starts many one after the other', async () => {
    await using camera = await ScriptedCamera.start({ transports: ['tcp'] });
    await using pull = new TestPull();
    const ids = ['a', 'b', 'c', 'd', 'e'];
    for (const id of ids) await pull.add({ url: camera.url, transport: 'tcp' }, id);
    await new Promise(resolve => setTimeout(resolve, 350));
    expect(camera.connections).toBe(2);
    await until(() => camera.sessions === ids.length, 'all are there');
  });

  it('has one receiver of each kind, and notes what it leaves out', async () => {
    const others = [
      ...['m=application 0 RTP/AVP 107', 'a=rtpmap:107 vnd.onvif.metadata/90000', 'a=control:track3'],
      ...['m=audio 0 RTP/AVP 0', 'a=sendonly', 'a=control:track4'],
      ...['m=video 0 RTP/AVP 98', 'a=rtpmap:98 H265/90000', 'a=control:track5'],
    ];
    await using camera = await ScriptedCamera.start({ others });
    await using pull = new TestPull();
    await pull.watch({ url: camera.url, transport: 'tcp' });
    await pull.untilPictures(5);
    const entries = pull.orchestrator.getIngest('cam1')?.history?.entries ?? [];
    const leftOut = entries.filter(({ step }) => step === 'left-out');
    expect(leftOut.reduce((sum, { count }) => sum + count, 0)).toBe(3);
    expect(leftOut[0]!.detail).toContain('onvif.metadata');
    expect(camera.methods().filter(method => method === 'SETUP')).toHaveLength(1);
  });

  it.each([
    ['nothing that can be received', { video: ['a=rtpmap:96 VP8/90000'] }, /Nothing of it can be received/],
    ['no such stream', { answer: answering(404) }, /answers DESCRIBE with 404 Not Found/],
    ['no track', { trackUrl: () => 'rtsp://elsewhere/' }, /answers SETUP with 404/],
    ['no transport', { transports: [] }, /answers SETUP with 461/],
  ])('says what is wrong with %s', async (_what, script, message) => {
    await using camera = await ScriptedCamera.start(script);
    await using pull = new TestPull();
    const ingest = await pull.add({ url: camera.url });
    await until(() => ingest.status.state === 'retrying', 'it gives up this attempt');
    expect(ingest.status.lastError).toMatch(message);
  });

  it('survives a server that talks nonsense', async () => {
    const answers = [
      Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'),
      Buffer.alloc(200_000, 0xff),
      Buffer.from(`RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 99999999\r\n\r\n`),
      Buffer.alloc(0),
    ];
    for (const answer of answers) {
      await using pull = new TestPull();
      const server = createServer((socket: Socket) => {
        socket.on('error', () => {});
        socket.end(answer);
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const ingest = await pull.add({ url: `rtsp://127.0.0.1:${port}/` });
      await until(() => ingest.status.state === 'retrying', 'it gives up this attempt');
      ingest.close(STOP);
      server.close();
    }
  });
});

describe('a pull from a camera with a password', () => {
  it.each([['basic'], ['MD5'], ['SHA-256']] as const)('answers %s', async scheme => {
    await using camera = await ScriptedCamera.start({ password: CREDENTIALS, schemes: [scheme] });
    await using pull = new TestPull();
    const source = { url: camera.url, username: CREDENTIALS.user, password: CREDENTIALS.password };
    const ingest = await pull.watch(source);
    await pull.untilPictures(5);
    const shown = JSON.stringify([ingest.status, ingest.sourceUrl, ingest.history?.entries]);
    expect(shown).not.toMatch(/pa:ss|admin|pa%3A/);
    expect(pull.orchestrator.getStreamStatus('cam1')?.publisher?.peer).toBe(camera.url);
  });

  it('takes user and password from the URL, as people write them', async () => {
    await using camera = await ScriptedCamera.start({ password: CREDENTIALS });
    await using pull = new TestPull();
    const { user, password } = CREDENTIALS;
    await pull.watch({ url: camera.url.replace('//', `//${user}:${password}@`) });
    await pull.untilPictures(5);
    expect(pull.orchestrator.getIngest('cam1')?.sourceUrl).toBe(camera.url);
  });

  it('stops for good when it was refused three times', { timeout: 15_000 }, async () => {
    await using camera = await ScriptedCamera.start({ password: CREDENTIALS });
    await using pull = new TestPull();
    const source = { url: camera.url, username: 'admin', password: 'wrong' };
    const ingest = await pull.add(source);
    await until(() => ingest.status.state === 'closed', 'it stops', 8000);
    expect(ingest.status).toMatchObject({ attempts: 3, nextAttemptAt: undefined });
    expect(ingest.status.lastError).toMatch(/does not accept .* not tried again/);
    const authorized = camera.requests.filter(({ headers }) => headers.get('Authorization') !== undefined);
    expect(authorized).toHaveLength(3);
    expect(pull.steps).toEqual(expect.arrayContaining(['authentication-refused', 'given-up']));
    await expect(pull.orchestrator.openStream('cam1')).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
    pull.orchestrator.stopStream('cam1', STOP);
    await pull.watch({ ...source, password: CREDENTIALS.password });
    await pull.untilPictures(5);
  });

  it('says that a password is wanted', async () => {
    await using camera = await ScriptedCamera.start({ password: CREDENTIALS });
    await using pull = new TestPull();
    const ingest = await pull.add({ url: camera.url });
    await until(() => ingest.status.state === 'retrying', 'it is refused');
    expect(ingest.status.lastError).toBe(`${camera.url} wants a user name and a password.`);
  });
});

function answering(status: number) {
  return (...[request, conn]: Parameters<NonNullable<ScriptedCamera['script']['answer']>>): boolean => {
    conn.respond(request, status);
    return true;
  };
}
