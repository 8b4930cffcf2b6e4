import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { openDatabase } from './open-database.ts';
import { describeDatabases } from './test-support.ts';
import { parseDatabaseUrl } from './url.ts';

const TENANT = {
  id: 'acme',
  name: 'Acme',
  is_active: 1,
  max_streams: null,
  max_viewers: 3,
  max_bitrate: 5_000_000_000_000,
  max_storage_bytes: null,
  max_transcodes: null,
  created_at: 1.7e12,
};
const USER = {
  id: 'u1',
  tenant_id: 'acme',
  name: 'ada',
  role: 'viewer',
  password_hash: null,
  is_active: 1,
  created_at: 1_700_000_000_123,
};

describeDatabases('The database', databases => {
  it('keeps rows over closing and opening, and applies each migration once', async () => {
    const url = await databases.url();
    const first = await openDatabase(url);
    await first.sql.insertInto('tenants').values(TENANT).execute();
    await first.close();
    const second = await openDatabase(url);
    expect(await second.sql.selectFrom('tenants').selectAll().execute()).toEqual([TENANT]);
    const applied = await sql<{ name: string }>`SELECT name FROM migrations ORDER BY name`.execute(
      second.sql,
    );
    expect(applied.rows[0]).toEqual({ name: '001-accounts' });
    expect(new Set(applied.rows.map(({ name }) => name)).size).toBe(applied.rows.length);
    await second.close();
    await second.close();
  });

  it('holds references: what belongs to a tenant goes with it, and cannot be without it', async () => {
    const { sql: db } = await databases.open();
    await expect(db.insertInto('users').values(USER).execute()).rejects.toThrow(/foreign key/i);
    await db.insertInto('tenants').values(TENANT).execute();
    await db.insertInto('users').values(USER).execute();
    await expect(
      db
        .insertInto('users')
        .values({ ...USER, id: 'u2' })
        .execute(),
    ).rejects.toThrow(/unique/i);
    await db.deleteFrom('tenants').where('id', '=', 'acme').execute();
    expect(await db.selectFrom('users').selectAll().execute()).toEqual([]);
  });

  it('takes a transaction back whole', async () => {
    const { sql: db } = await databases.open();
    const failing = db.transaction().execute(async transaction => {
      await transaction.insertInto('tenants').values(TENANT).execute();
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await db.selectFrom('tenants').selectAll().execute()).toEqual([]);
  });

  it('has numbers for 64 bit integers, and sums of them', async () => {
    const { sql: db } = await databases.open();
    const row = { tenant_id: 'acme', day: '2026-01-01', publish_seconds: 1, play_seconds: 2 };
    await db
      .insertInto('usage')
      .values({ ...row, bytes_in: 2 ** 50, bytes_out: 0 })
      .execute();
    const [found] = await db.selectFrom('usage').selectAll().execute();
    expect(found?.bytes_in).toBe(2 ** 50);
  });

  it('refuses changes of the audit log', async () => {
    const { sql: db } = await databases.open();
    const entry = {
      sequence: 1,
      at: 1,
      actor: 'ada',
      actor_id: null,
      tenant_id: null,
      action: 'x',
      target: '',
      address: '',
      result: 'ok',
      code: null,
      request_id: null,
      details: '{}',
      previous_hash: '',
      hash: 'h',
    };
    await db.insertInto('audit').values(entry).execute();
    await expect(db.updateTable('audit').set({ actor: 'eve' }).execute()).rejects.toThrow(/append-only/);
    await expect(db.deleteFrom('audit').execute()).rejects.toThrow(/append-only/);
    await db.insertInto('audit_anchor').values({ id: 1, sequence: 1, hash: 'h' }).execute();
    await db.deleteFrom('audit').execute();
    expect(await db.selectFrom('audit').selectAll().execute()).toEqual([]);
  });

  // One process has a file of SQLite; several servers share PostgreSQL.
  it.runIf(databases.kind === 'postgresql')(
    'is brought up to date once by servers that start together',
    async () => {
      const url = await databases.url();
      const opened = await Promise.all([openDatabase(url), openDatabase(url)]);
      await Promise.all(opened.map(database => database.close()));
    },
  );
});

it('keeps a file of SQLite to its user', async () => {
  using folder = temporaryFolder();
  const path = `${folder.path}/deep/flux.db`;
  const database = await openDatabase(`sqlite:${path}`);
  await database.close();
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('says what is wrong with a URL, without the password in it', async () => {
  expect(() => parseDatabaseUrl('mysql://me:secret@host/db')).toThrow(/database\.url is neither/);
  expect(() => parseDatabaseUrl('mysql://me:secret@host/db')).not.toThrow(/secret/);
  await expect(openDatabase('sqlite:/dev/null/flux.db')).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  await expect(openDatabase('postgresql://me:secret@127.0.0.1:1/db')).rejects.toThrow(
    /PostgreSQL.*cannot be used/,
  );
});

function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), 'flux-database-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}
