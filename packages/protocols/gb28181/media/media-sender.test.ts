import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { StreamHistory } from '@flux-iot/core/stream/history';
import type { Publication } from '@flux-iot/core/stream/publication';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { AUDIO_TRACKS, lengthPrefixed, VIDEO_TRACKS } from '@flux-iot/media/format/flv/test-support';
import { AudioSample, VideoSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MediaReceiver } from './media-receiver.ts';
import { MediaSender } from './media-sender.ts';
import type { SendRequest } from './sending.ts';
import { connectTo, LOCAL, listenAt, TestReception, testOrchestrator, until } from './test-support.ts';

const SSRC = 123_456_789;
const { h264 } = VIDEO_TRACKS;
const { g711a, opus } = AUDIO_TRACKS;

let orchestrator: StreamOrchestrator;
let receiver: MediaReceiver;
let sender: MediaSender;

beforeEach(async () => {
  orchestrator = testOrchestrator();
  receiver = new MediaReceiver({ host: LOCAL, port: 0 });
  sender = new MediaSender({ host: LOCAL });
  await receiver.start();
});

afterEach(async () => {
  sender.stop();
  await receiver.stop();
  orchestrator.close();
});

/** Pictures of 100 kB at key frames, and sound. */
class Source {
  readonly pictures: string[] = [];
  readonly sounds: string[] = [];
  readonly publication: Publication;
  readonly #sound: Track;
  #index = 0;

  static async publish(sound: Track = g711a): Promise<Source> {
    const publisher = { protocol: 'test', peer: 'test', close: () => {} };
    const publication = await orchestrator.registerStream('source' as StreamId, publisher);
    publication.expect({ video: true, audio: true });
    publication.setTrack(h264);
    publication.setTrack(sound);
    return new Source(publication, sound);
  }

  private constructor(publication: Publication, sound: Track) {
    this.publication = publication;
    this.#sound = sound;
  }

  write(count: number): void {
    for (const end = this.#index + count; this.#index < end; this.#index++) {
      const time = this.#index * 3600;
      const key = this.#index % 5 === 0;
      const slice = Buffer.alloc(key ? 100_000 : 2000, 1 + (this.#index % 200));
      slice[0] = key ? 0x65 : 0x41;
      slice[1] = 0x88;
      const data = lengthPrefixed(...(key ? [...h264.sps, ...h264.pps] : []), slice);
      const sound = Buffer.alloc(320, 1 + this.#index);
      this.pictures.push(data.toString('hex'));
      this.sounds.push(sound.toString('hex'));
      this.publication.write(VideoSample.fromData(h264.id, time, time, key, data));
      this.publication.write(new AudioSample(this.#sound.id, time, sound));
    }
  }
}

function request(source: Source, options: Pick<SendRequest, 'transport' | 'remote'> & Partial<SendRequest>) {
  const history = new StreamHistory();
  const state = { ended: undefined as string | undefined, history };
  const whole: SendRequest = {
    ...{ stream: source.publication.stream, ssrc: SSRC, history },
    ...options,
    onEnded: reason => {
      state.ended = reason;
    },
  };
  return { state, whole };
}

/** All has come, but perhaps the last picture, which may be whole only when the next one begins. */
async function untilReceived(test: TestReception, source: Source): Promise<void> {
  await until(() => test.sink.pictures.length >= source.pictures.length - 1);
  const { pictures } = test.sink;
  expect(pictures.join()).toBe(source.pictures.slice(0, pictures.length).join());
  const sounds = test.sink.samples.flatMap(({ kind, ...sample }) => (kind === 'audio' ? [sample] : []));
  expect(sounds.length).toBeGreaterThanOrEqual(source.sounds.length - 1);
}

describe('MediaSender', () => {
  it('sends datagrams, in bursts that a socket can hold', async () => {
    const source = await Source.publish();
    source.write(3);
    const test = await TestReception.open(receiver, orchestrator, 'copy', { ssrc: SSRC });
    const { whole, state } = request(source, {
      transport: 'udp',
      remote: { address: LOCAL, port: test.reception.port },
    });
    const sending = await sender.open(whole);
    source.write(1);
    expect(sending.packets).toBe(0);
    sending.start();
    source.write(20);
    await untilReceived(test, source);
    expect(test.peer).toBe(`${LOCAL}:${sending.port}`);
    expect(test.reception.counters).toMatchObject({ lost: 0, packets: sending.packets });
    expect(sender.sendings).toBe(1);
    source.publication.close({ code: 'unpublished', message: 'Gone.' });
    expect(state.ended).toBe('Gone.');
    expect(sender.sendings).toBe(0);
  });

  it('connects to the receiver', async () => {
    const source = await Source.publish();
    const test = await TestReception.open(receiver, orchestrator, 'copy', {
      ssrc: SSRC,
      transport: 'tcp-passive',
    });
    const { whole, state } = request(source, {
      transport: 'tcp-active',
      remote: { address: LOCAL, port: test.reception.port },
    });
    const sending = await sender.open(whole);
    expect(sending.port).toBe(9);
    source.write(12);
    sending.start();
    await until(() => sending.packets > 0);
    source.write(12);
    await until(() => test.sink.pictures.length > 0);
    // From the newest key frame at its start on.
    const first = source.pictures.indexOf(test.sink.pictures[0]!);
    expect(first).toBe(10);
    await until(() => test.sink.pictures.length >= source.pictures.length - first - 1);
    test.reception.close();
    await until(() => state.ended !== undefined);
    expect(state.ended).toBe('The receiver closed its connection.');
  });

  it('waits for the receiver’s connection, and takes nobody else’s', async () => {
    const source = await Source.publish();
    const { whole } = request(source, { transport: 'tcp-passive', remote: { address: LOCAL, port: 0 } });
    const sending = await sender.open(whole);
    sending.start();
    const test = await TestReception.open(receiver, orchestrator, 'copy', {
      ssrc: SSRC,
      transport: 'tcp-active',
    });
    test.reception.answered({ address: LOCAL, port: sending.port });
    await until(() => test.steps.includes('media-connected'));
    source.write(12);
    await untilReceived(test, source);
    const other = await connectTo(sending.port);
    await once(other, 'close');
    const { whole: foreign } = request(source, {
      transport: 'tcp-passive',
      remote: { address: '192.0.2.1', port: 0 },
    });
    const waiting = await sender.open(foreign);
    await once(await connectTo(waiting.port), 'close');
  });

  it('says that the receiver cannot be reached', async () => {
    const source = await Source.publish();
    const listener = await listenAt(() => {});
    await listener[Symbol.asyncDispose]();
    const { whole, state } = request(source, {
      transport: 'tcp-active',
      remote: { address: LOCAL, port: listener.port },
    });
    (await sender.open(whole)).start();
    await until(() => state.ended !== undefined);
    expect(state.ended).toBe(`The receiver cannot be connected to at ${LOCAL}:${listener.port}.`);
    expect(state.history.entries.map(({ step }) => step)).toContain('media-connect-failed');
  });

  it('sends sound alone, and notes what has no place', async () => {
    const source = await Source.publish();
    const test = await TestReception.open(receiver, orchestrator, 'copy', { ssrc: SSRC });
    const remote = { address: LOCAL, port: test.reception.port };
    const voice = await sender.open(request(source, { transport: 'udp', remote, format: 'ps-sound' }).whole);
    voice.start();
    source.write(12);
    await until(() => test.sink.samples.length >= 12);
    expect(test.sink.pictures).toEqual([]);
    expect(test.sink.tracks).toMatchObject([{ codec: 'g711a' }]);
    source.publication.close({ code: 'unpublished', message: 'Gone.' });
    const other = await Source.publish(opus);
    const { whole, state } = request(other, { transport: 'udp', remote });
    (await sender.open(whole)).start();
    other.write(1);
    expect(state.history.entries.map(({ step, detail }) => `${step}: ${detail}`)).toContain(
      "left-out: opus has no place in the standard's program stream",
    );
  });

  it('leaves out what a receiver does not take, up to a key frame', async () => {
    const source = await Source.publish();
    await using deaf = await listenAt(socket => socket.pause());
    const { whole, state } = request(source, {
      transport: 'tcp-active',
      remote: { address: LOCAL, port: deaf.port },
    });
    const sending = await sender.open(whole);
    sending.start();
    source.write(1);
    await until(() => sending.packets > 0);
    source.write(1000);
    const { bytes } = sending;
    source.write(100);
    expect(sending.bytes).toBe(bytes);
    expect(bytes).toBeLessThan(20_000_000);
    expect(state.history.entries.map(({ step }) => step)).toContain('sender-behind');
    sending.close();
    sending.close();
    expect(state.ended).toBeUndefined();
  });

  it('numbers, stamps and marks packets as the standard has it', async () => {
    const source = await Source.publish();
    const socket = createSocket('udp4');
    const packets: Buffer[] = [];
    socket.on('message', data => packets.push(data));
    socket.bind(0, LOCAL);
    await once(socket, 'listening');
    const remote = { address: LOCAL, port: socket.address().port };
    const sending = await sender.open(request(source, { transport: 'udp', remote }).whole);
    sending.start();
    source.write(3);
    await until(() => packets.length === sending.packets);
    const first = packets[0]!.readUInt16BE(2);
    packets.forEach((packet, index) => {
      expect(packet[0]).toBe(0x80);
      expect(packet[1]! & 0x7f).toBe(96);
      expect(packet.readUInt16BE(2)).toBe((first + index) & 0xffff);
      expect(packet.readUInt32BE(8)).toBe(SSRC);
      expect(packet.length).toBeLessThanOrEqual(1412);
      const startsFrame = index === 0 || packets[index - 1]![1]! >= 0x80;
      expect(packet.readUInt32BE(12) === 0x1ba).toBe(startsFrame);
    });
    const marked = packets.filter(packet => packet[1]! >= 0x80);
    expect(marked.map(packet => packet.readUInt32BE(4))).toEqual([0, 0, 3600, 3600, 7200, 7200]);
    socket.close();
  });
});
