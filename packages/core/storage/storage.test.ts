import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FileStorage } from './file-storage.ts';
import type { MediaStorage } from './media-storage.ts';
import { MemoryStorage } from './memory-storage.ts';

describe.each(['memory', 'file'])('%s storage', kind => {
  let root: string;
  let storage: MediaStorage;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'flux-storage-'));
    storage = kind === 'memory' ? new MemoryStorage({ maxBytes: 1000 }) : new FileStorage({ root });
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  it('gives back what was put, replaced by the latest, until it is deleted', async () => {
    await storage.put('hls/acme~cam1/1.ts', Buffer.from('one'));
    await storage.put('hls/acme~cam1/1.ts', Buffer.from('two'));
    expect((await storage.get('hls/acme~cam1/1.ts'))?.toString()).toBe('two');
    expect(await storage.get('hls/acme~cam1/2.ts')).toBeUndefined();
    expect(await storage.get('hls/acme~cam1/1.ts/x')).toBeUndefined();
    await storage.delete('hls/acme~cam1/1.ts');
    await storage.delete('hls/acme~cam1/1.ts');
    expect(await storage.get('hls/acme~cam1/1.ts')).toBeUndefined();
  });

  it.each([
    '',
    '/etc/passwd',
    '../up',
    'a/../b',
    'a//b',
    'a/',
    '.hidden',
    'a\\b',
    'a\0',
    'x'.repeat(300),
    `${'a/'.repeat(20)}a`,
  ])('refuses the key %j', async key => {
    const refused = { code: 'STORAGE_FAILED' };
    await expect(storage.put(key, Buffer.from('x'))).rejects.toMatchObject(refused);
    await expect(storage.get(key)).rejects.toMatchObject(refused);
    await expect(storage.delete(key)).rejects.toMatchObject(refused);
  });
});

describe('MemoryStorage', () => {
  it('refuses what goes beyond its bytes and keeps what it has', async () => {
    const storage = new MemoryStorage({ maxBytes: 10 });
    await storage.put('a', Buffer.alloc(6));
    await expect(storage.put('b', Buffer.alloc(5))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await storage.put('a', Buffer.alloc(10));
    expect(storage.byteLength).toBe(10);
    await storage.delete('a');
    await storage.delete('a');
    expect(storage.byteLength).toBe(0);
    await storage.put('b', Buffer.alloc(5));
  });
});

describe('FileStorage', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'flux-storage-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('leaves neither temporary files nor empty folders', async () => {
    const storage = new FileStorage({ root });
    await Promise.all([1, 2, 3].map(n => storage.put(`hls/cam1/${n}.ts`, Buffer.alloc(100_000, n))));
    expect((await readdir(join(root, 'hls/cam1'))).sort()).toEqual(['1.ts', '2.ts', '3.ts']);
    await Promise.all([1, 2, 3].map(n => storage.delete(`hls/cam1/${n}.ts`)));
    expect(await readdir(root)).toEqual([]);
  });

  it('puts into a folder that a delete empties at the same time', async () => {
    const storage = new FileStorage({ root });
    for (let n = 0; n < 50; n++) {
      await storage.put('cam/old', Buffer.from('old'));
      await Promise.all([storage.delete('cam/old'), storage.put('cam/new', Buffer.from('new'))]);
      expect((await storage.get('cam/new'))?.toString()).toBe('new');
      await storage.delete('cam/new');
    }
  });

  it('says what failed', async () => {
    await writeFile(join(root, 'file'), 'in the way');
    const storage = new FileStorage({ root: join(root, 'file') });
    await expect(storage.put('a', Buffer.from('x'))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });
});
