import { randomUUID } from 'node:crypto';
import type { AccessQuestion, AccessVerdict } from '@flux-iot/core/control/access-question';
import type { GatewayEvent } from '@flux-iot/core/control/gateway-event';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Action } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { appAndName } from '@flux-iot/core/stream/stream-id';
import { AddressPolicy } from './address-policy.ts';
import { callHook, HookError } from './call-hook.ts';
import { type Delivery, DeliveryQueue, type DeliveryStats } from './delivery-queue.ts';
import { type DeadLetter, type Hook, isConfigured } from './hook.ts';
import type { HookStore } from './hook-store.ts';
import { decisionMessage, eventMessage } from './payload.ts';
import { strictest, verdictOf } from './verdict.ts';

export interface HookSettings {
  /** Those of the configuration. */
  readonly hooks: readonly Hook[];
  /** Networks that hooks may be in although they are not public. */
  readonly networks: readonly string[];
}

export interface HookServiceOptions {
  readonly store: HookStore;
  readonly settings: HookSettings;
  readonly version: string;
  /**
   * Whose an event or a question is; undefined where it is nobody's any more. A hook of a tenant is for what is its
   * own alone; those of the configuration are for all.
   */
  readonly ownerOf?: (about: Pick<GatewayEvent, 'streamId' | 'details' | 'at'>) => string | undefined;
  /** For which actions somebody has to be asked, whenever that changes. */
  readonly onAsked?: (actions: readonly Action[]) => Promise<void>;
  /** A hook that has to be asked gave no answer; or a delivery was given up. */
  readonly onFailure?: (hook: Hook, message: string) => void;
}

const MAX_HOOKS = 200;
/** Bytes of an answer that decides. */
const MAX_DECISION = 16_384;
const ACTIONS: readonly Action[] = ['publish', 'play'];

/** All hooks: those of the configuration and those made by the API. */
export class HookService {
  readonly #options: HookServiceOptions;
  readonly #store: HookStore;
  readonly #userAgent: string;
  readonly #queues = new Map<string, DeliveryQueue>();
  readonly #over = new AbortController();
  #settings: HookSettings;
  #policy: AddressPolicy;
  #made: readonly Hook[] = [];

  constructor(options: HookServiceOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#settings = options.settings;
    this.#policy = new AddressPolicy(options.settings.networks);
    this.#userAgent = `FLUX-IoT/${options.version}`;
  }

  /** Reads the hooks that there are. */
  async start(): Promise<void> {
    this.#made = await this.#store.hooks();
    await this.#changed();
  }

  /** Ends what is under way; what waits becomes dead letters, to be delivered when somebody says so. Idempotent. */
  async close(): Promise<void> {
    const queues = [...this.#queues.values()];
    this.#queues.clear();
    const waiting = queues.flatMap(queue =>
      queue.close().map(delivery => ({ ...delivery, hookId: queue.hook.id })),
    );
    this.#over.abort();
    await Promise.all(queues.map(queue => queue.idle()));
    const failedAt = Date.now();
    for (const delivery of waiting) {
      await this.#store.addDeadLetter({
        ...delivery,
        attempts: 0,
        error: 'The server was stopped.',
        failedAt,
      });
    }
  }

  /** The configuration has changed. */
  async configure(settings: HookSettings): Promise<void> {
    this.#settings = settings;
    this.#policy = new AddressPolicy(settings.networks);
    await this.#changed();
  }

  get hooks(): readonly Hook[] {
    return [...this.#settings.hooks, ...this.#made];
  }

  /** Throws `HOOK_NOT_FOUND`. */
  hook(id: string): Hook {
    const hook = this.hooks.find(candidate => candidate.id === id);
    if (hook) return hook;
    throw new FluxError('HOOK_NOT_FOUND', `There is no hook ${id}.`);
  }

  stats(id: string): DeliveryStats {
    const nothing = { delivered: 0, failures: 0, dead: 0, waiting: 0, lastError: undefined };
    return this.#queues.get(id)?.stats ?? nothing;
  }

  /** Adds a hook, or changes one. Throws `URL_INVALID`, `HOOK_LIMIT`, `NOT_ALLOWED`. */
  async put(hook: Hook): Promise<void> {
    mustNotBeConfigured(hook);
    this.#policy.check(hook.url);
    const isNew = !this.#made.some(({ id }) => id === hook.id);
    if (isNew && this.#made.length >= MAX_HOOKS) {
      throw new FluxError('HOOK_LIMIT', `${MAX_HOOKS} hooks are the most.`);
    }
    await this.#store.putHook(hook);
    this.#made = await this.#store.hooks();
    await this.#changed();
  }

  /** Throws `HOOK_NOT_FOUND`, `NOT_ALLOWED`. */
  async delete(id: string): Promise<void> {
    mustNotBeConfigured(this.hook(id));
    await this.#store.deleteHook(id);
    this.#made = await this.#store.hooks();
    await this.#changed();
  }

  async deadLetters(id: string): Promise<DeadLetter[]> {
    return this.#store.deadLetters(this.hook(id).id);
  }

  /** Delivers dead letters anew: one, or all of the hook. Returns how many. Throws `HOOK_NOT_FOUND`. */
  async replay(id: string, letterId?: string): Promise<number> {
    const letters = (await this.deadLetters(id)).filter(
      letter => letterId === undefined || letter.id === letterId,
    );
    if (letterId !== undefined && letters.length === 0)
      throw new FluxError('HOOK_NOT_FOUND', `There is no dead letter ${letterId}.`);
    const queue = this.#queueOf(this.hook(id));
    for (const { id: messageId, kind, body, createdAt } of letters) {
      await this.#store.deleteDeadLetter(id, messageId);
      queue.push({ id: messageId, kind, body, createdAt });
    }
    return letters.length;
  }

  /** Throws `HOOK_NOT_FOUND`. */
  async forget(id: string, letterId: string): Promise<void> {
    const isThere = (await this.deadLetters(id)).some(letter => letter.id === letterId);
    if (!isThere) throw new FluxError('HOOK_NOT_FOUND', `There is no dead letter ${letterId}.`);
    await this.#store.deleteDeadLetter(id, letterId);
  }

  /** Tells the hooks that want to know. */
  tell(event: GatewayEvent): void {
    const interested = this.hooks.filter(
      hook => hook.enabled && hook.events.includes(event.kind) && this.#concerns(hook, event),
    );
    if (interested.length === 0) return;
    const body = JSON.stringify(eventMessage(event));
    for (const hook of interested)
      this.#queueOf(hook).push({ id: `msg_${randomUUID()}`, kind: event.kind, body, createdAt: event.at });
  }

  /** Asks all that have to be asked, at once; without an answer that counts from each, the client is not let in. */
  async judge(question: AccessQuestion): Promise<AccessVerdict> {
    const { action, streamId } = question;
    const about = { streamId, details: {}, at: Date.now() };
    const asked = this.hooks.filter(
      hook => hook.enabled && hook.decides.includes(action) && this.#concerns(hook, about),
    );
    return strictest(await Promise.all(asked.map(hook => this.#ask(hook, question))));
  }

  async #ask(hook: Hook, question: AccessQuestion): Promise<AccessVerdict> {
    const message = {
      id: `msg_${randomUUID()}`,
      body: JSON.stringify(decisionMessage(question, Date.now())),
    };
    try {
      return verdictOf(await this.#call(hook, message, MAX_DECISION));
    } catch (cause) {
      const reason = cause instanceof HookError ? cause.message : String(cause);
      this.#options.onFailure?.(hook, `on_${question.action} of ${question.streamId}: ${reason}`);
      // What is wrong with the hook is not for strangers.
      return { verdict: 'refuse', code: 'HOOK_FAILED', reason: 'Whether it may could not be found out.' };
    }
  }

  #call(hook: Hook, message: Pick<Delivery, 'id' | 'body'>, maxBody: number) {
    return callHook(hook, message, {
      policy: this.#policy,
      userAgent: this.#userAgent,
      maxBody,
      signal: this.#over.signal,
    });
  }

  #queueOf(hook: Hook): DeliveryQueue {
    let queue = this.#queues.get(hook.id);
    if (queue && queue.hook === hook) return queue;
    const waiting = queue?.close() ?? [];
    queue = new DeliveryQueue({
      hook,
      send: (_hook, delivery) => this.#call(hook, delivery, 0),
      onDead: letter => this.#keep(hook, letter),
    });
    this.#queues.set(hook.id, queue);
    // What was for the hook as it was before is for it as it is now.
    for (const delivery of waiting) queue.push(delivery);
    return queue;
  }

  async #keep(hook: Hook, letter: DeadLetter): Promise<void> {
    this.#options.onFailure?.(hook, `${letter.kind} was given up: ${letter.error}`);
    try {
      if (this.hooks.some(({ id }) => id === hook.id)) await this.#store.addDeadLetter(letter);
    } catch (cause) {
      this.#options.onFailure?.(hook, `a dead letter is lost: ${String(cause)}`);
    }
  }

  #concerns({ apps, tenantId }: Hook, about: Pick<GatewayEvent, 'streamId' | 'details' | 'at'>): boolean {
    const { ownerOf } = this.#options;
    const { streamId } = about;
    if (tenantId !== undefined && ownerOf && ownerOf(about) !== tenantId) return false;
    return apps.length === 0 || (streamId !== undefined && apps.includes(appAndName(streamId).app));
  }

  /** Queues of hooks that are gone end; somebody has to be asked for what enabled hooks decide. */
  async #changed(): Promise<void> {
    const ids = new Set(this.hooks.map(({ id }) => id));
    for (const [id, queue] of this.#queues) {
      if (ids.has(id)) continue;
      queue.close();
      this.#queues.delete(id);
    }
    const isAsked = (action: Action) =>
      this.hooks.some(({ enabled, decides }) => enabled && decides.includes(action));
    await this.#options.onAsked?.(ACTIONS.filter(isAsked));
  }
}

function mustNotBeConfigured(hook: Hook): void {
  if (isConfigured(hook)) {
    throw new FluxError('NOT_ALLOWED', `The hook ${hook.id} is of the configuration, and is changed there.`);
  }
}
