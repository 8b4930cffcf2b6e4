import type { CatalogItem } from '@flux-iot/protocols/gb28181/manscdp/catalog';
import type { SipPeer } from '@flux-iot/protocols/gb28181/sip/peer';
import type { Clip } from './clip.ts';
import type { SimulatedRecording } from './quirks.ts';
import { SimulatedDevice } from './simulated-device.ts';

export interface SimulationOptions {
  readonly server: SipPeer & { readonly id: string; readonly domain: string };
  readonly password: string;
  readonly devices: number;
  /** Of each device. */
  readonly channels: number;
  readonly clip: Clip | undefined;
  /** Seconds. */
  readonly keepaliveInterval: number;
  readonly onTold: (deviceId: string, text: string) => void;
}

export interface SimulationCount {
  readonly registered: number;
  readonly refused: number;
  readonly sessions: number;
  readonly packets: number;
}

/** Devices that begin to register at the same time. */
const AT_ONCE = 20;
const HOUR = 3_600_000;

/** Many simulated devices at once. */
export class Simulation {
  readonly #options: SimulationOptions;
  readonly #devices: SimulatedDevice[] = [];
  #registered = 0;
  #refused = 0;

  constructor(options: SimulationOptions) {
    this.#options = options;
  }

  get count(): SimulationCount {
    return {
      registered: this.#registered,
      refused: this.#refused,
      sessions: this.#devices.reduce((sum, device) => sum + device.sessions, 0),
      packets: this.#devices.reduce((sum, device) => sum + device.packets, 0),
    };
  }

  /** Resolves when all have tried to register. Those that are not let in, or get no answer, are counted. */
  async start(): Promise<void> {
    const numbers = Array.from({ length: this.#options.devices }, (_, index) => index + 1);
    const registerNext = async (): Promise<void> => {
      for (let number = numbers.shift(); number !== undefined; number = numbers.shift())
        await this.#add(number);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, registerNext));
  }

  /** Says goodbye to the platform. */
  async stop(): Promise<void> {
    await Promise.all(this.#devices.map(device => device.register(0).catch(() => 0)));
    for (const device of this.#devices) device.stop();
  }

  async #add(number: number): Promise<void> {
    const { server, password, channels, clip, keepaliveInterval, onTold } = this.#options;
    const id = deviceId(server.domain, number);
    const device = new SimulatedDevice({
      ...{ id, server, password, clip, keepaliveInterval },
      channels: camerasOf(id, channels),
      recordings: recordingsOfToday(),
      onTold: text => onTold(id, text),
    });
    this.#devices.push(device);
    try {
      await device.start();
      if ((await device.register()) === 200) this.#registered++;
      else this.#refused++;
    } catch {
      this.#refused++;
    }
  }
}

/** The id of a recorder (118) in the domain's first ten digits. */
export function deviceId(domain: string, number: number): string {
  return `${domain.slice(0, 10)}1180${String(number).padStart(6, '0')}`;
}

/** Cameras (132) of a device; each its own id, whichever device it is of. */
export function camerasOf(id: string, count: number): CatalogItem[] {
  const device = Number(id.slice(14));
  return Array.from({ length: count }, (_, index) => ({
    id: `${id.slice(0, 10)}132${String(index).padStart(2, '0').slice(-2)}${String(device).padStart(5, '0').slice(-5)}`,
    name: `通道 ${index + 1}`,
    manufacturer: 'FLUX',
    model: 'Simulated',
    isParent: false,
    parentId: id,
    isOnline: true,
    ptzType: 1,
  }));
}

function recordingsOfToday(): SimulatedRecording[] {
  const now = Date.now();
  const first = now - (now % HOUR) - 24 * HOUR;
  return Array.from({ length: 24 }, (_, hour) => ({
    name: `recording ${hour}`,
    start: first + hour * HOUR,
    end: first + (hour + 1) * HOUR,
  }));
}
