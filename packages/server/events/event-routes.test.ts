import { type AddressInfo, connect } from 'node:net';
import type { EventKind } from '@flux-iot/core/control/gateway-event';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestApi } from '../test-support.ts';
import { EventFeed } from './event-feed.ts';

interface Heard {
  readonly id?: string;
  readonly event?: string;
  readonly data?: { type: string; data: Record<string, unknown> };
}

/** Parses what a server sent, as a browser does. */
function parse(text: string): Heard[] {
  return text
    .split('\n\n')
    .slice(0, -1)
    .flatMap(block => {
      const fields = Object.fromEntries(
        block.split('\n').flatMap(line => {
          const colon = line.indexOf(': ');
          return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 2)]] : [];
        }),
      );
      return fields.event ? [{ id: fields.id, event: fields.event, data: JSON.parse(fields.data) }] : [];
    });
}

describe('server-sent events', () => {
  let api: TestApi;
  let events: EventFeed;
  let port: number;
  const open: AbortController[] = [];

  beforeEach(async () => {
    events = new EventFeed();
    api = await TestApi.start({ events });
    await api.app.listen({ host: '127.0.0.1', port: 0 });
    port = (api.app.server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    for (const controller of open.splice(0)) controller.abort();
    await api.stop();
  });

  function tell(kind: EventKind, streamId = 'cam1'): void {
    events.add({ kind, at: 1.7e12, node: 'n', streamId, details: {} });
  }

  async function listen(query = '', lastId?: string) {
    const controller = new AbortController();
    open.push(controller);
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/events${query}`, {
      signal: controller.signal,
      headers: lastId === undefined ? {} : { 'last-event-id': lastId },
    });
    const heard = { text: '', answer, close: () => controller.abort(), isOver: false };
    void (async () => {
      const decoder = new TextDecoder();
      try {
        for await (const part of answer.body ?? []) heard.text += decoder.decode(part, { stream: true });
      } catch {
        // Aborted.
      }
      heard.isOver = true;
    })();
    return heard;
  }

  it('tell what happens to streams, but not of every viewer', async () => {
    const listener = await listen();
    const { answer } = listener;
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    tell('play');
    tell('stream-started');
    tell('stream-closed');
    await expect.poll(() => parse(listener.text).length).toBe(2);
    const [started, ended] = parse(listener.text);
    expect(started).toMatchObject({
      event: 'stream-started',
      data: { type: 'stream-started', data: { node: 'n', stream_id: 'cam1' } },
    });
    expect(ended).toMatchObject({ event: 'stream-ended', data: { type: 'stream-ended' } });
    expect(listener.text).toContain('retry: 2000\n\n');
  });

  it('go on where a client left off', async () => {
    const first = await listen();
    tell('stream-started', 'a');
    await expect.poll(() => parse(first.text).length).toBe(1);
    first.close();
    tell('stream-started', 'b');
    tell('stream-ready', 'b');
    const again = await listen('', parse(first.text)[0]!.id);
    tell('stream-started', 'c');
    await expect.poll(() => parse(again.text).length).toBe(3);
    expect(parse(again.text).map(({ event, data }) => `${event} ${data?.data.stream_id}`)).toEqual([
      'stream-started b',
      'stream-ready b',
      'stream-started c',
    ]);
  });

  it.each(['nonsense', 'abc-5', '', '-', 'x-1e9'])('say that %j cannot be gone on from', async lastId => {
    tell('stream-started', 'a');
    const listener = await listen('', lastId);
    tell('stream-started', 'b');
    await expect.poll(() => parse(listener.text).length).toBeGreaterThanOrEqual(1);
    const names = parse(listener.text).map(({ event }) => event);
    expect(names).toEqual(lastId === '' ? ['stream-started'] : ['reset', 'stream-started']);
  });

  it('say so where more was missed than is kept', async () => {
    const first = await listen();
    tell('stream-started', 'a');
    await expect.poll(() => parse(first.text).length).toBe(1);
    const { id } = parse(first.text)[0]!;
    for (let number = 0; number < 1000; number++) tell('stream-changed', String(number));
    const all = await listen('', id);
    await expect.poll(() => parse(all.text).length).toBe(1000);
    tell('stream-changed', 'one more');
    const late = await listen('', id);
    await expect.poll(() => parse(late.text)[0]?.event).toBe('reset');
  });

  it('can be chosen by type and stream', async () => {
    const listener = await listen('?types=stream-ended,node-online&stream_id=cam2');
    tell('stream-closed', 'cam1');
    tell('stream-started', 'cam2');
    tell('stream-closed', 'cam2');
    await expect.poll(() => parse(listener.text).length).toBe(1);
    const wrong = await api.get('/api/v1/events?types=stream-ended,play');
    expect(wrong.json()).toMatchObject({ status: 400, code: 'REQUEST_INVALID' });
  });

  it('part with a client that does not read, and with those that go', async () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('GET /api/v1/events HTTP/1.1\r\nHost: a\r\n\r\n');
    socket.pause();
    const gone = await listen();
    await expect.poll(() => events.listeners).toBe(2);
    gone.close();
    await expect.poll(() => events.listeners).toBe(1);
    const details = { text: 'x'.repeat(10_000) };
    for (let number = 0; number < 2000 && events.listeners > 0; number++) {
      events.add({ kind: 'alarm', at: 1.7e12, details });
      if (number % 50 === 0) await new Promise(resolve => setTimeout(resolve, 1));
    }
    await expect.poll(() => events.listeners).toBe(0);
    socket.destroy();
  });

  it('are no reason for the server not to stop', async () => {
    const listener = await listen();
    const stopped = api.app.close();
    await expect.poll(() => listener.isOver).toBe(true);
    await stopped;
  });

  it('are limited in number', async () => {
    const subscriptions = Array.from({ length: 500 }, () => events.subscribe(undefined, () => {}));
    const refused = await listen();
    expect(refused.answer.status).toBe(429);
    expect(refused.answer.headers.get('retry-after')).toBe('10');
    for (const { end } of subscriptions) end();
  });
});
