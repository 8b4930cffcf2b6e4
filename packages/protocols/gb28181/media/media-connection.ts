import type { Socket } from 'node:net';
import { plainAddress } from '@flux-iot/core/socket/plain-address';
import type { SocketIntake } from '@flux-iot/core/socket/socket-intake';
import { ParseError } from '@flux-iot/media/model/parse-error';
import type { MediaSource } from './reception-table.ts';
import { RtpFrameReader } from './rtp-frame-reader.ts';

/** Whom the packets of a connection are for. */
export interface ConnectionOwner {
  /** `data` is valid during the call alone. */
  connectionPacket(connection: MediaConnection, data: Buffer): void;
  /** It was closed, by whoever; `reason` where the device is to blame. */
  connectionClosed(connection: MediaConnection, reason: string | undefined): void;
}

/** How connections are read. */
export interface ConnectionReading {
  readonly intake: SocketIntake;
  /** Something was read. */
  onRead(): void;
}

/** A connection that a device made here, or that was made to one, with RTP packets in it (RFC 4571). */
export class MediaConnection {
  readonly source: MediaSource;
  owner: ConnectionOwner;
  readonly #socket: Socket;
  readonly #reader = new RtpFrameReader(frame => {
    if (!this.#closed) this.owner.connectionPacket(this, frame);
  });
  #closed = false;

  /** An accepted connection; it is read from now on. */
  static accept(reading: ConnectionReading, accepted: Socket, owner: ConnectionOwner): MediaConnection {
    const { remoteAddress = '', remotePort = 0 } = accepted;
    let connection: MediaConnection | undefined;
    const socket = reading.intake.take(accepted, bytes => {
      reading.onRead();
      connection?.push(bytes);
    });
    connection = new MediaConnection(
      socket,
      { address: plainAddress(remoteAddress), port: remotePort },
      owner,
    );
    return connection;
  }

  /** Connects to a device. Rejects after `timeout` milliseconds, or where it refuses. */
  static async connect(
    reading: ConnectionReading,
    source: MediaSource,
    owner: ConnectionOwner,
    timeout: number,
  ): Promise<MediaConnection> {
    let connection: MediaConnection | undefined;
    const socket = reading.intake.connect({ host: source.address, port: source.port }, bytes => {
      reading.onRead();
      connection?.push(bytes);
    });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        socket.destroy();
        reject(new Error(`no answer in ${timeout / 1000} s`));
      }, timeout);
      socket.once('error', error => {
        clearTimeout(timer);
        reject(error);
      });
      socket.once('connect', () => {
        clearTimeout(timer);
        // Read when whoever connects is ready for it.
        socket.pause();
        resolve();
      });
    });
    connection = new MediaConnection(socket, source, owner);
    return connection;
  }

  private constructor(socket: Socket, source: MediaSource, owner: ConnectionOwner) {
    this.#socket = socket;
    this.source = source;
    this.owner = owner;
    socket.on('error', () => {});
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#close('The device closed its connection.'));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Reads what comes by a connection that was made from here. */
  start(): void {
    this.#socket.resume();
  }

  push(bytes: Buffer): void {
    if (this.#closed) return;
    try {
      this.#reader.push(bytes);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.#close(error.message);
    }
  }

  close(): void {
    this.#close(undefined);
  }

  #close(reason: string | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#socket.destroy();
    this.owner.connectionClosed(this, reason);
  }
}
