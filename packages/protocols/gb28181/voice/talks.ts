import type { VoiceReport, VoiceRequest } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Stream } from '@flux-iot/core/stream/stream';
import type { Device } from '../device/device.ts';
import type { MediaTransport } from '../media/reception.ts';
import type { ServerTransaction } from '../sip/transactions.ts';
import type { VoiceEnvironment } from './call.ts';
import { Talk } from './talk.ts';

export interface TalksOptions extends VoiceEnvironment {
  readonly defaultTransport: MediaTransport;
  /**
   * A stream with the sound of this one as G.711A of 8 kHz. Rejects with `STREAM_NOT_FOUND`, `CODEC_UNSUPPORTED` where it
   * has no sound, …
   */
  openSound(streamId: string, signal: AbortSignal): Promise<Stream>;
}

/** Of channels that nobody talks to any more, so many are remembered, for who asks what went wrong. */
const MAX_REMEMBERED = 500;
const MAX_TALKING = 500;

/** Who is talked to: one talk a channel. */
export class Talks {
  readonly #options: TalksOptions;
  /** By device and channel, the one that began last at the end. */
  readonly #talks = new Map<string, Talk>();

  constructor(options: TalksOptions) {
    this.#options = options;
    options.registry.on('removed', device => {
      for (const talk of this.#talks.values()) if (talk.device === device) talk.close();
    });
  }

  /** Resolves when the device takes the sound. Rejects with `STREAM_BUSY` where it is talked to already, and all else that keeps it from it. */
  async begin(device: Device, channelId: string, request: VoiceRequest): Promise<VoiceReport> {
    const key = keyOf(device.id, channelId);
    if (this.#talks.get(key)?.isOver === false)
      throw new FluxError('STREAM_BUSY', `The channel ${channelId} is being talked to already.`);
    const over = [...this.#talks].filter(([, { isOver }]) => isOver);
    if (this.#talks.size - over.length >= MAX_TALKING)
      throw new FluxError('STREAM_LIMIT', `${MAX_TALKING} talks at once are the most.`);
    for (const [old] of over.slice(0, Math.max(0, over.length - MAX_REMEMBERED))) this.#talks.delete(old);
    const talk = new Talk({ ...this.#options, device, channelId, request });
    this.#talks.delete(key);
    this.#talks.set(key, talk);
    await talk.begin();
    return talk.report;
  }

  /** The present one, or the one before. Throws `STREAM_NOT_FOUND`. */
  find(deviceId: string, channelId: string): Talk {
    const talk = this.#talks.get(keyOf(deviceId, channelId));
    if (talk) return talk;
    throw new FluxError('STREAM_NOT_FOUND', `Nobody has talked to the channel ${channelId}.`);
  }

  /** True where the request is of a talk, and was taken. */
  takes(transaction: ServerTransaction, device: () => Device | undefined): boolean {
    if (!REQUESTS.has(transaction.request.method)) return false;
    const open = [...this.#talks.values()].filter(({ isOver }) => !isOver);
    if (open.length === 0) return false;
    const sender = device();
    return open.some(talk => talk.takes(transaction, sender));
  }

  /** Idempotent. */
  close(): void {
    for (const talk of this.#talks.values()) talk.close();
    this.#options.sender.stop();
  }
}

const REQUESTS: ReadonlySet<string> = new Set(['INVITE', 'ACK', 'BYE', 'CANCEL', 'INFO']);

function keyOf(deviceId: string, channelId: string): string {
  return `${deviceId} ${channelId}`;
}
