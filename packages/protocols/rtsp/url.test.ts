import { FluxError } from '@flux-iot/core/errors/flux-error';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { QUIRKS } from '../camera/quirks.ts';
import { controlUrls, presentationUrl } from './control-url.ts';
import { SEED } from './test-support.ts';
import { parseRtspUrl } from './url.ts';

describe('an address', () => {
  it.each([
    ['rtsp://camera/live', { host: 'camera', port: 554, isTls: false, request: 'rtsp://camera/live' }],
    // No slash is added, and no port.
    ['RTSP://camera', { host: 'camera', port: 554, request: 'rtsp://camera' }],
    ['rtsp://camera:554/', { port: 554, request: 'rtsp://camera:554/' }],
    ['rtsp://camera:/a', { port: 554, request: 'rtsp://camera/a' }],
    ['rtsps://camera/a', { isTls: true, port: 322, request: 'rtsps://camera/a' }],
    ['rtsps://camera:8322/a', { isTls: true, port: 8322 }],
    ['rtsp://10.0.0.9?x=1', { host: '10.0.0.9', request: 'rtsp://10.0.0.9?x=1' }],
    ['rtsp://[::1]:8554/a', { host: '::1', port: 8554, request: 'rtsp://[::1]:8554/a' }],
    ['rtsp://[fe80::1%25eth0]/a', { host: 'fe80::1%eth0', port: 554, request: 'rtsp://[fe80::1]/a' }],
    ['rtsp://[fe80::1%eth0]/a', { host: 'fe80::1%eth0', request: 'rtsp://[fe80::1]/a' }],
    ['rtsp://u:p@[::ffff:10.0.0.9]/a', { host: '::ffff:10.0.0.9', user: 'u', password: 'p' }],
    [
      'rtsp://10.0.0.9/cam/realmonitor?channel=1&subtype=0#x',
      { request: 'rtsp://10.0.0.9/cam/realmonitor?channel=1&subtype=0#x' },
    ],
    // What would break the request line is escaped, what is merely wrong is not.
    [
      'rtsp://h/a b/摄像{1}|"x"?q=ü%20%zz',
      { request: 'rtsp://h/a%20b/%E6%91%84%E5%83%8F{1}|"x"?q=%C3%BC%20%zz' },
    ],
    ['rtsp://h/a\r\nSETUP', { request: 'rtsp://h/a%0D%0ASETUP' }],
    ['rtsp://h/\ud800', { request: 'rtsp://h/%EF%BF%BD' }],
    ['rtsp://h/mail@example', { host: 'h', user: undefined, request: 'rtsp://h/mail@example' }],
    ['rtsp://h:554/mail@example', { host: 'h', port: 554, user: undefined }],
  ])('%s', (text, expected) => {
    expect(parseRtspUrl(text)).toMatchObject(expected);
  });

  it.each([
    ['admin:secret', 'admin', 'secret'],
    ['admin', 'admin', ''],
    ['admin:', 'admin', ''],
    [':secret', '', 'secret'],
    ['admin:p@ss:w@rd', 'admin', 'p@ss:w@rd'],
    ['a%40b:p%2Fq%3Fr%23s', 'a@b', 'p/q?r#s'],
    ['admin:100%', 'admin', '100%'],
    ['admin:%zz%41%e6', 'admin', '%zzA%e6'],
    ['admin:%E5%AF%86码', 'admin', '密码'],
    ['admin:p/w', 'admin', 'p/w'],
    ['admin:p/w?x#y', 'admin', 'p/w?x#y'],
    ['admin:@/@', 'admin', '@/@'],
    ['admin:12#34', 'admin', '12#34'],
    ['admin:12?34', 'admin', '12?34'],
    ['ad min:p w"<>', 'ad min', 'p w"<>'],
  ])('with the user and password %s', (userInfo, user, password) => {
    for (const host of ['10.0.0.9', 'camera:8554', '[::1]:554']) {
      const url = parseRtspUrl(`rtsp://${userInfo}@${host}/live@home/1?a=b@c`);
      expect(url).toMatchObject({ user, password, request: `rtsp://${host}/live@home/1?a=b@c` });
      expect(url.shown).toBe(`rtsp://${host}/live@home/1`);
    }
  });

  it.each([
    '',
    'rtsp:',
    'rtsp://',
    'rtsp:///a',
    'rtsp://:554/a',
    'http://h/a',
    'rtspu://h/a',
    ' rtsp://h/a',
    'rtsp://h:0/a',
    'rtsp://h:65536/a',
    'rtsp://h:99999999999999999999/a',
    'rtsp://h:x/a',
    'rtsp://[::1/a',
    'rtsp://[1.2.3.4]/a',
    'rtsp://[]/a',
    'rtsp://a b/c',
    'rtsp://a%00b/c',
    'rtsp://u:p@/a',
    'rtsp://::1/a',
    `rtsp://${'h'.repeat(254)}/a`,
    `rtsp://h/${'a'.repeat(5000)}`,
  ])('%j is none', text => {
    expect(() => parseRtspUrl(text)).toThrow(
      expect.objectContaining({ name: 'FluxError', code: 'URL_INVALID' }),
    );
  });

  it.each([
    [
      'rtsp://h/cam/realmonitor?channel=3&subtype=1&unicast=true',
      'rtsp://h/cam/realmonitor?channel=3&subtype=1&unicast=true',
    ],
    ['rtsp://h/a?channel=3&token=abc&key=1&sid=2', 'rtsp://h/a?channel=3'],
    ['rtsp://h/a?profile=Profile_1&channel=eyJhbGciOiJIUzI1NiJ9', 'rtsp://h/a?profile=Profile_1'],
    [
      'rtsp://h/user=admin_password=tlJwpbo6_channel=1_stream=0.sdp?real_stream',
      'rtsp://h/user=***_password=***_channel=1_stream=0.sdp',
    ],
    ['rtsp://h/user=admin&password=a_b&channel=1', 'rtsp://h/user=***&password=***&channel=1'],
    ['rtsp://h/a/token%3Dabc/b', 'rtsp://h/a/token%3D***/b'],
  ])('%s is shown as %s', (text, shown) => {
    expect(parseRtspUrl(text).shown).toBe(shown);
  });

  it('of any user, password and host is taken apart as it was put together', () => {
    const secret = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter(text => text.isWellFormed());
    const host = fc.constantFrom('10.0.0.9', 'camera.example:8554', '[fe80::1]:554');
    const path = fc.constantFrom('', '/', '/live/1', '/a@b?c=d@e');
    const property = fc.property(secret, secret, host, path, (user, password, place, rest) => {
      const userInfo = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
      const url = parseRtspUrl(`rtsp://${userInfo}@${place}${rest}`);
      expect(url).toMatchObject({ user, password, request: `rtsp://${place}${rest}` });
      expect(url.shown).not.toContain('@10.0.0.9');
    });
    fc.assert(property, { seed: SEED });
  });

  it('of any other kind is taken or refused, and never breaks a request line', () => {
    const pieces = [
      'rtsp://',
      '@',
      ':',
      '/',
      '?',
      '#',
      '[',
      ']',
      '::1',
      'host',
      '554',
      '%',
      '\r\n',
      ' ',
      '密',
    ];
    const text = fc
      .array(fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 3 })), {
        maxLength: 12,
      })
      .map(parts => `rtsp://${parts.join('')}`);
    const property = fc.property(text, value => {
      try {
        const url = parseRtspUrl(value);
        expect(url.request).toMatch(/^rtsps?:\/\/[!-~]+$/);
        expect(url.shown).toMatch(/^rtsps?:\/\/[!-~]+$/);
      } catch (error) {
        if (!(error instanceof FluxError)) throw error;
      }
    });
    fc.assert(property, { seed: SEED, numRuns: 3000 });
  });
});

describe('the URL of a presentation', () => {
  const request = 'rtsp://cam:554/a?x=1';

  it.each([
    ['what was asked for', {}, request],
    ['Content-Base', { contentBase: ' rtsp://cam/a/ ', contentLocation: 'rtsp://cam/b' }, 'rtsp://cam/a/'],
    ['Content-Location', { contentBase: '', contentLocation: 'rtsp://cam/b' }, 'rtsp://cam/b'],
    ['of the session', { contentBase: 'rtsp://cam/a/', sessionControl: 'rtsp://cam/s?y' }, 'rtsp://cam/s?y'],
    [
      'not that of a session that says *',
      { contentBase: 'rtsp://cam/a/', sessionControl: '*' },
      'rtsp://cam/a/',
    ],
    [
      'without its scheme (Anjvision)',
      { contentBase: '192.168.1.10:554/stream0/' },
      'rtsp://192.168.1.10:554/stream0/',
    ],
    ['without scheme and port', { contentBase: '192.168.1.10/s' }, 'rtsp://192.168.1.10/s'],
    ['with two schemes (Icamra)', { contentBase: 'rtsp://rtsp://cam.lan:554/1/' }, 'rtsp://cam.lan:554/1/'],
    ['without brackets', { contentBase: 'rtsp://::ffff:10.0.0.9/o/' }, 'rtsp://[::ffff:10.0.0.9]/o/'],
    [
      'without brackets before a port',
      { contentBase: 'rtsp://fe80::1:2:3:4:5:6:554/o' },
      'rtsp://[fe80::1:2:3:4:5:6]:554/o',
    ],
    ['as a path', { contentBase: '/stream1/' }, 'rtsp://cam:554/stream1/'],
    ['of nonsense', { contentBase: 'stream', contentLocation: '*' }, request],
  ])('is %s', (_name, given, expected) => {
    expect(presentationUrl({ request, ...given })).toBe(expected);
  });
});

describe('the URL of a track', () => {
  it.each([
    // Dahua: the query is part of the base, with a slash behind it.
    [
      'rtsp://h/cam/realmonitor?channel=1&subtype=0/',
      'trackID=0',
      'rtsp://h/cam/realmonitor?channel=1&subtype=0/trackID=0',
    ],
    // GW Security: no slash behind it.
    ['rtsp://h:5050/H264?channel=1&subtype=0', 'video', 'rtsp://h:5050/H264?channel=1&subtype=0/video'],
    ['rtsp://h/live/', 'track1', 'rtsp://h/live/track1'],
    ['rtsp://h/live', 'track1', 'rtsp://h/live/track1'],
    ['rtsp://h/live', '/track1', 'rtsp://h/live/track1'],
    ['rtsp://h', 'track1', 'rtsp://h/track1'],
    ['rtsp://h/dss?token=1', '?trackID=0', 'rtsp://h/dss?token=1?trackID=0'],
    // Hikvision, Axis: absolute, with a query of their own.
    [
      'rtsp://h/axis-media/media.amp?videocodec=h264',
      'rtsp://h/axis-media/media.amp/stream=0?videocodec=h264',
      'rtsp://h/axis-media/media.amp/stream=0?videocodec=h264',
    ],
    ['rtsp://h/a', 'rtsp://rtsp://h/b', 'rtsp://h/b'],
    ['rtsp://h/a?x', '*', 'rtsp://h/a?x'],
    ['rtsp://h/a', ' ', 'rtsp://h/a'],
    ['rtsp://h/a', undefined, 'rtsp://h/a'],
  ])('%s and %s', (base, control, expected) => {
    expect(controlUrls(base, control, 'append')[0]).toBe(expected);
  });

  it('has other forms where a camera does not know the first', () => {
    expect(controlUrls('rtsp://h/a/b?q', 't', 'append')).toEqual([
      'rtsp://h/a/b?q/t',
      'rtsp://h/a/t',
      'rtsp://h/a/b/t?q',
    ]);
    expect(controlUrls('rtsp://h/a/b?q', 't', 'before-query')[0]).toBe('rtsp://h/a/b/t?q');
    expect(controlUrls('rtsp://h/a/b?q', '/t', 'resolve')[0]).toBe('rtsp://h/t');
    expect(controlUrls('rtsp://h/a/b?q', '?t', 'resolve')[0]).toBe('rtsp://h/a/b?t');
    expect(controlUrls('rtsp://h', 't', 'resolve')).toEqual(['rtsp://h/t']);
    expect(controlUrls('rtsp://h/a/', 't', 'resolve')).toEqual(['rtsp://h/a/t']);
    expect(controlUrls('rtsp://h/a/', 'rtsp://x/t', 'resolve')).toEqual(['rtsp://x/t']);
  });

  it('resolves as the platform does for plain paths', () => {
    const segment = fc.stringMatching(/^[a-z0-9=]{1,6}$/);
    const property = fc.property(fc.array(segment), fc.boolean(), segment, (path, hasSlash, control) => {
      const base = `rtsp://host/${path.join('/')}${hasSlash && path.length > 0 ? '/' : ''}`;
      expect(controlUrls(base, control, 'resolve')[0]).toBe(new URL(control, base).href);
    });
    fc.assert(property, { seed: SEED });
  });

  it('comes of whatever a camera says, in no time', () => {
    const text = fc.string({ unit: 'binary', maxLength: 60 });
    const property = fc.property(
      text,
      text,
      text,
      fc.constantFrom(...QUIRKS.control.values),
      (contentBase, session, control, form) => {
        const base = presentationUrl({ request: 'rtsp://h/a', contentBase, sessionControl: session });
        expect(controlUrls(base, control, form).length).toBeGreaterThan(0);
      },
    );
    fc.assert(property, { seed: SEED, numRuns: 1000 });
    const started = performance.now();
    for (const piece of [':', '1.', 'a:', '/', '?', ' ', 'rtsp://', '::']) {
      const long = piece.repeat(16_000 / piece.length);
      for (const contentBase of [long, `rtsp://${long}`]) {
        const base = presentationUrl({ request: 'rtsp://h/a', contentBase });
        controlUrls(base, long, 'resolve');
      }
    }
    expect(performance.now() - started).toBeLessThan(500);
  });
});
