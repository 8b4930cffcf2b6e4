import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type {
  AccessRequest,
  ProtocolAdapter,
  ProtocolStats,
  StreamCallback,
} from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { Output, ViewerStart } from '@flux-iot/core/stream/output';
import type { EndReason } from '@flux-iot/core/stream/sink';
import { SocketTransport } from '@flux-iot/core/stream/socket-transport';
import type { Stream } from '@flux-iot/core/stream/stream';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { Viewer, type ViewerLimits, type ViewerTransport } from '@flux-iot/core/stream/viewer';
import { type PlayableForm, parseCodecs } from '@flux-iot/core/transcode/playable';
import { FlvMuxer } from '@flux-iot/media/format/flv/muxer';
import { WebSocketServer } from 'ws';
import type { MediaRequest, MediaServer } from '../http/media-server.ts';
import { streamIdOfPath } from './address.ts';
import { HTTP_CHUNK_FRAMING } from './http-chunk-framing.ts';
import { ChunkedTransport, WebSocketTransport } from './transports.ts';

export interface FlvAdapterOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly server: MediaServer;
  readonly limits: ViewerLimits;
  /** Under which id a player that says its codecs is to be served. */
  readonly playable?: PlayableForm;
}

/** Viewers have nothing to say but close and pong. */
const MAX_WEBSOCKET_PAYLOAD = 1024;

/** HTTP-FLV and WebSocket-FLV: `GET /flv/{stream_id}.flv` on the shared media server. */
export class FlvAdapter implements ProtocolAdapter {
  readonly protocolName = 'flv';
  readonly #options: FlvAdapterOptions;
  readonly #viewers = new Map<Viewer, Output>();
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_WEBSOCKET_PAYLOAD,
  });
  readonly #refused: Record<string, number> = {};
  #bytesOutBefore = 0;
  #running = false;

  constructor(options: FlvAdapterOptions) {
    this.#options = options;
    options.server.addRoute({
      handle: (request, response) => this.#counted(this.#handle(request, response)),
      upgrade: (request, socket, head) => this.#counted(this.#upgrade(request, socket, head)),
    });
  }

  async start(): Promise<void> {
    this.#running = true;
  }

  async stop(): Promise<void> {
    this.#running = false;
    const reason = { code: 'shutdown', message: 'The server is shutting down.' };
    for (const viewer of this.#viewers.keys()) this.#end(viewer, reason);
    this.#viewers.clear();
  }

  /** HTTP-FLV brings no streams. */
  onStreamReady(_callback: StreamCallback): void {}

  stats(): ProtocolStats {
    let bytesOut = this.#bytesOutBefore;
    for (const viewer of this.#viewers.keys()) bytesOut += viewer.bytesSent;
    return {
      listening: this.#running ? [this.#options.server.address] : [],
      connections: this.#viewers.size,
      publishers: 0,
      viewers: this.#viewers.size,
      bytesIn: 0,
      bytesOut,
      refused: { ...this.#refused },
    };
  }

  playUrls(streamId: StreamId, host: string): Readonly<Record<string, string>> {
    const address = `${host}:${this.#options.server.port}/flv/${streamId}.flv`;
    return { flv: `http://${address}`, 'ws-flv': `ws://${address}` };
  }

  async #handle(request: MediaRequest, response: ServerResponse): Promise<boolean> {
    const streamId = this.#running ? streamIdOfPath(request.path) : undefined;
    if (!streamId) return false;
    let viewer: Viewer | undefined;
    const end = (reason: EndReason) => this.#end(viewer, reason);
    const access = { ...request.access, protocol: 'flv', end };
    const stream = await this.#open(streamId, request.query, access);
    if (request.access.signal?.aborted) return true;
    if (request.method === 'HEAD') {
      response.writeHead(200, { 'Content-Type': 'video/x-flv', 'Cache-Control': 'no-store' });
      response.end();
      return true;
    }
    const output = outputOf(stream, request.query);
    const socket = request.takeOver();
    const isChunked = request.message.httpVersion !== '1.0';
    const transport = isChunked ? new ChunkedTransport(socket) : new SocketTransport(socket);
    const added = this.#view(output, request, transport, {
      prefix: responseHeader(isChunked),
      framed: isChunked,
    });
    viewer = added;
    socket.once('close', () => this.#leave(added));
    return true;
  }

  async #upgrade(request: MediaRequest, socket: Duplex, head: Buffer): Promise<boolean> {
    const streamId = this.#running ? streamIdOfPath(request.path) : undefined;
    if (!streamId) return false;
    let viewer: Viewer | undefined;
    const end = (reason: EndReason) => this.#end(viewer, reason);
    const access = { ...request.access, protocol: 'ws-flv', end };
    const stream = await this.#open(streamId, request.query, access);
    if (request.access.signal?.aborted) return true;
    const output = outputOf(stream, request.query);
    this.#webSockets.handleUpgrade(request.message, socket, head, webSocket => {
      const added = this.#view(output, request, new WebSocketTransport(webSocket), { framed: false });
      viewer = added;
      webSocket.on('error', () => webSocket.terminate());
      webSocket.once('close', () => this.#leave(added));
    });
    return true;
  }

  /** The stream, or what is made of it for a player that says by `?codecs=` what it knows. Throws `NOT_PLAYABLE`. */
  async #open(streamId: StreamId, query: URLSearchParams, access: AccessRequest): Promise<Stream> {
    const { orchestrator, playable } = this.#options;
    const stream = await orchestrator.openStream(streamId, access);
    const codecs = query.get('codecs');
    if (codecs === null || !playable) return stream;
    const wanted = stream.tracks.filter(({ kind }) => query.get(kind) !== '0');
    const id = playable(streamId, wanted, parseCodecs(codecs));
    if (id === streamId) return stream;
    // Whoever may play the stream may play what is made of it.
    return orchestrator.openStream(id, { signal: access.signal, isInternal: true });
  }

  #view(
    output: Output,
    request: MediaRequest,
    transport: ViewerTransport,
    start: Omit<ViewerStart, 'gop'>,
  ): Viewer {
    const protocol = start.prefix ? 'flv' : 'ws-flv';
    const viewer = new Viewer({ protocol, peer: request.peer, transport, limits: this.#options.limits });
    this.#viewers.set(viewer, output);
    output.attach(viewer, { ...start, gop: request.query.get('gop') !== '0' });
    return viewer;
  }

  #end(viewer: Viewer | undefined, reason: EndReason): void {
    if (!viewer) return;
    this.#viewers.get(viewer)?.detach(viewer);
    viewer.transport.end(reason);
  }

  #leave(viewer: Viewer): void {
    this.#viewers.get(viewer)?.detach(viewer);
    if (this.#viewers.delete(viewer)) this.#bytesOutBefore += viewer.bytesSent;
  }

  async #counted(answer: Promise<boolean>): Promise<boolean> {
    try {
      return await answer;
    } catch (cause) {
      const { code } = FluxError.from(cause);
      this.#refused[code] = (this.#refused[code] ?? 0) + 1;
      throw cause;
    }
  }
}

/**
 * The output that serves the query; `?audio=0` and `?video=0` leave a kind out, and each combination is an output
 * of its own. Throws `REQUEST_INVALID`, `CODEC_UNSUPPORTED`.
 */
function outputOf(stream: Stream, query: URLSearchParams): Output {
  const audio = query.get('audio') !== '0';
  const video = query.get('video') !== '0';
  if (!audio && !video) throw new FluxError('REQUEST_INVALID', 'Neither audio nor video is left to play.');
  const output = stream.output(`flv${audio ? '' : ':no-audio'}${video ? '' : ':no-video'}`, () => ({
    name: 'HTTP-FLV',
    muxer: new FlvMuxer(),
    framing: HTTP_CHUNK_FRAMING,
    select: track => (track.kind === 'video' ? video : audio),
  }));
  output.requireTracks();
  return output;
}

function responseHeader(isChunked: boolean): Buffer {
  const lines = [
    'HTTP/1.1 200 OK',
    'Content-Type: video/x-flv',
    'Cache-Control: no-store',
    'Access-Control-Allow-Origin: *',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
  ];
  if (isChunked) lines.push('Transfer-Encoding: chunked');
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
