import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CodedPicture } from './coded-picture.ts';
import { KeyframeStore } from './keyframe-store.ts';

const BEGIN = 1_700_000_000_000;

function picture(takenAt: number, codec: CodedPicture['codec'] = 'h264'): CodedPicture {
  return { codec, takenAt, units: [Buffer.from(`${takenAt}`)], width: 640, height: 360 };
}

describe('KeyframeStore', () => {
  let root: string;
  let store: KeyframeStore;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'flux-keyframes-'));
    store = new KeyframeStore(root);
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  it('lists what it keeps, the newest first, and nothing that is not its own', async () => {
    for (const [offset, codec] of [
      [0, 'h264'],
      [2000, 'h265'],
      [1000, 'av1'],
    ] as const)
      await store.put('acme~cam1', picture(BEGIN + offset, codec));
    await writeFile(join(root, 'acme~cam1', 'notes.txt'), 'mine');
    const kept = await store.list('acme~cam1');
    expect(kept.map(({ takenAt, codec }) => [takenAt - BEGIN, codec])).toEqual([
      [2000, 'h265'],
      [1000, 'av1'],
      [0, 'h264'],
    ]);
    expect(await store.newest('acme~cam1')).toMatchObject({
      codec: 'h265',
      takenAt: BEGIN + 2000,
      units: [Buffer.from(`${BEGIN + 2000}`)],
    });
    expect(await store.list('nobody')).toEqual([]);
    expect(await store.newest('nobody')).toBeUndefined();
    expect((await readdir(join(root, 'acme~cam1'))).filter(name => name.startsWith('.'))).toEqual([]);
  });

  it('deletes what is too old, and folders that are empty then', async () => {
    await store.put('cam1', picture(BEGIN));
    await store.put('cam1', picture(BEGIN + 5000));
    await store.put('cam2', picture(BEGIN));
    await mkdir(join(root, '.other'));
    // A process was killed while it wrote it.
    const unfinished = join(root, 'cam2', '.6ba7b810-9dad-11d1-80b4-00c04fd430c8');
    await writeFile(unfinished, 'half');
    await utimes(unfinished, BEGIN / 1000, BEGIN / 1000);
    expect(await store.deleteBefore(BEGIN + 1000)).toBe(2);
    expect((await store.list('cam1')).map(({ takenAt }) => takenAt)).toEqual([BEGIN + 5000]);
    expect((await readdir(root)).sort()).toEqual(['.other', 'cam1']);
  });

  it('says what failed', async () => {
    await writeFile(join(root, 'cam1'), 'in the way');
    await expect(store.put('cam1', picture(BEGIN))).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  });
});
