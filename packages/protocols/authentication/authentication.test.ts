import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { goCorpus } from '@flux-iot/media/codec/test-support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Authenticator } from './client.ts';
import { digestResponse, headerText, textOfHeader } from './digest.ts';
import { parseAuthentication, quoted } from './header.ts';
import { type AuthenticationScheme, AuthenticationServer, NONCE_LIFETIME } from './server.ts';

const SEED = 20_263;
const URI = 'rtsp://camera/live';

function parsed(...values: string[]) {
  return parseAuthentication(values).map(({ scheme, token, parameters }) => {
    return [scheme, token ?? Object.fromEntries(parameters)];
  });
}

describe('the headers', () => {
  it.each([
    [
      'Hikvision',
      ['Digest realm="b4a38201a73f", nonce="739ee6", stale="FALSE"', 'Basic realm="b4a38201a73f"'],
      [
        ['digest', { realm: 'b4a38201a73f', nonce: '739ee6', stale: 'FALSE' }],
        ['basic', { realm: 'b4a38201a73f' }],
      ],
    ],
    [
      'a server with all in one value',
      ['Basic realm="a, b", Digest realm="c\\"d",nonce="1",, qop="auth,auth-int" ,algorithm=MD5,Negotiate'],
      [
        ['basic', { realm: 'a, b' }],
        ['digest', { realm: 'c"d', nonce: '1', qop: 'auth,auth-int', algorithm: 'MD5' }],
        ['negotiate', {}],
      ],
    ],
    [
      'a camera that knows no quotes and no commas',
      ['digest Realm = IPCam nonce=98481030 stale=,opaque=""'],
      [['digest', { realm: 'IPCam', nonce: '98481030', stale: '', opaque: '' }]],
    ],
    ['a player', ['Basic dXNlcjpwYXNzd29yZA=='], [['basic', 'dXNlcjpwYXNzd29yZA==']]],
    ['a player with a short password', ['Basic YTo='], [['basic', 'YTo=']]],
    ['a quote without an end', ['Digest realm="a'], [['digest', { realm: 'a' }]]],
    ['nobody', ['', ',', '"', '=x', ' \t'], []],
  ])('are understood from %s', (_sender, values, expected) => {
    expect(parsed(...values)).toEqual(expected);
  });

  it('give back what was put in quotes', () => {
    const property = fc.property(fc.string({ unit: 'binary-ascii' }), text => {
      fc.pre(!/[\r\n]/.test(text));
      expect(parsed(`Digest a=1, realm=${quoted(text)}, b=2`)).toEqual([
        ['digest', { a: '1', realm: text, b: '2' }],
      ]);
    });
    fc.assert(property, { seed: SEED });
  });

  it('are understood or not, in a time in proportion to their length', () => {
    const base = 'gortsplib/pkg/headers/testdata/fuzz';
    const folders = ['FuzzAuthenticateUnmarshal', 'FuzzAuthorizationUnmarshal'].map(
      name => `${base}/${name}`,
    );
    const files = { existsSync, readdirSync, readFileSync };
    for (const value of goCorpus(files, ...folders)) parseAuthentication([String(value)]);
    const pieces = ['Digest ', 'realm="a"', 'Basic', '"', ',', '=', '\\', ' ', 'x', 'YTo='];
    const nearly = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 3 })));
    const property = fc.property(nearly, parts => void parseAuthentication([parts.join('')]));
    fc.assert(property, { seed: SEED, numRuns: 3000 });
    const started = performance.now();
    for (const piece of [...pieces, 'a=', 'a b ', 'a="\\"', '= ']) {
      parseAuthentication([piece.repeat(16_000 / piece.length)]);
      parseAuthentication([`Digest a=${piece.repeat(16_000 / piece.length)}`]);
    }
    expect(performance.now() - started).toBeLessThan(1000);
  });
});

describe('the digest', () => {
  const mufasa = { user: 'Mufasa', method: 'GET', uri: '/dir/index.html' };

  it('is that of RFC 7616 §3.9.1', () => {
    const input = {
      ...mufasa,
      password: 'Circle of Life',
      realm: 'http-auth@example.org',
      nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
      protection: { count: '00000001', clientNonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ' },
    };
    expect(digestResponse({ ...input, algorithm: 'MD5' })).toBe('8ca523f5e9506fed4657c9700eebdbec');
    expect(digestResponse({ ...input, algorithm: 'SHA-256' })).toBe(
      '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1',
    );
  });

  it('is that of RFC 2617 §3.5 and, without protection, of RFC 2069 §2.4 as its erratum has it', () => {
    const input = {
      ...mufasa,
      algorithm: 'MD5',
      realm: 'testrealm@host.com',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    } as const;
    const protection = { count: '00000001', clientNonce: '0a4f113b' };
    expect(digestResponse({ ...input, password: 'Circle Of Life', protection })).toBe(
      '6629fae49393a05397450978507c4ef1',
    );
    expect(digestResponse({ ...input, password: 'CircleOfLife' })).toBe('1949323746fe6a43ef61f9606e7febea');
  });

  it('keeps the bytes of what came in a header', () => {
    expect(textOfHeader(headerText('摄像头 ü'))).toBe('摄像头 ü');
    expect(headerText('ü')).toBe('\xc3\xbc');
  });
});

describe('the client', () => {
  const client = (only?: 'basic' | 'digest') =>
    new Authenticator({ user: 'admin', password: 'pä ss"' }, only);

  it('says nothing unasked', () => {
    expect(client().authorize('OPTIONS', URI)).toBeUndefined();
  });

  it.each<[offers: string[], scheme: RegExp]>([
    [['Basic realm="a"'], /^Basic /],
    [['Basic realm="a"', 'Digest realm="a", nonce="1"'], /^Digest .*response="[0-9a-f]{32}"$/],
    [
      ['Digest realm="a", nonce="1"', 'Digest realm="a", nonce="2", algorithm=sha-256', 'Basic realm="a"'],
      /nonce="2".*response="[0-9a-f]{64}", algorithm=SHA-256$/,
    ],
    [['Digest realm="a", nonce="1", algorithm=SHA-512-256', 'Basic realm="a"'], /^Basic /],
    [['Digest realm="a", nonce="1", qop="auth-int"', 'Digest nonce="3"'], /nonce="3"/],
    [['Digest realm="a", nonce="1", qop="auth-int, auth"'], /qop=auth, nc=00000001, cnonce="[0-9a-f]{16}"$/],
    [['Digest realm="a", nonce="1", opaque="x\\"y"'], /opaque="x\\"y"$/],
  ])('answers the strongest that it can of %j', (offers, expected) => {
    const one = client();
    expect(one.challenge(offers)).toBe(true);
    expect(one.authorize('DESCRIBE', URI)).toMatch(expected);
  });

  it('may be told to use one scheme only', () => {
    const both = ['Digest realm="a", nonce="1"', 'Basic realm="a"'];
    const basic = client('basic');
    expect(basic.challenge(both)).toBe(true);
    expect(basic.authorize('PLAY', URI)).toBe(`Basic ${Buffer.from('admin:pä ss"').toString('base64')}`);
    expect(client('digest').challenge(['Basic realm="a"'])).toBe(false);
    expect(client('basic').challenge(['Digest realm="a", nonce="1"'])).toBe(false);
  });

  it('does not go on with a password that is wrong', () => {
    const one = client();
    expect(one.challenge(['Digest realm="a", nonce="1"'])).toBe(true);
    one.authorize('DESCRIBE', URI);
    expect(one.challenge(['Digest realm="a", nonce="2"'])).toBe(false);
    expect(one.realm).toBe('a');
  });

  it('goes on where the nonce was too old, said or not, but not for ever', () => {
    const one = client();
    one.challenge(['Digest realm="a", nonce="1", qop=auth']);
    expect(one.authorize('OPTIONS', URI)).toContain('nc=00000001');
    one.accepted();
    expect(one.authorize('OPTIONS', URI)).toContain('nc=00000002');
    expect(one.challenge(['Digest realm="a", nonce="2", qop=auth'])).toBe(true);
    expect(one.authorize('OPTIONS', URI)).toMatch(/nonce="2".*nc=00000001/);
    expect(one.challenge(['Digest realm="a", nonce="3", stale=TRUE'])).toBe(true);
    expect(one.challenge(['Digest realm="a", nonce="4", stale=true'])).toBe(true);
    expect(one.challenge(['Digest realm="a", nonce="5", stale=true'])).toBe(false);
  });

  it('has nothing to answer where nothing is asked', () => {
    expect(client().challenge([])).toBe(false);
    expect(client().challenge(['Negotiate', 'Digest realm="no nonce"'])).toBe(false);
  });
});

describe('the server', () => {
  const passwords: Readonly<Record<string, string>> = { admin: 'secret', zoë: '密码:"\\' };

  function serverOf(schemes: readonly AuthenticationScheme[], now = () => 0) {
    const passwordOf = async (user: string) => passwords[user];
    return new AuthenticationServer({ realm: 'FLUX "1"', schemes, passwordOf, now });
  }

  async function outcome(
    server: AuthenticationServer,
    client: Authenticator,
    method = 'DESCRIBE',
    uri = URI,
  ) {
    return await server.verify(client.authorize(method, uri), method, uri);
  }

  const offers: (readonly AuthenticationScheme[])[] = [
    ['basic'],
    ['MD5'],
    ['SHA-256'],
    ['SHA-256', 'MD5', 'basic'],
  ];

  it.each(offers)('lets in who knows the password, and nobody else (%s)', async (...schemes) => {
    const server = serverOf(schemes);
    expect(await server.verify(undefined, 'DESCRIBE', URI)).toEqual({ isAllowed: false, isStale: false });
    for (const [user, password] of Object.entries(passwords)) {
      const right = new Authenticator({ user, password });
      expect(right.challenge(server.challenges())).toBe(true);
      expect(await outcome(server, right)).toEqual({ isAllowed: true, user });
      expect(await outcome(server, right, 'SETUP')).toEqual({ isAllowed: true, user });
    }
    for (const wrong of [
      { user: 'admin', password: 'Secret' },
      { user: 'admin', password: '' },
      { user: 'nobody', password: 'secret' },
      { user: '', password: '' },
    ]) {
      const client = new Authenticator(wrong);
      client.challenge(server.challenges());
      expect(await outcome(server, client)).toEqual({ isAllowed: false, isStale: false });
      expect(client.challenge(server.challenges())).toBe(false);
    }
  });

  it('offers each scheme in a header of its own, in the order and form that old clients need', () => {
    const [sha = '', md5 = '', basic] = serverOf(['SHA-256', 'MD5', 'basic']).challenges();
    expect(sha).toMatch(/^Digest realm="FLUX \\"1\\"", nonce="[0-9a-f]{64}", algorithm=SHA-256, qop="auth"$/);
    expect(md5).toMatch(/^Digest realm="FLUX \\"1\\"", nonce="[0-9a-f]{64}", qop="auth"$/);
    expect(basic).toBe('Basic realm="FLUX \\"1\\""');
  });

  it('takes no scheme that it did not offer', async () => {
    const server = serverOf(['SHA-256']);
    expect(await server.verify('Basic YWRtaW46c2VjcmV0', 'PLAY', URI)).toMatchObject({ isAllowed: false });
    const client = new Authenticator({ user: 'admin', password: 'secret' });
    client.challenge(serverOf(['MD5']).challenges());
    expect(await outcome(server, client)).toEqual({ isAllowed: false, isStale: false });
  });

  it('takes the answers of clients that know no protection, as often as they ask', async () => {
    const server = serverOf(['MD5']);
    const [challenge = ''] = server.challenges();
    const client = new Authenticator({ user: 'admin', password: 'secret' });
    client.challenge([challenge.replace(', qop="auth"', '')]);
    for (const method of ['DESCRIBE', 'SETUP', 'SETUP']) {
      expect(client.authorize(method, URI)).not.toContain('qop');
      expect(await outcome(server, client, method)).toMatchObject({ isAllowed: true });
    }
  });

  it('takes an answer for what it was given for', async () => {
    const server = serverOf(['MD5']);
    const client = new Authenticator({ user: 'admin', password: 'secret' });
    client.challenge(server.challenges());
    const answer = client.authorize('DESCRIBE', URI);
    expect(await server.verify(answer, 'SETUP', URI)).toMatchObject({ isAllowed: false });
    expect(await server.verify(answer, 'DESCRIBE', `${URI}2`)).toMatchObject({ isAllowed: false });
    expect(await server.verify(answer, 'DESCRIBE', URI)).toMatchObject({ isAllowed: true });
    const lenient = new AuthenticationServer({
      realm: 'r',
      schemes: ['MD5'],
      passwordOf: () => 'secret',
      isSameUri: (authorized, requested) => requested.startsWith(authorized),
    });
    const other = new Authenticator({ user: 'admin', password: 'secret' });
    other.challenge(lenient.challenges());
    const base = other.authorize('SETUP', URI);
    expect(await lenient.verify(base, 'SETUP', `${URI}/track1`)).toMatchObject({ isAllowed: true });
  });

  it('takes no answer twice where uses are counted', async () => {
    const server = serverOf(['SHA-256']);
    const client = new Authenticator({ user: 'admin', password: 'secret' });
    client.challenge(server.challenges());
    const first = client.authorize('PLAY', URI);
    const second = client.authorize('PLAY', URI);
    expect(await server.verify(second, 'PLAY', URI)).toMatchObject({ isAllowed: true });
    for (const overheard of [first, second])
      expect(await server.verify(overheard, 'PLAY', URI)).toEqual({ isAllowed: false, isStale: true });
  });

  it('lets nonces grow old, and says so to those who know the password', async () => {
    let time = 1000;
    const server = serverOf(['MD5'], () => time);
    const client = new Authenticator({ user: 'admin', password: 'secret' });
    const stranger = new Authenticator({ user: 'admin', password: 'x' });
    client.challenge(server.challenges());
    stranger.challenge(server.challenges());
    time += NONCE_LIFETIME;
    expect(await outcome(server, client)).toMatchObject({ isAllowed: true });
    time++;
    expect(await outcome(server, client)).toEqual({ isAllowed: false, isStale: true });
    expect(await outcome(server, stranger)).toEqual({ isAllowed: false, isStale: false });
    expect(client.challenge(server.challenges(true))).toBe(true);
    expect(await outcome(server, client)).toMatchObject({ isAllowed: true });
    // Nor does one of another server, or of this one before it was restarted, go further.
    const before = new Authenticator({ user: 'admin', password: 'secret' });
    before.challenge(serverOf(['MD5']).challenges());
    expect(await outcome(server, before)).toEqual({ isAllowed: false, isStale: true });
  });

  it('remembers a bounded number of nonces, and takes none that it forgot', async () => {
    let time = 0;
    const server = serverOf(['MD5'], () => time);
    const clients = Array.from({ length: 10_002 }, () => {
      time += 0.001;
      const client = new Authenticator({ user: 'admin', password: 'secret' });
      client.challenge(server.challenges());
      return client;
    });
    for (const client of clients) expect((await outcome(server, client)).isAllowed).toBe(true);
    const [first, second, third] = clients;
    expect(await outcome(server, first!)).toEqual({ isAllowed: false, isStale: true });
    expect(await outcome(server, second!)).toEqual({ isAllowed: false, isStale: true });
    expect(await outcome(server, third!)).toMatchObject({ isAllowed: true });
  });

  it('refuses whatever else comes', async () => {
    const server = serverOf(['MD5', 'basic']);
    const [challenge = ''] = server.challenges();
    const nonce = /nonce="(\w+)"/.exec(challenge)?.[1];
    const good = `username="admin", realm="FLUX \\"1\\"", nonce="${nonce}", uri="${URI}"`;
    const values = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc.string().map(text => `Basic ${Buffer.from(text).toString('base64')}`),
      fc.string().map(text => `Digest ${good}, response="${text}"`),
      fc.string().map(text => `Digest ${good}, qop=auth, nc=${text}, cnonce="x", response="00"`),
      fc.constantFrom(
        'Basic',
        'Basic !',
        'Digest',
        `Digest ${good}`,
        `Digest ${good}, qop=auth-int, response=""`,
      ),
    );
    const property = fc.asyncProperty(values, async value => {
      expect(await server.verify(value, 'PLAY', URI)).toEqual({ isAllowed: false, isStale: false });
    });
    await fc.assert(property, { seed: SEED, numRuns: 500 });
  });
});
