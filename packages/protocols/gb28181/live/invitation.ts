import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { StreamHistory } from '@flux-iot/core/stream/history';
import { ParseError } from '@flux-iot/media/model/parse-error';
import { parseSessionDescription, type SessionDescription } from '../sdp/answer.ts';
import { type Offer, writeOffer } from '../sdp/offer.ts';
import type { SipAgent } from '../sip/agent.ts';
import { Dialog, newRequest, type Parties } from '../sip/dialog.ts';
import { reasonOf, type SipRequest, type SipResponse } from '../sip/message.ts';
import { peerName, type SipPeer } from '../sip/peer.ts';
import type { InviteTransaction } from '../sip/transactions.ts';
import { meaningOf } from './answer-words.ts';

export interface InvitationOptions {
  readonly agent: SipAgent;
  readonly peer: SipPeer;
  readonly offer: Omit<Offer, 'ownerId'>;
  readonly history: StreamHistory;
  /** Milliseconds that the device may take to answer. */
  readonly timeout: number;
  /** The device ended it. */
  onBye(): void;
}

const BYE_TIMEOUT = 5000;

/** One session with a device: INVITE, ACK, what is said in it, BYE (GB/T 28181 §9.2). */
export class Invitation {
  readonly #options: InvitationOptions;
  #transaction: InviteTransaction | undefined;
  #dialog: Dialog | undefined;
  #giveUp: ((error: FluxError) => void) | undefined;
  #closed = false;

  constructor(options: InvitationOptions) {
    this.#options = options;
  }

  get callId(): string | undefined {
    return this.#dialog?.callId;
  }

  /** Resolves with the device's description. Rejects with `DEVICE_REFUSED`, `TIMED_OUT`, `UPSTREAM_FAILED`, … */
  async open(): Promise<SessionDescription> {
    const { agent, peer, offer, history, timeout } = this.#options;
    const { identity } = agent;
    const parties = await agent.parties(offer.channelId, peer);
    if (this.#closed) throw given();
    const body = writeOffer({ ...offer, ownerId: identity.id });
    const headers = {
      'Content-Type': 'APPLICATION/SDP',
      // §9.2.2: sender's id and the stream's number, receiver's id and a number of its own. Hikvision looks at it.
      Subject: `${offer.channelId}:${offer.ssrc},${identity.id}:0`,
    };
    const request = newRequest('INVITE', parties, headers, body);
    history.note(
      'invite-sent',
      `to ${offer.channelId} at ${peerName(peer)}: ${whereTo(offer)}, SSRC ${offer.ssrc}`,
    );
    return new Promise((resolve, reject) => {
      this.#giveUp = reject;
      this.#transaction = agent.invite(request, peer, timeout, {
        onProvisional: ({ status, reason }) =>
          history.note('invite-progress', `${status} ${reason || reasonOf(status)}`),
        onSuccess: (response, isFirst) =>
          this.#accepted(request, response, parties, isFirst, resolve, reject),
        onRefused: ({ status, reason, headers: said }) => {
          const words = `${status} ${reason || reasonOf(status)}`;
          const warning = said.get('Warning');
          history.note('invite-refused', warning ? `${words} (${warning})` : words);
          reject(
            new FluxError('DEVICE_REFUSED', `The device answered ${words}: ${meaningOf(status)}.`, {
              context: { status },
            }),
          );
        },
        onFailed: error => {
          history.note('invite-unanswered', `after ${timeout / 1000} s`);
          reject(error);
        },
      });
    });
  }

  /** Says something in the session. Throws `DEVICE_REFUSED`, `TIMED_OUT`, `NOT_READY` where there is no session. */
  async tell(method: string, contentType: string, body: Buffer): Promise<void> {
    const { agent, peer } = this.#options;
    if (!this.#dialog || this.#closed)
      throw new FluxError('NOT_READY', 'The device has not accepted the session.');
    const request = this.#dialog.request(method, { 'Content-Type': contentType }, body);
    const { status, reason } = await agent.send(request, peer, BYE_TIMEOUT);
    if (status < 300) return;
    throw new FluxError('DEVICE_REFUSED', `The device answered ${status} ${reason || reasonOf(status)}.`);
  }

  /** A request of the device in this session: true where it is, and was answered. */
  takes(request: SipRequest, respond: (status: number) => void): boolean {
    // What a device says in the session (that a recording is over) is said to the platform.
    if (!this.#dialog || request.method === 'MESSAGE') return false;
    if (request.headers.get('Call-ID') !== this.#dialog.callId) return false;
    if (request.method === 'BYE') {
      respond(200);
      if (this.#closed) return true;
      this.#closed = true;
      this.#options.history.note('bye-received', 'the device ended the session');
      this.#options.onBye();
    } else respond(request.method === 'INFO' ? 200 : 488);
    return true;
  }

  /** Ends it: CANCEL or BYE. Idempotent. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#giveUp?.(given());
    if (this.#dialog) this.#bye(this.#dialog);
    else this.#transaction?.cancel();
  }

  #accepted(
    request: SipRequest,
    response: SipResponse,
    parties: Parties,
    isFirst: boolean,
    resolve: (description: SessionDescription) => void,
    reject: (error: FluxError) => void,
  ): void {
    const { agent, peer, history } = this.#options;
    const dialog = this.#dialog ?? Dialog.ofResponse(request, response, parties);
    agent.acknowledge(dialog.ack(), peer);
    if (!isFirst) return;
    // It crossed the CANCEL, or came after nobody waited: the device sends, and is to stop.
    if (this.#closed) {
      this.#bye(dialog);
      return;
    }
    this.#dialog = dialog;
    try {
      const description = parseSessionDescription(response.body);
      history.note('invite-accepted', wordsOf(description));
      resolve(description);
    } catch (cause) {
      if (!(cause instanceof ParseError)) throw cause;
      history.note('invite-accepted', `with a description that cannot be read: ${cause.message}`);
      reject(new FluxError('PROTOCOL_ERROR', `The device's answer cannot be read: ${cause.message}.`));
    }
  }

  /** What becomes of it is the device's affair: it is not waited for. */
  #bye(dialog: Dialog): void {
    const { agent, peer, history } = this.#options;
    history.note('bye-sent');
    agent.send(dialog.request('BYE'), peer, BYE_TIMEOUT).catch((cause: unknown) => {
      history.note('bye-unanswered', FluxError.from(cause).message);
    });
  }
}

function given(): FluxError {
  return new FluxError('STREAM_ENDED', 'It was given up before the device answered.');
}

function whereTo({ transport, address, port }: InvitationOptions['offer']): string {
  if (transport === 'tcp-active') return 'we connect to it by tcp';
  return `send to ${address}:${port} by ${transport === 'udp' ? 'udp' : 'tcp, which it connects'}`;
}

function wordsOf({ address, port, isTcp, setup, ssrc, encodings }: SessionDescription): string {
  const parts = [
    `from ${address ?? 'an address it does not say'}:${port} by ${isTcp ? 'tcp' : 'udp'}`,
    setup && `setup ${setup}`,
    `SSRC ${ssrc ?? 'not said'}`,
    encodings.size > 0 && [...encodings.values()].join(', '),
  ];
  return parts.filter(Boolean).join(', ');
}
