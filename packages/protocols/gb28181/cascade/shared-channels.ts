import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Ingest } from '@flux-iot/core/orchestrator/protocol-adapter';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import type { HistoryEntry } from '@flux-iot/core/stream/history';
import type { Stream } from '@flux-iot/core/stream/stream';
import { parseStreamId, type StreamId } from '@flux-iot/core/stream/stream-id';
import type { DeviceRegistry } from '../device/registry.ts';
import { RecordingPlayer } from '../playback/player.ts';
import type { SessionDescription } from '../sdp/answer.ts';
import { type ChannelShare, type DeviceChannel, SharedChannel } from './shared-channel.ts';

/** Where streams and devices are had from. */
export interface StreamAccess {
  readonly orchestrator: StreamOrchestrator;
  readonly registry: DeviceRegistry;
  /** Makes an ingest of this protocol. Throws `REQUEST_INVALID`, `STREAM_LIMIT`. */
  ingest(streamId: StreamId, source: Readonly<Record<string, unknown>>): Ingest;
  /** Of a stream that is fetched from a device here. */
  deviceChannelOf(streamId: StreamId): DeviceChannel | undefined;
}

/** A recording of a channel on its way to a platform above. */
export interface OpenedRecording {
  readonly stream: Stream;
  readonly player: RecordingPlayer;
}

const OVER = { code: 'stopped', message: 'The platform above does not want it any more.' };

/** All that is shared with platforms above, and the way to it. */
export class SharedChannels {
  readonly all: readonly SharedChannel[];
  readonly #access: StreamAccess;

  /** `domain`: ours. */
  constructor(shares: readonly ChannelShare[], domain: string, access: StreamAccess) {
    this.all = shares.map(share => new SharedChannel(share, domain));
    this.#access = access;
  }

  /** The device that has the channel, where one of ours has. */
  deviceChannelOf({ device, streamId }: SharedChannel): DeviceChannel | undefined {
    return device ?? this.#access.deviceChannelOf(streamId);
  }

  /** Whether a platform that asks for it now is likely to get it. */
  isOnline(channel: SharedChannel): boolean {
    const { orchestrator, registry } = this.#access;
    const own = this.deviceChannelOf(channel);
    if (!own) {
      const ingest = orchestrator.getIngest(channel.streamId);
      return orchestrator.isAvailable(channel.streamId) || isFetchable(ingest);
    }
    const device = registry.find(own.deviceId);
    return device?.isOnline === true && device.channels.get(own.channelId)?.isOnline !== false;
  }

  /** What platforms above did with the stream. */
  historyOf(streamId: StreamId): readonly HistoryEntry[] {
    return this.all
      .filter(channel => channel.streamId === streamId)
      .flatMap(({ history }) => history.entries);
  }

  /** The live stream, fetched from its device where nobody else brings it. Throws as `openStream` does. */
  async open({ streamId, device }: SharedChannel, signal: AbortSignal): Promise<Stream> {
    const { orchestrator, ingest } = this.#access;
    const isThere = orchestrator.getIngest(streamId) !== undefined || orchestrator.isAvailable(streamId);
    if (device && !isThere) {
      const source = { device_id: device.deviceId, channel_id: device.channelId };
      await orchestrator.addIngest(streamId, () => ingest(streamId, source));
    }
    // Who shares it is the operator: no token is asked of the platform.
    return orchestrator.openStream(streamId, { isInternal: true, signal });
  }

  /** A recording of the channel's device, as a stream of its own. Throws `STREAM_NOT_FOUND` where no device has it. */
  async openRecording(
    channel: SharedChannel,
    { name, from, to, downloadSpeed }: SessionDescription,
    session: string,
    signal: AbortSignal,
  ): Promise<OpenedRecording> {
    const { orchestrator, ingest } = this.#access;
    const own = this.deviceChannelOf(channel);
    if (!own) throw new FluxError('STREAM_NOT_FOUND', `No device has recordings of ${channel.streamId}.`);
    const streamId = parseStreamId(`cascade-${session}`);
    const source = {
      ...{ device_id: own.deviceId, channel_id: own.channelId },
      ...{ from: new Date(from * 1000).toISOString(), to: new Date(to * 1000).toISOString() },
      ...(/^download$/i.test(name) ? { download_speed: Math.min(32, Math.max(1, downloadSpeed ?? 1)) } : {}),
    };
    const player = await orchestrator.addIngest(streamId, () => ingest(streamId, source));
    if (!(player instanceof RecordingPlayer)) throw new FluxError('REQUEST_INVALID', 'It is no recording.');
    try {
      return { player, stream: await orchestrator.openStream(streamId, { isInternal: true, signal }) };
    } catch (cause) {
      this.closeRecording(player);
      throw cause;
    }
  }

  /** Idempotent. */
  closeRecording({ streamId }: RecordingPlayer): void {
    const { orchestrator } = this.#access;
    if (orchestrator.getIngest(streamId)) orchestrator.stopStream(streamId, OVER);
  }
}

/** It is fetched as soon as somebody wants it. */
function isFetchable(ingest: Ingest | undefined): boolean {
  return ingest?.demand !== undefined && ingest.status.state === 'waiting';
}
