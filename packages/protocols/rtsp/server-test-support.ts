import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FluxError } from '@flux-iot/core/errors/flux-error';
import {
  type OrchestratorOptions,
  StreamOrchestrator,
} from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { Publication } from '@flux-iot/core/stream/publication';
import { g711Track } from '@flux-iot/media/codec/g711/track';
import { parseAvcConfigurationRecord } from '@flux-iot/media/codec/h264/configuration-record';
import { H264_CLIPS } from '@flux-iot/media/codec/h264/test-clips';
import { h264Track } from '@flux-iot/media/codec/h264/track';
import { AudioSample, VideoSample } from '@flux-iot/media/model/sample';
import type { G711Track, H264Track } from '@flux-iot/media/model/track';
import { RtspAdapter, type RtspAdapterOptions } from './adapter.ts';
import { type Fields, RtspConn } from './conn.ts';
import { NO_BODY, type RtspRequest, type RtspResponse } from './message.ts';

const { sps, pps } = parseAvcConfigurationRecord(Buffer.from(H264_CLIPS[0].record, 'hex'));

export const VIDEO: H264Track = h264Track({ id: 1, version: 1, clockRate: 1000 }, sps, pps);
export const AUDIO: G711Track = g711Track({ id: 2, version: 1, clockRate: 8000 }, 'g711a', 8000, 1);

/** What is sent as a picture: a NAL unit of an IDR picture or of another, and a text. */
export function nalUnit(key: boolean, text: string): Buffer {
  return Buffer.concat([Buffer.from([key ? 0x65 : 0x41, 0x88]), Buffer.from(text)]);
}

export function picture(milliseconds: number, key: boolean, text: string): VideoSample {
  return VideoSample.fromNalUnits(1, milliseconds, milliseconds, key, [nalUnit(key, text)]);
}

export function sound(milliseconds: number, text: string): AudioSample {
  return new AudioSample(2, 8 * milliseconds, Buffer.from(text));
}

/** An RTSP server on a free port of 127.0.0.1. */
export class TestServer {
  readonly orchestrator: StreamOrchestrator;
  readonly adapter: RtspAdapter;
  readonly errors: FluxError[] = [];

  private constructor(options: Partial<OrchestratorOptions>, adapterOptions: Partial<RtspAdapterOptions>) {
    this.orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 2 ** 24, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 2, maxInterval: 20 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 50,
      takeover: false,
      publisherGrace: 0,
      openTimeout: 500,
      ...options,
    });
    this.adapter = new RtspAdapter({
      orchestrator: this.orchestrator,
      host: '127.0.0.1',
      port: 0,
      transports: ['tcp', 'udp'],
      // Below those that the system gives out.
      portRange: [22_000, 31_999],
      maxConnections: 100,
      limits: { maxQueuedBytes: 2 ** 21, stallTimeout: 30_000 },
      onError: error => this.errors.push(error),
      ...adapterOptions,
    });
  }

  static async start(
    options: Partial<OrchestratorOptions> = {},
    adapterOptions: Partial<RtspAdapterOptions> = {},
  ): Promise<TestServer> {
    const server = new TestServer(options, adapterOptions);
    await server.adapter.start();
    return server;
  }

  url(name: string, app = 'live'): string {
    return `rtsp://127.0.0.1:${this.adapter.port}/${app}/${name}`;
  }

  /** Publishes a stream of picture and sound, which begins with a key frame. */
  async publish(
    streamId: string,
    tracks: readonly (H264Track | G711Track)[] = [VIDEO, AUDIO],
  ): Promise<Publication> {
    const publication = await this.orchestrator.registerStream(streamId, {
      protocol: 'test',
      peer: 'here',
      close: () => {},
    });
    publication.expect({
      video: tracks.some(track => track.kind === 'video'),
      audio: tracks.some(track => track.kind === 'audio'),
    });
    for (const track of tracks) publication.setTrack(track);
    for (const track of tracks) {
      publication.write(track.kind === 'video' ? picture(0, true, 'I0') : sound(0, 'a0'));
    }
    return publication;
  }

  steps(streamId: string, step: string): readonly string[] {
    const entries = this.orchestrator.getStreamStatus(streamId)?.history ?? [];
    return entries.filter(entry => entry.step === step).map(entry => entry.detail);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.orchestrator.close();
    await this.adapter.stop();
  }
}

export interface ReceivedFrame {
  readonly channel: number;
  readonly payload: Buffer;
}

/** A client that says just what a test wants. */
export class TestClient {
  readonly socket: Socket;
  readonly conn: RtspConn;
  readonly frames: ReceivedFrame[] = [];
  readonly requests: RtspRequest[] = [];
  isClosed = false;
  /** The session that the server has given; sent with every request. */
  session: string | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.conn = new RtspConn(socket, 'client', {
      onRequest: request => this.requests.push(request),
      onInterleaved: (channel, payload) => this.frames.push({ channel, payload: Buffer.from(payload) }),
      onClose: () => {
        this.isClosed = true;
      },
    });
  }

  static async open(port: number, host = '127.0.0.1'): Promise<TestClient> {
    const socket = connect(port, host);
    await once(socket, 'connect');
    return new TestClient(socket);
  }

  /** Over a socket of any kind, which is connected. */
  static over(socket: Socket): TestClient {
    return new TestClient(socket);
  }

  async ask(method: string, url: string, fields: Fields = {}, body: Buffer = NO_BODY): Promise<RtspResponse> {
    const answer = await this.conn.request(method, url, { Session: this.session, ...fields }, body, 3000);
    this.session = answer.headers.get('Session')?.split(';')[0] ?? this.session;
    return answer;
  }

  async status(method: string, url: string, fields: Fields = {}, body: Buffer = NO_BODY): Promise<number> {
    return (await this.ask(method, url, fields, body)).status;
  }

  /** Sets tracks up on channels of the connection, by default as the output has them. */
  async setUpByTcp(
    url: string,
    channels: Readonly<Record<number, string>> = { 1: '0-1', 2: '2-3' },
  ): Promise<void> {
    for (const [trackId, pair] of Object.entries(channels)) {
      const transport = `RTP/AVP/TCP;unicast;interleaved=${pair}`;
      const answer = await this.ask('SETUP', `${url}/trackID=${trackId}`, { Transport: transport });
      if (answer.status !== 200) throw new Error(`SETUP: ${answer.status}`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.destroy();
    await until(() => this.isClosed, 'the client is closed');
  }
}

/** A pair of ports of a client, and what came to them. */
export class TestPorts {
  readonly rtp: Buffer[] = [];
  readonly rtcp: Buffer[] = [];
  readonly #sockets: readonly UdpSocket[];

  private constructor(sockets: readonly UdpSocket[]) {
    this.#sockets = sockets;
    sockets[0]!.on('message', data => this.rtp.push(data));
    sockets[1]!.on('message', data => this.rtcp.push(data));
  }

  static async open(host = '127.0.0.1'): Promise<TestPorts> {
    const sockets = [0, 1].map(() => createSocket(host.includes(':') ? 'udp6' : 'udp4'));
    for (const socket of sockets) {
      socket.bind(0, host);
      await once(socket, 'listening');
    }
    return new TestPorts(sockets);
  }

  get clientPort(): string {
    return this.#sockets.map(socket => socket.address().port).join('-');
  }

  send(side: 0 | 1, data: Buffer, port: number, host = '127.0.0.1'): void {
    this.#sockets[side]!.send(data, port, host);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.close();
  }
}

export async function until(condition: () => boolean, what: string, timeout = 5000): Promise<void> {
  const deadline = Date.now() + timeout;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`Not within ${timeout} ms: ${what}`);
    await sleep(3);
  }
}
