import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Ingest, IngestStatus } from '@flux-iot/core/orchestrator/protocol-adapter';
import { StreamHistory } from '@flux-iot/core/stream/history';
import type { EndReason } from '@flux-iot/core/stream/sink';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import { Retry } from '../../retry/retry.ts';
import type { Device } from '../device/device.ts';
import { type LiveEnvironment, MediaSession } from './session.ts';
import type { ChannelSource } from './source.ts';

const IDLE: EndReason = { code: 'idle', message: 'Nobody watches it.' };
/** A device that has just started answers, but has no picture yet: milliseconds until it is asked. */
const AFTER_REGISTRATION = 1000;

/** Brings the live picture of a channel, always or on demand, and asks for it anew after every failure. */
export class ChannelPuller implements Ingest {
  readonly protocol = 'gb28181';
  readonly streamId: StreamId;
  readonly sourceUrl: string;
  readonly history = new StreamHistory();
  readonly demand: ((isWanted: boolean) => void) | undefined;
  readonly source: ChannelSource;
  readonly #environment: LiveEnvironment;
  readonly #retry = new Retry(() => void this.#attempt());
  #session: MediaSession | undefined;
  #unsubscribe: () => void;

  constructor(streamId: StreamId, source: ChannelSource, environment: LiveEnvironment) {
    this.streamId = streamId;
    this.source = source;
    this.#environment = environment;
    this.sourceUrl = `gb28181://${source.deviceId}/${source.channelId}`;
    const { registry } = environment;
    const onRegistered = (device: Device, isNew: boolean) => this.#deviceRegistered(device, isNew);
    const onOffline = (device: Device, reason: string) => this.#deviceLost(device, reason);
    registry.on('registered', onRegistered).on('offline', onOffline);
    this.#unsubscribe = () => registry.off('registered', onRegistered).off('offline', onOffline);
    if (source.isOnDemand) {
      this.demand = isWanted => (isWanted ? this.#wake() : this.#rest());
      this.#retry.rest();
    } else {
      this.#retry.start();
    }
  }

  get status(): IngestStatus {
    return this.#retry.status;
  }

  /** Idempotent. */
  close(reason: EndReason): void {
    this.#unsubscribe();
    this.#unsubscribe = () => {};
    if (this.#retry.closed) return;
    this.#retry.close();
    this.#end(reason);
  }

  #wake(): void {
    if (this.status.state !== 'waiting') return;
    this.history.note('wanted');
    this.#retry.start();
  }

  #rest(): void {
    if (this.#retry.closed || this.status.state === 'waiting') return;
    this.history.note('unwanted', 'the device is told to stop');
    this.#retry.rest();
    this.#end(IDLE);
  }

  #end(reason: EndReason): void {
    const session = this.#session;
    this.#session = undefined;
    session?.close(reason);
  }

  async #attempt(): Promise<void> {
    const { deviceId, channelId, transport, stream } = this.source;
    const { history, streamId } = this;
    const session = new MediaSession({
      ...{ environment: this.#environment, streamId, deviceId, channelId, transport, history },
      wanted: { purpose: 'Play', stream },
      onLost: error => this.#failed(session, error),
      onRevoked: reason => this.#revoked(session, reason),
    });
    this.#session = session;
    try {
      await session.run();
      if (this.#session === session) this.#retry.connected();
    } catch (cause) {
      this.#failed(session, FluxError.from(cause));
    }
  }

  #failed(session: MediaSession, error: FluxError): void {
    const isCurrent = this.#session === session;
    if (isCurrent) this.#session = undefined;
    session.close({ code: 'publisher-lost', message: error.message });
    if (!isCurrent) return;
    if (error.code === 'DEVICE_NOT_FOUND') this.history.note('device-unknown', error.message);
    if (error.code === 'DEVICE_OFFLINE') this.history.note('device-offline', error.message);
    const delay = this.#retry.failed(error.message);
    if (delay !== undefined)
      this.history.note('reconnecting', `in ${(delay / 1000).toFixed(1)} s: ${error.message}`);
  }

  /** It was restarted, or its network is back: what it sent before is gone, and it is asked at once. */
  #deviceRegistered(device: Device, isNew: boolean): void {
    if (device.id !== this.source.deviceId || !isNew) return;
    this.history.note(
      'device-registered',
      `${device.peer.transport} from ${device.peer.address}:${device.peer.port}`,
    );
    if (this.status.state === 'retrying') this.#retry.start(AFTER_REGISTRATION);
  }

  /** What still comes is taken as long as it comes. */
  #deviceLost(device: Device, reason: string): void {
    if (device.id === this.source.deviceId) this.history.note('device-lost', reason);
  }

  /** Somebody took the id over, or the stream was stopped: there is nothing left to bring, but on demand. */
  #revoked(session: MediaSession, reason: EndReason): void {
    if (this.#session === session) this.#session = undefined;
    if (this.demand && reason.code === IDLE.code) this.#rest();
    else this.close(reason);
  }
}
