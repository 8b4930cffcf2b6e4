import type { Kysely } from 'kysely';

/** Ingests, pushes and recordings that the API was asked for, over a restart. Times are milliseconds since 1970. */
export async function up({ schema }: Kysely<unknown>): Promise<void> {
  await schema
    .createTable('tasks')
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('id', 'text', column => column.notNull())
    .addColumn('stream_id', 'text', column => column.notNull())
    .addColumn('sealed', 'text', column => column.notNull())
    .addColumn('saved_at', 'bigint', column => column.notNull())
    .addPrimaryKeyConstraint('tasks_key', ['kind', 'id'])
    .execute();
}
