import { randomBytes } from 'node:crypto';
import type { IngestTask, PushTask } from '@flux-iot/core/control/task';
import { expect, it } from 'vitest';
import type { Database } from '../database/open-database.ts';
import { SecretBox } from '../database/secret-box.ts';
import { describeDatabases } from '../database/test-support.ts';
import { TaskTable } from './task-table.ts';

const INGEST: IngestTask = {
  kind: 'ingest',
  id: 'cam1',
  streamId: 'cam1',
  protocol: 'rtsp',
  source: { url: 'rtsp://camera/one', username: 'ada', password: 'lovelace' },
  sourceUrl: 'rtsp://camera/one',
};
const PUSH: PushTask = {
  kind: 'push',
  id: 'p1',
  streamId: 'cam1',
  url: 'rtmp://other/live/key-of-the-stream',
  shownUrl: 'rtmp://other/live/…',
};

function tableOf(database: Database, key = Buffer.alloc(32, 7)) {
  const unreadable: string[] = [];
  const table = new TaskTable({
    database,
    box: new SecretBox(key),
    onUnreadable: (kind, id) => unreadable.push(`${kind} ${id}`),
  });
  return { table, unreadable };
}

describeDatabases('Tasks', databases => {
  it('are kept, put in the place of others, and removed for good', async () => {
    const database = await databases.open();
    const { table } = tableOf(database);
    await table.save(INGEST);
    await table.save(PUSH);
    expect(await table.load('ingest')).toEqual([INGEST]);
    expect(await table.load('push')).toEqual([PUSH]);
    expect(await table.load('recording')).toEqual([]);
    const other = { ...INGEST, source: { url: 'rtsp://camera/two' } };
    await table.save(other);
    expect(await table.load('ingest')).toEqual([other]);
    await table.remove('push', 'cam1');
    await table.remove('ingest', 'cam1');
    await table.remove('ingest', 'cam1');
    expect(await table.load('ingest')).toEqual([]);
    expect(await table.load('push')).toEqual([PUSH]);
  });

  it('have nothing secret in the rows, and are not read with another key or in another place', async () => {
    const database = await databases.open();
    const { table } = tableOf(database);
    await table.save(INGEST);
    await table.save(PUSH);
    const rows = JSON.stringify(await database.sql.selectFrom('tasks').selectAll().execute());
    for (const secret of ['lovelace', 'ada', 'camera', 'key-of-the-stream'])
      expect(rows).not.toContain(secret);
    const stranger = tableOf(database, randomBytes(32));
    expect(await stranger.table.load('ingest')).toEqual([]);
    expect(stranger.unreadable).toEqual(['ingest cam1']);
    await database.sql.updateTable('tasks').set({ id: 'cam2' }).where('kind', '=', 'ingest').execute();
    const moved = tableOf(database);
    expect(await moved.table.load('ingest')).toEqual([]);
    expect(moved.unreadable).toEqual(['ingest cam2']);
    await database.sql.updateTable('tasks').set({ sealed: 'gcm1.AAAA' }).execute();
    expect(await moved.table.load('push')).toEqual([]);
  });
});
