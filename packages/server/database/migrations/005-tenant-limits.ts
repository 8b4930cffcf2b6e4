import type { Kysely } from 'kysely';

/** More limits of tenants, what each has stored, and whose GB28181 devices are. Times are milliseconds since 1970. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema.alterTable('tenants').addColumn('max_bitrate', 'bigint').execute();
  await schema.alterTable('tenants').addColumn('max_storage_bytes', 'bigint').execute();
  await schema.alterTable('tenants').addColumn('max_transcodes', 'integer').execute();
  await schema
    .alterTable('usage')
    .addColumn('stored_bytes', 'bigint', column => column.notNull().defaultTo(0))
    .execute();
  await schema
    .createTable('device_tenants')
    .addColumn('device_id', 'text', column => column.primaryKey())
    .addColumn('tenant_id', 'text', column => column.notNull().references('tenants.id').onDelete('cascade'))
    .addColumn('since', 'bigint', column => column.notNull())
    .execute();
  // Sums are read from it alone: the rows themselves are large.
  await schema
    .createIndex('recordings_by_size')
    .on('recordings')
    .columns(['stream_id', 'state', 'size'])
    .execute();
}
