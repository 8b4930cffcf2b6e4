import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Authenticator } from '../authentication/client.ts';
import { parseAuthentication } from '../authentication/header.ts';
import { BUNDLED_PROFILES, ProfileLibrary } from '../camera/library.ts';
import { NO_QUIRKS } from '../camera/quirks.ts';
import { controlUrls, presentationUrl } from './control-url.ts';
import { parseMethods } from './headers/methods.ts';
import { parseSession } from './headers/session.ts';
import { parseTransports } from './headers/transport.ts';
import { keepAliveInterval, keepAliveMethod } from './keep-alive.ts';
import type { RtspMessage, RtspRequest, RtspResponse } from './message.ts';
import { writeInterleaved } from './message-writer.ts';
import { readAll, type Unit } from './test-support.ts';

const FIXTURES = new URL('../camera/fixtures/', import.meta.url);

/**
 * A conversation with a camera, of lines behind `>` (ours) and `<` (the camera's). `< $ 0 8060…` is a frame on channel
 * 0; what is behind `#` is for people.
 */
class Conversation {
  readonly requests: readonly RtspRequest[];
  /** What the camera sent, read in the product's way. */
  readonly units: readonly Unit[];

  constructor(name: string) {
    const lines = readFileSync(new URL(`${name}.txt`, FIXTURES), 'utf8').split('\n');
    const side = (mark: string) =>
      Buffer.concat(lines.filter(line => line.startsWith(mark)).map(line => bytesOf(line.slice(2))));
    this.requests = messages(readAll([side('>')])).filter(message => message.kind === 'request');
    this.units = readAll([side('<')], [0, 1]);
  }

  get responses(): readonly RtspResponse[] {
    return messages(this.units).filter(message => message.kind === 'response');
  }

  /** What was asked for by a method, with the answer that was not a refusal, if there is one. */
  exchange(method: string): { readonly request: RtspRequest; readonly response: RtspResponse | undefined } {
    const requests = this.requests.filter(request => request.method === method);
    const request = requests.at(-1)!;
    const sequence = request.headers.get('CSeq');
    const response = this.responses.find(({ headers }) => headers.get('CSeq') === sequence);
    return { request, response };
  }

  get frames() {
    return this.units.flatMap(unit => ('payload' in unit ? [unit] : []));
  }
}

function bytesOf(line: string): Buffer {
  const [, channel, packet] = /^\$ (\d+) ([0-9a-f ]+)$/.exec(line) ?? [];
  if (packet === undefined) return Buffer.from(`${line}\r\n`, 'latin1');
  return writeInterleaved(Number(channel), Buffer.from(packet.replaceAll(' ', ''), 'hex'));
}

function messages(units: readonly Unit[]): RtspMessage[] {
  return units.flatMap(unit => ('message' in unit ? [unit.message] : []));
}

function attributes(sdp: string, name: string): string[] {
  return [...sdp.matchAll(new RegExp(`^a=${name}:(.*)\r$`, 'gm'))].map(([, value = '']) => value);
}

const library = ProfileLibrary.load(BUNDLED_PROFILES);
const profiles = library.profiles.filter(({ name }) => name !== 'plain');

it('each profile has a conversation, and each conversation a profile', () => {
  const fixtures = readdirSync(FIXTURES).map(file => file.replace('.txt', ''));
  expect(fixtures.sort()).toEqual(profiles.map(({ name }) => name).sort());
});

describe.each(profiles)('the profile $name', ({ name, patterns, quirks }) => {
  const conversation = new Conversation(name);
  const describeExchange = conversation.exchange('DESCRIBE');
  const setup = conversation.exchange('SETUP');
  const sdp = describeExchange.response?.body.toString('latin1') ?? '';

  it('is of a camera that is understood', () => {
    expect(conversation.units.filter(unit => 'refused' in unit || 'skipped' in unit)).toEqual([]);
    expect(sdp).toContain('m=video');
    expect(parseTransports(setup.response?.headers.all('Transport') ?? [])).toMatchObject([
      { lower: 'tcp', interleaved: [0, 1] },
    ]);
    expect(parseSession(setup.response?.headers.get('Session'))?.id).toBeTruthy();
  });

  it('is found by what the camera shows, or not at all', () => {
    const found = conversation.responses.map(({ headers }) =>
      library.match({
        server: headers.get('Server'),
        realm: parseAuthentication(headers.all('WWW-Authenticate'))[0]?.parameters.get('realm'),
        tool: attributes(sdp, 'tool')[0],
      }),
    );
    expect(new Set(found.map(profile => profile.name))).toContain(patterns.length > 0 ? name : 'plain');
  });

  it('makes of its answers the URLs that the camera wants', () => {
    const { request, response } = describeExchange;
    const [session, ...media] = sdp.split(/^(?=m=)/m);
    const base = presentationUrl(
      {
        request: request.uri,
        contentBase: response?.headers.get('Content-Base'),
        contentLocation: response?.headers.get('Content-Location'),
        sessionControl: attributes(session ?? '', 'control')[0],
      },
      quirks,
    );
    expect(base).toBe(conversation.exchange('PLAY').request.uri);
    const [control] = attributes(media[0] ?? '', 'control');
    expect(controlUrls(base, control, quirks.control)[0]).toBe(setup.request.uri);
  });

  it('keeps the session alive as the camera wants it', () => {
    const offered = conversation.exchange('OPTIONS').response?.headers.all('Public') ?? [];
    const listed = conversation.responses.flatMap(({ headers }) => headers.all('Public'));
    const method = keepAliveMethod(quirks, parseMethods([...offered, ...listed]));
    const last = conversation.requests.at(-1);
    expect(last?.method).toBe(method);
    expect(last?.uri).toBe(conversation.exchange('PLAY').request.uri);
  });

  it('changes something', () => {
    expect(quirks).not.toEqual(NO_QUIRKS);
  });

  if (quirks.interleaved === 'swapped') {
    it('has RTP on the second channel', () => {
      const kinds = conversation.frames.map(({ channel, payload }) => [channel, payload[1]! & 0x7f]);
      expect(kinds).toEqual([
        [0, 0x48],
        [1, 96],
        [1, 96],
      ]);
    });
  }

  if (quirks.ssrc === 'any') {
    it('has packets of a source that was not announced', () => {
      const [transport] = parseTransports(setup.response?.headers.all('Transport') ?? []);
      const sources = new Set(conversation.frames.map(({ payload }) => payload.readUInt32BE(8)));
      sources.delete(transport!.ssrc!);
      expect(sources.size).toBeGreaterThan(0);
    });
  }

  if (quirks.time === 'arrival') {
    it('has time stamps that go back by hours', () => {
      const stamps = conversation.frames.map(({ payload }) => payload.readUInt32BE(4));
      const steps = stamps.slice(1).map((stamp, index) => (stamp - stamps[index]!) / 90_000);
      expect(Math.min(...steps)).toBeLessThan(-3600);
    });
  }

  if (quirks.authentication !== 'any') {
    it('answers in the one scheme that is taken', () => {
      const only = quirks.authentication === 'basic' ? 'basic' : 'digest';
      const client = new Authenticator({ user: 'user', password: 'password' }, only);
      const offers = conversation.responses.flatMap(({ headers }) => headers.all('WWW-Authenticate'));
      expect(client.challenge(offers)).toBe(true);
      const { request } = describeExchange;
      expect(client.authorize('DESCRIBE', request.uri)).toBe(request.headers.get('Authorization'));
    });
  }

  if (quirks.session_timeout > 0) {
    it('is shorter than the camera says', () => {
      const said = parseSession(setup.response?.headers.get('Session'))?.timeout;
      expect(keepAliveInterval(quirks, said)).toBeLessThan(keepAliveInterval(NO_QUIRKS, said));
    });
  }
});

describe('a session of no quirks', () => {
  it.each([
    [['OPTIONS', 'GET_PARAMETER'], 'GET_PARAMETER'],
    [['OPTIONS', 'SET_PARAMETER'], 'OPTIONS'],
    [[], 'OPTIONS'],
  ])('is kept alive, where Public has %j, by %s', (methods, expected) => {
    expect(keepAliveMethod(NO_QUIRKS, new Set(methods))).toBe(expected);
    expect(keepAliveMethod({ keep_alive: 'none' }, new Set(methods))).toBeUndefined();
  });

  it.each([
    [undefined, 30_000],
    [60, 30_000],
    [20, 10_000],
    [8, 4000],
    [1, 1000],
    [86_400, 30_000],
  ])('is kept alive, where its time-out is %s seconds, every %s milliseconds', (timeout, interval) => {
    expect(keepAliveInterval(NO_QUIRKS, timeout)).toBe(interval);
  });
});
