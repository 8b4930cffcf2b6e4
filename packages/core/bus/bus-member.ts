import { randomUUID } from 'node:crypto';
import { FluxError } from '../errors/flux-error.ts';
import type { Bus, BusHandler, BusValue, Directory, RequestOptions } from './bus.ts';
import { DirectoryReplica } from './directory-replica.ts';
import {
  checkName,
  encodeMemberMessage,
  fromWireError,
  type HubMessage,
  type RequestMessage,
  toWireError,
} from './message.ts';
import { type BusLink, crowdedError, Uplink, type UplinkOptions } from './uplink.ts';

const REQUEST_TIMEOUT = 5000;

export interface BusMemberOptions extends UplinkOptions {
  /** Told of what a watcher or receiver threw; a warning of the process by default. */
  readonly onFault?: (error: unknown) => void;
}

type Receiver = (payload: BusValue) => void;

interface Question {
  resolve(payload: BusValue): void;
  reject(error: Error): void;
}

/**
 * A member of the local bus, over links that its maker attaches one after the other. What it serves, hears and holds
 * is told anew to the hub at the other end of each.
 */
export class BusMember implements Bus {
  readonly member: string;
  readonly #instance = randomUUID();
  readonly #uplink: Uplink;
  readonly #directory: DirectoryReplica;
  readonly #onFault: (error: unknown) => void;
  readonly #questions = new Map<number, Question>();
  readonly #handlers = new Map<string, BusHandler>();
  readonly #receivers = new Map<string, Set<Receiver>>();
  readonly #onLost = new Set<(key: string) => void>();
  readonly #closing = new AbortController();
  #lastQuestion = 0;

  /** Throws `REQUEST_INVALID` where the name is not 1 to 256 visible ASCII characters. */
  constructor(member: string, options: BusMemberOptions = {}) {
    checkName(member);
    this.member = member;
    this.#uplink = new Uplink(options);
    this.#onFault = options.onFault ?? warn;
    this.#directory = new DirectoryReplica(member, this.#uplink, call => this.#guard(call));
  }

  get directory(): Directory {
    return this.#directory;
  }

  get isConnected(): boolean {
    return this.#uplink.isJoined;
  }

  /** Aborted by `close`: no more links are to be made. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Resolves when the hub has taken the member in. Throws `NOT_READY` after `timeout` milliseconds. */
  untilJoined(timeout: number, signal?: AbortSignal): Promise<void> {
    return this.#uplink.untilJoined(timeout, signal);
  }

  /** The link is there. It is the only one: the last was detached. */
  attach(link: BusLink): void {
    const uplink = this.#uplink;
    uplink.attach(link);
    const { member } = this;
    uplink.send(encodeMemberMessage({ type: 'join', member, instance: this.#instance }));
    for (const subject of this.#handlers.keys()) this.#say('serve', subject);
    for (const subject of this.#receivers.keys()) this.#say('subscribe', subject);
    this.#directory.restore();
    uplink.send(encodeMemberMessage({ type: 'ready' }));
  }

  /** The link is gone. */
  detach(): void {
    this.#uplink.detach();
    const error = new FluxError('NOT_READY', 'The other programs went out of reach before the answer came.');
    for (const question of [...this.#questions.values()]) question.reject(error);
    this.#directory.linkLost();
  }

  /** Throws where the hub refuses this member, which ends the link. */
  receive(message: HubMessage): void {
    switch (message.type) {
      case 'entry':
        this.#directory.addToSnapshot(entryOf(message));
        break;
      case 'joined':
        this.#joined();
        break;
      case 'changed':
        this.#directory.change(entryOf(message));
        break;
      case 'released':
        this.#directory.remove(message.key);
        break;
      case 'claimed':
        this.#directory.answerClaim(message.id, message.isHeld);
        break;
      case 'claimFailed':
        this.#directory.failClaim(message.id, fromWireError(message.error));
        break;
      case 'request':
        void this.#answer(message);
        break;
      case 'answer':
        this.#questions.get(message.id)?.resolve(message.payload);
        break;
      case 'failure':
        this.#questions.get(message.id)?.reject(fromWireError(message.error));
        break;
      case 'event':
        this.#hear(message.subject, message.payload);
        break;
      case 'refused':
        throw fromWireError(message.error);
    }
  }

  async request(subject: string, payload: BusValue, options: RequestOptions = {}): Promise<BusValue> {
    const { timeout = REQUEST_TIMEOUT, signal } = options;
    checkName(subject);
    const id = ++this.#lastQuestion;
    const text = encodeMemberMessage({ type: 'request', id, subject, payload });
    const deadline = performance.now() + timeout;
    signal?.throwIfAborted();
    while (!this.#uplink.isJoined) {
      const left = Math.max(0, deadline - performance.now());
      await this.#uplink.untilJoined(Math.min(left, this.#uplink.patience), signal);
    }
    return this.#ask(id, text, Math.max(0, deadline - performance.now()), signal);
  }

  serve(subject: string, handler: BusHandler): () => void {
    checkName(subject);
    if (this.#handlers.has(subject))
      throw new FluxError('INTERNAL', `${this.member} serves ${subject} already.`);
    this.#handlers.set(subject, handler);
    this.#say('serve', subject);
    return () => {
      if (this.#handlers.get(subject) !== handler) return;
      this.#handlers.delete(subject);
      this.#say('unserve', subject);
    };
  }

  publish(subject: string, payload: BusValue): void {
    checkName(subject);
    this.#uplink.send(encodeMemberMessage({ type: 'publish', subject, payload }));
  }

  subscribe(subject: string, receiver: Receiver): () => void {
    checkName(subject);
    // A function of its own, so that one receiver may subscribe twice.
    const own: Receiver = payload => receiver(payload);
    const receivers = this.#receivers.get(subject) ?? new Set();
    this.#receivers.set(subject, receivers.add(own));
    if (receivers.size === 1) this.#say('subscribe', subject);
    return () => {
      if (!receivers.delete(own) || receivers.size > 0) return;
      this.#receivers.delete(subject);
      this.#say('unsubscribe', subject);
    };
  }

  onLost(receiver: (key: string) => void): () => void {
    const own = (key: string) => receiver(key);
    this.#onLost.add(own);
    return () => this.#onLost.delete(own);
  }

  async close(): Promise<void> {
    if (this.#uplink.isClosed) return;
    this.#closing.abort();
    const closed = this.#uplink.close();
    this.detach();
    await closed;
  }

  #joined(): void {
    const lost = this.#directory.takeSnapshot();
    for (const key of lost) {
      for (const receiver of this.#onLost) this.#guard(() => receiver(key));
    }
    this.#uplink.joined();
  }

  #ask(id: number, text: string, timeout: number, signal: AbortSignal | undefined): Promise<BusValue> {
    return new Promise((resolve, reject) => {
      if (this.#questions.size >= this.#uplink.maxWaiting) throw crowdedError();
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        this.#questions.delete(id);
      };
      const giveUp = (error: Error) => {
        finish();
        this.#uplink.send(encodeMemberMessage({ type: 'cancel', id }));
        reject(error);
      };
      const abort = () => giveUp(signal?.reason);
      const timer = setTimeout(
        () => giveUp(new FluxError('TIMED_OUT', 'The other program did not answer in time.')),
        timeout,
      );
      signal?.addEventListener('abort', abort);
      this.#questions.set(id, {
        resolve: payload => {
          finish();
          resolve(payload);
        },
        reject: error => {
          finish();
          reject(error);
        },
      });
      this.#uplink.send(text);
    });
  }

  async #answer({ id, subject, payload }: RequestMessage): Promise<void> {
    // The id is one of the hub at the end of this link, and means another request at the end of the next.
    const { link } = this.#uplink;
    let text: string;
    try {
      const handler = this.#handlers.get(subject);
      if (!handler) throw new FluxError('NOT_READY', `Nobody serves ${subject} now.`);
      text = encodeMemberMessage({ type: 'answer', id, payload: await handler(payload) });
    } catch (error) {
      text = encodeMemberMessage({ type: 'failure', id, error: toWireError(error) });
    }
    if (this.#uplink.link === link) link?.send(text);
  }

  #hear(subject: string, payload: BusValue): void {
    for (const receiver of this.#receivers.get(subject) ?? []) this.#guard(() => receiver(payload));
  }

  #say(type: 'serve' | 'unserve' | 'subscribe' | 'unsubscribe', subject: string): void {
    this.#uplink.send(encodeMemberMessage({ type, subject }));
  }

  /** A fault in one receiver is no reason that others hear nothing, or that the link ends. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#onFault(error);
    }
  }
}

function entryOf({ key, member, value }: Extract<HubMessage, { type: 'entry' | 'changed' }>) {
  return { key, member, value };
}

function warn(error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
}
