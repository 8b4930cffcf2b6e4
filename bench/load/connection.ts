import { connect, type Socket } from 'node:net';
import type { Clock } from './clock.ts';

/** What all connections of a process share. */
export interface LoadContext {
  readonly host: string;
  readonly clock: Clock;
  /** Every socket reads into this one: what is read has been looked at before the next socket reads. */
  readonly receiveBuffer: Buffer;
  /** Told of every reading. */
  onBytes(length: number): void;
}

export function loadContext(host: string, clock: Clock, onBytes: (length: number) => void): LoadContext {
  return { host, clock, receiveBuffer: Buffer.allocUnsafe(256 * 1024), onBytes };
}

export interface ConnectionEvents {
  onConnect(): void;
  /** May throw, which closes the connection with the error's message. */
  onData(bytes: Buffer, length: number, time: number): void;
  /** Once, with the reason, unless `close` was called. */
  onLost(reason: string): void;
}

/** A TCP connection that reads without allocating. */
export class Connection {
  readonly #events: ConnectionEvents;
  readonly #socket: Socket;
  #closed = false;

  constructor(context: LoadContext, port: number, events: ConnectionEvents) {
    this.#events = events;
    const { host, clock, receiveBuffer } = context;
    const callback = (length: number): boolean => {
      context.onBytes(length);
      if (!this.#closed) this.#read(receiveBuffer, length, clock());
      return true;
    };
    this.#socket = connect({ host, port, noDelay: true, onread: { buffer: receiveBuffer, callback } });
    this.#socket.on('connect', () => events.onConnect());
    this.#socket.on('error', error => this.#lose(error.message));
    this.#socket.on('end', () => this.#lose('closed by the server'));
    this.#socket.on('close', () => this.#lose('closed'));
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Bytes that the kernel has not taken yet. */
  get backlog(): number {
    return this.#socket.writableLength;
  }

  write(bytes: Buffer): void {
    if (!this.#closed) this.#socket.write(bytes);
  }

  /** Sends what was written, then closes. */
  end(): void {
    this.#closed = true;
    this.#socket.end(() => this.#socket.destroy());
  }

  close(): void {
    this.#closed = true;
    this.#socket.destroy();
  }

  #read(bytes: Buffer, length: number, time: number): void {
    try {
      this.#events.onData(bytes, length, time);
    } catch (error) {
      this.#lose(error instanceof Error ? error.message : String(error));
    }
  }

  #lose(reason: string): void {
    if (this.#closed) return;
    this.close();
    this.#events.onLost(reason);
  }
}
