import type { Bus } from '../bus/bus.ts';
import { remoteMethods, serveMethods } from './remote-methods.ts';

/** What a protocol wants kept of a device over a restart: one document each, which only the protocol reads. */
export interface DeviceDocument {
  readonly id: string;
  /** JSON. */
  readonly document: string;
}

/** Where they are kept; only flux-server has the database. */
export interface DeviceDocuments {
  /** Those whose id comes after `after`, by id, not all at once. */
  page(after: string): Promise<readonly DeviceDocument[]>;
  save(device: DeviceDocument): Promise<void>;
  remove(id: string): Promise<void>;
}

/** In one answer: a recorder's catalog may have megabytes. */
export const DOCUMENTS_IN_PAGE = 50;

const METHODS = ['page', 'save', 'remove'] as const satisfies readonly (keyof DeviceDocuments)[];
const SUBJECT = 'gb28181.devices';

export function serveDeviceDocuments(bus: Bus, documents: DeviceDocuments): () => void {
  return serveMethods(bus, SUBJECT, documents, METHODS);
}

export function remoteDeviceDocuments(bus: Bus): DeviceDocuments {
  return remoteMethods<DeviceDocuments>(bus, SUBJECT, METHODS);
}

/** In the memory of one process. */
export class MemoryDeviceDocuments implements DeviceDocuments {
  readonly #documents = new Map<string, DeviceDocument>();

  async page(after: string): Promise<readonly DeviceDocument[]> {
    return [...this.#documents.values()]
      .filter(({ id }) => id > after)
      .sort((one, other) => (one.id < other.id ? -1 : 1))
      .slice(0, DOCUMENTS_IN_PAGE);
  }

  async save(device: DeviceDocument): Promise<void> {
    this.#documents.set(device.id, device);
  }

  async remove(id: string): Promise<void> {
    this.#documents.delete(id);
  }
}
