import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Asset } from './page.ts';
import { TestApi } from './test-support.ts';

const HTML = { type: 'text/html; charset=utf-8', body: Buffer.from('<p>page {{nonce}}</p>') };
const SCRIPT = {
  type: 'text/javascript; charset=utf-8',
  body: Buffer.from('plain'),
  compressed: { br: Buffer.from('brotli'), gzip: Buffer.from('zipped') },
  immutable: true,
};
const PAGE = new Map<string, Asset>([
  ['/', HTML],
  ['/embed/*', HTML],
  ['/assets/app-1a2b.js', SCRIPT],
  ['/icon.svg', { type: 'image/svg+xml', body: Buffer.from('<svg/>') }],
]);

describe('the API and strangers', () => {
  let api: TestApi;
  const lines: string[] = [];

  beforeEach(async () => {
    lines.length = 0;
    const logger = pino({ level: 'debug' }, { write: line => lines.push(line) });
    api = await TestApi.start({ assets: PAGE, logger });
  });
  afterEach(() => api.stop());

  it.each([
    'evil.example/path',
    'evil.example@other',
    'a b',
    'x"><script>',
    'host:99999999',
    '[::1',
    '[zz]',
    '..',
    '-host',
    `${'a'.repeat(300)}.example`,
  ])('puts the Host header %s into no address', async host => {
    await api.publish('cam1');
    for (const url of ['/api/v1/streams/cam1/play', '/flv/cam1.flv', '/']) {
      const answer = await api.get(url, { host });
      expect(answer.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
      expect(answer.headers.location).toBeUndefined();
    }
  });

  it.each(['cam.example', 'cam.example:8080', '10.0.0.1:1', 'my_host', '[2001:db8::1]:8080'])(
    'knows the host %s',
    async host => {
      const answer = await api.get('/hls/cam1/index.m3u8?token=a%26b', { host });
      expect(answer.statusCode).toBe(307);
      const name = host.replace(/:\d+$/, '');
      expect(answer.headers.location).toBe(`http://${name}:8081/hls/cam1/index.m3u8?token=a%26b`);
    },
  );

  it('sends media requests to the media port, those of other sites too', async () => {
    for (const path of [
      '/flv/cam1.flv',
      '/hls/cam1/segment_3.ts',
      '/live/a.live.flv',
      '/live/a/index.m3u8',
    ]) {
      const answer = await api.get(path);
      expect(answer.headers.location).toBe(`http://cam.example:8081${path}`);
      expect(answer.headers['access-control-allow-origin']).toBe('*');
    }
    expect((await api.get('/live/a.mp4')).json().code).toBe('ROUTE_NOT_FOUND');
    const preflight = await api.app.inject({
      method: 'OPTIONS',
      url: '/flv/cam1.flv',
      headers: { origin: 'https://elsewhere.example', 'access-control-request-method': 'GET' },
    });
    expect(preflight.statusCode).toBe(204);
    expect(preflight.headers['access-control-allow-methods']).toBe('GET, HEAD, OPTIONS');
  });

  it('lets no other site read or change anything through a browser', async () => {
    await api.publish('cam1');
    const read = await api.get('/api/v1/streams', { origin: 'https://elsewhere.example' });
    expect(read.headers['access-control-allow-origin']).toBeUndefined();
    for (const origin of ['https://elsewhere.example', 'null', 'http://cam.example:9999']) {
      const stop = await api.post('/api/v1/streams/cam1/stop', undefined, { origin });
      expect(stop.json()).toMatchObject({ status: 403, code: 'NOT_ALLOWED' });
    }
    expect(api.orchestrator.getStreamStatus('cam1')?.state).toBe('live');
    const own = await api.post('/api/v1/streams/cam1/stop', undefined, { origin: 'http://cam.example:8080' });
    expect(own.statusCode).toBe(204);
  });

  it('gives the page a policy without inline scripts that knows the media port', async () => {
    const page = await api.get('/');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("connect-src 'self' http://cam.example:8081 ws://cam.example:8081");
    expect(policy).toContain("media-src 'self' blob: http://cam.example:8081");
    expect(policy).not.toContain('unsafe');
    const data = await api.get('/api/v1/streams');
    expect(data.headers).toMatchObject({
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'private, no-cache',
    });
    expect((await api.get('/api/v1/nothing')).headers['cache-control']).toBe('no-store');
  });

  it('lets no other site show the page in a frame, except for the player that is meant for it', async () => {
    const policyOf = async (path: string) => String((await api.get(path)).headers['content-security-policy']);
    expect(await policyOf('/')).toContain("frame-ancestors 'none'");
    expect(await policyOf('/embed/cam1')).toContain('frame-ancestors *');
  });

  it('gives each page a word of its own for its styles, in the page and in the policy', async () => {
    const words = new Set<string>();
    for (const path of ['/', '/', '/embed/cam1']) {
      const page = await api.get(path);
      const word = /<p>page (.+)<\/p>/.exec(page.body)?.[1] ?? '';
      expect(word).toMatch(/^[\w-]{20,}$/);
      expect(page.headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${word}'`);
      words.add(word);
    }
    expect(words.size).toBe(3);
    expect((await api.get('/')).headers['cache-control']).toBe('no-cache');
  });

  it('has files with hashed names kept for ever, and asked for others', async () => {
    const kept = await api.get('/assets/app-1a2b.js');
    expect(kept.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    const asked = await api.get('/icon.svg');
    expect(asked.headers['cache-control']).toBe('no-cache');
    const again = await api.get('/icon.svg', { 'if-none-match': String(asked.headers.etag) });
    expect(again.statusCode).toBe(304);
    expect(again.body).toBe('');
  });

  it.each([
    ['gzip, deflate, br', 'br', 'brotli'],
    ['gzip', 'gzip', 'zipped'],
    ['identity', undefined, 'plain'],
  ])('answers a browser that takes %s', async (accepted, encoding, body) => {
    const answer = await api.get('/assets/app-1a2b.js', { 'accept-encoding': accepted });
    expect(answer.headers['content-encoding']).toBe(encoding);
    expect(answer.headers.vary).toBe('Accept-Encoding');
    expect(answer.body).toBe(body);
  });

  it('writes no token into the log', async () => {
    await api.get('/flv/cam1.flv?token=hush-hush');
    await api.get('/nothing?token=hush-hush');
    await api.post('/api/v1/streams/ingest?token=hush-hush', {
      protocol: 'rtmp',
      source: { rtmp: { url: 'rtmp://user:hush-hush@camera/live/one?token=hush-hush' } },
    });
    expect(lines.length).toBeGreaterThanOrEqual(3);
    expect(lines.join('')).not.toContain('hush-hush');
  });
});
