import { EVENT_KINDS } from '@flux-iot/core/control/gateway-event';
import { reportStreams } from '@flux-iot/core/control/stream-events';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TestApi } from '../test-support.ts';
import { hooksPage } from './documentation.ts';
import {
  DECISION_DATA,
  decisionMessage,
  EVENT_DATA,
  eventMessage,
  type Message,
  messageSchema,
} from './payload.ts';

describe('messages', () => {
  let api: TestApi;
  const messages: Message[] = [];

  beforeEach(async () => {
    messages.length = 0;
    api = await TestApi.start();
    reportStreams(api.orchestrator, 'node-1', event => {
      const message = eventMessage(event);
      const schema = messageSchema(event.kind, EVENT_DATA[event.kind]);
      expect([...Value.Errors(schema, message)]).toEqual([]);
      messages.push(message);
    });
  });
  afterEach(() => api.stop());

  it('of a stream fit their schemas, from its first to its last', async () => {
    const publication = await api.publish('acme~cam1');
    const viewer = { id: 'v1', protocol: 'flv', peer: '10.0.0.8:1', since: Date.now(), bytesSent: 7 };
    publication.stream.addViewer(viewer);
    publication.stream.addViewer({ ...viewer, id: 'r1', protocol: 'relay' });
    publication.stream.removeViewer(viewer);
    publication.stream.addViewer({ ...viewer, id: 'v2', protocol: 'hls' });
    publication.close({ code: 'unpublished', message: 'Goodbye.' });
    expect(messages.map(({ type, data }) => [type, data.role ?? data.state ?? data.viewer])).toEqual([
      ['stream-started', undefined],
      ['stream-changed', 'discovering'],
      ['publish', undefined],
      ['stream-changed', 'live'],
      ['stream-ready', undefined],
      ['play', 'v1'],
      ['stop', 'viewer'],
      ['play', 'v2'],
      ['stop', 'publisher'],
      ['stop', 'viewer'],
      ['stream-closed', undefined],
    ]);
    expect(messages.find(({ type }) => type === 'stream-ready')?.data).toMatchObject({
      node: 'node-1',
      stream_id: 'acme~cam1',
      tracks: [{ kind: 'video', codec: 'h264' }, { kind: 'audio' }],
    });
    expect(messages.at(-1)?.data).toMatchObject({ reason: 'unpublished', bytes_in: 3 });
  });

  it('that ask fit theirs', () => {
    const question = { streamId: 'cam1', node: 'n', protocol: 'rtmp', address: '10.0.0.8', token: 't' };
    for (const action of ['publish', 'play'] as const) {
      const message = decisionMessage({ ...question, action }, 1.7e12);
      const kind = `on_${action}` as const;
      expect([...Value.Errors(messageSchema(kind, DECISION_DATA[kind]), message)]).toEqual([]);
    }
  });

  it('are all in the page, whose schemas are JSON', () => {
    const page = hooksPage();
    for (const kind of [...EVENT_KINDS, 'on_publish', 'on_play']) expect(page).toContain(`### ${kind}\n`);
    const blocks = [...page.matchAll(/```json\n([\s\S]*?)\n```/g)];
    expect(blocks.length).toBe(EVENT_KINDS.length + 3);
    for (const [, text = ''] of blocks) expect(JSON.parse(text)).toMatchObject({ type: 'object' });
  });
});
