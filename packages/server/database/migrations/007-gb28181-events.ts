import type { Kysely } from 'kysely';

/** What GB28181 devices told: alarms, positions, coming and going. Times are milliseconds since 1970. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('gb28181_events')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('at', 'bigint', column => column.notNull())
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('device_id', 'text', column => column.notNull())
    .addColumn('channel_id', 'text')
    .addColumn('detail', 'text', column => column.notNull())
    .execute();
  await schema.createIndex('gb28181_events_by_time').on('gb28181_events').column('at').execute();
  await schema
    .createIndex('gb28181_events_by_device')
    .on('gb28181_events')
    .columns(['device_id', 'at'])
    .execute();
}
