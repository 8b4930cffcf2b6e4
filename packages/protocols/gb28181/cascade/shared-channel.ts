import { createHash } from 'node:crypto';
import { StreamHistory } from '@flux-iot/core/stream/history';
import type { StreamId } from '@flux-iot/core/stream/stream-id';

/** A channel of a device that has registered here. */
export interface DeviceChannel {
  readonly deviceId: string;
  readonly channelId: string;
}

/** A stream that upper platforms are shown as a channel, as it is configured. */
export interface ChannelShare {
  readonly streamId: StreamId;
  /** 20 digits; undefined for one that is made of the stream's id. */
  readonly channelId: string | undefined;
  /** Undefined for the stream's id. */
  readonly name: string | undefined;
  /** Names of the platforms that are shown it; none for all. */
  readonly platforms: readonly string[];
  /** What the stream is fetched from, where nobody else brings it. */
  readonly device: DeviceChannel | undefined;
}

/** What follows a domain's first ten digits in a camera's id: kind 132, a network camera; network 0 (annex E). */
const CAMERA = '1320';
const NUMBERS = 1_000_000;

/** One shared channel, and what upper platforms did with it. */
export class SharedChannel {
  readonly id: string;
  readonly name: string;
  readonly streamId: StreamId;
  readonly device: DeviceChannel | undefined;
  /** It outlives the stream: a platform may ask for one that is not there. */
  readonly history = new StreamHistory();
  readonly #platforms: readonly string[];

  /** `domain`: ours. */
  constructor({ streamId, channelId, name, platforms, device }: ChannelShare, domain: string) {
    this.id = channelId ?? assignedId(domain, streamId);
    this.name = name ?? streamId;
    this.streamId = streamId;
    this.device = device;
    this.#platforms = platforms;
  }

  isFor(platform: string): boolean {
    return this.#platforms.length === 0 || this.#platforms.includes(platform);
  }
}

/**
 * The id of a stream that has none of its own: the same wherever and whenever it is asked for, for the platform above
 * keeps it. Two streams in some thousands may get the same, which the configuration is refused for.
 */
export function assignedId(domain: string, streamId: string): string {
  const number = createHash('sha256').update(streamId).digest().readUIntBE(0, 6) % NUMBERS;
  return `${domain.slice(0, 10)}${CAMERA}${String(number).padStart(6, '0')}`;
}
