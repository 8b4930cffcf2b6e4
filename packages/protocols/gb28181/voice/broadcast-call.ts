import { FluxError } from '@flux-iot/core/errors/flux-error';
import { ParseError } from '@flux-iot/media/model/parse-error';
import type { Device } from '../device/device.ts';
import { childText } from '../manscdp/xml.ts';
import type { Sending } from '../media/sending.ts';
import { parseSessionDescription, type SessionDescription } from '../sdp/answer.ts';
import { type VoiceDescription, writeVoiceDescription } from '../sdp/offer.ts';
import { ssrcNumber } from '../sdp/ssrc.ts';
import { Dialog } from '../sip/dialog.ts';
import type { SipRequest } from '../sip/message.ts';
import type { ServerTransaction } from '../sip/transactions.ts';
import type { VoiceCall, VoiceCallOptions } from './call.ts';

const BYE_TIMEOUT = 5000;
/** Milliseconds for the ACK; there are devices that send none, and wait for the sound. */
const ACK_TIMEOUT = 3000;

/**
 * Voice as GB/T 28181 §9.12 has it: the device is told that there is something to be heard, and asks for it itself, by
 * an INVITE to us.
 */
export class BroadcastCall implements VoiceCall {
  readonly #options: VoiceCallOptions;
  readonly #taken: Promise<Sending>;
  #resolve: (sending: Sending) => void = () => {};
  #fail: (error: FluxError) => void = () => {};
  #timer: NodeJS.Timeout | undefined;
  #isInvited = false;
  #dialog: Dialog | undefined;
  #sending: Sending | undefined;
  #ownSsrc: string | undefined;
  #isFlowing = false;
  #closed = false;

  constructor(options: VoiceCallOptions) {
    this.#options = options;
    this.#taken = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#fail = reject;
    });
    // It may fail before anybody waits for it.
    this.#taken.catch(() => {});
  }

  open(): Promise<Sending> {
    const { history, environment, device, channelId } = this.#options;
    const { questions, agent, inviteTimeout } = environment;
    history.note('broadcast-sent', `to ${device.id} for ${channelId}`);
    this.#timer = setTimeout(() => {
      history.note('invite-missing', `after ${inviteTimeout / 1000} s`);
      const message = `The device ${device.id} was told of the broadcast, but asked for no sound.`;
      this.#fail(new FluxError('TIMED_OUT', message));
    }, inviteTimeout);
    questions
      .ask(device, {
        ...{ kind: 'Notify', command: 'Broadcast', channelId: device.id },
        content: [
          ['SourceID', agent.identity.id],
          ['TargetID', channelId],
        ],
        onPart: ({ content }) => {
          this.#answered(childText(content, 'Result'));
          return true;
        },
      })
      .catch((cause: unknown) => this.#unanswered(FluxError.from(cause)));
    return this.#taken;
  }

  takes(transaction: ServerTransaction, device: Device | undefined): boolean {
    const { request, respond } = transaction;
    const isOfDialog = this.#dialog && request.headers.get('Call-ID') === this.#dialog.callId;
    switch (request.method) {
      case 'INVITE':
        if (isOfDialog) respond({ status: 488 });
        else if (this.#isInvited || this.#closed || !this.#isMeant(request, device)) return false;
        else void this.#invited(transaction);
        return true;
      case 'ACK':
        if (isOfDialog) this.#flow();
        return isOfDialog === true;
      case 'BYE':
        if (!isOfDialog) return false;
        respond({ status: 200 });
        this.#ended('bye-received', 'the device ended the session');
        return true;
      case 'CANCEL':
      case 'INFO':
        if (isOfDialog) respond({ status: 200 });
        return isOfDialog === true;
      default:
        return false;
    }
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#timer);
    const { environment, device, history } = this.#options;
    this.#fail(new FluxError('STREAM_ENDED', 'The talk was ended before the device took the sound.'));
    this.#sending?.close();
    if (this.#ownSsrc !== undefined) environment.ssrcs.release(this.#ownSsrc);
    if (!this.#dialog) return;
    history.note('bye-sent');
    environment.agent
      .send(this.#dialog.request('BYE'), device.peer, BYE_TIMEOUT)
      .catch((cause: unknown) => history.note('bye-unanswered', FluxError.from(cause).message));
  }

  /** Of the device, in which the caller, the subject or the one called is the channel, the device itself or we. */
  #isMeant({ headers, uri }: SipRequest, device: Device | undefined): boolean {
    const { channelId, device: own } = this.#options;
    if (device !== own) return false;
    const said = [headers.get('From'), headers.get('Subject'), uri].join(' ');
    return said.includes(channelId) || said.includes(own.id);
  }

  #answered(result: string | undefined): void {
    const { history, device } = this.#options;
    if (result === undefined || /^ok$/i.test(result)) {
      history.note('broadcast-accepted');
      return;
    }
    history.note('broadcast-refused', result.slice(0, 100));
    const message = `The device ${device.id} answered "${result.slice(0, 100)}" to the broadcast.`;
    this.#fail(new FluxError('DEVICE_REFUSED', message));
  }

  #unanswered(error: FluxError): void {
    const { history } = this.#options;
    // It may ask for the sound all the same: there are devices that answer by that alone.
    if (this.#closed || this.#isInvited) return;
    history.note('broadcast-unanswered', error.message);
    if (error.code !== 'TIMED_OUT') this.#fail(error);
  }

  async #invited({ request, respond, tag, peer }: ServerTransaction): Promise<void> {
    const { environment, history, stream, device } = this.#options;
    const { agent, sender, mediaAddress, ssrcs } = environment;
    this.#isInvited = true;
    const refuse = (status: number, error: FluxError) => {
      respond({ status });
      this.#fail(error);
    };
    try {
      const offer = parseSessionDescription(request.body);
      history.note('invite-received', wordsOf(offer));
      const format = formatOf(offer);
      if (!format) {
        const codecs = [...offer.encodings.values()].join(', ') || 'nothing that is known';
        history.note('format-refused', codecs);
        refuse(488, new FluxError('CODEC_UNSUPPORTED', `The device takes ${codecs}, but no G.711A.`));
        return;
      }
      const ssrc = offer.ssrc ?? ssrcs.take('live');
      if (offer.ssrc === undefined) this.#ownSsrc = ssrc;
      const transport = transportOf(offer);
      const address = mediaAddress ?? (await agent.addressToward(peer));
      const sending = await sender.open({
        ...{ stream, transport, format, history, ssrc: ssrcNumber(ssrc) ?? 0 },
        remote: { address: offer.address ?? device.peer.address, port: offer.port },
        onEnded: reason => this.#ended('voice-stopped', reason),
      });
      if (this.#closed) {
        sending.close();
        respond({ status: 487 });
        return;
      }
      this.#sending = sending;
      const contact = agent.contact(peer);
      this.#dialog = Dialog.ofRequest(request, tag, contact);
      const description: VoiceDescription = {
        ...{ ownerId: agent.identity.id, name: offer.name || 'Play', address, port: sending.port },
        ...{ transport, ssrc, format, direction: 'sendonly' },
      };
      const headers = { Contact: contact, 'Content-Type': 'APPLICATION/SDP' };
      respond({ status: 200, headers, body: writeVoiceDescription(description) });
      this.#timer = this.#restartTimer(() => {
        history.note('ack-missing');
        this.#flow();
      });
    } catch (cause) {
      if (cause instanceof ParseError) {
        history.note('invite-received', `that cannot be read: ${cause.message}`);
        refuse(488, new FluxError('PROTOCOL_ERROR', `The device's INVITE cannot be read: ${cause.message}.`));
      } else refuse(500, FluxError.from(cause));
    }
  }

  #restartTimer(action: () => void): NodeJS.Timeout {
    clearTimeout(this.#timer);
    return setTimeout(action, ACK_TIMEOUT);
  }

  #flow(): void {
    clearTimeout(this.#timer);
    if (this.#isFlowing || this.#closed || !this.#sending) return;
    this.#isFlowing = true;
    this.#sending.start();
    this.#resolve(this.#sending);
  }

  #ended(step: string, reason: string): void {
    if (this.#closed) return;
    const { history, onEnded } = this.#options;
    history.note(step, reason);
    if (step === 'bye-received') this.#dialog = undefined;
    const error = new FluxError('UPSTREAM_FAILED', `The talk ended: ${reason}`);
    if (this.#isFlowing) onEnded(error);
    else this.#fail(error);
  }
}

/** As it is where the device takes that, for it costs the least; else in the program stream that it asks for. */
function formatOf({ encodings, types }: SessionDescription): VoiceDescription['format'] | undefined {
  const names = [...encodings.values()];
  if (types.includes(8) || names.includes('PCMA')) return 'g711a';
  return names.includes('PS') ? 'ps-sound' : undefined;
}

/** The device's own side of it is the other one. */
function transportOf({ isTcp, setup }: SessionDescription): VoiceDescription['transport'] {
  if (!isTcp) return 'udp';
  return setup === 'passive' ? 'tcp-active' : 'tcp-passive';
}

function wordsOf({ address, port, isTcp, setup, ssrc, encodings }: SessionDescription): string {
  const parts = [
    `to ${address ?? 'an address it does not say'}:${port} by ${isTcp ? 'tcp' : 'udp'}`,
    setup && `setup ${setup}`,
    `SSRC ${ssrc ?? 'not said'}`,
    [...encodings.values()].join(', '),
  ];
  return parts.filter(Boolean).join(', ');
}
