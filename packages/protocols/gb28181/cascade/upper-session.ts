import { isIP } from 'node:net';
import type { UpperSessionReport } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { StreamHistory } from '@flux-iot/core/stream/history';
import type { Stream } from '@flux-iot/core/stream/stream';
import { PsMuxer } from '@flux-iot/media/format/mpegps/muxer';
import { MANSCDP_TYPE } from '../manscdp/message.ts';
import type { MediaSender } from '../media/media-sender.ts';
import type { Sending } from '../media/sending.ts';
import { type SessionDescription, sendingTransport, writeAnswer } from '../sdp/answer.ts';
import { ssrcNumber } from '../sdp/ssrc.ts';
import type { SipAgent } from '../sip/agent.ts';
import { Dialog, tagOf } from '../sip/dialog.ts';
import { reasonOf, type SipRequest } from '../sip/message.ts';
import type { SipPeer } from '../sip/peer.ts';
import type { ServerTransaction } from '../sip/transactions.ts';

export interface UpperSessionOptions {
  readonly transaction: ServerTransaction;
  readonly offer: SessionDescription;
  readonly agent: SipAgent;
  readonly sender: MediaSender;
  /** Of the platform, for people. */
  readonly platform: string;
  /** What it calls us. */
  readonly ownId: string;
  readonly channelId: string;
  readonly streamId: string;
  /** Of the shared channel. */
  readonly history: StreamHistory;
  /** Where we send from, as the platform is told; undefined for our address toward it. */
  readonly mediaAddress: string | undefined;
  /** Ten digits. */
  readonly ssrc: string;
  open(signal: AbortSignal): Promise<Stream>;
  /** Of a recording: MANSRTSP in the session. */
  control?(body: Buffer): Promise<void>;
  /** What is said in the session when a recording is over (§9.8.2). */
  readonly lastWords?: Buffer;
  onClosed(): void;
}

/** Milliseconds that an answer is repeated for, and waits for its ACK (RFC 3261 §13.3.1.4). */
const ACK_TIMEOUT = 32_000;
const BYE_TIMEOUT = 5000;
const NOWHERE = /^(?:0\.0\.0\.0|::)$/;

/** One INVITE of a platform above, from its first word to the BYE of either side: a stream on its way there. */
export class UpperSession {
  readonly callId: string;
  readonly since = Date.now();
  readonly #options: UpperSessionOptions;
  readonly #abort = new AbortController();
  readonly #remote: SipPeer;
  #sending: Sending | undefined;
  #dialog: Dialog | undefined;
  #ackTimer: NodeJS.Timeout | undefined;
  #isAnswered = false;
  #closed = false;

  constructor(options: UpperSessionOptions) {
    this.#options = options;
    const { offer, transaction } = options;
    this.callId = transaction.request.headers.get('Call-ID') ?? '';
    const { address = '', port } = offer;
    // A name is not looked up for a stranger; an address that means none is the one that the request came from.
    const isUsable = isIP(address) !== 0 && !NOWHERE.test(address);
    const { peer } = transaction;
    this.#remote = { transport: peer.transport, address: isUsable ? address : peer.address, port };
  }

  get report(): UpperSessionReport {
    const { channelId, streamId, offer } = this.#options;
    const { address, port } = this.#remote;
    return {
      ...{
        channelId,
        streamId,
        since: this.since,
        ssrc: this.#options.ssrc,
        transport: sendingTransport(offer),
      },
      ...{ remote: `${address}:${port}`, bytes: this.#sending?.bytes ?? 0 },
    };
  }

  /** Answers the INVITE; media goes out once that is acknowledged. */
  async run(): Promise<void> {
    const { transaction, platform, offer } = this.#options;
    const { address, port } = this.#remote;
    const transport = sendingTransport(offer);
    const where = transport === 'tcp-passive' ? `it connects from ${address}` : `send to ${address}:${port}`;
    this.#note('invited', `${platform}: ${where} by ${transport}, SSRC ${this.#options.ssrc}`);
    transaction.respond({ status: 100 });
    try {
      const stream = await this.#options.open(this.#abort.signal);
      if (this.#closed) return;
      this.#checkCodecs(stream);
      await this.#answer(stream);
    } catch (cause) {
      if (!this.#closed) this.#refuse(FluxError.from(cause));
    }
  }

  /** A request within the session: true where it is one, and was taken. */
  takes({ request, respond }: ServerTransaction): boolean {
    if (request.headers.get('Call-ID') !== this.callId) return false;
    switch (request.method) {
      case 'ACK':
        this.#acknowledged(request);
        return true;
      case 'CANCEL':
        respond({ status: 200 });
        this.#cancelled();
        return true;
      case 'BYE':
        // A goodbye with a number that was there before is answered all the same: it is over for the other side.
        respond({ status: 200 });
        this.#note('ended', `${this.#options.platform} said BYE`);
        this.#close();
        return true;
      case 'INVITE':
        // Nothing can be agreed on anew in it.
        respond({ status: 488 });
        return true;
      case 'INFO':
        this.#controlled(request, respond);
        return true;
      default:
        return false;
    }
  }

  /** Ends it from our side. Idempotent. */
  end(reason: string): void {
    if (this.#closed) return;
    this.#note('ended', reason);
    if (this.#isAnswered) this.#sayGoodbye();
    else this.#respondOnce(480, reason);
    this.#close();
  }

  #checkCodecs({ tracks }: Stream): void {
    const muxer = new PsMuxer();
    const [video] = tracks.filter(({ kind }) => kind === 'video');
    const needed = video ? [video] : tracks.filter(({ kind }) => kind === 'audio');
    if (needed.some(track => muxer.carries(track))) return;
    const codecs = tracks.map(({ codec }) => codec).join(', ') || 'nothing';
    throw new FluxError('CODEC_UNSUPPORTED', `${codecs} has no place in the standard's program stream.`);
  }

  async #answer(stream: Stream): Promise<void> {
    const { transaction, offer, agent, sender, ownId, channelId, history } = this.#options;
    const transport = sendingTransport(offer);
    const sending = await sender.open({
      ...{ stream, transport, ssrc: ssrcNumber(this.#options.ssrc) ?? 0, remote: this.#remote },
      history: { note: (step, detail) => history.note(`upper-${step}`, detail) },
      onEnded: reason => this.end(reason),
    });
    if (this.#closed) {
      sending.close();
      return;
    }
    this.#sending = sending;
    const { peer, request, tag } = transaction;
    const address = this.#options.mediaAddress ?? (await agent.addressToward(peer));
    if (this.#closed) return;
    const contact = agent.contact(peer, ownId);
    this.#dialog = Dialog.ofRequest(request, tag, contact);
    const { name, from, to } = offer;
    const body = writeAnswer({
      ...{
        ownerId: channelId,
        name,
        from,
        to,
        address,
        port: sending.port,
        transport,
        ssrc: this.#options.ssrc,
      },
    });
    this.#isAnswered = true;
    transaction.respond({
      status: 200,
      headers: { Contact: contact, 'Content-Type': 'APPLICATION/SDP' },
      body,
    });
    this.#note('accepted', `from ${address}:${sending.port}`);
    this.#ackTimer = setTimeout(() => this.end('the 200 was not acknowledged'), ACK_TIMEOUT).unref();
  }

  /** Only who got our answer knows its tag: nobody can have media sent to a third by a forged address. */
  #acknowledged(request: SipRequest): void {
    const { transaction } = this.#options;
    if (!this.#isAnswered || this.#closed || tagOf(request.headers.get('To')) !== transaction.tag) return;
    clearTimeout(this.#ackTimer);
    this.#note('acknowledged');
    this.#sending?.start();
  }

  #cancelled(): void {
    if (this.#isAnswered || this.#closed) return;
    this.#note('ended', `${this.#options.platform} gave it up`);
    this.#respondOnce(487);
    this.#close();
  }

  #refuse(error: FluxError): void {
    const status = statusOf(error);
    this.#note('refused', `${status} ${reasonOf(status)}: ${error.message}`);
    this.#respondOnce(status, error.message);
    this.#close();
  }

  #respondOnce(status: number, why?: string): void {
    this.#isAnswered = true;
    const headers = why === undefined ? {} : { Warning: warningOf(why) };
    this.#options.transaction.respond({ status, headers });
  }

  #controlled({ body }: SipRequest, respond: ServerTransaction['respond']): void {
    const { control } = this.#options;
    if (!control || !this.#sending) {
      respond({ status: control ? 481 : 405 });
      return;
    }
    control(body).then(
      () => respond({ status: 200 }),
      (cause: unknown) => respond({ status: statusOf(FluxError.from(cause)) }),
    );
  }

  #sayGoodbye(): void {
    const { agent, transaction, lastWords } = this.#options;
    if (!this.#dialog) return;
    if (lastWords) {
      const message = this.#dialog.request('MESSAGE', { 'Content-Type': MANSCDP_TYPE }, lastWords);
      agent.send(message, transaction.peer, BYE_TIMEOUT).catch(() => {});
    }
    // What becomes of it is the platform's affair: it is not waited for.
    agent.send(this.#dialog.request('BYE'), transaction.peer, BYE_TIMEOUT).catch(() => {});
  }

  #note(step: string, detail = ''): void {
    this.#options.history.note(`upper-${step}`, detail);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#ackTimer);
    this.#abort.abort(new FluxError('STREAM_ENDED', 'The platform does not want it any more.'));
    this.#sending?.close();
    this.#options.onClosed();
  }
}

/** How a reason is said in SIP (RFC 3261 §21). */
function statusOf({ code, context }: FluxError): number {
  switch (code) {
    case 'CODEC_UNSUPPORTED':
      return 488;
    case 'REQUEST_INVALID':
      return 400;
    case 'STREAM_LIMIT':
      return 486;
    case 'STREAM_NOT_FOUND':
    case 'STREAM_ENDED':
    case 'DEVICE_NOT_FOUND':
    case 'DEVICE_OFFLINE':
    case 'UPSTREAM_FAILED':
      return 480;
    case 'STREAM_NOT_READY':
    case 'TIMED_OUT':
      return 408;
    case 'DEVICE_REFUSED':
      return typeof context.status === 'number' && context.status >= 400 ? context.status : 480;
    default:
      return 500;
  }
}

/** §20.43: in words, of the letters that a header may have. */
function warningOf(text: string): string {
  return `399 flux "${text.replace(/[^ !#-[\]-~]/g, '?').slice(0, 200)}"`;
}
