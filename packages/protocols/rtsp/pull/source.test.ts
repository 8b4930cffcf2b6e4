import { describe, expect, it } from 'vitest';
import { parsePullSource } from './source.ts';
import { PROFILES } from './test-support.ts';

const parse = (
  source: Readonly<Record<string, unknown>>,
  allowed: readonly ('tcp' | 'udp')[] = ['tcp', 'udp'],
) => parsePullSource(source, PROFILES, allowed);

describe('the source of a pull', () => {
  it('is an address, and for the rest what is usual', () => {
    expect(parse({ url: 'rtsp://camera/live' })).toMatchObject({
      url: { host: 'camera', port: 554, request: 'rtsp://camera/live' },
      transports: ['udp', 'tcp'],
      credentials: undefined,
      isOnDemand: false,
      profile: undefined,
    });
  });

  it.each([
    [{ url: 'rtsp://u:p@camera/' }, { user: 'u', password: 'p' }],
    [{ url: 'rtsp://u@camera/' }, { user: 'u', password: '' }],
    [
      { url: 'rtsp://u:p@camera/', username: 'v', password: 'q' },
      { user: 'v', password: 'q' },
    ],
    [
      { url: 'rtsp://u:p@camera/', password: 'q' },
      { user: 'u', password: 'q' },
    ],
    [
      { url: 'rtsp://camera/', username: 'v' },
      { user: 'v', password: '' },
    ],
    [
      { url: 'rtsp://[fe80::1]:8554/a', username: 'ü:@/', password: '"\\' },
      { user: 'ü:@/', password: '"\\' },
    ],
  ])('has of %j the user and the password', (source, credentials) => {
    expect(parse(source).credentials).toEqual(credentials);
  });

  it.each([
    [{ transport: 'auto' }, ['tcp', 'udp'], ['udp', 'tcp']],
    [{ transport: 'tcp' }, ['tcp', 'udp'], ['tcp']],
    [{ transport: 'udp' }, ['udp'], ['udp']],
    [{}, ['tcp'], ['tcp']],
    [{ url: 'rtsps://camera/' }, ['tcp', 'udp'], ['tcp']],
  ] as const)('comes, with %j where %j is allowed, by %j', (source, allowed, transports) => {
    expect(parse({ url: 'rtsp://camera/', ...source }, allowed).transports).toEqual(transports);
  });

  it('may be on demand, and of a kind of camera', () => {
    const source = parse({ url: 'rtsp://camera/', on_demand: true, profile: 'hipcam' });
    expect(source).toMatchObject({ isOnDemand: true, profile: { name: 'hipcam' } });
  });

  it.each([
    [{}, 'REQUEST_INVALID', /url is missing/],
    [{ url: 1 }, 'REQUEST_INVALID', /url is a text/],
    [{ url: 'http://camera/' }, 'URL_INVALID', /rtsp:/],
    [{ url: 'rtsp://camera/', transport: 'sctp' }, 'REQUEST_INVALID', /"auto", "tcp" or "udp"/],
    [{ url: 'rtsps://camera/', transport: 'udp' }, 'REQUEST_INVALID', /by TCP/],
    [{ url: 'rtsp://camera/', on_demand: 'yes' }, 'REQUEST_INVALID', /true or false/],
    [{ url: 'rtsp://camera/', profile: 'none' }, 'REQUEST_INVALID', /no camera profile/],
    [{ url: 'rtsp://camera/', password: 'p' }, 'REQUEST_INVALID', /without username/],
    [{ url: 'rtsp://camera/', passwort: 'p' }, 'REQUEST_INVALID', /passwort is no key/],
  ])('is refused: %j', (source, code, message) => {
    expect(() => parse(source)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('is refused where the configuration does not allow it', () => {
    expect(() => parse({ url: 'rtsp://camera/', transport: 'udp' }, ['tcp'])).toThrow(/by tcp alone/);
  });
});
