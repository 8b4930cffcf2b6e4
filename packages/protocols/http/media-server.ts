import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, BlockList, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { clientAddress, proxyList } from '@flux-iot/core/access/client-address';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { AccessRequest } from '@flux-iot/core/orchestrator/protocol-adapter';
import { sendProblem } from './problem.ts';

/** A request whose path was found safe and decoded. */
export interface MediaRequest {
  readonly message: IncomingMessage;
  /** Decoded segments of the path: `/hls/cam1/index.m3u8` → `hls`, `cam1`, `index.m3u8`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** `GET` or `HEAD`. */
  readonly method: string;
  readonly access: AccessRequest;
  /** Address and port of the client. */
  readonly peer: string;
  /**
   * The socket, for an answer that has no end: the route writes status line, header and body to it, and whatever
   * the client sends from now on ends the connection.
   */
  takeOver(): Socket;
}

/** Answers requests under some paths. False says that the path is not one of its own. Throws `FluxError`. */
export interface MediaRoute {
  handle(request: MediaRequest, response: ServerResponse): Promise<boolean> | boolean;
  /** A WebSocket upgrade; false says that the path is not one of its own. */
  upgrade?(request: MediaRequest, socket: Duplex, head: Buffer): Promise<boolean> | boolean;
}

export interface MediaServerOptions {
  readonly host: string;
  readonly port: number;
  /** Other media nodes of this host listen there too. */
  readonly reusePort?: boolean;
  /** Proxies whose word on the client's address is taken; nobody's, if left out. */
  readonly proxies?: BlockList;
  /** Told of every client that is let in. */
  readonly onAccept?: () => void;
  readonly onError?: (error: FluxError, request: { path: string; peer: string }) => void;
}

/** By which a media node tells another for whom it asks: address and port. */
export const PEER_HEADER = 'x-flux-peer';

const NO_PROXIES = proxyList([]);
const MAX_CONNECTIONS = 20_000;
const HEADER_TIMEOUT = 10_000;
const KEEP_ALIVE_TIMEOUT = 15_000;
const MAX_PATH_LENGTH = 1024;

/**
 * The HTTP server for media, shared by the protocols that travel on HTTP. It checks paths, answers `OPTIONS`, sets
 * the CORS headers, and turns errors into problem documents; what is under a path is the routes' affair.
 */
export class MediaServer {
  readonly #options: MediaServerOptions;
  readonly #server: Server;
  readonly #routes: MediaRoute[] = [];
  readonly #upgraded = new Set<Duplex>();
  readonly #takenOver = new WeakSet<Socket>();
  /** Connections of other media nodes. */
  readonly #ofNodes = new WeakSet<Socket>();

  constructor(options: MediaServerOptions) {
    this.#options = options;
    this.#server = createServer({ keepAliveTimeout: KEEP_ALIVE_TIMEOUT, noDelay: true });
    this.#server.headersTimeout = HEADER_TIMEOUT;
    this.#server.requestTimeout = HEADER_TIMEOUT;
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.on('connection', () => options.onAccept?.());
    this.#server.on('request', (message, response) => void this.#handle(message, response));
    this.#server.on('upgrade', (message, socket, head) => void this.#upgrade(message, socket, head));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo | null)?.port ?? this.#options.port;
  }

  get address(): string {
    return `${this.#options.host}:${this.port}`;
  }

  addRoute(route: MediaRoute): void {
    this.#routes.push(route);
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', cause => {
        reject(
          new FluxError('PORT_IN_USE', `HTTP media cannot listen on ${this.address}: ${cause.message}`, {
            cause,
          }),
        );
      });
      const { host, port, reusePort } = this.#options;
      this.#server.listen({ host, port, reusePort }, resolve);
    });
  }

  /** Serves a connection of another media node, which has let its clients in already and says who they are. */
  acceptNode(socket: Socket): void {
    this.#ofNodes.add(socket);
    this.#server.emit('connection', socket);
  }

  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = new Promise(resolve => this.#server.close(resolve));
    this.#server.closeAllConnections();
    for (const socket of this.#upgraded) socket.destroy();
    await closed;
  }

  async #handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#takenOver.has(message.socket)) {
      message.socket.destroy();
      return;
    }
    response.setHeader('Access-Control-Allow-Origin', '*');
    response.setHeader('Access-Control-Expose-Headers', 'Content-Length, Content-Range, Date');
    try {
      if (message.method === 'OPTIONS') {
        response.writeHead(204, {
          'Access-Control-Allow-Methods': 'GET, HEAD, OPTIONS',
          'Access-Control-Allow-Headers': 'Range, Authorization, Content-Type',
          'Access-Control-Max-Age': '86400',
        });
        response.end();
        return;
      }
      if (message.method !== 'GET' && message.method !== 'HEAD') {
        response.setHeader('Allow', 'GET, HEAD, OPTIONS');
        throw new FluxError('METHOD_NOT_ALLOWED', `${message.method} is not possible here.`);
      }
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      const request = this.#read(message, gone.signal);
      for (const route of this.#routes) {
        if (await route.handle(request, response)) return;
      }
      throw new FluxError('ROUTE_NOT_FOUND', 'There is nothing at this path.');
    } catch (cause) {
      const error = FluxError.from(cause);
      this.#options.onError?.(error, { path: message.url ?? '', peer: peerOf(message) });
      if (!response.headersSent) sendProblem(response, error);
      else response.destroy();
    }
  }

  async #upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.#upgraded.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#upgraded.delete(socket));
    try {
      const gone = new AbortController();
      socket.once('close', () => gone.abort());
      const request = this.#read(message, gone.signal);
      for (const route of this.#routes) {
        if (await route.upgrade?.(request, socket, head)) return;
      }
      throw new FluxError('ROUTE_NOT_FOUND', 'There is no WebSocket at this path.');
    } catch (cause) {
      const error = FluxError.from(cause);
      this.#options.onError?.(error, { path: message.url ?? '', peer: peerOf(message) });
      const location = error.code === 'REDIRECTED' ? `Location: ${error.context.location}\r\n` : '';
      socket.end(
        `HTTP/1.1 ${error.status} ${error.code}\r\n${location}Connection: close\r\nContent-Length: 0\r\n\r\n`,
      );
    }
  }

  /** Throws `REQUEST_INVALID` for a path that is too long, not decodable, or tries to leave its place. */
  #read(message: IncomingMessage, signal: AbortSignal): MediaRequest {
    const target = message.url ?? '/';
    const question = target.indexOf('?');
    const rawPath = question === -1 ? target : target.slice(0, question);
    if (rawPath.length > MAX_PATH_LENGTH || !rawPath.startsWith('/')) {
      throw new FluxError('REQUEST_INVALID', 'The path is too long or does not begin with "/".');
    }
    const query = new URLSearchParams(question === -1 ? '' : target.slice(question + 1));
    const bearer = message.headers.authorization?.match(/^Bearer ([\x21-\x7e]{1,4096})$/i)?.[1];
    const { socket } = message;
    const isInternal = this.#ofNodes.has(socket);
    const peer = isInternal ? String(message.headers[PEER_HEADER]) : peerOf(message);
    const address = clientAddress(
      peer.slice(0, peer.lastIndexOf(':')),
      message.headers,
      this.#options.proxies ?? NO_PROXIES,
    );
    const token = bearer ?? query.get('token') ?? undefined;
    return {
      message,
      path: rawPath.slice(1).split('/').map(decodeSegment),
      query,
      method: message.method ?? 'GET',
      access: { token, address, signal, isInternal, end: () => socket.destroy() },
      peer,
      takeOver: () => {
        this.#takenOver.add(socket);
        return socket;
      },
    };
  }
}

function decodeSegment(segment: string): string {
  let decoded: string;
  try {
    decoded = decodeURIComponent(segment);
  } catch (cause) {
    throw new FluxError('REQUEST_INVALID', 'The path has a broken percent-encoding.', { cause });
  }
  const hasControl = [...decoded].some(character => character < ' ' || character === '\x7f');
  if (decoded === '.' || decoded === '..' || /[/\\]/.test(decoded) || hasControl) {
    throw new FluxError('REQUEST_INVALID', 'The path has a segment that is not allowed.');
  }
  return decoded;
}

function peerOf(message: IncomingMessage): string {
  return `${message.socket.remoteAddress ?? '?'}:${message.socket.remotePort ?? 0}`;
}
