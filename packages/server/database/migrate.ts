import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Kysely, type Migration, type MigrationProvider, Migrator } from 'kysely';

const FOLDER = join(import.meta.dirname, 'migrations');
/** `001-accounts.ts`; a package that was built has JavaScript. */
const FILE = /^(\d{3}-[a-z0-9-]+)\.(?:ts|js)$/;

/**
 * Brings the tables up to date: every file of `migrations` that has not been applied yet, in the order of their
 * numbers, all in one transaction, recorded in the database. Servers that start at once on one PostgreSQL wait for
 * one another. Throws what the database says; nothing is changed then.
 */
export async function migrate<Tables>(sql: Kysely<Tables>): Promise<void> {
  const migrator = new Migrator({
    db: sql as unknown as Kysely<unknown>,
    provider: FILES,
    migrationTableName: 'migrations',
    migrationLockTableName: 'migration_lock',
    // Rooms have their numbers, and are not finished in their order.
    allowUnorderedMigrations: true,
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

const FILES: MigrationProvider = {
  async getMigrations() {
    const migrations: Record<string, Migration> = {};
    for (const file of readdirSync(FOLDER).sort()) {
      const name = FILE.exec(file)?.[1];
      if (name === undefined) continue;
      migrations[name] = (await import(pathToFileURL(join(FOLDER, file)).href)) as Migration;
    }
    return migrations;
  },
};
