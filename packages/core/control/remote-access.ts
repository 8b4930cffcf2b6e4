import type { Bus } from '../bus/bus.ts';
import { FluxError } from '../errors/flux-error.ts';
import type { AccessRequest } from '../orchestrator/protocol-adapter.ts';
import type { Action, Admission } from '../orchestrator/stream-orchestrator.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { askAccess, askedActions, watchAskedActions } from './access-question.ts';
import { RecentAdmissions } from './recent-admissions.ts';

/**
 * A media node's door: asks flux-server whether a client may, where it wants to be asked. Where it cannot be asked,
 * nobody is let in; where it needs not be, its absence changes nothing.
 */
export class RemoteAccess {
  readonly #bus: Bus;
  readonly #recent = new RecentAdmissions();
  readonly #unwatch: () => void;
  #asked: readonly Action[] | undefined;

  constructor(bus: Bus) {
    this.#bus = bus;
    this.#asked = askedActions(bus);
    this.#unwatch = watchAskedActions(bus, actions => {
      this.#asked = actions;
      this.#recent.clear();
    });
  }

  /** Throws `NOT_ALLOWED`, `REDIRECTED`, `HOOK_FAILED`, and `NOT_READY` or `TIMED_OUT` where nobody answers. */
  async authorize(
    action: Action,
    streamId: StreamId,
    request: AccessRequest,
  ): Promise<Admission | undefined> {
    this.#asked ??= askedActions(this.#bus);
    if (!this.#asked) throw new FluxError('NOT_READY', 'The server has not said yet who may do what.');
    if (!this.#asked.includes(action)) return undefined;
    if (!request.isRepeated) return this.#ask(action, streamId, request, request.signal);
    const { protocol, address, user, token } = request;
    const key = JSON.stringify([action, streamId, protocol, address, user, token]);
    // Who asks first may go away while others of the same client wait.
    return this.#recent.admit(key, performance.now(), () => this.#ask(action, streamId, request, undefined));
  }

  close(): void {
    this.#unwatch();
  }

  async #ask(
    action: Action,
    streamId: StreamId,
    { protocol, address, user, token }: AccessRequest,
    signal: AbortSignal | undefined,
  ): Promise<Admission | undefined> {
    const question = { action, streamId, node: this.#bus.member, protocol, address, user, token };
    const answer = await askAccess(this.#bus, question, signal);
    switch (answer.verdict) {
      case 'allow':
        return answer.lifetime === undefined ? undefined : { lifetime: answer.lifetime };
      case 'redirect': {
        const { location } = answer;
        throw new FluxError('REDIRECTED', `The stream is at ${location}.`, { context: { location } });
      }
      case 'refuse':
        throw new FluxError(answer.code, answer.reason);
    }
  }
}
