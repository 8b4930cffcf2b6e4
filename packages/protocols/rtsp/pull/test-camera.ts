import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { parseAvcConfigurationRecord } from '@flux-iot/media/codec/h264/configuration-record';
import { H264_CLIPS } from '@flux-iot/media/codec/h264/test-clips';
import { writeRtpHeader } from '@flux-iot/media/rtp/packet';
import { receiverReport } from '@flux-iot/media/rtp/rtcp/writer';
import { type AuthenticationScheme, AuthenticationServer } from '../../authentication/server.ts';
import { RtspConn } from '../conn.ts';
import { parseTransports, type Transport } from '../headers/transport.ts';
import { NO_BODY, type RtspRequest } from '../message.ts';
import { writeInterleaved } from '../message-writer.ts';

const { sps, pps } = parseAvcConfigurationRecord(Buffer.from(H264_CLIPS[0].record, 'hex'));
const SPROP = [...sps, ...pps].map(set => set.toString('base64')).join(',');
const SSRC = 0x1234_5678;
const FRAME_INTERVAL = 20;
const PICTURES_OF_A_GROUP = 10;

export interface CameraScript {
  /** The lines of the description after `m=video …`, without `a=control`. */
  readonly video?: readonly string[];
  /** Lines of the session, and of other media. */
  readonly session?: readonly string[];
  readonly others?: readonly string[];
  readonly control?: string;
  readonly headers?: (origin: string) => Readonly<Record<string, string>>;
  /** The URL by which the track is found; by default the one that clients make of `track1`. */
  readonly trackUrl?: (origin: string) => string;
  readonly path?: string;
  readonly server?: string;
  readonly password?: { readonly user: string; readonly password: string };
  readonly schemes?: readonly AuthenticationScheme[];
  /** `silent-udp`: it is agreed on, and nothing comes. */
  readonly transports?: readonly ('tcp' | 'udp' | 'silent-udp')[];
  /** Seconds without a request after which the session is over. */
  readonly timeout?: number;
  /** Methods that are answered with 501. */
  readonly unknown?: readonly string[];
  readonly publicMethods?: string;
  readonly ssrcOf?: (group: number) => number;
  /** Said in Transport. */
  readonly announcedSsrc?: string;
  readonly isSwapped?: boolean;
  /** What stands between two frames. */
  readonly junk?: (index: number) => Buffer;
  readonly hasParameterSets?: boolean;
  /** Frames until nothing more is sent. */
  readonly frames?: number;
  /** Takes the place of all answers. */
  readonly answer?: (request: RtspRequest, conn: RtspConn) => boolean;
}

/** An RTSP server of one stream that does what a test has written down for it. */
export class ScriptedCamera {
  readonly requests: RtspRequest[] = [];
  /** RTCP packets that came. */
  readonly reports: Buffer[] = [];
  connections = 0;
  script: CameraScript;
  readonly #server: Server;
  readonly #authentication: AuthenticationServer | undefined;
  readonly #sessions = new Set<CameraSession>();
  #port = 0;

  private constructor(script: CameraScript) {
    this.script = script;
    const { password: known, schemes = ['MD5'] } = script;
    if (known) {
      this.#authentication = new AuthenticationServer({
        realm: 'camera',
        schemes,
        passwordOf: user => (user === known.user ? known.password : undefined),
      });
    }
    this.#server = createServer(socket => {
      this.connections++;
      const session = new CameraSession(this, socket, this.#authentication);
      this.#sessions.add(session);
      socket.once('close', () => this.#sessions.delete(session));
    });
  }

  static async start(script: CameraScript = {}): Promise<ScriptedCamera> {
    const camera = new ScriptedCamera(script);
    await camera.on();
    return camera;
  }

  get origin(): string {
    return `rtsp://127.0.0.1:${this.#port}`;
  }

  get path(): string {
    return this.script.path ?? '/stream';
  }

  get url(): string {
    return this.origin + this.path;
  }

  get sessions(): number {
    return [...this.#sessions].filter(session => session.isPlaying).length;
  }

  methods(): string[] {
    return this.requests.map(({ method }) => method);
  }

  /** Listens, on the same port as before. */
  async on(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Everything is cut off at once. */
  async off(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve));
    for (const session of this.#sessions) session.reset();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.off();
  }
}

class CameraSession {
  readonly #camera: ScriptedCamera;
  readonly #conn: RtspConn;
  readonly #authentication: AuthenticationServer | undefined;
  #transport: Transport | undefined;
  #sockets: UdpSocket[] = [];
  #sender: NodeJS.Timeout | undefined;
  #expiry: NodeJS.Timeout | undefined;
  #sent = 0;
  #sequence = 65_500;

  constructor(camera: ScriptedCamera, socket: Socket, authentication: AuthenticationServer | undefined) {
    this.#camera = camera;
    this.#authentication = authentication;
    this.#conn = new RtspConn(socket, 'server', {
      onRequest: request => void this.#request(request),
      onInterleaved: (_channel, payload) => camera.reports.push(Buffer.from(payload)),
      onClose: () => this.#stop(),
    });
    this.#conn.trust();
  }

  get isPlaying(): boolean {
    return this.#sender !== undefined;
  }

  reset(): void {
    this.#stop();
    this.#conn.socket.resetAndDestroy();
  }

  async #request(request: RtspRequest): Promise<void> {
    const { script, requests, origin } = this.#camera;
    requests.push(request);
    if (script.answer?.(request, this.#conn)) return;
    const { method, uri, headers } = request;
    const verdict = await this.#authentication?.verify(headers.get('Authorization'), method, uri);
    if (verdict?.isAllowed === false) {
      this.#respond(request, 401, { 'WWW-Authenticate': this.#authentication!.challenges() });
      return;
    }
    this.#expect();
    if (script.unknown?.includes(method)) {
      this.#respond(request, 501);
      return;
    }
    switch (method) {
      case 'OPTIONS':
        this.#respond(request, 200, { Public: script.publicMethods ?? 'OPTIONS, DESCRIBE, SETUP, PLAY' });
        return;
      case 'DESCRIBE': {
        const body = Buffer.from(this.#description());
        const fields = { 'Content-Type': 'application/sdp', ...script.headers?.(origin) };
        this.#conn.respond(request, 200, { Server: script.server, ...fields }, body);
        return;
      }
      case 'SETUP':
        await this.#setUp(request);
        return;
      case 'PLAY':
        this.#respond(request, 200, { Session: '4711' });
        this.#sender ??= setInterval(() => this.#send(), FRAME_INTERVAL);
        return;
      case 'TEARDOWN':
        this.#respond(request, 200);
        this.#stop();
        return;
      default:
        this.#respond(request, 200, { Session: '4711' });
    }
  }

  #respond(request: RtspRequest, status: number, fields: Readonly<Record<string, string | string[]>> = {}) {
    this.#conn.respond(request, status, { Server: this.#camera.script.server, ...fields }, NO_BODY);
  }

  #description(): string {
    const { session = [], others = [], video, control = 'track1' } = this.#camera.script;
    const lines = video ?? ['a=rtpmap:96 H264/90000', `a=fmtp:96 sprop-parameter-sets=${SPROP}`];
    const own = ['m=video 0 RTP/AVP 96', ...lines, `a=control:${control}`];
    return ['v=0', 'o=- 0 0 IN IP4 127.0.0.1', 's=live', ...session, ...own, ...others, ''].join('\r\n');
  }

  async #setUp(request: RtspRequest): Promise<void> {
    const { script, origin, url } = this.#camera;
    const wanted = script.trackUrl?.(origin) ?? `${url}/track1`;
    if (request.uri !== wanted) {
      this.#respond(request, 404);
      return;
    }
    const [offer] = parseTransports(request.headers.all('Transport'));
    const { transports = ['tcp', 'udp'], announcedSsrc, timeout } = script;
    const isSilent = transports.includes('silent-udp');
    if (!offer || !(transports.includes(offer.lower) || (offer.lower === 'udp' && isSilent))) {
      this.#respond(request, 461);
      return;
    }
    this.#transport = offer;
    let text = `RTP/AVP/TCP;unicast;interleaved=${offer.interleaved?.join('-')}`;
    if (offer.lower === 'udp') {
      const ports = isSilent ? [9, 10] : await this.#open();
      text = `RTP/AVP;unicast;client_port=${offer.clientPort?.join('-')};server_port=${ports.join('-')}`;
    }
    if (announcedSsrc !== undefined) text += `;ssrc=${announcedSsrc}`;
    const session = timeout === undefined ? '4711' : `4711;timeout=${timeout}`;
    this.#respond(request, 200, { Transport: text, Session: session });
  }

  async #open(): Promise<number[]> {
    const ports: number[] = [];
    for (let side = 0; side < 2; side++) {
      const socket = createSocket('udp4');
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      if (side === 1) socket.on('message', data => this.#camera.reports.push(data));
      this.#sockets.push(socket);
      ports.push(socket.address().port);
    }
    return ports;
  }

  #expect(): void {
    const { timeout } = this.#camera.script;
    if (timeout === undefined) return;
    clearTimeout(this.#expiry);
    this.#expiry = setTimeout(() => this.#conn.destroy(), timeout * 1000);
  }

  /** One picture. */
  #send(): void {
    const { script } = this.#camera;
    if (this.#sent >= (script.frames ?? Number.POSITIVE_INFINITY)) return;
    const group = Math.floor(this.#sent / PICTURES_OF_A_GROUP);
    const isKey = this.#sent % PICTURES_OF_A_GROUP === 0;
    const picture = Buffer.concat([Buffer.from([isKey ? 0x65 : 0x41, 0x88]), Buffer.from(`P${this.#sent}`)]);
    const sets = isKey && script.hasParameterSets ? [...sps, ...pps] : [];
    const nalUnits = [...sets, picture];
    for (const [index, nalUnit] of nalUnits.entries()) {
      const packet = Buffer.alloc(12 + nalUnit.length);
      const header = {
        marker: index === nalUnits.length - 1,
        payloadType: 96,
        sequenceNumber: this.#sequence,
        timestamp: (0xffff_ff00 + this.#sent * 90 * FRAME_INTERVAL) % 2 ** 32,
        ssrc: script.ssrcOf?.(group) ?? SSRC,
      };
      this.#sequence = (this.#sequence + 1) & 0xffff;
      packet.set(nalUnit, writeRtpHeader(header, packet, 0));
      this.#sendPacket(0, packet);
    }
    if (isKey) this.#sendPacket(1, receiverReport(SSRC, 'camera', []));
    this.#sent++;
  }

  #sendPacket(side: 0 | 1, packet: Buffer): void {
    const { script } = this.#camera;
    const { lower, interleaved, clientPort } = this.#transport!;
    if (lower === 'udp') {
      this.#sockets[side]?.send(packet, clientPort![side], '127.0.0.1');
      return;
    }
    const channel = interleaved![script.isSwapped ? 1 - side : side]!;
    const junk = script.junk?.(this.#sent) ?? NO_BODY;
    this.#conn.socket.write(Buffer.concat([junk, writeInterleaved(channel, packet)]));
  }

  #stop(): void {
    clearInterval(this.#sender);
    clearTimeout(this.#expiry);
    this.#sender = undefined;
    for (const socket of this.#sockets) socket.close();
    this.#sockets = [];
  }
}
