import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { StreamCallback } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamHistory } from '@flux-iot/core/stream/history';
import type { Publication } from '@flux-iot/core/stream/publication';
import type { EndReason } from '@flux-iot/core/stream/sink';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { Device } from '../device/device.ts';
import type { DeviceRegistry } from '../device/registry.ts';
import type { MediaTransport, Reception } from '../media/reception.ts';
import type { SessionDescription } from '../sdp/answer.ts';
import type { Offer } from '../sdp/offer.ts';
import { type SsrcPool, ssrcNumber } from '../sdp/ssrc.ts';
import type { SipAgent } from '../sip/agent.ts';
import { Invitation } from './invitation.ts';
import type { MediaReceiver } from './media.ts';

/** What the sessions of one platform share. */
export interface LiveEnvironment {
  readonly agent: SipAgent;
  readonly registry: DeviceRegistry;
  readonly receiver: MediaReceiver;
  readonly ssrcs: SsrcPool;
  /** Where devices send media to, where it is not the address that they reach SIP by. */
  readonly mediaAddress: string | undefined;
  /** Milliseconds for the answer to an INVITE. */
  readonly inviteTimeout: number;
  /** Those that a request of a device may be of. */
  readonly invitations: Set<Invitation>;
  readonly callback: () => StreamCallback;
}

export interface MediaSessionOptions {
  readonly environment: LiveEnvironment;
  readonly streamId: StreamId;
  readonly deviceId: string;
  readonly channelId: string;
  readonly transport: MediaTransport;
  /** What is asked for, besides where to send it. */
  readonly wanted: Pick<Offer, 'purpose' | 'stream' | 'from' | 'to' | 'downloadSpeed'>;
  readonly history: StreamHistory;
  /** Media came, and comes no more: the device ended it, or went silent. */
  onLost(error: FluxError): void;
  /** Somebody took the id over, or the stream was stopped. */
  onRevoked(reason: EndReason): void;
}

/** One stream from one device, once: its way in, its invitation, its publication. */
export class MediaSession {
  readonly #options: MediaSessionOptions;
  #device: Device | undefined;
  #ssrc: string | undefined;
  #reception: Reception | undefined;
  #invitation: Invitation | undefined;
  #publication: Publication | undefined;
  #fail: ((error: FluxError) => void) | undefined;
  #flow: (() => void) | undefined;
  #hasMedia = false;
  #closed = false;

  constructor(options: MediaSessionOptions) {
    this.#options = options;
  }

  get device(): Device | undefined {
    return this.#device;
  }

  get invitation(): Invitation | undefined {
    return this.#invitation;
  }

  /** Whether nothing is to come for a while: a recording is paused. */
  expectSilence(isExpected: boolean): void {
    this.#reception?.expectSilence(isExpected);
  }

  /** Resolves when media flows. Rejects with what keeps it from it; the caller closes then. */
  async run(): Promise<SessionDescription> {
    const { environment, deviceId, channelId, transport, wanted, history } = this.#options;
    const device = environment.registry.requireOnline(deviceId);
    this.#device = device;
    this.#ssrc = environment.ssrcs.take(wanted.purpose === 'Play' ? 'live' : 'history');
    const ssrc = this.#ssrc;
    const failed = new Promise<never>((_resolve, reject) => {
      this.#fail = reject;
    });
    // Whoever waits for something else meanwhile is told by that.
    failed.catch(() => {});
    const flowing = new Promise<void>(resolve => {
      this.#flow = resolve;
    });
    const reception = await environment.receiver.open({
      transport,
      ssrc: ssrcNumber(ssrc) ?? 0,
      deviceAddress: device.peer.address,
      history,
      publish: peer => this.#publish(peer),
      onMedia: () => this.#onMedia(),
      onEnded: reason => this.#ended(reason),
    });
    if (this.#closed) reception.close();
    else this.#reception = reception;
    const address = environment.mediaAddress ?? (await environment.agent.addressToward(device.peer));
    if (this.#closed) throw new FluxError('STREAM_ENDED', 'It was given up.');
    const offer = { channelId, address, transport, ssrc, port: reception.port, ...wanted };
    const invitation = new Invitation({
      ...{ agent: environment.agent, peer: device.peer, offer, history, timeout: environment.inviteTimeout },
      onBye: () => this.#ended('the device ended the session'),
    });
    this.#invitation = invitation;
    environment.invitations.add(invitation);
    const description = await Promise.race([invitation.open(), failed]);
    const answered = ssrcNumber(description.ssrc);
    if (answered !== undefined && answered !== ssrcNumber(ssrc))
      history.note(
        'ssrc-changed',
        `the device sends ${description.ssrc} instead of ${ssrc}, which is followed`,
      );
    reception.answered({ ssrc: answered, address: description.address, port: description.port });
    await Promise.race([flowing, failed]);
    return description;
  }

  /** Ends the session, its way in and its publication. Idempotent. */
  close(reason: EndReason): void {
    if (this.#closed) return;
    this.#closed = true;
    const { environment } = this.#options;
    this.#fail?.(new FluxError('STREAM_ENDED', reason.message));
    this.#reception?.close();
    if (this.#invitation) {
      environment.invitations.delete(this.#invitation);
      this.#invitation.close();
    }
    this.#publication?.close(reason);
    if (this.#ssrc !== undefined) environment.ssrcs.release(this.#ssrc);
  }

  #onMedia(): void {
    this.#hasMedia = true;
    this.#flow?.();
  }

  async #publish(peer: string): Promise<Publication> {
    const { environment, streamId, onRevoked } = this.#options;
    const close = (reason: EndReason) => {
      this.close(reason);
      onRevoked(reason);
    };
    try {
      const publication = await environment.callback().registerStream(
        streamId,
        { protocol: 'gb28181', peer, close },
        // The product itself fetches it.
        { isInternal: true },
      );
      if (this.#closed) publication.close({ code: 'publisher-lost', message: 'The session is over.' });
      else this.#publication = publication;
      return publication;
    } catch (cause) {
      const error = FluxError.from(cause);
      this.#fail?.(error);
      throw error;
    }
  }

  #ended(message: string): void {
    if (this.#closed) return;
    const error = new FluxError('UPSTREAM_FAILED', `The stream ended: ${message}.`);
    if (this.#hasMedia) this.#options.onLost(error);
    else this.#fail?.(error);
  }
}
