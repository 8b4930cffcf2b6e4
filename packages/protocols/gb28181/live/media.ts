import type { StreamHistory } from '@flux-iot/core/stream/history';
import type { Publication } from '@flux-iot/core/stream/publication';
import type { MediaTransport } from '../sdp/offer.ts';

/** What is expected of one device's stream. */
export interface ReceptionRequest {
  readonly transport: MediaTransport;
  /** What the packets ought to carry; devices that carry another are told apart by their address. */
  readonly ssrc: number;
  /** Where the device's signalling comes from. */
  readonly deviceAddress: string;
  /** The time line that what comes is noted in. */
  readonly history: StreamHistory;
  /** Asked for once, when the first media is there. Rejects where the stream may not be published. */
  publish(peer: string): Promise<Publication>;
  /** The first RTP packet is here. */
  onMedia(): void;
  /** Nothing more will come: the connection was closed, or nothing came for a while. */
  onEnded(reason: string): void;
}

/** One stream's way in, from before its INVITE until its BYE. */
export interface Reception {
  /** The port that the device is told. */
  readonly port: number;
  /** The device's answer: its own SSRC, where it names another, and where it is to be connected to. */
  answered(answer: { readonly ssrc?: number; readonly address?: string; readonly port?: number }): void;
  /** Idempotent; no `onEnded` follows. */
  close(): void;
}

/** Where devices send to. */
export interface MediaReceiver {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Throws `STREAM_LIMIT` where no port is left. */
  open(request: ReceptionRequest): Promise<Reception>;
  readonly bytesIn: number;
  readonly listening: readonly string[];
}
