import type { Socket } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { SocketIntake } from '@flux-iot/core/socket/socket-intake';
import { ParseError } from '@flux-iot/media/model/parse-error';
import {
  HeaderFields,
  NO_BODY,
  RTSP_VERSION,
  type RtspMessage,
  type RtspRequest,
  type RtspResponse,
  sequenceOf,
} from './message.ts';
import { RtspReader, type RtspReaderLimits } from './message-reader.ts';
import { writeInterleaved, writeRequest, writeResponse } from './message-writer.ts';

/** Until a client has been let in: it has no media to send, and what is no RTSP is not for this port. */
const STRANGER_LIMITS: RtspReaderLimits = {
  maxHeadBytes: 16 * 1024,
  maxHeaders: 64,
  maxBodySize: 64 * 1024,
  maxSkippedBytes: 0,
};
const TRUSTED_LIMITS: RtspReaderLimits = {
  maxHeadBytes: 32 * 1024,
  maxHeaders: 128,
  maxBodySize: 256 * 1024,
  maxSkippedBytes: 64 * 1024,
};
/** Until the first whole message of a client. */
const FIRST_TIMEOUT = 10_000;
/** The peer says nothing at all. */
const IDLE_TIMEOUT = 60_000;
const ANSWER_TIMEOUT = 10_000;
/** What a peer may leave unread of answers and reports: it could ask for more of them without end. */
const MAX_UNSENT_BYTES = 256 * 1024;
/** Requests without an answer: some cameras answer none that keep a session alive. */
const MAX_PENDING = 16;
/** How long what is queued may still take to be sent after the end. */
const LINGER = 1000;

export type Fields = Parameters<typeof HeaderFields.of>[0];

export interface RtspConnHandlers {
  /** Something was read from the socket. */
  onRead?(): void;
  /** Throws to end the connection. */
  onRequest(request: RtspRequest): void;
  /** `payload` is a view that is valid during the call alone. Throws to end the connection. */
  onInterleaved(channel: number, payload: Buffer): void;
  /** Junk came before what comes next: packets may be missing. */
  onSkipped?(bytes: number): void;
  /** Once; `error` is undefined where the peer just closed. */
  onClose(error: FluxError | undefined): void;
}

interface Pending {
  readonly resolve: (response: RtspResponse) => void;
  readonly reject: (error: FluxError) => void;
  readonly timer: NodeJS.Timeout;
}

/**
 * One RTSP connection, of a server or of a client: messages and interleaved frames in and out, answers found for their
 * requests, time-outs. It knows no sessions.
 */
export class RtspConn {
  readonly socket: Socket;
  #peer: string;
  readonly #handlers: RtspConnHandlers;
  readonly #reader: RtspReader;
  /** Requests that wait for an answer, by their sequence number, the oldest first. */
  readonly #pending = new Map<number, Pending>();
  /** Those that nobody waits for any more: an answer to them is for no other request. */
  readonly #abandoned = new Set<number>();
  #sequence = 0;
  #unsentBytes = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #hasSpoken: boolean;
  #isEnding = false;
  #closed = false;

  /**
   * A client's socket may still be connecting, and may be made here so as to hand on its bytes by itself. With an
   * `intake`, `given` was accepted by a server with `pauseOnConnect`.
   */
  constructor(
    given: Socket | ((onBytes: (bytes: Buffer) => void) => Socket),
    role: 'server' | 'client',
    handlers: RtspConnHandlers,
    intake?: SocketIntake,
  ) {
    const onBytes = (bytes: Buffer) => this.#data(bytes);
    const socket =
      typeof given === 'function'
        ? given(onBytes)
        : intake
          ? intake.take(given, onBytes)
          : given.on('data', onBytes);
    this.socket = socket;
    this.#peer = addressOf(socket);
    socket.once('connect', () => {
      this.#peer = addressOf(socket);
    });
    this.#handlers = handlers;
    this.#hasSpoken = role === 'client';
    this.#reader = new RtspReader(role === 'server' ? STRANGER_LIMITS : TRUSTED_LIMITS, {
      onMessage: message => this.#message(message),
      onInterleaved: (channel, payload) => {
        if (!this.#closed && !this.#isEnding) handlers.onInterleaved(channel, payload);
      },
      onSkipped: bytes => handlers.onSkipped?.(bytes),
    });
    socket.setNoDelay(true);
    socket.on('error', cause => this.#finish(new FluxError('UPSTREAM_FAILED', cause.message, { cause })));
    socket.on('close', () => this.#finish(undefined));
    this.setIdleTimeout(role === 'server' ? FIRST_TIMEOUT : IDLE_TIMEOUT);
  }

  /** Address and port of the peer. */
  get peer(): string {
    return this.#peer;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** The client was let in: it may send media, and junk between it. */
  trust(): void {
    this.#reader.setLimits(TRUSTED_LIMITS);
  }

  /** The channels that media was agreed on: by them the next frame is found behind junk. */
  expectChannels(channels: Iterable<number>): void {
    this.#reader.expectChannels(channels);
  }

  /** Ends the connection when nothing is read for so many milliseconds; 0: never. */
  setIdleTimeout(timeout: number): void {
    clearTimeout(this.#idleTimer);
    this.#idleTimer = undefined;
    if (this.#closed || timeout === 0) return;
    this.#idleTimer = setTimeout(() => this.destroy(timedOut('data')), timeout);
  }

  /** From within a handler: nothing is read until `resume`. */
  pause(): void {
    this.#reader.pause();
    this.socket.pause();
  }

  resume(): void {
    if (this.#closed) return;
    try {
      this.socket.resume();
      this.#reader.resume();
    } catch (cause) {
      this.destroy(protocolError(cause));
    }
  }

  /**
   * Asks the peer. Rejects with `TIMED_OUT`, or with what ended the connection; an answer of any status is one.
   */
  request(
    method: string,
    uri: string,
    fields: Fields = {},
    body: Buffer = NO_BODY,
    timeout: number = ANSWER_TIMEOUT,
  ): Promise<RtspResponse> {
    const sequence = ++this.#sequence;
    return new Promise((resolve, reject) => {
      if (this.#closed || this.#isEnding) {
        reject(new FluxError('UPSTREAM_FAILED', 'The connection is closed.'));
        return;
      }
      const [oldest] = this.#pending.keys();
      if (this.#pending.size >= MAX_PENDING && oldest !== undefined) this.#abandon(oldest);
      const timer = setTimeout(() => this.#abandon(sequence), timeout);
      this.#pending.set(sequence, { resolve, reject, timer });
      const headers = HeaderFields.of({ CSeq: sequence, ...fields });
      this.#write(writeRequest({ version: RTSP_VERSION, method, uri, headers, body }));
    });
  }

  /** Answers a request of the peer, with its sequence number. */
  respond(request: RtspRequest, status: number, fields: Fields = {}, body: Buffer = NO_BODY): void {
    const headers = HeaderFields.of({ CSeq: request.headers.get('CSeq'), ...fields });
    this.#write(writeResponse({ version: RTSP_VERSION, status, reason: '', headers, body }));
  }

  /** One frame, for reports now and then: media goes to the socket in larger pieces. */
  sendInterleaved(channel: number, payload: Buffer): void {
    this.#write(writeInterleaved(channel, payload));
  }

  /** Ends after what was written has been sent; what still comes is thrown away. */
  end(): void {
    this.#isEnding = true;
    this.socket.end();
    this.socket.resume();
    // A peer that does not read would keep it open.
    setTimeout(() => this.socket.destroy(), LINGER).unref();
  }

  destroy(error?: FluxError): void {
    this.#finish(error);
    this.socket.destroy();
  }

  #data(data: Buffer): void {
    this.#handlers.onRead?.();
    if (this.#closed || this.#isEnding) return;
    if (this.#hasSpoken) this.#idleTimer?.refresh();
    try {
      this.#reader.push(data);
    } catch (cause) {
      this.destroy(protocolError(cause));
    }
  }

  #message(message: RtspMessage): void {
    if (this.#closed || this.#isEnding) return;
    if (!this.#hasSpoken) {
      this.#hasSpoken = true;
      this.setIdleTimeout(IDLE_TIMEOUT);
    }
    if (message.kind === 'request') this.#handlers.onRequest(message);
    // One that says to go on is followed by the answer.
    else if (message.status >= 200) this.#answer(message);
  }

  #answer(response: RtspResponse): void {
    const sequence = sequenceOf(response.headers);
    if (sequence !== undefined && this.#abandoned.delete(sequence)) return;
    const [oldest, ...others] = this.#pending.keys();
    // Some cameras leave the number out, and some answer with that of the request before.
    const isOnly = oldest !== undefined && others.length === 0;
    const found = sequence !== undefined && this.#pending.has(sequence) ? sequence : undefined;
    const answered = found ?? (sequence === undefined || isOnly ? oldest : undefined);
    if (answered === undefined) return;
    const pending = this.#pending.get(answered)!;
    this.#pending.delete(answered);
    clearTimeout(pending.timer);
    pending.resolve(response);
  }

  #abandon(sequence: number): void {
    const pending = this.#pending.get(sequence);
    if (!pending) return;
    this.#pending.delete(sequence);
    clearTimeout(pending.timer);
    this.#abandoned.add(sequence);
    const [oldest] = this.#abandoned;
    if (this.#abandoned.size > MAX_PENDING && oldest !== undefined) this.#abandoned.delete(oldest);
    pending.reject(timedOut('answer'));
  }

  #write(data: Buffer): void {
    if (!this.socket.writable) return;
    this.#unsentBytes += data.length;
    this.socket.write(data, () => {
      this.#unsentBytes -= data.length;
    });
    if (this.#unsentBytes > MAX_UNSENT_BYTES)
      this.destroy(new FluxError('PROTOCOL_ERROR', 'The peer does not read what it asked for.'));
  }

  #finish(error: FluxError | undefined): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#idleTimer);
    const reason = error ?? new FluxError('UPSTREAM_FAILED', 'The peer closed the connection.');
    for (const { timer, reject } of this.#pending.values()) {
      clearTimeout(timer);
      reject(reason);
    }
    this.#pending.clear();
    this.#handlers.onClose(error);
  }
}

function addressOf(socket: Socket): string {
  return `${socket.remoteAddress ?? '?'}:${socket.remotePort ?? 0}`;
}

function protocolError(cause: unknown): FluxError {
  if (cause instanceof ParseError) return new FluxError('PROTOCOL_ERROR', cause.message, { cause });
  return FluxError.from(cause);
}

function timedOut(what: string): FluxError {
  return new FluxError('TIMED_OUT', `No ${what} within the time allowed.`);
}
