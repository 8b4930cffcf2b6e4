import type { Kysely } from 'kysely';

/** The index of recordings. Times are milliseconds since 1970. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('recordings')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('stream_id', 'text', column => column.notNull())
    .addColumn('key', 'text', column => column.notNull().unique())
    .addColumn('state', 'text', column => column.notNull())
    .addColumn('started_at', 'bigint', column => column.notNull())
    .addColumn('ended_at', 'bigint', column => column.notNull())
    .addColumn('size', 'bigint', column => column.notNull())
    .addColumn('held', 'integer', column => column.notNull())
    .addColumn('entry', 'text', column => column.notNull())
    .execute();
  await schema
    .createIndex('recordings_by_stream')
    .on('recordings')
    .columns(['stream_id', 'started_at'])
    .execute();
  await schema.createIndex('recordings_by_start').on('recordings').column('started_at').execute();
}
