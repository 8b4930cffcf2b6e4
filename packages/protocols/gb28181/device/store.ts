import type { DeviceRecord } from './device.ts';

/** Where devices outlive a restart. */
export interface DeviceStore {
  load(): Promise<readonly DeviceRecord[]>;
  save(record: DeviceRecord): Promise<void>;
  remove(id: string): Promise<void>;
}

/** For a process on its own: devices register again after a restart. */
export class MemoryDeviceStore implements DeviceStore {
  readonly #records = new Map<string, DeviceRecord>();

  async load(): Promise<readonly DeviceRecord[]> {
    return [...this.#records.values()];
  }

  async save(record: DeviceRecord): Promise<void> {
    this.#records.set(record.id, structuredClone(record));
  }

  async remove(id: string): Promise<void> {
    this.#records.delete(id);
  }
}
