import { FluxError, isErrorCode } from '@flux-iot/core/errors/flux-error';
import type { MediaRequest } from '../http/media-server.ts';
import type { HlsAddress, MediaAddress, PlaylistAddress } from './address.ts';
import { reloadOf } from './reload-directives.ts';
import { SegmentCache } from './segment-cache.ts';
import type { NodeAnswer, SegmentMakers } from './segment-makers.ts';
import type { WaitingPlaces } from './waiting-room.ts';

/** Answers of the nodes that cut streams, for clients that came to this one. */
export class PassingOn {
  readonly #makers: SegmentMakers;
  readonly #places: WaitingPlaces;
  readonly #cache = new SegmentCache();
  /** What clients wait for here, by stream and directives. */
  readonly #waits = new Map<string, Promise<NodeAnswer>>();

  constructor(makers: SegmentMakers, places: WaitingPlaces) {
    this.#makers = makers;
    this.#places = places;
  }

  /** Segments and parts are kept, for more clients here to ask for them. Throws what the other node refused. */
  media(node: string, address: MediaAddress, request: MediaRequest): Promise<Buffer> {
    const { kind, streamId, number, extension } = address;
    const fetch = () =>
      // Who asks first may go away while others wait.
      this.#cache.get(
        `${streamId}/${kind}_${number}.${extension}`,
        async () => (await this.#fetch(node, address, request, undefined)).body,
      );
    return kind === 'part' ? this.#places.take(fetch) : fetch();
  }

  /**
   * One request waits for all clients that wait for the same; then each asks for itself, for viewers are counted where
   * the playlist is made. Throws what the other node refused.
   */
  async playlist(node: string, address: PlaylistAddress, request: MediaRequest): Promise<Buffer> {
    const { signal } = request.access;
    const { sequence, part } = reloadOf(request.query);
    if (sequence === undefined) return (await this.#fetch(node, address, request, signal)).body;
    const key = `${address.streamId} ${sequence} ${part}`;
    const waiting = this.#waits.get(key);
    if (!waiting) {
      return this.#places.take(async () => {
        // Its client may go away while others wait.
        const first = this.#fetch(node, address, request, undefined).finally(() => this.#waits.delete(key));
        this.#waits.set(key, first);
        const { body } = await first;
        signal?.throwIfAborted();
        return body;
      });
    }
    // What it throws may be its client's fault.
    await this.#places.take(() => waiting.catch(() => {}));
    signal?.throwIfAborted();
    return (await this.#fetch(node, address, request, signal)).body;
  }

  async #fetch(
    node: string,
    { kind }: HlsAddress,
    request: MediaRequest,
    signal: AbortSignal | undefined,
  ): Promise<NodeAnswer> {
    const answer = await this.#makers.fetch(node, {
      target: request.message.url ?? '/',
      peer: request.peer,
      userAgent: request.message.headers['user-agent'] ?? '',
      signal,
      mayWait: kind !== 'segment' && kind !== 'init',
    });
    if (answer.status !== 200) throw problemOfNode(answer);
    return answer;
  }
}

/** What another node refused is refused here for the same reason. */
function problemOfNode({ status, body }: NodeAnswer): FluxError {
  try {
    const { code, detail } = JSON.parse(body.toString()) as { code?: unknown; detail?: unknown };
    if (isErrorCode(code)) return new FluxError(code, String(detail));
  } catch {
    // It was not one of our problem documents.
  }
  return new FluxError('UPSTREAM_FAILED', `The media node that has the stream answered with ${status}.`);
}
