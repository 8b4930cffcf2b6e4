import type { StreamHistory } from '@flux-iot/core/stream/history';
import type { Stream } from '@flux-iot/core/stream/stream';
import type { MediaTransport } from './reception.ts';
import type { MediaSource } from './reception-table.ts';

export type SendFormat = 'ps' | 'ps-sound' | 'g711a';

/** A stream that is to be sent to a device (voice) or to an upper platform. */
export interface SendRequest {
  readonly stream: Stream;
  readonly ssrc: number;
  /** As seen from here: `tcp-passive` waits for the receiver's connection. */
  readonly transport: MediaTransport;
  /** Where the receiver takes it, or where it connects from. The port is not looked at before `start`. */
  readonly remote: MediaSource;
  /** A program stream with all of it by default; or its sound alone, in a program stream or as G.711A without one. */
  readonly format?: SendFormat;
  /** Of the sending: `media-connected`, `media-connect-failed`, `left-out`, `sender-behind`. */
  readonly history: Pick<StreamHistory, 'note'>;
  /** The stream has ended, or the connection was closed or not made. */
  onEnded(reason: string): void;
}

/** One stream's way out, from before the answer to an INVITE until the BYE. */
export interface Sending {
  /** The port that the receiver is told; with `tcp-active` 9, which stands for none (RFC 4145 §4.1). */
  readonly port: number;
  readonly packets: number;
  readonly bytes: number;
  /** The dialog is agreed on: media goes out from now on. */
  start(): void;
  /** Idempotent; no `onEnded` follows. */
  close(): void;
}
