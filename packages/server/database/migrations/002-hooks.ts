import type { Kysely } from 'kysely';

/** Hooks that the API has made, and what could not be delivered. Times are milliseconds since 1970. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('hooks')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('tenant_id', 'text', column => column.references('tenants.id').onDelete('cascade'))
    .addColumn('url', 'text', column => column.notNull())
    .addColumn('events', 'text', column => column.notNull())
    .addColumn('decides', 'text', column => column.notNull())
    .addColumn('apps', 'text', column => column.notNull())
    .addColumn('secret', 'text', column => column.notNull())
    .addColumn('timeout', 'integer', column => column.notNull())
    .addColumn('is_enabled', 'integer', column => column.notNull())
    .addColumn('description', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .execute();
  await schema
    .createTable('dead_letters')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('hook_id', 'text', column => column.notNull())
    .addColumn('kind', 'text', column => column.notNull())
    .addColumn('body', 'text', column => column.notNull())
    .addColumn('attempts', 'integer', column => column.notNull())
    .addColumn('error', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('failed_at', 'bigint', column => column.notNull())
    .execute();
  await schema
    .createIndex('dead_letters_hook')
    .on('dead_letters')
    .columns(['hook_id', 'failed_at'])
    .execute();
}
