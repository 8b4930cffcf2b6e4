import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { FluxError } from '../errors/flux-error.ts';
import type { ByteRange, MediaStorage, StorageEntry } from './media-storage.ts';
import { storageKeySegments } from './storage-key.ts';

export interface S3StorageOptions {
  /** `https://store.example:9000`; undefined for AWS by region. */
  readonly endpoint?: string;
  readonly region: string;
  readonly bucket: string;
  /** What all keys begin with: empty, or ending with a slash. */
  readonly prefix: string;
  /** Undefined for what the environment or the machine gives. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** The bucket stands in the path, not in the host's name. */
  readonly pathStyle: boolean;
}

/** Bytes of a part of a multipart upload; what is shorter goes in one request. Up to 10,000 parts: 80 GB. */
const PART_SIZE = 8 * 1024 * 1024;
const PARALLEL_PARTS = 2;
/** How often the client tries a request; who calls decides about longer absences. */
const MAX_ATTEMPTS = 3;
const CONNECTION_TIMEOUT = 5000;
const REQUEST_TIMEOUT = 30_000;

/**
 * Media as objects of a store that speaks S3. An object appears whole or not at all; one that is large goes in parts,
 * which are taken back where the upload fails. Errors are `STORAGE_FAILED`, and never hold a secret.
 */
export class S3Storage implements MediaStorage {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor({ endpoint, region, bucket, prefix, credentials, pathStyle }: S3StorageOptions) {
    this.#bucket = bucket;
    this.#prefix = prefix;
    this.#client = new S3Client({
      region,
      forcePathStyle: pathStyle,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials ? { credentials } : {}),
      maxAttempts: MAX_ATTEMPTS,
      requestHandler: { connectionTimeout: CONNECTION_TIMEOUT, requestTimeout: REQUEST_TIMEOUT },
      // Checksums that came later are refused by many stores that are not AWS.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
  }

  async put(key: string, data: Buffer): Promise<void> {
    const command = new PutObjectCommand({ ...this.#object(key), Body: data });
    await this.#do('write', key, () => this.#client.send(command));
  }

  async putStream(key: string, source: Readable): Promise<number> {
    let size = 0;
    const counted = Readable.from(
      (async function* () {
        for await (const part of source) {
          size += (part as Buffer).length;
          yield part as Buffer;
        }
      })(),
      { objectMode: false },
    );
    try {
      await this.#do('write', key, () =>
        new Upload({
          client: this.#client,
          params: { ...this.#object(key), Body: counted },
          partSize: PART_SIZE,
          queueSize: PARALLEL_PARTS,
        }).done(),
      );
    } finally {
      source.destroy();
    }
    return size;
  }

  async get(key: string, range?: ByteRange): Promise<Buffer | undefined> {
    const stream = await this.getStream(key, range);
    if (!stream) return undefined;
    const parts: Buffer[] = [];
    return this.#do('read', key, async () => {
      for await (const part of stream) parts.push(part as Buffer);
      return Buffer.concat(parts);
    });
  }

  async getStream(key: string, range?: ByteRange): Promise<Readable | undefined> {
    if (range?.end !== undefined && range.end <= range.start) return Readable.from([]);
    const Range = range && `bytes=${range.start}-${range.end === undefined ? '' : range.end - 1}`;
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ ...this.#object(key), ...(Range ? { Range } : {}) }),
      );
      return Body as Readable;
    } catch (cause) {
      if (isStatus(cause, 404)) return undefined;
      // There are fewer bytes than that.
      if (isStatus(cause, 416)) return Readable.from([]);
      throw failure('read', key, cause);
    }
  }

  async stat(key: string): Promise<StorageEntry | undefined> {
    try {
      const { ContentLength = 0, LastModified } = await this.#client.send(
        new HeadObjectCommand(this.#object(key)),
      );
      return { key, size: ContentLength, modifiedAt: LastModified?.getTime() ?? 0 };
    } catch (cause) {
      if (isStatus(cause, 404)) return undefined;
      throw failure('look at', key, cause);
    }
  }

  async *list(prefix: string): AsyncGenerator<StorageEntry> {
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix: this.#prefix + prefix,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      });
      const page = await this.#do('list', prefix, () => this.#client.send(command));
      for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
        yield { key: Key.slice(this.#prefix.length), size: Size, modifiedAt: LastModified?.getTime() ?? 0 };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async delete(key: string): Promise<void> {
    const command = new DeleteObjectCommand(this.#object(key));
    await this.#do('delete', key, () => this.#client.send(command));
  }

  #object(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.#bucket, Key: this.#prefix + storageKeySegments(key).join('/') };
  }

  async #do<Result>(action: string, key: string, work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (cause) {
      throw failure(action, key, cause);
    }
  }
}

function isStatus(cause: unknown, status: number): boolean {
  const { $metadata } = cause as { $metadata?: { httpStatusCode?: number } };
  return $metadata?.httpStatusCode === status;
}

/** The SDK's errors hold the request with its signature: what leaves here is the name and the message alone. */
function failure(action: string, key: string, cause: unknown): FluxError {
  if (cause instanceof FluxError) return cause;
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new FluxError('STORAGE_FAILED', `Could not ${action} ${key}: ${name}: ${message}${code}`, {
    context: { key },
  });
}
