import type { FluxError } from '@flux-iot/core/errors/flux-error';
import type { StreamHistory } from '@flux-iot/core/stream/history';
import type { Stream } from '@flux-iot/core/stream/stream';
import type { Device } from '../device/device.ts';
import type { Questions } from '../device/questions.ts';
import type { LiveEnvironment } from '../live/session.ts';
import type { Sending, SendRequest } from '../media/sending.ts';
import type { ServerTransaction } from '../sip/transactions.ts';

/** Sends streams to devices. */
export interface VoiceSender {
  /** Rejects with `PORT_IN_USE`. */
  open(request: SendRequest): Promise<Sending>;
  stop(): void;
}

/** What the talks of one platform share. */
export interface VoiceEnvironment
  extends Pick<
    LiveEnvironment,
    'agent' | 'registry' | 'ssrcs' | 'mediaAddress' | 'inviteTimeout' | 'invitations'
  > {
  readonly questions: Questions;
  readonly sender: VoiceSender;
}

export interface VoiceCallOptions {
  readonly environment: VoiceEnvironment;
  readonly device: Device;
  readonly channelId: string;
  /** What is sent: a stream that has G.711A. */
  readonly stream: Stream;
  readonly history: StreamHistory;
  /** The device takes it no more, or the stream ended; only after `open` resolved. */
  onEnded(error: FluxError): void;
}

/** A talk's way to one device. */
export interface VoiceCall {
  /** Resolves when sound goes out. Rejects with what keeps it from it; the caller closes then. */
  open(): Promise<Sending>;
  /** A request of the device: true where it is of this call, and was taken. */
  takes(transaction: ServerTransaction, device: Device | undefined): boolean;
  /** Says goodbye to the device. Idempotent. */
  close(): void;
}
