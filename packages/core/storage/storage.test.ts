import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
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

  it('takes and gives streams, ranges and lists', async () => {
    const parts = ['01234', '56789'].map(part => Buffer.from(part));
    expect(await storage.putStream('a/b/1', Readable.from(parts, { objectMode: false }))).toBe(10);
    await storage.put('a/c', Buffer.from('c'));
    await storage.put('ab', Buffer.from('ab'));
    const ranges = [
      { start: 2, end: 5 },
      { start: 8 },
      { start: 8, end: 100 },
      { start: 20, end: 30 },
      { start: 5, end: 5 },
    ];
    for (const range of ranges) {
      const expected = '0123456789'.slice(range.start, range.end);
      expect((await storage.get('a/b/1', range))?.toString()).toBe(expected);
      const read = await (await storage.getStream('a/b/1', range))?.toArray();
      expect(Buffer.concat(read ?? []).toString()).toBe(expected);
    }
    expect(await storage.getStream('a/b/2')).toBeUndefined();
    expect(await storage.stat('a/b/1')).toEqual({ key: 'a/b/1', size: 10, modifiedAt: expect.any(Number) });
    expect(await storage.stat('a/b')).toBeUndefined();
    const keys = await Array.fromAsync(storage.list('a/'), ({ key }) => key);
    expect(keys.sort()).toEqual(['a/b/1', 'a/c']);
    expect(await Array.fromAsync(storage.list('x/'))).toEqual([]);
  });

  it('has nothing of a stream that failed', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('some');
        throw new Error('the source broke');
      })(),
      { objectMode: false },
    );
    await expect(storage.putStream('a/broken', broken)).rejects.toThrow('the source broke');
    expect(await storage.stat('a/broken')).toBeUndefined();
    expect(await Array.fromAsync(storage.list('a/'))).toEqual([]);
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
