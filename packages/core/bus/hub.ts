import { FluxError } from '../errors/flux-error.ts';
import type { BusValue } from './bus.ts';
import { type DirectoryLimits, HubDirectory } from './hub-directory.ts';
import type { AnswerMessage, ClaimMessage, HubMessage, MemberMessage, RequestMessage } from './message.ts';
import { toWireError } from './message.ts';

/** The hub's way to a member. Neither call may come back into the hub before it returns. */
export interface HubPeer {
  deliver(message: HubMessage): void;
  /** Another link of the same member took its place. */
  cut(): void;
}

/** A member's way to the hub. */
export interface HubConnection {
  /**
   * Throws `PROTOCOL_ERROR`, `NOT_ALLOWED` where the name is taken, and `BUS_FULL` where there are too many members or
   * the member has too many subjects; the link is to be ended then.
   */
  receive(message: MemberMessage): void;
  /** The link is gone: all that the member held is free. Idempotent. */
  leave(): void;
}

interface Session {
  readonly peer: HubPeer;
  readonly member: string;
  readonly instance: string;
  /** Route of each request that waits for its answer, by the id that the asker gave it. */
  readonly asked: Map<number, number>;
  /** How many it serves and hears. */
  subjects: number;
  /** The keys that it said it holds, until it is ready. */
  restored: Set<string> | undefined;
}

interface Route {
  readonly asker: Session;
  readonly id: number;
  readonly server: Session;
}

/** What the hub keeps for its members, so that none can fill its memory. */
export interface HubLimits extends DirectoryLimits {
  readonly members: number;
  /** That one member serves and hears. */
  readonly memberSubjects: number;
  /** Requests of one member that wait for their answers. */
  readonly memberRequests: number;
}

/** A node has two keys a stream, of some 100 bytes; the largest value is what everybody may, one of the server's. */
const LIMITS: HubLimits = {
  members: 1024,
  memberSubjects: 4096,
  memberRequests: 16_384,
  memberEntries: 100_000,
  memberBytes: 48 * 1024 * 1024,
  entries: 400_000,
  bytes: 192 * 1024 * 1024,
};

/**
 * The middle of the local bus: holds the directory and passes on requests and events. It knows no socket and no
 * clock. A message is dealt with whole before the next one, so all members see all changes in one order, and the
 * answer to a claim after its change.
 */
export class BusHub {
  readonly #sessions = new Map<string, Session>();
  readonly #limits: HubLimits;
  readonly #directory: HubDirectory;
  /** The first one answers; the others wait for it to go. */
  readonly #servers = new Map<string, Set<Session>>();
  readonly #subscribers = new Map<string, Set<Session>>();
  readonly #routes = new Map<number, Route>();
  #lastRoute = 0;

  constructor(limits: Partial<HubLimits> = {}) {
    this.#limits = { ...LIMITS, ...limits };
    this.#directory = new HubDirectory(this.#limits);
  }

  connect(peer: HubPeer): HubConnection {
    let session: Session | undefined;
    let hasLeft = false;
    return {
      receive: message => {
        if (hasLeft) return;
        if (!session) session = this.#join(peer, message);
        else if (this.#isCurrent(session)) this.#receive(session, message);
      },
      leave: () => {
        hasLeft = true;
        if (!session || !this.#isCurrent(session)) return;
        this.#sessions.delete(session.member);
        // Who is told that its request failed finds the directory up to date.
        this.#releaseAll(session.member);
        this.#forget(session);
      },
    };
  }

  #isCurrent(session: Session): boolean {
    return this.#sessions.get(session.member) === session;
  }

  #join(peer: HubPeer, message: MemberMessage): Session {
    if (message.type !== 'join') throw outOfTurn(message);
    const { member, instance } = message;
    const old = this.#sessions.get(member);
    if (old && old.instance !== instance)
      throw new FluxError('NOT_ALLOWED', `There is a member named ${member} already.`);
    if (!old && this.#sessions.size >= this.#limits.members)
      throw new FluxError('BUS_FULL', `${this.#limits.members} programs are the most that a bus has.`);
    const session: Session = { peer, member, instance, asked: new Map(), subjects: 0, restored: new Set() };
    this.#sessions.set(member, session);
    if (old) {
      // The same member by a new link, before the old one was seen to be dead. Its entries stay.
      this.#forget(old);
      old.peer.cut();
    }
    return session;
  }

  #receive(session: Session, message: MemberMessage): void {
    switch (message.type) {
      case 'serve':
        this.#add(this.#servers, message.subject, session);
        break;
      case 'unserve':
        remove(this.#servers, message.subject, session);
        break;
      case 'subscribe':
        this.#add(this.#subscribers, message.subject, session);
        break;
      case 'unsubscribe':
        remove(this.#subscribers, message.subject, session);
        break;
      default:
        if (session.restored) this.#restore(session, session.restored, message);
        else this.#obey(session, message);
    }
  }

  #restore(session: Session, restored: Set<string>, message: MemberMessage): void {
    if (message.type === 'hold') {
      if (this.#restoreOne(session.member, message.key, message.value)) restored.add(message.key);
      return;
    }
    if (message.type !== 'ready') throw outOfTurn(message);
    this.#releaseAll(session.member, restored);
    session.restored = undefined;
    for (const entry of this.#directory.entries()) session.peer.deliver({ type: 'entry', ...entry });
    session.peer.deliver({ type: 'joined' });
  }

  #obey(session: Session, message: MemberMessage): void {
    switch (message.type) {
      case 'claim':
        this.#answerClaim(session, message);
        break;
      case 'release':
        this.#release(session.member, message.key);
        break;
      case 'publish':
        this.#publish(message.subject, message.payload);
        break;
      case 'request':
        this.#request(session, message);
        break;
      case 'cancel':
        this.#closeRoute(session.asked.get(message.id));
        break;
      case 'answer':
      case 'failure':
        this.#answer(session, message);
        break;
      default:
        throw outOfTurn(message);
    }
  }

  #answerClaim({ peer, member }: Session, { id, key, value }: ClaimMessage): void {
    try {
      peer.deliver({ type: 'claimed', id, isHeld: this.#claim(member, key, value) });
    } catch (error) {
      peer.deliver({ type: 'claimFailed', id, error: toWireError(error) });
    }
  }

  /** What there is no room for any more is lost to the member, as if another had claimed it. */
  #restoreOne(member: string, key: string, value: BusValue): boolean {
    try {
      return this.#claim(member, key, value);
    } catch {
      return false;
    }
  }

  /** Throws `BUS_FULL`. */
  #claim(member: string, key: string, value: BusValue): boolean {
    const outcome = this.#directory.claim(member, key, value);
    if (outcome === 'changed') this.#tellAll({ type: 'changed', key, member, value });
    return outcome !== 'taken';
  }

  #release(member: string, key: string): void {
    if (this.#directory.release(member, key)) this.#tellAll({ type: 'released', key });
  }

  #releaseAll(member: string, except?: ReadonlySet<string>): void {
    for (const key of this.#directory.keysOf(member)) {
      if (!except?.has(key)) this.#release(member, key);
    }
  }

  /** One that is not ready gets the directory whole when it is. */
  #tellAll(message: HubMessage): void {
    for (const session of this.#sessions.values()) {
      if (!session.restored) session.peer.deliver(message);
    }
  }

  #publish(subject: string, payload: BusValue): void {
    for (const session of this.#subscribers.get(subject) ?? []) {
      if (!session.restored) session.peer.deliver({ type: 'event', subject, payload });
    }
  }

  #request(asker: Session, { id, subject, payload }: RequestMessage): void {
    if (asker.asked.has(id)) throw new FluxError('PROTOCOL_ERROR', 'Two requests of one id.');
    const server = firstReady(this.#servers.get(subject));
    if (!server || asker.asked.size >= this.#limits.memberRequests) {
      fail(asker, id, server ? 'Too many requests wait for answers.' : `Nobody serves ${subject} now.`);
      return;
    }
    const route = ++this.#lastRoute;
    this.#routes.set(route, { asker, id, server });
    asker.asked.set(id, route);
    server.peer.deliver({ type: 'request', id: route, subject, payload });
  }

  #add(sessions: Map<string, Set<Session>>, subject: string, session: Session): void {
    if (sessions.get(subject)?.has(session)) return;
    if (session.subjects >= this.#limits.memberSubjects)
      throw new FluxError('BUS_FULL', `${session.member} serves and hears as much as one program may.`);
    session.subjects++;
    add(sessions, subject, session);
  }

  #answer(server: Session, message: AnswerMessage): void {
    const route = this.#routes.get(message.id);
    // An answer to nobody: the asker has given up or is gone.
    if (route?.server !== server) return;
    this.#closeRoute(message.id);
    route.asker.peer.deliver({ ...message, id: route.id });
  }

  #closeRoute(id: number | undefined): void {
    const route = id === undefined ? undefined : this.#routes.get(id);
    if (id === undefined || !route) return;
    this.#routes.delete(id);
    route.asker.asked.delete(route.id);
  }

  /** What it serves, hears and asks ends with its link. */
  #forget(session: Session): void {
    for (const subject of this.#servers.keys()) remove(this.#servers, subject, session);
    for (const subject of this.#subscribers.keys()) remove(this.#subscribers, subject, session);
    for (const [id, { asker, server, id: askedAs }] of this.#routes) {
      if (asker !== session && server !== session) continue;
      this.#closeRoute(id);
      if (asker !== session) fail(asker, askedAs, `${session.member} went away before it answered.`);
    }
  }
}

function fail(asker: Session, id: number, reason: string): void {
  const error = toWireError(new FluxError('NOT_READY', reason));
  asker.peer.deliver({ type: 'failure', id, error });
}

function firstReady(sessions: ReadonlySet<Session> | undefined): Session | undefined {
  for (const session of sessions ?? []) {
    if (!session.restored) return session;
  }
  return undefined;
}

function add(sessions: Map<string, Set<Session>>, subject: string, session: Session): void {
  const found = sessions.get(subject);
  if (found) found.add(session);
  else sessions.set(subject, new Set([session]));
}

function remove(sessions: Map<string, Set<Session>>, subject: string, session: Session): void {
  const found = sessions.get(subject);
  if (!found?.delete(session)) return;
  session.subjects--;
  if (found.size === 0) sessions.delete(subject);
}

function outOfTurn({ type }: MemberMessage): FluxError {
  return new FluxError('PROTOCOL_ERROR', `A message of the bus came out of turn: ${type}.`);
}
