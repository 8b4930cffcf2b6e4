import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { EndReason } from '@flux-iot/core/stream/sink';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { Puller } from '../../retry/puller.ts';
import type { Device } from '../device/device.ts';
import { type LiveEnvironment, MediaSession } from './session.ts';
import type { ChannelSource } from './source.ts';

/** A device that has just started answers, but has no picture yet: milliseconds until it is asked. */
const AFTER_REGISTRATION = 1000;

/** Brings the live picture of a channel, always or on demand, and asks for it anew after every failure. */
export class ChannelPuller extends Puller<MediaSession> {
  readonly protocol = 'gb28181';
  readonly source: ChannelSource;
  readonly #environment: LiveEnvironment;
  #unsubscribe: () => void;

  constructor(streamId: StreamId, source: ChannelSource, environment: LiveEnvironment) {
    const sourceUrl = `gb28181://${source.deviceId}/${source.channelId}`;
    super({ streamId, sourceUrl, isOnDemand: source.isOnDemand, resting: 'the device is told to stop' });
    this.source = source;
    this.#environment = environment;
    const { registry } = environment;
    const onRegistered = (device: Device, isNew: boolean) => this.#deviceRegistered(device, isNew);
    const onOffline = (device: Device, reason: string) => this.#deviceLost(device, reason);
    registry.on('registered', onRegistered).on('offline', onOffline);
    this.#unsubscribe = () => registry.off('registered', onRegistered).off('offline', onOffline);
    this.begin();
  }

  override close(reason: EndReason): void {
    this.#unsubscribe();
    this.#unsubscribe = () => {};
    super.close(reason);
  }

  protected async attempt(): Promise<void> {
    const { deviceId, channelId, transport, stream } = this.source;
    const { history, streamId } = this;
    const session = new MediaSession({
      ...{ environment: this.#environment, streamId, deviceId, channelId, transport, history },
      wanted: { purpose: 'Play', stream },
      onLost: error => this.#failed(session, error),
      onRevoked: reason => this.#taken(session, reason),
    });
    this.current = session;
    try {
      await session.run();
      if (this.current === session) this.retry.connected();
    } catch (cause) {
      this.#failed(session, FluxError.from(cause));
    }
  }

  #failed(session: MediaSession, error: FluxError): void {
    const isCurrent = this.current === session;
    if (isCurrent) this.current = undefined;
    session.close({ code: 'publisher-lost', message: error.message });
    if (!isCurrent) return;
    if (error.code === 'DEVICE_NOT_FOUND') this.history.note('device-unknown', error.message);
    if (error.code === 'DEVICE_OFFLINE') this.history.note('device-offline', error.message);
    this.tryLater(error.message);
  }

  /** It was restarted, or its network is back: what it sent before is gone, and it is asked at once. */
  #deviceRegistered(device: Device, isNew: boolean): void {
    if (device.id !== this.source.deviceId || !isNew) return;
    this.history.note(
      'device-registered',
      `${device.peer.transport} from ${device.peer.address}:${device.peer.port}`,
    );
    if (this.status.state === 'retrying') this.retry.start(AFTER_REGISTRATION);
  }

  /** What still comes is taken as long as it comes. */
  #deviceLost(device: Device, reason: string): void {
    if (device.id === this.source.deviceId) this.history.note('device-lost', reason);
  }

  #taken(session: MediaSession, reason: EndReason): void {
    if (this.current === session) this.current = undefined;
    this.revoked(reason);
  }
}
