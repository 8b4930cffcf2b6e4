import type { Bus, BusValue } from '../bus/bus.ts';
import type { Action } from '../orchestrator/stream-orchestrator.ts';

/** Somebody wants to publish or play; flux-server is asked for the media nodes. */
export interface AccessQuestion {
  readonly action: Action;
  readonly streamId: string;
  readonly node: string;
  readonly protocol?: string;
  /** Address without port. */
  readonly address?: string;
  readonly user?: string;
  readonly token?: string;
}

export type AccessVerdict =
  /** For `lifetime` milliseconds, or for as long as it likes. */
  | { readonly verdict: 'allow'; readonly lifetime?: number }
  | { readonly verdict: 'refuse'; readonly code: 'NOT_ALLOWED' | 'HOOK_FAILED'; readonly reason: string }
  | { readonly verdict: 'redirect'; readonly location: string };

export type AccessJudge = (question: AccessQuestion) => Promise<AccessVerdict>;

const SUBJECT = 'access';
/** In the directory: for which actions flux-server has to be asked. */
const KEY = 'access/asked';
/** Milliseconds: a hook is given less. */
const TIMEOUT = 15_000;

/** The actions that flux-server wants to be asked for; undefined where it has not said. */
export function askedActions(bus: Bus): readonly Action[] | undefined {
  return bus.directory.get(KEY)?.value as readonly Action[] | undefined;
}

/** Told of each change. That flux-server is gone is none: what it said last goes on to hold. */
export function watchAskedActions(bus: Bus, receiver: (actions: readonly Action[]) => void): () => void {
  return bus.directory.watch(KEY, (key, entry) => {
    if (key === KEY && entry) receiver(entry.value as readonly Action[]);
  });
}

/** Throws `NOT_READY`, `TIMED_OUT`. */
export async function askAccess(
  bus: Bus,
  question: AccessQuestion,
  signal?: AbortSignal,
): Promise<AccessVerdict> {
  const payload = Object.fromEntries(Object.entries(question).filter(([, value]) => value !== undefined));
  const answer = await bus.request(SUBJECT, payload, { timeout: TIMEOUT, signal });
  return answer as unknown as AccessVerdict;
}

/** flux-server's side. */
export class AccessDesk {
  readonly #bus: Bus;
  readonly #unserve: () => void;

  constructor(bus: Bus, judge: AccessJudge) {
    this.#bus = bus;
    this.#unserve = bus.serve(
      SUBJECT,
      async payload => (await judge(payload as unknown as AccessQuestion)) as unknown as BusValue,
    );
  }

  /** From now on nodes ask for these alone. To be called before nodes can join, for they wait for it. */
  async ask(actions: readonly Action[]): Promise<void> {
    await this.#bus.directory.claim(KEY, actions);
  }

  close(): void {
    this.#unserve();
  }
}
