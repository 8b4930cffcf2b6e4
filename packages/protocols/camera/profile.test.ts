import { describe, expect, it } from 'vitest';
import { BUNDLED_PROFILES, PLAIN_PROFILE, ProfileLibrary } from './library.ts';
import { parseProfile } from './profile.ts';
import { NO_QUIRKS, QUIRKS } from './quirks.ts';

const GOOD = `
title = "A camera"
about = "Made up."
[match]
server = ["Camera/1.*"]
[quirks]
keep_alive = "OPTIONS"
session_timeout = 30
user_agent = "LibVLC/3.0.20"
`;

function problems(toml: string, name = 'camera'): readonly string[] {
  try {
    parseProfile(name, toml);
  } catch (error) {
    expect(error).toMatchObject({ name: 'FluxError', code: 'CONFIG_INVALID' });
    const [first, ...rest] = String(error instanceof Error && error.message).split('\n  ');
    expect(first).toBe(`The camera profile ${name} is not valid:`);
    return rest;
  }
  return [];
}

describe('a profile', () => {
  it('has the quirks that it names, and for the rest none', () => {
    expect(parseProfile('camera', GOOD)).toEqual({
      name: 'camera',
      title: 'A camera',
      about: 'Made up.',
      patterns: [{ trait: 'server', text: 'Camera/1.*' }],
      quirks: { ...NO_QUIRKS, keep_alive: 'OPTIONS', session_timeout: 30, user_agent: 'LibVLC/3.0.20' },
    });
  });

  it.each([
    ['title = 1', 'title: 1 is not allowed; allowed: a text'],
    ['about = "x"', 'title: is missing; allowed: a text'],
    ['colour = 1', 'colour: unknown key; allowed here: title, about, match, quirks'],
    ['__proto__ = 1', '__proto__: unknown key; allowed here: title, about, match, quirks'],
    ['match = 1', 'match: 1 is not allowed; allowed: a table'],
    ['match.serve = ["x"]', 'match.serve: unknown key; allowed here: server, user_agent, realm, tool'],
    ['match.server = "x"', 'match.server: "x" is not allowed; allowed: a list of texts'],
    ['match.realm = ["ok", "*"]', 'match.realm[1]: "*" is not allowed; allowed: a text, not of "*" alone'],
    ['match.tool = [[]]', 'match.tool[0]: a list is not allowed; allowed: a text, not of "*" alone'],
    ['quirks = []', 'quirks: is missing; allowed: a table'],
    ['quirks.colour = 1', `quirks.colour: unknown key; allowed here: ${Object.keys(QUIRKS).join(', ')}`],
    ['quirks.ssrc = "many"', 'quirks.ssrc: "many" is not allowed; allowed: one of "one", "any"'],
    ['quirks.ssrc = { any = 1 }', 'quirks.ssrc: a table is not allowed; allowed: one of "one", "any"'],
    [
      'quirks.session_timeout = 3601',
      'quirks.session_timeout: 3601 is not allowed; allowed: a whole number from 0 to 3600',
    ],
    [
      'quirks.session_timeout = 1.5',
      'quirks.session_timeout: 1.5 is not allowed; allowed: a whole number from 0 to 3600',
    ],
    [
      'quirks.user_agent = "a\\r\\nb"',
      'quirks.user_agent: "a\\r\\nb" is not allowed; allowed: up to 128 printable ASCII characters',
    ],
    ['quirks.ssrc =', /^line 1, column \d+: /],
  ])('with %s is refused', (toml, message) => {
    expect(problems(toml)).toContainEqual(expect.stringMatching(typeof message === 'string' ? /./ : message));
    if (typeof message === 'string') expect(problems(toml)).toContain(message);
  });

  it('is refused with all that is wrong at once, and by its name', () => {
    expect(problems('x = 1\n[quirks]\nssrc = 1\ntime = 2')).toHaveLength(5);
    expect(problems(GOOD, 'A Camera')).toEqual([
      'the name of a profile has small letters, digits and hyphens',
    ]);
    expect(problems(`# ${'x'.repeat(70_000)}`)).toEqual(['longer than 65536 characters']);
  });
});

describe('the library', () => {
  const profile = (name: string, match: string) =>
    parseProfile(name, `title = "t"\nabout = "a"\n[match]\n${match}\n[quirks]\n`);
  const library = new ProfileLibrary([
    profile('acme', 'server = ["Acme*"]'),
    profile('acme-two', 'server = ["acme camera/2.*"]\nrealm = ["Acme Two", "* of acme *"]'),
    profile('sender', 'user_agent = ["*Sender"]\ntool = ["LIVE555*v2013*"]'),
    profile('by-hand', ''),
  ]);

  it.each([
    [{ server: 'ACME Camera/1.0' }, 'acme'],
    [{ server: 'Acme Camera/2.1' }, 'acme-two'],
    [{ server: 'x Acme' }, 'plain'],
    [{ realm: 'acme two' }, 'acme-two'],
    [{ realm: 'acme two!' }, 'plain'],
    [{ realm: 'camera of Acme ltd' }, 'acme-two'],
    [{ server: 'Acme', realm: 'camera of acme ltd' }, 'acme-two'],
    [{ userAgent: 'My Sender' }, 'sender'],
    [{ userAgent: 'Sender 2' }, 'plain'],
    [{ tool: 'LIVE555 Streaming Media v2013.04.08' }, 'sender'],
    [{ tool: 'LIVE555v201' }, 'plain'],
    [{ server: undefined, realm: '' }, 'plain'],
    [{}, 'plain'],
  ])('finds for %j the profile %s', (traits, name) => {
    expect(library.match(traits).name).toBe(name);
  });

  it('knows profiles by name', () => {
    expect(library.named('by-hand').title).toBe('t');
    expect(library.named('plain')).toBe(PLAIN_PROFILE);
    expect(() => library.named('other')).toThrow(
      'There is no camera profile "other"; there are: plain, acme, acme-two, sender, by-hand.',
    );
  });

  it('brings profiles that are valid, each with a quirk', () => {
    const bundled = ProfileLibrary.load(BUNDLED_PROFILES);
    expect(bundled.profiles.length).toBeGreaterThan(5);
    for (const { name, quirks } of bundled.profiles)
      if (name !== 'plain') expect(quirks).not.toEqual(NO_QUIRKS);
  });

  it('explains every quirk', () => {
    for (const { about } of Object.values(QUIRKS)) expect(about.length).toBeGreaterThan(20);
  });
});
