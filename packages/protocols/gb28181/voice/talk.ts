import type { VoiceReport, VoiceRequest } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { StreamHistory } from '@flux-iot/core/stream/history';
import type { EndReason, StreamSink } from '@flux-iot/core/stream/sink';
import type { Stream } from '@flux-iot/core/stream/stream';
import type { Device } from '../device/device.ts';
import type { Sending } from '../media/sending.ts';
import type { ServerTransaction } from '../sip/transactions.ts';
import { BroadcastCall } from './broadcast-call.ts';
import type { VoiceCall } from './call.ts';
import { TalkCall } from './talk-call.ts';
import type { TalksOptions } from './talks.ts';

export interface TalkOptions extends TalksOptions {
  readonly device: Device;
  readonly channelId: string;
  readonly request: VoiceRequest;
}

/** One talk to one channel, from its beginning to its end: the sound of a stream, and the device's way to it. */
export class Talk implements StreamSink {
  readonly device: Device;
  readonly history = new StreamHistory();
  readonly #options: TalkOptions;
  readonly #since = Date.now();
  readonly #abort = new AbortController();
  #state: VoiceReport['state'] = 'asked';
  #error: string | undefined;
  #stream: Stream | undefined;
  #call: VoiceCall | undefined;
  #sending: Sending | undefined;

  constructor(options: TalkOptions) {
    this.#options = options;
    this.device = options.device;
  }

  get isOver(): boolean {
    return this.#state === 'ended';
  }

  get report(): VoiceReport {
    const { channelId, request } = this.#options;
    return {
      ...{ deviceId: this.device.id, channelId, streamId: request.streamId, mode: request.mode },
      ...{ state: this.#state, since: this.#since, error: this.#error },
      packets: this.#sending?.packets ?? 0,
      bytes: this.#sending?.bytes ?? 0,
      history: this.history.entries,
    };
  }

  async begin(): Promise<void> {
    const { openSound, request, channelId, defaultTransport, ...environment } = this.#options;
    try {
      const stream = await openSound(request.streamId, this.#abort.signal);
      this.#abort.signal.throwIfAborted();
      this.history.note('voice-sound', `of ${stream.id}`);
      this.#stream = stream;
      // It is held while the device makes up its mind.
      stream.addSink(this);
      const { device, history } = this;
      const options = {
        ...{ environment, device, channelId, stream, history },
        onEnded: (error: FluxError) => this.#end(error.message),
      };
      const call =
        request.mode === 'talk'
          ? new TalkCall(options, request.transport ?? defaultTransport)
          : new BroadcastCall(options);
      this.#call = call;
      this.#sending = await call.open();
      this.#state = 'talking';
      history.note('voice-flowing');
    } catch (cause) {
      const error = FluxError.from(cause);
      this.#end(error.message);
      throw error;
    }
  }

  takes(transaction: ServerTransaction, device: Device | undefined): boolean {
    return this.#call?.takes(transaction, device) ?? false;
  }

  /** Idempotent. */
  close(): void {
    this.#end(undefined);
  }

  onTracks(): void {}

  onSample(): void {}

  onDiscontinuity(): void {}

  onEnd({ message }: EndReason): void {
    this.#end(`The stream ended: ${message}`);
  }

  #end(error: string | undefined): void {
    if (this.isOver) return;
    this.#state = 'ended';
    this.#error = error;
    this.history.note('voice-ended', error ?? 'by request');
    this.#abort.abort(new FluxError('STREAM_ENDED', 'The talk was ended.'));
    this.#stream?.removeSink(this);
    this.#call?.close();
  }
}
