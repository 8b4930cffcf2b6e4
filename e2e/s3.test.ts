/** Scenario 36: the storage on an object store that speaks S3, over HTTP. */
import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { CreateBucketCommand, ListMultipartUploadsCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3Storage } from '../packages/core/storage/s3-storage.ts';
import { lacks } from './support/processes.ts';
import { Swift } from './support/swift.ts';

describe.skipIf(lacks('swift'))('a store that speaks S3', () => {
  let swift: Swift;
  let client: S3Client;
  let storage: S3Storage;

  beforeAll(async () => {
    swift = await Swift.start();
    const { endpoint, region, accessKeyId, secretAccessKey, bucket } = swift;
    const credentials = { accessKeyId, secretAccessKey };
    client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    storage = new S3Storage({ endpoint, region, bucket, credentials, prefix: 'flux/', pathStyle: true });
  }, 60_000);
  afterAll(() => swift?.[Symbol.asyncDispose]());

  it('keeps what was put, gives back ranges of it, lists and deletes it', async () => {
    await storage.put('hls/cam1/1.ts', Buffer.from('one'));
    await storage.put('hls/cam1/1.ts', Buffer.from('0123456789'));
    expect((await storage.get('hls/cam1/1.ts'))?.toString()).toBe('0123456789');
    expect((await storage.get('hls/cam1/1.ts', { start: 2, end: 5 }))?.toString()).toBe('234');
    expect((await storage.get('hls/cam1/1.ts', { start: 8 }))?.toString()).toBe('89');
    expect((await storage.get('hls/cam1/1.ts', { start: 8, end: 100 }))?.toString()).toBe('89');
    expect((await storage.get('hls/cam1/1.ts', { start: 20, end: 30 }))?.length).toBe(0);
    expect(await storage.get('hls/cam1/2.ts')).toBeUndefined();
    expect(await storage.stat('hls/cam1/2.ts')).toBeUndefined();
    expect(await storage.stat('hls/cam1/1.ts')).toMatchObject({ key: 'hls/cam1/1.ts', size: 10 });
    await storage.put('hls/cam2/1.ts', Buffer.from('x'));
    const keys = [];
    for await (const { key } of storage.list('hls/cam1/')) keys.push(key);
    expect(keys).toEqual(['hls/cam1/1.ts']);
    await storage.delete('hls/cam1/1.ts');
    await storage.delete('hls/cam1/1.ts');
    expect(await storage.stat('hls/cam1/1.ts')).toBeUndefined();
  });

  it('takes what is large in parts', { timeout: 60_000 }, async () => {
    const data = randomBytes(21 * 1024 * 1024 + 17);
    const size = await storage.putStream(
      'recordings/cam1/large.mp4',
      Readable.from(pieces(data), { objectMode: false }),
    );
    expect(size).toBe(data.length);
    expect((await storage.get('recordings/cam1/large.mp4'))?.equals(data)).toBe(true);
    const range = { start: 8 * 1024 * 1024 - 3, end: 8 * 1024 * 1024 + 3 };
    expect(await storage.get('recordings/cam1/large.mp4', range)).toEqual(
      data.subarray(range.start, range.end),
    );
  });

  it('leaves nothing of an upload that failed', { timeout: 60_000 }, async () => {
    const data = randomBytes(20 * 1024 * 1024);
    const broken = (async function* () {
      yield* pieces(data);
      throw new Error('the disk broke');
    })();
    const put = storage.putStream('recordings/cam1/broken.mp4', Readable.from(broken, { objectMode: false }));
    await expect(put).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    expect(await storage.stat('recordings/cam1/broken.mp4')).toBeUndefined();
    const left = await client.send(new ListMultipartUploadsCommand({ Bucket: swift.bucket }));
    expect(left.Uploads ?? []).toEqual([]);
  });

  it('lists more than one page holds', { timeout: 120_000 }, async () => {
    const names = Array.from({ length: 1005 }, (_, number) => `many/${String(number).padStart(4, '0')}`);
    for (let at = 0; at < names.length; at += 50) {
      await Promise.all(names.slice(at, at + 50).map(name => storage.put(name, Buffer.from('x'))));
    }
    const found = [];
    for await (const { key } of storage.list('many/')) found.push(key);
    expect(found.sort()).toEqual(names);
  });

  it('refuses a wrong secret, and does not say it', async () => {
    const { endpoint, region, accessKeyId, bucket } = swift;
    const credentials = { accessKeyId, secretAccessKey: 'guessed-secret' };
    const other = new S3Storage({ endpoint, region, bucket, credentials, prefix: '', pathStyle: true });
    const error: Error = await other.put('x', Buffer.from('x')).then(
      () => new Error('it was let in'),
      cause => cause,
    );
    expect(error).toMatchObject({ code: 'STORAGE_FAILED' });
    expect(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`).not.toContain(
      'guessed-secret',
    );
    expect(error.cause).toBeUndefined();
  });
});

function* pieces(data: Buffer): Generator<Buffer> {
  for (let at = 0; at < data.length; at += 65_536) yield data.subarray(at, at + 65_536);
}
