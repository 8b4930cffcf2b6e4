import { setTimeout as sleep } from 'node:timers/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { StreamSink } from '@flux-iot/core/stream/sink';
import { aacTrack } from '@flux-iot/media/codec/aac/track';
import { ByteWriter } from '@flux-iot/media/model/byte-writer';
import { AudioSample, type MediaSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import { RtpMuxer } from '@flux-iot/media/rtp/muxer';
import { parseRtcp } from '@flux-iot/media/rtp/rtcp/parser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AuthenticationServer } from '../../authentication/server.ts';
import { parseTransports } from '../headers/transport.ts';
import { describeStream } from '../play/description.ts';
import {
  AUDIO,
  picture,
  sound,
  TestClient,
  TestPorts,
  TestServer,
  until,
  VIDEO,
} from '../server-test-support.ts';
import { mediaOf, parseAnnouncement } from './announcement.ts';

const SOUND = aacTrack({ id: 2, version: 1, clockRate: 1000 }, Buffer.from('1190', 'hex'));
const EPOCH = Date.UTC(2024, 5, 7);

/** The packets of samples, as a client sends them. */
class Sender {
  readonly #muxer: RtpMuxer;
  readonly #tracks: readonly Track[];
  readonly #writer = new ByteWriter();

  constructor(tracks: readonly Track[]) {
    let next = 1000;
    this.#muxer = new RtpMuxer({ epoch: EPOCH, canonicalName: 'client', random: () => next++ });
    this.#muxer.init(tracks, {});
    this.#tracks = tracks;
  }

  /** In frames: `$`, channel, length. */
  bytes(...samples: readonly MediaSample[]): Buffer {
    for (const sample of samples) {
      this.#muxer.write(
        sample,
        this.#tracks.find(track => track.id === sample.trackId),
        this.#writer,
      );
    }
    const { slab, start, end } = this.#writer.take();
    return Buffer.from(slab.subarray(start, end));
  }

  /** Without the frames. */
  packets(...samples: readonly MediaSample[]): { channel: number; packet: Buffer }[] {
    const bytes = this.bytes(...samples);
    const packets = [];
    for (let at = 0; at < bytes.length; ) {
      const end = at + 4 + bytes.readUInt16BE(at + 2);
      packets.push({ channel: bytes[at + 1]!, packet: bytes.subarray(at + 4, end) });
      at = end;
    }
    return packets;
  }
}

/** A picture is only taken for whole when the next one begins, until the marker has shown that it can be relied on. */
const START = [picture(0, true, 'I0'), picture(20, false, 'P0'), picture(40, false, 'P1')];

/** What comes out of a stream. */
class Taker implements StreamSink {
  readonly texts: string[] = [];
  readonly times: number[] = [];
  tracks: readonly Track[] = [];
  ended: string | undefined;

  onTracks(tracks: readonly Track[]): void {
    this.tracks = tracks;
  }

  onSample(sample: MediaSample, track: Track | undefined): void {
    this.texts.push(sample.data.subarray(-2).toString());
    this.times.push(sample.pts / (track?.clockRate ?? 1));
  }

  onDiscontinuity(): void {}

  onEnd({ code }: { code: string }): void {
    this.ended = code;
  }
}

function describeTracks(tracks: readonly Track[], url: string): Buffer {
  const options = { streamId: 'x', presentation: url, address: '127.0.0.1', createdAt: 1 };
  return Buffer.from(describeStream(tracks, options));
}

describe('publishing', () => {
  let server: TestServer;
  let client: TestClient;
  let url: string;

  beforeEach(async () => {
    server = await TestServer.start();
    client = await TestClient.open(server.adapter.port);
    url = server.url('cam1');
  });

  afterEach(async () => {
    client.socket.destroy();
    await server[Symbol.asyncDispose]();
  });

  async function announce(tracks: readonly Track[], from = client): Promise<void> {
    const answer = await from.ask(
      'ANNOUNCE',
      url,
      { 'Content-Type': 'application/sdp' },
      describeTracks(tracks, url),
    );
    expect(answer.status).toBe(200);
  }

  /** Announces, sets up by TCP and records. */
  async function record(tracks: readonly Track[] = [VIDEO, AUDIO], from = client): Promise<Sender> {
    await announce(tracks, from);
    for (const [index, track] of tracks.entries()) {
      const answer = await from.ask('SETUP', `${url}/trackID=${track.id}`, {
        Transport: `RTP/AVP/TCP;unicast;interleaved=${2 * index}-${2 * index + 1};mode=record`,
      });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('Transport')).toContain('mode=record');
    }
    expect(await from.status('RECORD', url)).toBe(200);
    return new Sender(tracks);
  }

  function take(): Taker {
    const taker = new Taker();
    server.orchestrator.findStream('cam1')!.addSink(taker);
    return taker;
  }

  it('takes samples by TCP, and tracks from the session description', async () => {
    const sender = await record();
    const taker = take();
    client.socket.write(sender.bytes(...START, sound(20, 'a0')));
    client.socket.write(sender.bytes(picture(80, false, 'P2'), sound(40, 'a1')));
    await until(() => taker.texts.length === 6, 'all came');
    const sounds = taker.texts.filter(text => text.startsWith('a'));
    expect(sounds).toEqual(['a0', 'a1']);
    expect(taker.texts.filter(text => !sounds.includes(text))).toEqual(['I0', 'P0', 'P1', 'P2']);
    const times = new Map(taker.texts.map((text, index) => [text, taker.times[index]!]));
    const since = (text: string) => Math.round((times.get(text)! - times.get('I0')!) * 1000);
    expect(['P0', 'P1', 'P2', 'a0', 'a1'].map(since)).toEqual([20, 40, 80, 20, 40]);
    expect(taker.tracks).toMatchObject([
      { id: 1, codec: 'h264', width: VIDEO.width, height: VIDEO.height },
      { id: 2, codec: 'g711a' },
    ]);
    const status = server.orchestrator.getStreamStatus('cam1');
    expect(status).toMatchObject({ state: 'live', protocol: 'rtsp' });
    expect(server.adapter.stats()).toMatchObject({ publishers: 1, viewers: 0 });
    const [reception] = server.adapter.stats().receptions;
    expect(reception).toMatchObject({
      streamId: 'cam1',
      tracks: [{ codec: 'h264', frames: 4, lost: 0 }, { frames: 2 }],
    });
  });

  it('takes samples by UDP, out of order too, and answers with reports', { timeout: 15_000 }, async () => {
    await announce([VIDEO, AUDIO]);
    await using ports = await TestPorts.open();
    await using soundPorts = await TestPorts.open();
    const serverPorts: number[][] = [];
    for (const [track, own] of [
      [1, ports],
      [2, soundPorts],
    ] as const) {
      const answer = await client.ask('SETUP', `${url}/trackID=${track}`, {
        Transport: `RTP/AVP;unicast;client_port=${own.clientPort};mode=record`,
      });
      serverPorts.push([...(parseTransports(answer.headers.all('Transport'))[0]?.serverPort ?? [])]);
    }
    expect(await client.status('RECORD', url)).toBe(200);
    const taker = take();
    const sender = new Sender([VIDEO, AUDIO]);
    const send = ({ channel, packet }: { channel: number; packet: Buffer }) => {
      const side = channel % 2 === 0 ? 0 : 1;
      const from = channel < 2 ? ports : soundPorts;
      from.send(side, packet, serverPorts[channel < 2 ? 0 : 1]![side]!);
    };
    for (const packet of sender.packets(...START, sound(0, 'a0'))) send(packet);
    await until(() => taker.texts.length === 4, 'the first came');
    const [next, last] = [60, 80].map(time => sender.packets(picture(time, false, `P${time / 20}`)));
    for (const packet of [...last!, ...next!]) send(packet);
    await until(() => taker.texts.length === 6, 'all came');
    expect(taker.texts.filter(text => text !== 'a0')).toEqual(['I0', 'P0', 'P1', 'P3', 'P4']);
    // Of one that is lost there is a note, and nothing is shown that refers to it.
    sender.packets(picture(120, false, 'P6'));
    for (const packet of sender.packets(picture(160, false, 'P8'), picture(200, true, 'I9'))) send(packet);
    await until(() => taker.texts.includes('I9'), 'it goes on');
    expect(taker.texts.slice(6)).toEqual(['I9']);
    await until(() => server.steps('cam1', 'packets-lost').length > 0, 'the loss is noted');
    expect(server.steps('cam1', 'packets-lost')[0]).toContain('h264: 1 packets lost');
    expect(server.adapter.stats().receptions[0]?.tracks[0]).toMatchObject({ lost: 1, reordered: 1 });
    expect(server.adapter.stats().bytesIn).toBeGreaterThan(0);
    await until(() => ports.rtcp.length > 0 && soundPorts.rtcp.length > 0, 'reports came', 8000);
    expect(parseRtcp(ports.rtcp[0]!)[0]).toMatchObject({
      type: 'receiver-report',
      blocks: [{ cumulativeLost: 1 }],
    });
    expect(await client.status('TEARDOWN', url)).toBe(200);
    await until(() => server.adapter.stats().portPairs === 0, 'the ports are given back');
    expect(taker.ended).toBe('unpublished');
  });

  it('reads what came by UDP before the goodbye, though the connection is closed with it', async () => {
    await announce([VIDEO]);
    await using ports = await TestPorts.open();
    const answer = await client.ask('SETUP', `${url}/trackID=1`, {
      Transport: `RTP/AVP;unicast;client_port=${ports.clientPort};mode=record`,
    });
    const [rtp = 0] = parseTransports(answer.headers.all('Transport'))[0]?.serverPort ?? [];
    await client.ask('RECORD', url);
    const taker = take();
    const sender = new Sender([VIDEO]);
    const packets = sender.packets(picture(0, true, 'I0'), picture(40, false, 'P1'));
    const goodbye = client.ask('TEARDOWN', url).catch(() => undefined);
    client.socket.end();
    // As if they had waited in the socket.
    for (const { channel, packet } of packets) if (channel === 0) ports.send(0, packet, rtp);
    await until(() => taker.ended !== undefined, 'it ended');
    await goodbye;
    expect([taker.texts, taker.ended]).toEqual([['I0', 'P1'], 'unpublished']);
    await until(() => server.adapter.stats().portPairs === 0, 'the ports are given back');
  });

  it('sends reports on the connection where media comes on it', { timeout: 15_000 }, async () => {
    const sender = await record([VIDEO]);
    client.socket.write(sender.bytes(picture(0, true, 'I0'), picture(40, false, 'P1')));
    await until(() => client.frames.length > 0, 'a report came', 8000);
    expect(client.frames[0]?.channel).toBe(1);
    expect(parseRtcp(client.frames[0]!.payload)[0]).toMatchObject({ type: 'receiver-report' });
  });

  it('takes nothing from anybody but the client', async () => {
    await announce([VIDEO]);
    await using ports = await TestPorts.open();
    const answer = await client.ask('SETUP', `${url}/trackID=1`, {
      Transport: `RTP/AVP;unicast;client_port=${ports.clientPort};mode=record`,
    });
    const [rtp = 0] = parseTransports(answer.headers.all('Transport'))[0]?.serverPort ?? [];
    await client.ask('RECORD', url);
    await using stranger = await TestPorts.open('127.0.0.2');
    const sender = new Sender([VIDEO]);
    for (const { channel, packet } of sender.packets(picture(0, true, 'XX')))
      if (channel === 0) stranger.send(0, packet, rtp);
    await sleep(50);
    expect(server.adapter.stats().receptions[0]?.tracks[0]).toMatchObject({ packets: 0 });
  });

  it('refuses a second publisher, and the first notices nothing', async () => {
    const sender = await record([VIDEO]);
    const taker = take();
    await using second = await TestClient.open(server.adapter.port);
    await announce([VIDEO], second);
    await second.ask('SETUP', `${url}/trackID=1`, { Transport: 'RTP/AVP/TCP;unicast;mode=record' });
    expect(await second.status('RECORD', url)).toBe(406);
    client.socket.write(sender.bytes(...START));
    await until(() => taker.texts.length > 0, 'the first goes on');
    expect(server.adapter.stats().refused).toEqual({ STREAM_BUSY: 1 });
    // When the name is free it may try again.
    expect(await client.status('TEARDOWN', url)).toBe(200);
    expect(await second.status('RECORD', url)).toBe(200);
  });

  it('closes the first where the second may take over', async () => {
    await using other = await TestServer.start({ takeover: true });
    url = other.url('cam1');
    await using first = await TestClient.open(other.adapter.port);
    await using second = await TestClient.open(other.adapter.port);
    await record([VIDEO], first);
    await record([VIDEO], second);
    await until(() => first.isClosed, 'the first is closed');
    expect(other.orchestrator.getStreamStatus('cam1')?.publisher?.peer).toContain(
      String(second.socket.localPort),
    );
  });

  it('keeps the viewers of a publisher that is lost, and ends those of one that says goodbye', async () => {
    await using other = await TestServer.start({ publisherGrace: 5000 });
    url = other.url('cam1');
    const first = await TestClient.open(other.adapter.port);
    first.socket.write((await record([VIDEO], first)).bytes(...START));
    const taker = new Taker();
    await until(() => other.orchestrator.findStream('cam1')?.state === 'live', 'it is live');
    other.orchestrator.findStream('cam1')!.addSink(taker);
    first.socket.destroy();
    await until(() => other.orchestrator.findStream('cam1')?.state === 'interrupted', 'it is interrupted');
    await using second = await TestClient.open(other.adapter.port);
    const sender = await record([VIDEO], second);
    second.socket.write(sender.bytes(picture(0, true, 'I1'), ...START));
    await until(() => taker.texts.includes('I1'), 'it goes on');
    await second.ask('TEARDOWN', url);
    expect(taker.ended).toBe('unpublished');
  });

  it('counts one that has gone silent for lost', async () => {
    await using other = await TestServer.start({ publisherGrace: 5000 }, { sessionTimeout: 300 });
    url = other.url('cam1');
    await using publisher = await TestClient.open(other.adapter.port);
    await using ports = await TestPorts.open();
    await announce([VIDEO], publisher);
    const answer = await publisher.ask('SETUP', `${url}/trackID=1`, {
      Transport: `RTP/AVP;unicast;client_port=${ports.clientPort};mode=record`,
    });
    const [rtp = 0] = parseTransports(answer.headers.all('Transport'))[0]?.serverPort ?? [];
    await publisher.ask('RECORD', url);
    const sender = new Sender([VIDEO]);
    for (const { channel, packet } of sender.packets(...START)) if (channel === 0) ports.send(0, packet, rtp);
    await until(() => other.orchestrator.findStream('cam1')?.state === 'live', 'it is live');
    await until(() => other.orchestrator.findStream('cam1')?.state === 'interrupted', 'it is lost');
    expect(other.adapter.stats().portPairs).toBe(0);
  });

  it('sets up what it cannot receive, and says that it leaves it out', async () => {
    const description = Buffer.from(
      [
        'v=0',
        'm=video 0 RTP/AVP 96',
        'a=rtpmap:96 H264/90000',
        'a=control:streamid=0',
        'm=audio 0 RTP/AVP 97',
        'a=rtpmap:97 speex/16000',
        'a=control:streamid=1',
        '',
      ].join('\r\n'),
    );
    await client.ask('ANNOUNCE', url, { 'Content-Type': 'application/sdp' }, description);
    for (const index of [0, 1]) {
      const transport = {
        Transport: `RTP/AVP/TCP;unicast;interleaved=${2 * index}-${2 * index + 1};mode=record`,
      };
      expect(await client.status('SETUP', `${url}/streamid=${index}`, transport)).toBe(200);
    }
    expect(await client.status('RECORD', url)).toBe(200);
    expect(server.steps('cam1', 'left-out')).toEqual(['speex is not supported']);
    const sender = new Sender([VIDEO]);
    client.socket.write(sender.bytes(...START));
    await until(() => server.orchestrator.findStream('cam1')?.state === 'live', 'it is live');
  });

  it('aligns sound with the picture by sender reports', async () => {
    const sender = await record([VIDEO, SOUND]);
    const taker = take();
    // The sound comes half a second late.
    client.socket.write(sender.bytes(picture(1000, true, 'I0'), picture(1040, false, 'P1')));
    await sleep(100);
    client.socket.write(
      sender.bytes(new AudioSample(2, 1020, Buffer.from('aac0')), picture(1080, false, 'P2')),
    );
    await until(() => taker.texts.includes('P2'), 'all came');
    const at = (text: string) => taker.times[taker.texts.indexOf(text)] ?? 0;
    expect(at('c0') - at('I0')).toBeCloseTo(0.02, 2);
  });

  it.each([
    ['a body that is no session description', 400, 'application/sdp', 'hello'],
    ['nothing that can be received', 415, 'application/sdp', 'v=0\r\nm=audio 0 RTP/AVP 3\r\n'],
    ['another type of body', 415, 'text/plain', 'v=0\r\n'],
    ['too many media', 400, 'application/sdp', 'm=audio 0 RTP/AVP 0\r\n'.repeat(40)],
  ])('refuses %s', async (_name, status, type, body) => {
    expect(await client.status('ANNOUNCE', url, { 'Content-Type': type }, Buffer.from(body))).toBe(status);
    expect(await client.status('OPTIONS', url)).toBe(200);
  });

  it('refuses what is not for the state', async () => {
    await announce([VIDEO]);
    expect(await client.status('SETUP', `${url}/other`, { Transport: 'RTP/AVP;multicast' })).toBe(461);
    expect(await client.status('RECORD', url)).toBe(454);
    await client.ask('SETUP', `${url}/trackID=1`, { Transport: 'RTP/AVP/TCP;unicast;mode=record' });
    expect(await client.status('PLAY', url)).toBe(455);
    expect(await client.status('PAUSE', url)).toBe(455);
    expect(await client.status('RECORD', url)).toBe(200);
    expect(await client.status('PAUSE', url)).toBe(200);
    expect(await client.status('RECORD', url)).toBe(200);
    expect(await client.status('SETUP', `${url}/trackID=1`, { Transport: 'RTP/AVP/TCP;unicast' })).toBe(455);
  });

  it('asks who it is, by name and password', async () => {
    const authentication = new AuthenticationServer({
      ...{ realm: 'flux', schemes: ['basic'], passwordOf: () => 'secret' },
    });
    const asked: string[] = [];
    await using other = await TestServer.start(
      {
        authorize: (action, id, { user }) => {
          asked.push(`${action} ${id} ${user}`);
          if (user !== 'admin') throw new FluxError('NOT_ALLOWED', 'Not for you.');
        },
      },
      { authentication },
    );
    url = other.url('cam1');
    await using publisher = await TestClient.open(other.adapter.port);
    const body = describeTracks([VIDEO], url);
    const type = { 'Content-Type': 'application/sdp' };
    const refused = await publisher.ask('ANNOUNCE', url, type, body);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('WWW-Authenticate')).toBe('Basic realm="flux"');
    const Authorization = `Basic ${Buffer.from('admin:secret').toString('base64')}`;
    expect(await publisher.status('ANNOUNCE', url, { ...type, Authorization }, body)).toBe(200);
    await publisher.ask('SETUP', `${url}/trackID=1`, { Transport: 'RTP/AVP/TCP;unicast;mode=record' });
    expect(await publisher.status('RECORD', url)).toBe(200);
    // It is asked once.
    expect(asked).toEqual(['publish cam1 undefined', 'publish cam1 admin']);
  });
});

describe('an announcement', () => {
  const sdp = (...controls: string[]) =>
    Buffer.from(
      controls
        .map(control => `m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:${control}\r\n`)
        .join(''),
    );

  it.each([
    ['ffmpeg', sdp('streamid=0', 'streamid=1'), 'rtsp://h/live/a/streamid=1'],
    ['GStreamer', sdp('stream=0', 'stream=1'), 'rtsp://h/live/a/stream=1'],
    ['one with URLs in full', sdp('rtsp://h/live/a/x', 'rtsp://h/live/a/y'), 'rtsp://h/live/a/y/'],
    ['one with a query', sdp('track0', 'track1'), 'rtsp://h/live/a?token=b/track1'],
  ])('of %s: its media are found by their URLs', (name, description, url) => {
    const base = name.includes('query') ? 'rtsp://h/live/a?token=b' : 'rtsp://h/live/a';
    const media = parseAnnouncement(base, description);
    expect(mediaOf(media, url)).toBe(media[1]);
    expect(mediaOf(media, 'rtsp://h/live/a/z')).toBeUndefined();
  });

  it('is received as far as the first pictures and the first sound, with the ids that all protocols give them', () => {
    const lines = [
      ...['m=audio 0 RTP/AVP 3', 'm=audio 0 RTP/AVP 8', 'm=video 0 RTP/AVP 96', 'a=rtpmap:96 H264/90000'],
      ...['m=audio 0 RTP/AVP 0', 'm=video 0 RTP/AVP 96', 'a=rtpmap:96 H265/90000'],
    ];
    const media = parseAnnouncement('rtsp://h/live/a', Buffer.from(lines.join('\n')));
    expect(media.map(({ trackId, format }) => [trackId, format.codec])).toEqual([
      [10, undefined],
      [2, 'g711a'],
      [1, 'h264'],
      [13, undefined],
      [14, undefined],
    ]);
    expect(media[4]!.format).toMatchObject({ reason: 'H265: there is another before it' });
  });

  it('whose media have no names leaves open which is meant', () => {
    const description = Buffer.from('m=audio 0 RTP/AVP 0\r\nm=audio 0 RTP/AVP 8\r\n');
    expect(mediaOf(parseAnnouncement('rtsp://h/live/a', description), 'rtsp://h/live/a')).toBeUndefined();
  });
});
