import { randomBytes } from 'node:crypto';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { hostPort, parseVia } from './address.ts';
import { NO_BODY, SipHeaders, type SipMessage, type SipRequest, type SipResponse } from './message.ts';
import { peerName, type SipPeer } from './peer.ts';
import { type Answer, newTag, parseCSeq, responseTarget, responseTo } from './responses.ts';
import { writeSipMessage } from './writer.ts';

/** RFC 3261 §17.1.1.1 and table 4, in milliseconds. */
const T1 = 500;
const T2 = 4000;
const TRANSACTION_TIMEOUT = 64 * T1;
/** Transactions of others that are remembered, for their retransmissions: a megabyte or ten. */
const MAX_REMEMBERED = 20_000;

export interface TransactionsOptions {
  /** False where there is no way to the peer. */
  send(data: Buffer, peer: SipPeer): boolean;
  /** What is written into Via for that peer: `192.0.2.1:5060`. */
  sentBy(peer: SipPeer): string;
  onRequest(transaction: ServerTransaction): void;
}

/** A request that came, once however often it was sent. */
export interface ServerTransaction {
  readonly request: SipRequest;
  readonly peer: SipPeer;
  /** Our tag of the dialog that the request may begin. */
  readonly tag: string;
  /** Provisional ones any number of times, a final one once. */
  respond(answer: Answer): void;
}

export interface InviteHandlers {
  /** 100, 180, 183. */
  onProvisional(response: SipResponse): void;
  /** Each 2xx, the repeated ones and those after a CANCEL as well: each wants its ACK. */
  onSuccess(response: SipResponse, isFirst: boolean): void;
  /** 3xx to 6xx: acknowledged already. */
  onRefused(response: SipResponse): void;
  /** No final response came in time, or there is no way to the device. */
  onFailed(error: FluxError): void;
}

interface ClientTransaction {
  readonly request: SipRequest;
  readonly data: Buffer;
  readonly peer: SipPeer;
  readonly onResponse: (response: SipResponse) => void;
  readonly onTimeout: () => void;
  retransmission: NodeJS.Timeout | undefined;
  readonly expiry: NodeJS.Timeout;
}

interface Remembered {
  response: Buffer | undefined;
  target: SipPeer;
  timer: NodeJS.Timeout | undefined;
  expiresAt: number;
}

/** An INVITE under way. */
export interface InviteTransaction {
  /** Gives it up (§9.1): a CANCEL once the device has said anything, and the end either way. Idempotent. */
  cancel(): void;
}

/** Requests and their responses (RFC 3261 §17): retransmission on UDP, time-outs, duplicates told apart. */
export class SipTransactions {
  readonly #options: TransactionsOptions;
  /** Ours, by Call-ID and CSeq, which no two share: some devices change the Via that they give back. */
  readonly #clients = new Map<string, ClientTransaction>();
  /** Of others, the oldest first. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(options: TransactionsOptions) {
    this.#options = options;
  }

  /**
   * Sends a request that is no INVITE. Resolves with the final response, whatever its status; rejects with `TIMED_OUT`
   * after `timeout` milliseconds, `UPSTREAM_FAILED` where there is no way.
   */
  request(request: SipRequest, peer: SipPeer, timeout = TRANSACTION_TIMEOUT): Promise<SipResponse> {
    return new Promise((resolve, reject) => {
      const transaction = this.#begin(request, peer, timeout, {
        onResponse: response => {
          if (response.status < 200) return;
          this.#end(transaction);
          resolve(response);
        },
        onTimeout: () => reject(timedOut(request, peer)),
      });
      if (!this.#options.send(transaction.data, peer)) {
        this.#end(transaction);
        reject(unreachable(peer));
      } else if (peer.transport === 'udp') this.#retransmit(transaction, T1, T2);
    });
  }

  /**
   * Sends an INVITE (§17.1.1). After `timeout` milliseconds without a final response, or after `cancel`, it is given up
   * with a CANCEL; a 2xx that crosses it is told all the same, for the device sends then and has to be told to stop.
   */
  invite(request: SipRequest, peer: SipPeer, timeout: number, handlers: InviteHandlers): InviteTransaction {
    let state: 'calling' | 'proceeding' | 'successful' | 'refused' = 'calling';
    let isGivenUp = false;
    const lifetime = timeout + TRANSACTION_TIMEOUT;
    const giveUp = () => {
      clearTimeout(timer);
      if (isGivenUp || state === 'successful' || state === 'refused') return false;
      isGivenUp = true;
      this.#stopRetransmission(transaction);
      // Before anything came back it may not be sent: it waits for the first sign of the INVITE's arrival.
      if (state === 'proceeding') this.#cancel(transaction);
      return true;
    };
    const transaction = this.#begin(request, peer, lifetime, {
      onTimeout: () => {
        if (giveUp()) handlers.onFailed(timedOut(request, peer));
      },
      onResponse: response => {
        this.#stopRetransmission(transaction);
        if (response.status < 200) {
          if (state === 'successful' || state === 'refused') return;
          if (isGivenUp && state === 'calling') this.#cancel(transaction);
          state = 'proceeding';
          if (!isGivenUp) handlers.onProvisional(response);
          return;
        }
        clearTimeout(timer);
        if (response.status < 300) {
          const isFirst = state !== 'successful';
          state = 'successful';
          handlers.onSuccess(response, isFirst);
          return;
        }
        // Each repetition wants its ACK (§17.1.1.2); the caller is told once.
        this.#acknowledge(transaction, response);
        const isNews = (state === 'calling' || state === 'proceeding') && !isGivenUp;
        state = 'refused';
        if (isNews) handlers.onRefused(response);
      },
    });
    const timer = setTimeout(() => {
      if (giveUp()) handlers.onFailed(timedOut(request, peer));
    }, timeout);
    if (!this.#options.send(transaction.data, peer)) {
      clearTimeout(timer);
      this.#end(transaction);
      isGivenUp = true;
      queueMicrotask(() => handlers.onFailed(unreachable(peer)));
    } else if (peer.transport === 'udp') this.#retransmit(transaction, T1, Number.POSITIVE_INFINITY);
    return { cancel: () => void giveUp() };
  }

  /** Sends what has no response: the ACK of a 2xx. */
  acknowledge(request: SipRequest, peer: SipPeer): void {
    this.#options.send(writeSipMessage(this.#withVia(request, peer, newBranch())), peer);
  }

  receive(message: SipMessage, peer: SipPeer): void {
    if (message.kind === 'request') this.#receiveRequest(message, peer);
    else this.#clients.get(clientKey(message.headers) ?? '')?.onResponse(message);
  }

  /** Idempotent. Requests under way are rejected with `NOT_READY`. */
  close(): void {
    for (const transaction of [...this.#clients.values()]) {
      this.#end(transaction);
      transaction.onTimeout();
    }
    for (const { timer } of this.#remembered.values()) clearTimeout(timer);
    this.#remembered.clear();
  }

  // --- ours ---------------------------------------------------------------------------------------------------------

  #begin(
    request: SipRequest,
    peer: SipPeer,
    timeout: number,
    { onResponse, onTimeout }: Pick<ClientTransaction, 'onResponse' | 'onTimeout'>,
  ): ClientTransaction {
    const complete = this.#withVia(request, peer, newBranch());
    const key = clientKey(complete.headers);
    if (key === undefined) throw new FluxError('INTERNAL', 'A SIP request without Call-ID or CSeq.');
    const transaction: ClientTransaction = {
      request: complete,
      data: writeSipMessage(complete),
      peer,
      onResponse,
      onTimeout,
      retransmission: undefined,
      expiry: setTimeout(() => {
        this.#end(transaction);
        onTimeout();
      }, timeout),
    };
    this.#clients.set(key, transaction);
    return transaction;
  }

  #end(transaction: ClientTransaction): void {
    clearTimeout(transaction.retransmission);
    clearTimeout(transaction.expiry);
    this.#clients.delete(clientKey(transaction.request.headers) ?? '');
  }

  #retransmit(transaction: ClientTransaction, delay: number, most: number): void {
    transaction.retransmission = setTimeout(() => {
      this.#options.send(transaction.data, transaction.peer);
      this.#retransmit(transaction, Math.min(most, delay * 2), most);
    }, delay);
  }

  #stopRetransmission(transaction: ClientTransaction): void {
    clearTimeout(transaction.retransmission);
    transaction.retransmission = undefined;
  }

  /** §17.1.1.3: of the INVITE's own transaction, with its branch. */
  #acknowledge({ request, peer }: ClientTransaction, response: SipResponse): void {
    const headers = hopHeaders(request, 'ACK', response.headers.get('To'));
    const ack: SipRequest = { kind: 'request', method: 'ACK', uri: request.uri, headers, body: NO_BODY };
    this.#options.send(writeSipMessage(ack), peer);
  }

  /** §9.1: with the INVITE's branch and CSeq number. */
  #cancel({ request, peer }: ClientTransaction): void {
    const headers = hopHeaders(request, 'CANCEL', request.headers.get('To'));
    const cancel: SipRequest = {
      kind: 'request',
      method: 'CANCEL',
      uri: request.uri,
      headers,
      body: NO_BODY,
    };
    this.#options.send(writeSipMessage(cancel), peer);
  }

  #withVia(request: SipRequest, peer: SipPeer, branch: string): SipRequest {
    const headers = new SipHeaders();
    const transport = peer.transport.toUpperCase();
    headers.append('Via', `SIP/2.0/${transport} ${this.#options.sentBy(peer)};rport;branch=${branch}`);
    for (const [name, value] of request.headers) headers.append(name, value);
    return { ...request, headers };
  }

  // --- of others ------------------------------------------------------------------------------------------------------

  #receiveRequest(request: SipRequest, peer: SipPeer): void {
    const key = serverKey(request);
    // What has not these cannot be answered (§8.2).
    if (key === undefined) return;
    const known = this.#remembered.get(key);
    if (request.method === 'ACK') {
      clearTimeout(known?.timer);
      this.#options.onRequest({ request, peer, tag: '', respond: () => {} });
      return;
    }
    if (known) {
      if (known.response) this.#options.send(known.response, known.target);
      return;
    }
    const remembered = this.#remember(key, responseTarget(request, peer));
    const tag = newTag();
    let isFinal = false;
    this.#options.onRequest({
      request,
      peer,
      tag,
      respond: answer => {
        if (isFinal) return;
        isFinal = answer.status >= 200;
        const data = writeSipMessage(responseTo(request, peer, answer, tag));
        remembered.response = data;
        this.#options.send(data, remembered.target);
        if (isFinal && request.method === 'INVITE') this.#repeatUntilAcknowledged(remembered, T1);
      },
    });
  }

  #remember(key: string, target: SipPeer): Remembered {
    const now = performance.now();
    for (const [oldKey, { expiresAt, timer }] of this.#remembered) {
      if (expiresAt > now && this.#remembered.size < MAX_REMEMBERED) break;
      clearTimeout(timer);
      this.#remembered.delete(oldKey);
    }
    const remembered: Remembered = {
      response: undefined,
      target,
      timer: undefined,
      expiresAt: now + TRANSACTION_TIMEOUT,
    };
    this.#remembered.set(key, remembered);
    return remembered;
  }

  /** §13.3.1.4, §17.2.1: a final response to an INVITE is lost without its ACK. */
  #repeatUntilAcknowledged(remembered: Remembered, delay: number): void {
    if (remembered.target.transport === 'tcp') return;
    remembered.timer = setTimeout(() => {
      if (!remembered.response || performance.now() > remembered.expiresAt) return;
      this.#options.send(remembered.response, remembered.target);
      this.#repeatUntilAcknowledged(remembered, Math.min(T2, delay * 2));
    }, delay);
  }
}

function newBranch(): string {
  // §8.1.1.7: the cookie says that the branch is unique.
  return `z9hG4bK${randomBytes(8).toString('hex')}`;
}

function hopHeaders(request: SipRequest, method: string, to: string | undefined): SipHeaders {
  return SipHeaders.of({
    Via: request.headers.get('Via'),
    From: request.headers.get('From'),
    To: to,
    'Call-ID': request.headers.get('Call-ID'),
    CSeq: `${parseCSeq(request.headers)?.number ?? 1} ${method}`,
    'Max-Forwards': 70,
  });
}

function clientKey(headers: SipHeaders): string | undefined {
  const callId = headers.get('Call-ID');
  const cseq = parseCSeq(headers);
  return callId && cseq ? `${callId} ${cseq.number} ${cseq.method}` : undefined;
}

/** §17.2.3, and for senders whose branch is always the same also what tells requests apart. An ACK is of its INVITE. */
function serverKey(request: SipRequest): string | undefined {
  const { headers, method } = request;
  const via = parseVia(headers.list('Via')[0] ?? '');
  const cseq = parseCSeq(headers);
  const callId = headers.get('Call-ID');
  if (!via || !cseq || !callId || !headers.get('From') || !headers.get('To')) return undefined;
  if (cseq.method !== method) return undefined;
  // The ACK of a 2xx has a branch of its own.
  if (method === 'ACK' || method === 'INVITE') return `${callId} ${cseq.number} INVITE`;
  const branch = via.parameters.get('branch') ?? '';
  return `${hostPort(via.host, via.port ?? 5060)} ${branch} ${callId} ${cseq.number} ${method}`;
}

function timedOut({ method }: SipRequest, peer: SipPeer): FluxError {
  return new FluxError('TIMED_OUT', `${peerName(peer)} did not answer ${method}.`);
}

function unreachable(peer: SipPeer): FluxError {
  return new FluxError('UPSTREAM_FAILED', `There is no way to ${peerName(peer)}: its connection is gone.`);
}
