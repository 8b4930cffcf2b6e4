import { type Kysely, PostgresAdapter, sql } from 'kysely';

/** Tenants, who may come in and by what, what they used, and the audit log. Times are milliseconds since 1970. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const { schema } = db;
  await schema
    .createTable('tenants')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('is_active', 'integer', column => column.notNull())
    .addColumn('max_streams', 'integer')
    .addColumn('max_viewers', 'integer')
    .addColumn('created_at', 'bigint', column => column.notNull())
    .execute();
  await schema
    .createTable('apps')
    .addColumn('name', 'text', column => column.primaryKey())
    .addColumn('tenant_id', 'text', column => column.notNull().references('tenants.id').onDelete('cascade'))
    .execute();
  await schema
    .createTable('users')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('tenant_id', 'text', column => column.notNull().references('tenants.id').onDelete('cascade'))
    .addColumn('name', 'text', column => column.notNull().unique())
    .addColumn('role', 'text', column => column.notNull())
    .addColumn('password_hash', 'text')
    .addColumn('is_active', 'integer', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .execute();
  await schema
    .createTable('sessions')
    .addColumn('token_hash', 'text', column => column.primaryKey())
    .addColumn('user_id', 'text', column => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('address', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('seen_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .execute();
  await schema
    .createTable('login_links')
    .addColumn('token_hash', 'text', column => column.primaryKey())
    .addColumn('user_id', 'text', column => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .execute();
  await schema
    .createTable('api_keys')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('tenant_id', 'text', column => column.notNull().references('tenants.id').onDelete('cascade'))
    .addColumn('user_id', 'text', column => column.references('users.id').onDelete('cascade'))
    .addColumn('name', 'text', column => column.notNull())
    .addColumn('role', 'text', column => column.notNull())
    .addColumn('key_hash', 'text', column => column.notNull().unique())
    .addColumn('hint', 'text', column => column.notNull())
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint')
    .addColumn('used_at', 'bigint')
    .execute();
  await schema
    .createTable('stream_tokens')
    .addColumn('id', 'text', column => column.primaryKey())
    .addColumn('tenant_id', 'text', column => column.notNull().references('tenants.id').onDelete('cascade'))
    .addColumn('stream_id', 'text', column => column.notNull())
    .addColumn('action', 'text', column => column.notNull())
    .addColumn('address', 'text')
    .addColumn('user_id', 'text')
    .addColumn('key_id', 'text')
    .addColumn('created_at', 'bigint', column => column.notNull())
    .addColumn('expires_at', 'bigint', column => column.notNull())
    .addColumn('revoked_at', 'bigint')
    .execute();
  await schema
    .createTable('secrets')
    .addColumn('name', 'text', column => column.primaryKey())
    .addColumn('value', 'text', column => column.notNull())
    .execute();
  await schema
    .createTable('usage')
    .addColumn('tenant_id', 'text', column => column.notNull())
    .addColumn('day', 'text', column => column.notNull())
    .addColumn('bytes_in', 'bigint', column => column.notNull())
    .addColumn('bytes_out', 'bigint', column => column.notNull())
    .addColumn('publish_seconds', 'bigint', column => column.notNull())
    .addColumn('play_seconds', 'bigint', column => column.notNull())
    .addPrimaryKeyConstraint('usage_key', ['tenant_id', 'day'])
    .execute();
  await createAudit(db);
  const indexes: [table: string, column: string][] = [
    ['apps', 'tenant_id'],
    ['users', 'tenant_id'],
    ['sessions', 'user_id'],
    ['sessions', 'expires_at'],
    ['api_keys', 'tenant_id'],
    ['api_keys', 'user_id'],
    ['stream_tokens', 'stream_id'],
    ['stream_tokens', 'expires_at'],
    ['audit', 'at'],
    ['audit', 'tenant_id'],
  ];
  for (const [table, column] of indexes)
    await schema.createIndex(`${table}_by_${column}`).on(table).column(column).execute();
}

/**
 * The audit log. Entries are never changed, and removed only from its beginning, once `audit_anchor` says up to where:
 * the database itself refuses the rest.
 */
async function createAudit(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('audit')
    .addColumn('sequence', 'bigint', column => column.primaryKey())
    .addColumn('at', 'bigint', column => column.notNull())
    .addColumn('actor', 'text', column => column.notNull())
    .addColumn('actor_id', 'text')
    .addColumn('tenant_id', 'text')
    .addColumn('action', 'text', column => column.notNull())
    .addColumn('target', 'text', column => column.notNull())
    .addColumn('address', 'text', column => column.notNull())
    .addColumn('result', 'text', column => column.notNull())
    .addColumn('code', 'text')
    .addColumn('request_id', 'text')
    .addColumn('details', 'text', column => column.notNull())
    .addColumn('previous_hash', 'text', column => column.notNull())
    .addColumn('hash', 'text', column => column.notNull())
    .execute();
  await db.schema
    .createTable('audit_anchor')
    .addColumn('id', 'integer', column => column.primaryKey())
    .addColumn('sequence', 'bigint', column => column.notNull())
    .addColumn('hash', 'text', column => column.notNull())
    .execute();
  if (db.getExecutor().adapter instanceof PostgresAdapter) {
    await sql`CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF TG_OP = 'DELETE' AND OLD.sequence <= (SELECT max(sequence) FROM audit_anchor) THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'the audit log is append-only';
      END $$`.execute(db);
    await sql`CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
      FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()`.execute(db);
    return;
  }
  await sql`CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`.execute(db);
  await sql`CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    WHEN OLD.sequence > (SELECT coalesce(max(sequence), 0) FROM audit_anchor)
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`.execute(db);
}
