import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { ParseError } from '@flux-iot/media/model/parse-error';
import { parseRtpPacket, RtpPacket } from '@flux-iot/media/rtp/packet';
import { RtpFrameReader } from '@flux-iot/protocols/gb28181/media/rtp-frame-reader';

/** As the device sees it: `tcp-active` connects to the other side. */
export type VoiceTransport = 'udp' | 'tcp-active' | 'tcp-passive';

/** What a device heard. */
export interface Heard {
  readonly packets: number;
  /** Of sound, without headers. */
  readonly bytes: number;
  readonly lost: number;
  readonly payloadTypes: readonly number[];
  readonly ssrcs: readonly number[];
  /** The latest second of it. */
  readonly sound: Buffer;
}

const SECOND = 8000;

/** The loudspeaker of a simulated device: takes RTP by each transport, and counts what it heard. */
export class VoiceListener {
  readonly #transport: VoiceTransport;
  readonly #packet = new RtpPacket();
  readonly #payloadTypes = new Set<number>();
  readonly #ssrcs = new Set<number>();
  #datagrams: DatagramSocket | undefined;
  #server: Server | undefined;
  #socket: Socket | undefined;
  #packets = 0;
  #bytes = 0;
  #lost = 0;
  #next: number | undefined;
  #sound: Buffer = Buffer.alloc(0);

  constructor(transport: VoiceTransport) {
    this.#transport = transport;
  }

  get heard(): Heard {
    return {
      ...{ packets: this.#packets, bytes: this.#bytes, lost: this.#lost },
      ...{ payloadTypes: [...this.#payloadTypes], ssrcs: [...this.#ssrcs] },
      sound: this.#sound,
    };
  }

  /** Resolves with the port that the other side is told. */
  async open(): Promise<number> {
    if (this.#transport === 'tcp-active') return 9;
    if (this.#transport === 'udp') {
      const socket = createSocket('udp4');
      this.#datagrams = socket;
      socket.on('error', () => {});
      socket.on('message', data => this.#take(data));
      await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
      return socket.address().port;
    }
    const server = createServer(socket => this.#read(socket));
    this.#server = server;
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  /** The other side has said where it is. */
  answered(address: string, port: number): void {
    if (this.#transport === 'tcp-active') this.#read(connect({ host: address, port }));
  }

  /** Idempotent. */
  close(): void {
    this.#datagrams?.close();
    this.#datagrams = undefined;
    this.#socket?.destroy();
    this.#server?.close();
  }

  #read(socket: Socket): void {
    this.#socket = socket;
    const reader = new RtpFrameReader(frame => this.#take(frame));
    socket.on('error', () => {});
    socket.on('data', data => {
      try {
        reader.push(data);
      } catch (cause) {
        if (!(cause instanceof ParseError)) throw cause;
        socket.destroy();
      }
    });
  }

  #take(data: Buffer): void {
    parseRtpPacket(data, this.#packet);
    const { payloadType, sequenceNumber, ssrc, payload } = this.#packet;
    if (this.#next !== undefined) this.#lost += (sequenceNumber - this.#next) & 0xffff;
    this.#next = (sequenceNumber + 1) & 0xffff;
    this.#packets++;
    this.#bytes += payload.length;
    this.#sound = Buffer.concat([this.#sound, payload]).subarray(-SECOND);
    this.#payloadTypes.add(payloadType);
    this.#ssrcs.add(ssrc);
  }
}
