import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { SocketIntake } from '@flux-iot/core/socket/socket-intake';
import { StreamHistory } from '@flux-iot/core/stream/history';
import type { Publication } from '@flux-iot/core/stream/publication';
import { describe, expect, it } from 'vitest';
import { RtspConn } from '../conn.ts';
import type { RtspRequest, RtspResponse } from '../message.ts';
import { messagesIn, readAll } from '../test-support.ts';
import { parseRtspUrl } from '../url.ts';
import { PullSession } from './session.ts';
import { PROFILES, until } from './test-support.ts';

const FIXTURES = new URL('../../camera/fixtures/', import.meta.url);
const NAMES = readdirSync(FIXTURES).map(file => file.replace('.txt', ''));

/** What is said on one side of a recorded conversation, without its frames. */
function side(name: string, mark: '>' | '<') {
  const lines = readFileSync(new URL(`${name}.txt`, FIXTURES), 'utf8').split('\n');
  const text = lines
    .filter(line => line.startsWith(mark) && !line.startsWith('< $'))
    .map(line => `${line.slice(2)}\r\n`);
  return messagesIn(readAll([Buffer.from(text.join(''), 'latin1')]));
}

/** Answers as the camera did, whatever the number of the request; to what it was not asked then, just yes. */
class RecordedCamera {
  readonly asked: RtspRequest[] = [];
  readonly expected: readonly RtspRequest[];
  readonly server = createServer(socket => {
    const conn = new RtspConn(socket, 'server', {
      onRequest: request => this.#answer(request, conn),
      onInterleaved: () => {},
      onClose: () => {},
    });
  });
  readonly #responses: readonly RtspResponse[];
  #next = 0;

  constructor(name: string) {
    this.expected = side(name, '>').filter(message => message.kind === 'request');
    this.#responses = side(name, '<').filter(message => message.kind === 'response');
  }

  #answer(request: RtspRequest, conn: RtspConn): void {
    const expected = this.expected[this.#next];
    const number = expected?.headers.get('CSeq');
    const response = this.#responses.find(({ headers }) => headers.get('CSeq') === number);
    if (request.method !== expected?.method || !response) {
      conn.respond(request, 200);
      return;
    }
    this.#next++;
    this.asked.push(request);
    const fields = [...response.headers].filter(([name]) => !/^(?:CSeq|Content-Length)$/i.test(name));
    const values: Record<string, string[]> = {};
    for (const [name, value] of fields) values[name] = [...(values[name] ?? []), value];
    conn.respond(request, response.status, values, response.body);
  }
}

describe.each(NAMES)('the conversation with %s', name => {
  it('goes as it was recorded, up to PLAY', async () => {
    const camera = new RecordedCamera(name);
    camera.server.listen(0, '127.0.0.1');
    await once(camera.server, 'listening');
    const { port } = camera.server.address() as AddressInfo;
    const first = camera.expected.find(({ method }) => method === 'DESCRIBE')!;
    const url = { ...parseRtspUrl(first.uri), host: '127.0.0.1', port };
    const credentials = { user: 'user', password: 'password' };
    const session = new PullSession({
      source: { url, transports: ['tcp'], credentials, isOnDemand: false, profile: PROFILES.named(name) },
      ...{ url, profiles: PROFILES, ports: undefined, verifyTls: true, lower: 'tcp', alternative: undefined },
      ...{ intake: new SocketIntake(), onRead: () => {} },
      times: { firstDatagram: 3000, silence: 10_000 },
      history: new StreamHistory(),
      // Nothing is sent, so nothing is published.
      publish: async () => ({}) as unknown as Publication,
      onMedia: () => {},
    });
    const run = session.run().catch(() => {});
    const isPlayed = () => camera.asked.at(-1)?.method === 'PLAY';
    await until(isPlayed, 'it is asked to play');
    await session.close();
    await run;
    camera.server.close();
    const untilPlay = camera.expected.slice(0, camera.asked.length);
    const lineOf = ({ method, uri }: RtspRequest) => `${method} ${uri}`;
    expect(camera.asked.map(lineOf)).toEqual(untilPlay.map(lineOf));
    for (const [index, { headers }] of untilPlay.entries()) {
      const asked = camera.asked[index]!.headers;
      for (const field of ['Transport', 'Session']) {
        if (headers.get(field) !== undefined) expect(asked.get(field)).toBe(headers.get(field));
      }
    }
  });
});
