import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { PushTask } from '@flux-iot/core/control/task';
import { ManifestSigner } from '@flux-iot/core/record/manifest';
import { verifyAudit } from '@flux-iot/server/audit/verify';
import { openDatabase } from '@flux-iot/server/database/open-database';
import { TaskTable } from '@flux-iot/server/tasks/task-table';
import { afterAll, describe, expect, it } from 'vitest';
import { openAccounts } from './accounts.ts';
import { backUp, restore } from './backup.ts';
import { parseConfig } from './config/loader.ts';
import { openSecretBox } from './database-key.ts';
import { databaseKeyFile, databaseUrl } from './database-url.ts';

const folder = mkdtempSync(join(tmpdir(), 'flux-backup-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A configuration whose everything is in a folder of its own. */
function installation(url?: string) {
  const home = join(folder, randomUUID());
  const { config } = parseConfig(
    `[database]\nurl = "${url ?? `sqlite:${home}/flux.db`}"\n[recording]\nstate_dir = "${home}/state"\n[media]\nstorage_dir = "${home}/storage"`,
    {},
    'test',
  );
  const open = async () => {
    const database = await openDatabase(databaseUrl(config, {}));
    const tasks = new TaskTable({
      database,
      box: openSecretBox(databaseKeyFile(config, {})),
      onUnreadable: () => {},
    });
    return { database, tasks, accounts: await openAccounts(config, database, () => {}) };
  };
  return { home, config, open };
}

/** Writes to the database's file without a pause, from another thread, until it is ended. */
async function writer(path: string): Promise<Worker> {
  const worker = new Worker(
    `const { DatabaseSync } = require('node:sqlite');
     const { parentPort } = require('node:worker_threads');
     const database = new DatabaseSync(${JSON.stringify(path)}, { timeout: 5000 });
     const insert = database.prepare("INSERT INTO gb28181_devices VALUES (?, '{}', 1)");
     let count = 0;
     (function go() {
       for (let i = 0; i < 20; i++) insert.run('d' + count++);
       if (count === 100) parentPort.postMessage('writing');
       setImmediate(go);
     })();`,
    { eval: true },
  );
  await new Promise(resolve => worker.once('message', resolve));
  return worker;
}

describe('a backup', () => {
  it('is made while others write, and restored into an empty folder with all that was there', async () => {
    const here = installation();
    const { database, tasks, accounts } = await here.open();
    await accounts.users.create({ tenantId: 'default', name: 'ada', role: 'administrator' });
    const key = await accounts.keys.create({ tenantId: 'default', name: 'deploy', role: 'operator' });
    const { id: tokenId } = await accounts.tokens.issue({
      ...{ tenantId: 'default', streamId: 'cam1', action: 'play', expiresAt: Date.now() + 60_000 },
    });
    const token = await accounts.tokens.find(tokenId);
    const hook = {
      ...{
        id: 'h1',
        tenant_id: null,
        url: 'https://hooks.example/',
        events: '[]',
        decides: '[]',
        apps: '[]',
      },
      ...{ secret: 's'.repeat(24), timeout: 3000, is_enabled: 1, description: '', created_at: 1 },
    };
    await database.sql.insertInto('hooks').values(hook).execute();
    const recording = {
      ...{ id: 'r1', stream_id: 'cam1', key: 'recordings/cam1/a.mp4', state: 'finished', started_at: 1 },
      ...{ ended_at: 2, size: 3, held: 0, entry: '{}' },
    };
    await database.sql.insertInto('recordings').values(recording).execute();
    const push: PushTask = {
      ...{ id: 'p1', streamId: 'cam1', url: 'rtmp://a/live/secret', shownUrl: 'rtmp://a/live/…' },
      kind: 'push',
    };
    await tasks.save(push);
    const event = {
      actor: 'ada',
      action: 'x',
      target: 'y',
      address: '127.0.0.1',
      result: 'ok',
      details: {},
    } as const;
    for (let i = 0; i < 20; i++) await accounts.audit.append(event);
    const signer = ManifestSigner.load(here.config.recording.state_dir);

    const file = join(folder, 'backup.db');
    const worker = await writer(join(here.home, 'flux.db'));
    try {
      expect(backUp(here.config, {}, file)).toContain(file);
    } finally {
      await worker.terminate();
    }
    for (let i = 0; i < 5; i++) await accounts.audit.append(event);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(() => backUp(here.config, {}, file)).toThrow('is not overwritten');

    const there = installation();
    restore(there.config, {}, file);
    const again = await there.open();
    const { sql } = again.database;
    expect((await again.accounts.users.list()).map(({ name }) => name)).toContain('ada');
    expect(await again.accounts.byBearer(key.secret)).toMatchObject({ name: 'deploy', role: 'operator' });
    expect(await again.accounts.tokens.find(tokenId)).toBe(token);
    expect(await sql.selectFrom('hooks').selectAll().execute()).toEqual([hook]);
    expect(await sql.selectFrom('recordings').selectAll().execute()).toEqual([recording]);
    expect(await again.tasks.load('push')).toEqual([push]);
    expect(await verifyAudit(sql)).toMatchObject({ entries: 20 });
    expect((await verifyAudit(sql)).fault).toBeUndefined();
    await again.accounts.audit.append(event);
    expect(await verifyAudit(sql)).toMatchObject({ entries: 21 });
    const { count } = await sql
      .selectFrom('gb28181_devices')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBeGreaterThanOrEqual(100);
    expect(ManifestSigner.load(there.config.recording.state_dir).publicKey).toBe(signer.publicKey);
    for (const opened of [{ database, accounts }, again]) {
      opened.accounts.close();
      await opened.database.close();
    }
    expect(() => restore(there.config, {}, file)).toThrow('is not overwritten');
  });

  it('is not restored where it is none, is damaged, or another key is there; and leaves nothing then', async () => {
    const here = installation();
    const { database, accounts } = await here.open();
    accounts.close();
    await database.close();
    const file = join(folder, 'good.db');
    backUp(here.config, {}, file);

    const damaged = join(folder, 'damaged.db');
    const data = readFileSync(file);
    data.fill(0x5a, 4096, 12_288);
    writeFileSync(damaged, data);
    const text = join(folder, 'text.db');
    writeFileSync(text, 'no database');
    for (const bad of [damaged, text, join(here.home, 'flux.db'), join(folder, 'none.db')]) {
      const there = installation();
      expect(() => restore(there.config, {}, bad)).toThrow(
        expect.objectContaining({ code: 'BACKUP_FAILED' }),
      );
      expect(existsSync(there.home) ? readdirSync(there.home) : []).toEqual([]);
    }
    const there = installation();
    openSecretBox(databaseKeyFile(there.config, {}));
    expect(() => restore(there.config, {}, file)).toThrow('another key');
    expect(readdirSync(there.home)).toEqual(['flux.db.key']);
  });

  it('is for a file of SQLite; for others it says what to do', () => {
    const memory = installation('sqlite::memory:');
    expect(() => backUp(memory.config, {}, join(folder, 'm.db'))).toThrow('in memory');
    const remote = installation('postgresql://flux:secret@db.example/flux');
    expect(() => backUp(remote.config, {}, join(folder, 'p.db'))).toThrow(/pg_dump.*flux\.db\.key/);
  });
});
