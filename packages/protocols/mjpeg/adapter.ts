import type { ServerResponse } from 'node:http';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type {
  ProtocolAdapter,
  ProtocolStats,
  StreamCallback,
} from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { Output } from '@flux-iot/core/stream/output';
import type { EndReason } from '@flux-iot/core/stream/sink';
import { SocketTransport } from '@flux-iot/core/stream/socket-transport';
import { isStreamId, type StreamId } from '@flux-iot/core/stream/stream-id';
import { Viewer, type ViewerLimits } from '@flux-iot/core/stream/viewer';
import type { PlayableForm } from '@flux-iot/core/transcode/playable';
import { MULTIPART_TYPE, MultipartMuxer } from '@flux-iot/media/format/multipart/muxer';
import { isVideo } from '@flux-iot/media/model/track';
import type { MediaRequest, MediaServer } from '../http/media-server.ts';

export interface MjpegAdapterOptions {
  readonly orchestrator: StreamOrchestrator;
  readonly server: MediaServer;
  readonly limits: Pick<ViewerLimits, 'stallTimeout'>;
  /** Finds what makes JPEG of a stream. */
  readonly playable: PlayableForm;
}

const SUFFIX = '.mjpg';
const JPEG = new Set(['mjpeg'] as const);
const HEADERS = {
  'Content-Type': MULTIPART_TYPE,
  'Cache-Control': 'no-store',
  'Access-Control-Allow-Origin': '*',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * JPEG pictures over HTTP, `GET /mjpeg/{stream_id}.mjpg`, for whatever shows an image and nothing else. The pictures are
 * made once for all; a viewer that has not taken one misses those that come meanwhile, and goes on with the newest.
 */
export class MjpegAdapter implements ProtocolAdapter {
  readonly protocolName = 'mjpeg';
  readonly #options: MjpegAdapterOptions;
  readonly #viewers = new Map<Viewer, Output>();
  readonly #refused: Record<string, number> = {};
  #bytesOutBefore = 0;
  #running = false;

  constructor(options: MjpegAdapterOptions) {
    this.#options = options;
    options.server.addRoute({ handle: (request, response) => this.#handle(request, response) });
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

  /** It brings no streams. */
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
    return { mjpeg: `http://${host}:${this.#options.server.port}/mjpeg/${streamId}${SUFFIX}` };
  }

  async #handle(request: MediaRequest, response: ServerResponse): Promise<boolean> {
    const streamId = this.#running ? streamIdOf(request.path) : undefined;
    if (!streamId) return false;
    try {
      await this.#serve(streamId, request, response);
      return true;
    } catch (cause) {
      const { code } = FluxError.from(cause);
      this.#refused[code] = (this.#refused[code] ?? 0) + 1;
      throw cause;
    }
  }

  async #serve(streamId: StreamId, request: MediaRequest, response: ServerResponse): Promise<void> {
    const { limits } = this.#options;
    let viewer: Viewer | undefined;
    const end = (reason: EndReason) => this.#end(viewer, reason);
    const output = await this.#open(streamId, request, end);
    if (request.access.signal?.aborted) return;
    if (request.method === 'HEAD') {
      response.writeHead(200, HEADERS);
      response.end();
      return;
    }
    const socket = request.takeOver();
    const { stallTimeout } = limits;
    const added = new Viewer({
      protocol: 'mjpeg',
      peer: request.peer,
      transport: new SocketTransport(socket),
      // Nothing waits beside the picture that is being sent.
      limits: { maxQueuedBytes: 0, stallTimeout },
    });
    viewer = added;
    this.#viewers.set(added, output);
    socket.once('close', () => this.#leave(added));
    output.attach(added, { prefix: responseHeader(), framed: false, gop: true });
  }

  async #open(
    streamId: StreamId,
    { access }: MediaRequest,
    end: (reason: EndReason) => void,
  ): Promise<Output> {
    const { orchestrator, playable } = this.#options;
    const source = await orchestrator.openStream(streamId, { ...access, protocol: 'mjpeg', end });
    const pictures = source.tracks.filter(isVideo);
    if (pictures.length === 0)
      throw new FluxError('CODEC_UNSUPPORTED', `The stream ${streamId} has no picture.`);
    const id = playable(streamId, pictures, JPEG);
    // Whoever may play the stream may play what is made of it.
    const request = { signal: access.signal, isInternal: true };
    const stream = id === streamId ? source : await orchestrator.openStream(id, request);
    const output = stream.output('mjpeg', () => ({ name: 'MJPEG', muxer: new MultipartMuxer() }));
    output.requireTracks();
    return output;
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
}

function streamIdOf([first, file, ...rest]: readonly string[]): StreamId | undefined {
  if (first !== 'mjpeg' || !file?.endsWith(SUFFIX) || rest.length > 0) return undefined;
  const id = file.slice(0, -SUFFIX.length);
  return isStreamId(id) ? id : undefined;
}

function responseHeader(): Buffer {
  const lines = Object.entries(HEADERS).map(([name, value]) => `${name}: ${value}`);
  return Buffer.from(['HTTP/1.1 200 OK', ...lines, 'Connection: close', '', ''].join('\r\n'), 'latin1');
}
