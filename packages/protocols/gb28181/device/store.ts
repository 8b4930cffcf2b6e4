import type { DeviceDocuments } from '@flux-iot/core/control/device-documents';
import type { DeviceRecord } from './device.ts';

/** Devices as documents of whoever keeps them over a restart. */
export class DeviceStore {
  readonly #documents: DeviceDocuments;

  constructor(documents: DeviceDocuments) {
    this.#documents = documents;
  }

  /** Those that can be read; what an older version wrote otherwise is as if it had not been there: devices come again. */
  async load(): Promise<readonly DeviceRecord[]> {
    const records: DeviceRecord[] = [];
    let after = '';
    for (;;) {
      const page = await this.#documents.page(after);
      const last = page.at(-1);
      if (!last) return records;
      records.push(...page.flatMap(({ document }) => recordOf(document) ?? []));
      after = last.id;
    }
  }

  async save(record: DeviceRecord): Promise<void> {
    await this.#documents.save({ id: record.id, document: JSON.stringify(record) });
  }

  async remove(id: string): Promise<void> {
    await this.#documents.remove(id);
  }
}

function recordOf(document: string): DeviceRecord | undefined {
  try {
    const record = JSON.parse(document) as Partial<DeviceRecord>;
    const isWhole =
      typeof record.id === 'string' &&
      typeof record.peer?.address === 'string' &&
      typeof record.expiresAt === 'number' &&
      typeof record.catalog?.state === 'string' &&
      Array.isArray(record.channels);
    return isWhole ? (record as DeviceRecord) : undefined;
  } catch {
    return undefined;
  }
}
