import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStorage } from '@flux-iot/core/storage/file-storage';
import { expect, it } from 'vitest';
import { LeftBehind } from './left-behind.ts';

const MINUTE = 60_000;
const NOW = Date.parse('2025-01-31T12:00:00Z');

it('deletes the segments that a killed server left, and none that somebody lists', async () => {
  const root = await mkdtemp(join(tmpdir(), 'flux-left-'));
  try {
    const storage = new FileStorage({ root });
    const put = async (key: string, minutesAgo: number) => {
      await storage.put(key, Buffer.from('segment'));
      const time = (NOW - minutesAgo * MINUTE) / 1000;
      await utimes(storage.pathOf(key), time, time);
    };
    await put('hls/gone/1.ts', 30);
    await put('hls/just-gone/1.ts', 5);
    // Of an earlier run, and of this one, which began twenty minutes ago.
    await put('hls/here/1.ts', 30);
    await put('hls/here/2.ts', 19);
    await put('hls/there/1.ts', 30);
    await put('recordings/gone/1.mp4', 30);
    const cutOff = join(root, 'hls', 'gone', '.6ba7b810-9dad-11d1-80b4-00c04fd430c8');
    await writeFile(cutOff, 'half a segment');
    await utimes(cutOff, (NOW - 30 * MINUTE) / 1000, (NOW - 30 * MINUTE) / 1000);
    await writeFile(join(root, 'hls', 'here', '.notes'), 'mine');
    const errors: string[] = [];
    const left = new LeftBehind({
      storage,
      cutSince: streamId => (streamId === 'here' ? NOW - 20 * MINUTE : undefined),
      isCutElsewhere: streamId => streamId === 'there',
      lifetime: MINUTE,
      onError: ({ code }) => errors.push(code),
    });
    expect(await left.delete(NOW)).toBe(3);
    const files = (await readdir(root, { recursive: true, withFileTypes: true }))
      .filter(entry => entry.isFile())
      .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1));
    expect(files.sort()).toEqual([
      'hls/here/.notes',
      'hls/here/2.ts',
      'hls/just-gone/1.ts',
      'hls/there/1.ts',
      'recordings/gone/1.mp4',
    ]);
    expect(await left.delete(NOW + 10 * MINUTE)).toBe(1);
    left.close();
    expect(await left.delete(NOW + 100 * MINUTE)).toBe(0);
    expect(errors).toEqual([]);
  } finally {
    await rm(root, { recursive: true, force: true });
  }
});
