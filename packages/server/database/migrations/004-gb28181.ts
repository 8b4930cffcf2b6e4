import type { Kysely } from 'kysely';

/** GB28181 devices over a restart, a document each. Times are milliseconds since 1970. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('gb28181_devices')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('document', 'text', column => column.notNull())
    .addColumn('saved_at', 'bigint', column => column.notNull())
    .execute();
}
