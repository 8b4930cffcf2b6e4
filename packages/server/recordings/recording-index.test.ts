import type { Recording } from '@flux-iot/core/record/recording';
import { beforeEach, describe, expect, it } from 'vitest';
import { describeDatabases } from '../database/test-support.ts';
import { DatabaseRecordingIndex } from './database-index.ts';
import { MemoryRecordingIndex } from './memory-index.ts';
import type { RecordingIndex } from './recording-index.ts';
import { expired } from './retention.ts';

function recording(id: string, startedAt: number, more: Partial<Recording> = {}): Recording {
  return {
    id,
    streamId: 'cam1',
    session: 's',
    format: 'fmp4',
    key: `recordings/cam1/${id}.mp4`,
    state: 'finished',
    startedAt,
    endedAt: startedAt + 1000,
    startTime: 0,
    endTime: 1,
    size: 100,
    tracks: [],
    gaps: [],
    ...more,
  };
}

describe('the index in memory', () => behave(async () => new MemoryRecordingIndex()));

describeDatabases('the index in the database', databases =>
  behave(async () => new DatabaseRecordingIndex(await databases.open())),
);

function behave(make: () => Promise<RecordingIndex>): void {
  let index: RecordingIndex;
  beforeEach(async () => {
    index = await make();
  });

  async function ids(filter: Partial<Parameters<RecordingIndex['list']>[0]>): Promise<string[]> {
    const { recordings } = await index.list({ limit: 100, offset: 0, ...filter });
    return recordings.map(entry => entry.recording.id);
  }

  it('finds by stream, state and time, oldest first, page by page', async () => {
    await index.put(recording('c', 5000));
    await index.put(recording('a', 1000));
    await index.put(recording('b', 3000, { streamId: 'cam2' }));
    await index.put(recording('d', 6000, { state: 'recording', endedAt: 6000 }));
    expect(await ids({})).toEqual(['a', 'b', 'c', 'd']);
    expect(await ids({ streamId: 'cam1' })).toEqual(['a', 'c', 'd']);
    expect(await ids({ state: 'recording' })).toEqual(['d']);
    expect(await ids({ from: 2500, to: 5000 })).toEqual(['b']);
    // One that is being written has no end yet.
    expect(await ids({ from: 9000 })).toEqual(['d']);
    expect(await index.list({ limit: 1, offset: 1 })).toMatchObject({
      total: 4,
      recordings: [{ recording: { id: 'b' } }],
    });
    expect((await index.get('a'))?.recording).toEqual(recording('a', 1000));
    expect(await index.get('x')).toBeUndefined();
    expect(await index.totalBytes()).toBe(300);
    expect([...(await index.finishedKeys())].sort()).toEqual(['a', 'b', 'c'].map(id => recording(id, 0).key));
  });

  it('keeps a finished one finished, and a hold through changes', async () => {
    await index.put(recording('a', 1000, { state: 'recording', size: 1 }));
    expect(await index.setHeld('a', true)).toBe(true);
    expect(await index.setHeld('x', true)).toBe(false);
    await index.put(recording('a', 1000));
    await index.put(recording('a', 1000, { state: 'recording', size: 1 }));
    expect(await index.get('a')).toEqual({ recording: recording('a', 1000), held: true });
    await index.delete('a');
    await index.delete('a');
    expect(await ids({})).toEqual([]);
  });

  it('lets go what is too old or too much, but neither what is held nor what is written', async () => {
    const day = 86_400_000;
    for (const [number, id] of ['a', 'b', 'c', 'd', 'e'].entries())
      await index.put(recording(id, number * day));
    await index.put(recording('open', 0, { state: 'recording' }));
    await index.setHeld('b', true);
    const gone = async (policy: { days: number; maxBytes: number }, now: number) => {
      const found = [];
      for await (const { recording: old } of expired(index, policy, now)) {
        found.push(old.id);
        await index.delete(old.id);
      }
      return found;
    };
    expect(await gone({ days: 0, maxBytes: 0 }, 100 * day)).toEqual([]);
    expect(await gone({ days: 5, maxBytes: 0 }, 7.5 * day)).toEqual(['a', 'c']);
    expect(await gone({ days: 0, maxBytes: 250 }, 0)).toEqual(['d']);
    expect(await gone({ days: 0, maxBytes: 1 }, 0)).toEqual(['e']);
    expect((await ids({})).sort()).toEqual(['b', 'open']);
  });
}
