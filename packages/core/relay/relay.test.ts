import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FluxError } from '../errors/flux-error.ts';
import { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import type { StreamRegistry } from '../orchestrator/stream-registry.ts';
import type { Publication } from '../stream/publication.ts';
import type { StreamSink } from '../stream/sink.ts';
import { AUDIO_TRACK, audio, VIDEO_TRACK, video } from '../stream/test-support.ts';
import { RelayClient } from './relay-client.ts';
import { RelayServer } from './relay-server.ts';

const SECRET = 'only ours know it';
const LIMITS = { maxQueuedBytes: 1_000_000, stallTimeout: 5000 };
/** Milliseconds. */
const BEAT = 50;
const GOODBYE = { code: 'unpublished', message: '' };

function orchestrate(registry?: StreamRegistry): StreamOrchestrator {
  return new StreamOrchestrator({
    stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 },
    flush: { minInterval: 5, maxInterval: 5 },
    turns: { minInterval: 0, maxInterval: 0, maxUnwatchedInterval: 0 },
    maxStreams: 10,
    takeover: false,
    publisherGrace: 1000,
    openTimeout: 500,
    registry,
  });
}

/** An owner and another node that fetches from it, with a real socket between them. */
class Pair {
  readonly folder = mkdtempSync(join(tmpdir(), 'flux-relay-'));
  readonly link = `unix:${join(this.folder, 'owner.sock')}`;
  readonly owner = orchestrate();
  server = this.listen();
  readonly other: StreamOrchestrator;
  readonly owned = new Set<string>();
  secret = SECRET;

  constructor() {
    this.other = orchestrate({
      claim: async id => {
        if (this.owned.has(id)) throw new FluxError('STREAM_BUSY', 'The owner has it.');
      },
      release: () => {},
      ownerOf: id => (this.owned.has(id) ? 'owner' : undefined),
      relay: (_owner, target) =>
        new RelayClient(
          { link: () => this.link, secret: this.secret, member: 'other', openTimeout: 1000, beat: BEAT },
          target,
        ),
    });
  }

  listen(beat = BEAT): RelayServer {
    return new RelayServer({
      address: this.link,
      secret: SECRET,
      limits: LIMITS,
      beat,
      openStream: (id, signal) => this.owner.openOwnStream(id, signal),
      onHttp: socket => socket.destroy(),
      onError: () => {},
    });
  }

  async publish(id = 'cam1'): Promise<Publication> {
    this.owned.add(id);
    const publication = await this.owner.registerStream(id, { protocol: 'test', peer: 'peer', close() {} });
    publication.expect({ video: true, audio: true });
    publication.setTrack(VIDEO_TRACK);
    publication.setTrack(AUDIO_TRACK);
    return publication;
  }

  async close(): Promise<void> {
    this.other.close();
    this.owner.close();
    await this.server.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function recorder(): { events: string[]; sink: StreamSink } {
  const events: string[] = [];
  const sink: StreamSink = {
    onTracks: tracks =>
      events.push(`tracks ${tracks.map(({ id, version }) => `${id}v${version}`).join(' ')}`),
    onSample: sample => {
      if (sample.kind !== 'data')
        events.push(`${sample.data.toString()}@${(sample.dts / 90_000).toFixed(2)}`);
    },
    onDiscontinuity: () => events.push('discontinuity'),
    onEnd: reason => events.push(`end ${reason.code}`),
  };
  return { events, sink };
}

describe('a relay', () => {
  let pair: Pair;

  beforeEach(async () => {
    pair = new Pair();
    await pair.server.start();
  });
  afterEach(() => pair.close());

  it('gives another node the stream from its cached pictures on, times and all', async () => {
    const publication = await pair.publish();
    publication.write(video(10, true, 'I0'));
    publication.write(audio(10.01, 'a0'));
    publication.write(video(10.04, false, 'P1'));
    const stream = await pair.other.openStream('cam1');
    const { events, sink } = recorder();
    stream.addSink(sink);
    publication.write(video(10.08, false, 'P2'));
    await expect
      .poll(() => events)
      .toEqual(['tracks 1v1 2v1', 'I0@10.00', 'a0@10.01', 'P1@10.04', 'P2@10.08']);
    expect(stream.tracks).toEqual([VIDEO_TRACK, AUDIO_TRACK]);
    expect(pair.owner.getStreamStatus('cam1')?.viewers.count).toBe(0);
    expect(pair.other.getStreamStatus('cam1')).toMatchObject({ isRelay: true, protocol: 'relay' });
    publication.close(GOODBYE);
    await expect.poll(() => events.at(-1)).toBe('end unpublished');
    expect(pair.other.findStream('cam1')).toBeUndefined();
  });

  it('fetches once, however many want it', async () => {
    const publication = await pair.publish();
    publication.write(video(0, true, 'I0'));
    publication.write(audio(0, 'a0'));
    const streams = await Promise.all([1, 2, 3].map(() => pair.other.openStream('cam1')));
    expect(new Set(streams).size).toBe(1);
    expect(pair.owner.findStream('cam1')?.viewerCount).toBe(1);
  });

  it('tells of new parameters and of a publisher that came back, and time goes on', async () => {
    const publication = await pair.publish();
    publication.write(video(0, true, 'I0'));
    publication.write(audio(0, 'a0'));
    const stream = await pair.other.openStream('cam1');
    const { events, sink } = recorder();
    stream.addSink(sink);
    publication.setTrack({ ...VIDEO_TRACK, version: 2, width: 320 });
    publication.write(video(1, true, 'I1'));
    await expect.poll(() => events.at(-1)).toBe('I1@1.00');
    expect(events.at(-2)).toBe('tracks 1v2 2v1');
    publication.close({ code: 'publisher-lost', message: '' });
    const again = await pair.publish();
    again.clock.start(0);
    again.write(video(again.clock.offset, true, 'I2'));
    again.write(audio(again.clock.offset, 'a2'));
    await expect.poll(() => events.some(event => event.startsWith('a2@'))).toBe(true);
    expect(events).toContain('discontinuity');
    const times = events.flatMap(event => (/^I\d@(.*)/.exec(event) ? [Number(event.split('@')[1])] : []));
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(times).toHaveLength(3);
  });

  it('comes again where the connection is lost and the owner still has the stream', async () => {
    const publication = await pair.publish();
    publication.write(video(0, true, 'I0'));
    publication.write(audio(0, 'a0'));
    const stream = await pair.other.openStream('cam1');
    const { events, sink } = recorder();
    stream.addSink(sink);
    await pair.server.stop();
    await expect.poll(() => stream.state).toBe('interrupted');
    pair.server = pair.listen();
    await pair.server.start();
    await expect.poll(() => stream.state, { timeout: 5000 }).toBe('live');
    publication.write(video(0.04, false, 'P1'));
    await expect.poll(() => events.at(-1)).toMatch(/^P1@/);
    expect(events).toContain('discontinuity');
  });

  it('stays where the owner has nothing to send', async () => {
    const publication = await pair.publish();
    publication.write(video(1, true, 'I0'));
    publication.write(audio(1, 'a0'));
    const stream = await pair.other.openStream('cam1');
    const { events, sink } = recorder();
    stream.addSink(sink);
    await sleep(8 * BEAT);
    publication.write(video(1.04, false, 'P1'));
    await expect.poll(() => events.at(-1)).toBe('P1@1.04');
    expect(events).not.toContain('discontinuity');
  });

  it('is lost where the owner gives no sign of life, and comes again', async () => {
    await pair.server.stop();
    pair.server = pair.listen(1_000_000);
    await pair.server.start();
    const publication = await pair.publish();
    publication.write(video(1, true, 'I0'));
    publication.write(audio(1, 'a0'));
    const stream = await pair.other.openStream('cam1');
    const { events, sink } = recorder();
    stream.addSink(sink);
    const began = performance.now();
    await expect.poll(() => pair.other.getStreamStatus('cam1')?.state).toBe('interrupted');
    expect(performance.now() - began).toBeLessThan(1000);
    publication.write(video(2, true, 'I1'));
    await expect.poll(() => events.some(event => event.startsWith('I1')), { timeout: 2000 }).toBe(true);
    expect(events).toContain('discontinuity');
    expect(events).not.toContain('end publisher-lost');
  });

  it('is given up where the owner stays away', async () => {
    const publication = await pair.publish();
    publication.write(video(0, true, 'I0'));
    publication.write(audio(0, 'a0'));
    const stream = await pair.other.openStream('cam1');
    const { events, sink } = recorder();
    stream.addSink(sink);
    await pair.server.stop();
    await expect.poll(() => events.at(-1), { timeout: 5000 }).toBe('end publisher-lost');
    expect(pair.other.findStream('cam1')).toBeUndefined();
  });

  it('says what the owner says: nothing there, or nothing yet', async () => {
    pair.owned.add('ghost');
    await expect(pair.other.openStream('ghost')).rejects.toMatchObject({ code: 'STREAM_ENDED' });
    expect(pair.other.findStream('ghost')).toBeUndefined();
    await expect(pair.other.openStream('nobody')).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
  });

  it('does not fetch for a node that does not know the secret, nor answers strangers', async () => {
    const publication = await pair.publish();
    publication.write(video(0, true, 'I0'));
    publication.write(audio(0, 'a0'));
    pair.secret = 'a guess';
    await expect(pair.other.openStream('cam1')).rejects.toMatchObject({ code: 'STREAM_ENDED' });
    expect(pair.owner.findStream('cam1')?.viewerCount).toBe(0);
    const stranger = connect(pair.link.slice('unix:'.length)).resume();
    stranger.on('error', () => {});
    stranger.write('GET / HTTP/1.1\r\n\r\n'.repeat(10));
    await new Promise(resolve => stranger.once('close', resolve));
  });

  it('makes way for a publisher that comes to this node', async () => {
    const publication = await pair.publish();
    publication.write(video(0, true, 'I0'));
    publication.write(audio(0, 'a0'));
    const stream = await pair.other.openStream('cam1');
    await expect(
      pair.other.registerStream('cam1', { protocol: 'test', peer: 'second', close() {} }),
    ).rejects.toMatchObject({ code: 'STREAM_BUSY' });
    expect(stream.state).toBe('live');
    // The owner lost its publisher: who comes here takes the stream over, with the viewers that are here.
    publication.close({ code: 'publisher-lost', message: '' });
    pair.owner.yieldStream('cam1', false);
    pair.owned.delete('cam1');
    const { events, sink } = recorder();
    stream.addSink(sink);
    const second = await pair.other.registerStream('cam1', { protocol: 'test', peer: 'second', close() {} });
    second.clock.start(0);
    second.expect({ video: true, audio: false });
    second.setTrack({ ...VIDEO_TRACK, version: 2 });
    second.write(video(second.clock.offset, true, 'mine'));
    expect(events.at(-1)).toMatch(/^mine@/);
    expect(pair.other.getStreamStatus('cam1')).toMatchObject({ isRelay: false, protocol: 'test' });
  });

  it('is not asked of a node that fetches the stream itself', async () => {
    const publication = await pair.publish();
    publication.write(video(0, true, 'I0'));
    publication.write(audio(0, 'a0'));
    await pair.other.openStream('cam1');
    await expect(pair.other.openOwnStream('cam1')).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
  });
});
