import { writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import type { Clock } from './clock.ts';

const RECEIVE_BUFFER = 256 * 1024;
/** No message may be longer. */
export const SEND_BUFFER = 1024 * 1024;

/** What all connections of a process share. */
export interface LoadContext {
  readonly host: string;
  readonly clock: Clock;
  /** Every socket reads into this one: what is read has been looked at before the next socket reads. */
  readonly receiveBuffer: Buffer;
  /** What a publisher sends is put together here: it has been sent or copied before the next one sends. */
  readonly sendBuffer: Buffer;
  /** Told of every reading. */
  onBytes(length: number): void;
}

export function loadContext(host: string, clock: Clock, onBytes: (length: number) => void): LoadContext {
  return {
    host,
    clock,
    receiveBuffer: Buffer.allocUnsafe(RECEIVE_BUFFER),
    sendBuffer: Buffer.allocUnsafe(SEND_BUFFER),
    onBytes,
  };
}

export interface ConnectionEvents {
  onConnect(): void;
  /** May throw, which closes the connection with the error's message. */
  onData(bytes: Buffer, length: number, time: number): void;
  /** Once, with the reason, unless `close` was called. */
  onLost(reason: string): void;
}

/** A TCP connection that reads and, while the kernel takes it, writes without allocating. */
export class Connection {
  readonly #events: ConnectionEvents;
  readonly #socket: Socket;
  /** Of the socket while it is connected, where Node tells it. */
  #descriptor: number | undefined;
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
    this.#socket.on('connect', () => {
      this.#descriptor = descriptorOf(this.#socket);
      events.onConnect();
    });
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

  /** Sends the first `length` bytes, or keeps a copy of what the kernel does not take at once. */
  write(bytes: Buffer, length = bytes.length): void {
    if (this.#closed) return;
    const sent = this.backlog === 0 ? this.#writeAtOnce(bytes, length) : 0;
    if (sent < length) this.#socket.write(Buffer.from(bytes.subarray(sent, length)));
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

  /**
   * How much the kernel took. A system call without the socket's stream around it: the stream's own work for each write
   * costs a third of what the kernel's does.
   */
  #writeAtOnce(bytes: Buffer, length: number): number {
    if (this.#descriptor === undefined || this.#socket.destroyed) return 0;
    try {
      return writeSync(this.#descriptor, bytes, 0, length);
    } catch {
      // Full, or broken: the stream waits, or meets the same error and reports it.
      return 0;
    }
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

/** Node has no public way to it. Where this one ends, everything goes by way of the stream. */
function descriptorOf(socket: Socket): number | undefined {
  const { fd } = (socket as Socket & { readonly _handle?: { readonly fd?: number } })._handle ?? {};
  return fd !== undefined && fd >= 0 ? fd : undefined;
}
