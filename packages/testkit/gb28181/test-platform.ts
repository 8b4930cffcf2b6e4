import { MemoryDeviceDocuments } from '@flux-iot/core/control/device-documents';
import type { DeviceEvent } from '@flux-iot/core/control/gb28181-control';
import type { FluxError } from '@flux-iot/core/errors/flux-error';
import { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import {
  type CascadeOptions,
  Gb28181Adapter,
  type Gb28181AdapterOptions,
} from '@flux-iot/protocols/gb28181/adapter';
import { DeviceStore } from '@flux-iot/protocols/gb28181/device/store';
import type { MediaReceiver } from '@flux-iot/protocols/gb28181/live/media';
import type { CatalogItem } from '@flux-iot/protocols/gb28181/manscdp/catalog';
import { MediaSender } from '@flux-iot/protocols/gb28181/media/media-sender';
import type { Reception, ReceptionRequest } from '@flux-iot/protocols/gb28181/media/reception';
import { SimulatedDevice, type SimulatedDeviceOptions } from './simulated-device.ts';

export const SERVER_ID = '34020000002000000001';
export const DOMAIN = '3402000000';
export const PASSWORD = 'correct horse';

/** A receiver that gets nothing but what the test says. */
export class ScriptedReceiver implements MediaReceiver {
  readonly requests: ReceptionRequest[] = [];
  readonly answers: Parameters<Reception['answered']>[0][] = [];
  openCount = 0;
  readonly bytesIn = 0;
  readonly listening: readonly string[] = [];

  async start(): Promise<void> {}
  async stop(): Promise<void> {}

  async open(request: ReceptionRequest): Promise<Reception> {
    this.requests.push(request);
    this.openCount++;
    let isClosed = false;
    return {
      port: 9000,
      counters: { packets: 0, bytes: 0, lost: 0, reordered: 0, droppedFrames: 0 },
      answered: answer => void this.answers.push(answer),
      expectSilence: () => {},
      close: () => {
        if (!isClosed) this.openCount--;
        isClosed = true;
      },
    };
  }
}

export function cameras(deviceId: string, count: number): CatalogItem[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${deviceId.slice(0, 10)}1320${String(index + 1).padStart(6, '0')}`,
    name: `通道 ${index + 1}`,
    isParent: false,
    parentId: deviceId,
    isOnline: true,
    ptzType: 1,
  }));
}

/** A platform on ports of its own, and the devices of a test. */
export class TestPlatform {
  readonly adapter: Gb28181Adapter;
  readonly receiver: MediaReceiver;
  readonly orchestrator: StreamOrchestrator;
  readonly events: DeviceEvent[] = [];
  readonly errors: FluxError[] = [];
  readonly #devices: SimulatedDevice[] = [];

  /** `above`: the platforms that it registers with itself. */
  constructor({
    above,
    ...options
  }: Partial<Gb28181AdapterOptions> & {
    readonly above?: Pick<CascadeOptions, 'platforms' | 'shared'>;
  } = {}) {
    this.orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 20, maxInterval: 60 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 2000,
      takeover: false,
      publisherGrace: 1000,
      openTimeout: 10_000,
      demandLinger: 500,
    });
    this.receiver = options.receiver ?? new ScriptedReceiver();
    this.adapter = new Gb28181Adapter({
      callback: this.orchestrator,
      host: '127.0.0.1',
      port: 0,
      id: SERVER_ID,
      domain: DOMAIN,
      admission: 'password',
      password: PASSWORD,
      devicePasswords: new Map(),
      sender: new MediaSender({ host: '127.0.0.1' }),
      openSound: (streamId, signal) =>
        this.orchestrator.openStream(parseStreamId(streamId), { isInternal: true, signal }),
      store: new DeviceStore(new MemoryDeviceDocuments()),
      defaultTransport: 'udp',
      maxDevices: 5000,
      keepaliveTimeout: 180_000,
      inviteTimeout: 3000,
      utcOffsetMinutes: 480,
      flood: { rate: 1000, burst: 20_000 },
      onEvent: event => void this.events.push(event),
      onError: error => void this.errors.push(error),
      cascade: above && { ...above, orchestrator: this.orchestrator, mediaHost: '127.0.0.1' },
      ...options,
      receiver: this.receiver,
    });
  }

  async start(): Promise<this> {
    await this.adapter.start();
    return this;
  }

  async device(options: Partial<SimulatedDeviceOptions> & { readonly transport?: 'udp' | 'tcp' } = {}) {
    const { transport = 'udp', ...given } = options;
    const id = given.id ?? '34020000001110000001';
    const device = new SimulatedDevice({
      id,
      password: PASSWORD,
      channels: cameras(id, 2),
      server: { transport, address: '127.0.0.1', port: this.adapter.port, id: SERVER_ID, domain: DOMAIN },
      ...given,
    });
    this.#devices.push(device);
    await device.start();
    return device;
  }

  async stop(): Promise<void> {
    for (const device of this.#devices) device.stop();
    this.orchestrator.close();
    await this.adapter.stop();
  }
}

/** Waits until it is so. */
export async function until(isSo: () => unknown, what: string, timeout = 8000): Promise<void> {
  const end = performance.now() + timeout;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not in time: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}
