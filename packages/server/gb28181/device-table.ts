import {
  type DeviceDocument,
  type DeviceDocuments,
  DOCUMENTS_IN_PAGE,
} from '@flux-iot/core/control/device-documents';
import type { Database } from '../database/open-database.ts';

/** GB28181 devices in the database. */
export class DeviceTable implements DeviceDocuments {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  page(after: string): Promise<readonly DeviceDocument[]> {
    return this.#database.sql
      .selectFrom('gb28181_devices')
      .select(['id', 'document'])
      .where('id', '>', after)
      .orderBy('id')
      .limit(DOCUMENTS_IN_PAGE)
      .execute();
  }

  async save({ id, document }: DeviceDocument): Promise<void> {
    const saved = { document, saved_at: Date.now() };
    await this.#database.sql
      .insertInto('gb28181_devices')
      .values({ id, ...saved })
      .onConflict(conflict => conflict.column('id').doUpdateSet(saved))
      .execute();
  }

  async remove(id: string): Promise<void> {
    await this.#database.sql.deleteFrom('gb28181_devices').where('id', '=', id).execute();
  }
}
