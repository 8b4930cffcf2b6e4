import type { Recording } from '@flux-iot/core/record/recording';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Accounts } from '../accounts/accounts.ts';
import { type Database, openDatabase } from '../database/open-database.ts';
import { DatabaseRecordingIndex } from '../recordings/database-index.ts';
import { StoredBytes } from './stored-bytes.ts';

function recording(id: string, streamId: string, size: number, more: Partial<Recording> = {}): Recording {
  const times = { startedAt: 0, endedAt: 1, startTime: 0, endTime: 1 };
  const kind = { session: 's', format: 'fmp4', state: 'finished', tracks: [], gaps: [] } as const;
  return { id, streamId, size, key: `recordings/${id}`, ...times, ...kind, ...more };
}

describe('what each tenant has stored', () => {
  let database: Database;
  let accounts: Accounts;
  let index: DatabaseRecordingIndex;
  let told: Record<string, number>[];
  let stored: StoredBytes;
  beforeEach(async () => {
    database = await openDatabase('sqlite::memory:');
    accounts = await Accounts.open({ database, publish: () => {}, auditDays: 1 });
    await accounts.tenants.create('acme', { apps: ['acme'] });
    await accounts.changed();
    index = new DatabaseRecordingIndex(database);
    told = [];
    const publish = async (sums: ReadonlyMap<string, number>) => void told.push(Object.fromEntries(sums));
    const onError = (cause: unknown) => {
      throw cause;
    };
    stored = new StoredBytes({ index, accounts, publish, onError });
  });
  afterEach(async () => {
    accounts.close();
    await database.close();
  });

  it('is the sum of its finished recordings, told to the nodes when it changes', async () => {
    await index.put(recording('1', 'acme~a', 100));
    await index.put(recording('2', 'acme~b', 200));
    await index.put(recording('3', 'cam1', 1000));
    // Of what is being written, the nodes know more.
    await index.put(recording('4', 'acme~a', 5000, { state: 'recording' }));
    await stored.measure();
    await stored.measure();
    expect(told).toEqual([{ acme: 300, default: 1000 }]);
    await index.delete('2');
    await stored.measure();
    expect(told.at(-1)).toEqual({ acme: 100, default: 1000 });
    expect([stored.of('acme'), stored.of('nobody')]).toEqual([100, 0]);
  });

  it('is in the usage of the day at its most, beside what was used', async () => {
    const day = new Date().toISOString().slice(0, 10);
    await accounts.usage.add('acme', { bytesIn: 7, bytesOut: 0, publishSeconds: 0, playSeconds: 0 });
    await index.put(recording('1', 'acme~a', 300));
    await stored.measure();
    await index.delete('1');
    await index.put(recording('2', 'acme~a', 100));
    await stored.measure();
    expect(await accounts.usage.list(day, day, 'acme')).toMatchObject([{ bytesIn: 7, storedBytes: 300 }]);
  });
});
