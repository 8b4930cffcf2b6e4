import type { StreamHistory } from '@flux-iot/core/stream/history';
import type { Publication } from '@flux-iot/core/stream/publication';

/** What carries the media, as seen from here: `tcp-passive` waits for the device's connection. */
export type MediaTransport = 'udp' | 'tcp-passive' | 'tcp-active';

/** What is expected of one device's stream. */
export interface ReceptionRequest {
  readonly transport: MediaTransport;
  /** What the packets ought to carry; devices that carry another are told apart by their address. */
  readonly ssrc: number;
  /** Where the device's signalling comes from. */
  readonly deviceAddress: string;
  /** G.711 or AAC by the signalling, for streams that do not say. */
  readonly audioHint?: 'aac' | 'g711a' | 'g711u';
  /**
   * The time line that what comes is noted in: `media-port`, `media-connected`, `media-connect-failed`, `first-rtp`,
   * `ssrc-differs`, `transport-differs`, `media-moved`, `first-ps-pack`, `not-ps`, `codec`, `codec-refused`,
   * `packets-lost`, `bad-media`, `goodbye`, `stray-media`, `no-media`, `media-silent`, `media-disconnected`.
   */
  readonly history: StreamHistory;
  /** Asked for once, when the first media is there. Rejects where the stream may not be published. */
  publish(peer: string): Promise<Publication>;
  /** The first RTP packet is here. */
  onMedia(): void;
  /** Nothing more will come: the connection was closed, nothing came for a while, or it may not be published. */
  onEnded(reason: string): void;
}

/** What the device's answer to the INVITE says. */
export interface MediaAnswer {
  /** Of its `y=`, where it names another. */
  readonly ssrc?: number;
  /** Where it sends from, or where it is to be connected to. */
  readonly address?: string;
  readonly port?: number;
}

/** What has come so far. */
export interface ReceptionCounters {
  readonly packets: number;
  readonly bytes: number;
  readonly lost: number;
  readonly reordered: number;
  readonly droppedFrames: number;
}

/** One stream's way in, from before its INVITE until its BYE. */
export interface Reception {
  /** The port that the device is told. */
  readonly port: number;
  readonly counters: ReceptionCounters;
  /** The device's answer. With `tcp-active` it is connected to now; the wait for the first packet begins. */
  answered(answer: MediaAnswer): void;
  /** Whether nothing is to come for a while: a recording is paused. */
  expectSilence(isExpected: boolean): void;
  /** Idempotent; no `onEnded` follows. The publication is closed by whoever asked for it. */
  close(): void;
}
