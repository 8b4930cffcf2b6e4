import { describe, expect, it } from 'vitest';
import { ProfileLibrary } from '../../camera/library.ts';
import { parseProfile } from '../../camera/profile.ts';
import { type CameraScript, ScriptedCamera } from './test-camera.ts';
import { inARow, PROFILES, TestPull, until } from './test-support.ts';

const BASES: [what: string, script: CameraScript][] = [
  ['a relative control', {}],
  [
    'no Content-Base but a slash behind the path',
    { path: '/stream/', trackUrl: origin => `${origin}/stream/track1` },
  ],
  [
    'a Content-Base without a slash',
    {
      headers: origin => ({ 'Content-Base': `${origin}/media` }),
      trackUrl: origin => `${origin}/media/track1`,
    },
  ],
  [
    'a Content-Base of a path alone',
    { headers: () => ({ 'Content-Base': '/media/' }), trackUrl: origin => `${origin}/media/track1` },
  ],
  [
    'a Content-Location',
    {
      headers: origin => ({ 'Content-Location': `${origin}/there/` }),
      trackUrl: origin => `${origin}/there/track1`,
    },
  ],
  [
    'a control behind the query',
    { path: '/live?channel=1', trackUrl: origin => `${origin}/live?channel=1/track1` },
  ],
  [
    'a control before the query',
    { path: '/live?channel=1', trackUrl: origin => `${origin}/live/track1?channel=1` },
  ],
  ['a control that replaces the last segment', { path: '/a/b', trackUrl: origin => `${origin}/a/track1` }],
  ['a control of a path', { control: '/other/track1', trackUrl: origin => `${origin}/other/track1` }],
];

describe('a pull from a camera with', () => {
  it.each(BASES)('%s', async (_what, script) => {
    await using camera = await ScriptedCamera.start(script);
    await using pull = new TestPull();
    await pull.watch({ url: camera.url, transport: 'tcp' });
    expect(await pull.untilPictures(5)).toEqual(inARow(0, pull.pictures.length));
  });

  it('an absolute control of another address', async () => {
    const trackUrl = () => 'rtsp://192.168.1.10/track1';
    await using camera = await ScriptedCamera.start({ control: trackUrl(), trackUrl });
    await using pull = new TestPull();
    await pull.watch({ url: camera.url });
    await pull.untilPictures(5);
  });

  it.each(['tcp', 'udp'])('another SSRC than it says, by %s', async transport => {
    await using camera = await ScriptedCamera.start({ announcedSsrc: 'deadbeef' });
    await using pull = new TestPull();
    await pull.watch({ url: camera.url, transport });
    expect(await pull.untilPictures(25)).toEqual(inARow(0, pull.pictures.length));
  });

  it.each(['tcp', 'udp'])('an SSRC that changes with every group of pictures, by %s', async transport => {
    await using camera = await ScriptedCamera.start({ ssrcOf: group => 0xa0c6 + group });
    await using pull = new TestPull();
    await pull.watch({ url: camera.url, transport, profile: 'uniview-changing-ssrc' });
    expect(await pull.untilPictures(35)).toEqual(inARow(0, pull.pictures.length));
    const times = pull.pictures.map(({ time }) => time);
    for (const [index, time] of times.entries()) expect(time - times[0]!).toBeCloseTo(20 * index, 0);
  });

  it('channels that are swapped', async () => {
    await using camera = await ScriptedCamera.start({ isSwapped: true });
    await using pull = new TestPull();
    await pull.watch({ url: camera.url, transport: 'tcp', profile: 'swapped-channels' });
    expect(await pull.untilPictures(25)).toEqual(inARow(0, pull.pictures.length));
  });

  it('junk between its frames', async () => {
    // Such as begins like a frame, too.
    const junk = (index: number) =>
      index % 3 === 1
        ? Buffer.concat([Buffer.from('\r\nxyz'), Buffer.from([0x24, 7, 0xff]), Buffer.alloc(40, 0xaa)])
        : Buffer.alloc(0);
    await using camera = await ScriptedCamera.start({ junk });
    await using pull = new TestPull();
    await pull.watch({ url: camera.url, transport: 'tcp' });
    expect(await pull.untilPictures(30)).toEqual(inARow(0, pull.pictures.length));
    expect(pull.details('junk-skipped').length).toBeGreaterThan(0);
  });

  it.each(['tcp', 'udp'])('no parameter sets in its description, by %s', async transport => {
    await using camera = await ScriptedCamera.start({
      video: ['a=rtpmap:96 H264/90000', 'a=fmtp:96 packetization-mode=1'],
      hasParameterSets: true,
    });
    await using pull = new TestPull();
    await pull.watch({ url: camera.url, transport });
    expect(await pull.untilPictures(25)).toEqual(inARow(0, pull.pictures.length));
    expect(pull.orchestrator.getStreamStatus('cam1')?.tracks).toMatchObject([{ width: 640, height: 360 }]);
  });

  it('a session that is soon over without a sign of life', { timeout: 15_000 }, async () => {
    const publicMethods = 'OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER';
    await using camera = await ScriptedCamera.start({ timeout: 2, publicMethods });
    await using pull = new TestPull();
    const ingest = await pull.watch({ url: camera.url, transport: 'udp' });
    await new Promise(resolve => setTimeout(resolve, 4500));
    expect(ingest.status).toMatchObject({ state: 'connected', attempts: 1 });
    const signs = camera.requests.filter(({ method }) => method === 'GET_PARAMETER');
    expect(signs.length).toBeGreaterThan(2);
    expect(signs[0]).toMatchObject({ uri: camera.url });
    expect(signs[0]!.headers.get('Session')).toBe('4711');
  });

  it('methods in Public that it does not know', { timeout: 15_000 }, async () => {
    await using camera = await ScriptedCamera.start({
      timeout: 2,
      publicMethods: 'OPTIONS, GET_PARAMETER',
      unknown: ['GET_PARAMETER'],
    });
    await using pull = new TestPull();
    const ingest = await pull.watch({ url: camera.url, transport: 'tcp' });
    await until(
      () => camera.methods().filter(method => method === 'OPTIONS').length > 2,
      'it goes on with OPTIONS',
    );
    expect(camera.methods().filter(method => method === 'GET_PARAMETER')).toHaveLength(1);
    expect(pull.details('keep-alive-lost')).toEqual(['GET_PARAMETER is answered with 501']);
    expect(ingest.status.attempts).toBe(1);
  });

  it('one transport alone, whatever it agrees to', async () => {
    await using camera = await ScriptedCamera.start({ transports: ['tcp', 'silent-udp'], server: 'Acme/1' });
    const acme = parseProfile(
      'acme',
      'title = "t"\nabout = "a"\n[match]\nserver = ["Acme/*"]\n[quirks]\ntransport = "tcp"',
    );
    const profiles = new ProfileLibrary([...PROFILES.profiles, acme]);
    await using pull = new TestPull({ profiles });
    await pull.watch({ url: camera.url });
    await pull.untilPictures(5);
    expect(pull.details('fell-back')).toEqual(['to TCP: Cameras like this one send by TCP alone.']);
    expect(pull.details('described').at(-1)).toBe('h264; profile acme');
  });

  it('a Range that it does not take', async () => {
    let refused = 0;
    await using camera = await ScriptedCamera.start({
      answer: (request, conn) => {
        if (request.method !== 'PLAY' || request.headers.get('Range') === undefined) return false;
        refused++;
        conn.respond(request, 457);
        return true;
      },
    });
    await using pull = new TestPull();
    await pull.watch({ url: camera.url });
    await pull.untilPictures(5);
    expect(refused).toBe(1);
  });

  it('a goodbye of its own', async () => {
    let hasEnded = false;
    await using camera = await ScriptedCamera.start({
      answer: (request, conn) => {
        if (request.method === 'PLAY' && !hasEnded) {
          hasEnded = true;
          // The connection may be closed before the answer is read.
          setTimeout(() => void conn.request('TEARDOWN', camera.url).catch(() => {}), 200);
        }
        return false;
      },
    });
    await using pull = new TestPull();
    const ingest = await pull.watch({ url: camera.url, transport: 'tcp' });
    await until(() => ingest.status.state === 'retrying', 'it is over');
    expect(ingest.status.lastError).toBe(`${camera.url} ended the session.`);
  });
});
