import { FluxError } from '@flux-iot/core/errors/flux-error';
import { Invitation } from '../live/invitation.ts';
import type { MediaTransport } from '../media/reception.ts';
import type { Sending } from '../media/sending.ts';
import { ssrcNumber } from '../sdp/ssrc.ts';
import type { VoiceCall, VoiceCallOptions } from './call.ts';

/**
 * Voice as many devices have it besides: we invite with `s=Talk`. What the device says in it is not taken; its own
 * sound comes with its picture.
 */
export class TalkCall implements VoiceCall {
  readonly #options: VoiceCallOptions;
  readonly #transport: MediaTransport;
  #ssrc: string | undefined;
  #sending: Sending | undefined;
  #invitation: Invitation | undefined;
  #fail: (error: FluxError) => void = () => {};
  #isFlowing = false;
  #closed = false;

  constructor(options: VoiceCallOptions, transport: MediaTransport) {
    this.#options = options;
    this.#transport = transport;
  }

  async open(): Promise<Sending> {
    const { environment, device, channelId, stream, history } = this.#options;
    const { agent, sender, ssrcs, mediaAddress, inviteTimeout, invitations } = environment;
    const transport = this.#transport;
    const failed = new Promise<never>((_resolve, reject) => {
      this.#fail = reject;
    });
    failed.catch(() => {});
    const ssrc = ssrcs.take('live');
    this.#ssrc = ssrc;
    // Where the device takes it is known when it answers; before that, where it may connect from.
    let remote = { address: device.peer.address, port: 0 };
    const sending = await sender.open({
      ...{ stream, transport, history, format: 'g711a', ssrc: ssrcNumber(ssrc) ?? 0 },
      get remote() {
        return remote;
      },
      onEnded: reason => this.#ended(reason),
    });
    const address = mediaAddress ?? (await agent.addressToward(device.peer));
    if (this.#closed) {
      sending.close();
      throw new FluxError('STREAM_ENDED', 'The talk was ended before the device took the sound.');
    }
    this.#sending = sending;
    const offer = { channelId, address, transport, ssrc, port: sending.port, purpose: 'Talk' } as const;
    const invitation = new Invitation({
      ...{ agent, peer: device.peer, offer, history, timeout: inviteTimeout },
      onBye: () => this.#ended('the device ended the session'),
    });
    this.#invitation = invitation;
    invitations.add(invitation);
    const description = await Promise.race([invitation.open(), failed]);
    remote = { address: description.address ?? device.peer.address, port: description.port };
    sending.start();
    this.#isFlowing = true;
    return sending;
  }

  /** Those of its session come to its invitation. */
  takes(): boolean {
    return false;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { invitations, ssrcs } = this.#options.environment;
    this.#fail(new FluxError('STREAM_ENDED', 'The talk was ended before the device took the sound.'));
    this.#sending?.close();
    if (this.#invitation) {
      invitations.delete(this.#invitation);
      this.#invitation.close();
    }
    if (this.#ssrc !== undefined) ssrcs.release(this.#ssrc);
  }

  #ended(reason: string): void {
    if (this.#closed) return;
    const { history, onEnded } = this.#options;
    history.note('voice-stopped', reason);
    const error = new FluxError('UPSTREAM_FAILED', `The talk ended: ${reason}`);
    if (this.#isFlowing) onEnded(error);
    else this.#fail(error);
  }
}
