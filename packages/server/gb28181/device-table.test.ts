import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../database/open-database.ts';
import { DeviceTable } from './device-table.ts';

describe('GB28181 devices in the database', () => {
  let database: Database;
  let table: DeviceTable;
  beforeEach(async () => {
    database = await openDatabase('sqlite::memory:');
    table = new DeviceTable(database);
  });
  afterEach(() => database.close());

  it('are kept, changed and removed', async () => {
    await table.save({ id: 'b', document: '{"a":1}' });
    await table.save({ id: 'a', document: '{"北":"门"}' });
    await table.save({ id: 'b', document: '{"a":2}' });
    expect(await table.page('')).toEqual([
      { id: 'a', document: '{"北":"门"}' },
      { id: 'b', document: '{"a":2}' },
    ]);
    await table.remove('a');
    await table.remove('a');
    expect(await table.page('')).toEqual([{ id: 'b', document: '{"a":2}' }]);
  });

  it('come in pages, each of them once', async () => {
    const ids = Array.from({ length: 120 }, (_, index) => String(index).padStart(20, '0'));
    for (const id of ids) await table.save({ id, document: '{}' });
    const seen: string[] = [];
    for (let page = await table.page(''); page.length > 0; page = await table.page(seen.at(-1) ?? ''))
      seen.push(...page.map(({ id }) => id));
    expect(seen).toEqual(ids);
  });
});
