import { FluxError } from '@flux-iot/core/errors/flux-error';
import { FileStorage } from '@flux-iot/core/storage/file-storage';
import { LayeredStorage } from '@flux-iot/core/storage/layered-storage';
import type { MediaStorage } from '@flux-iot/core/storage/media-storage';
import { S3Storage } from '@flux-iot/core/storage/s3-storage';
import type { Config } from './config/schema.ts';

/** The object store of `[storage.s3]`. Throws `CONFIG_INVALID` where no bucket is named. */
export function objectStorage({ storage: { s3 } }: Config): S3Storage {
  if (s3.bucket === '') throw new FluxError('CONFIG_INVALID', 'storage.s3.bucket is not set.');
  return new S3Storage({
    ...(s3.endpoint === '' ? {} : { endpoint: s3.endpoint }),
    region: s3.region,
    bucket: s3.bucket,
    prefix: s3.prefix,
    ...(s3.access_key_id === ''
      ? {}
      : { credentials: { accessKeyId: s3.access_key_id, secretAccessKey: s3.secret_access_key } }),
    pathStyle: s3.path_style,
  });
}

/** Where recordings are found: in the folder in which they are written, and where they are kept. */
export function recordingStorage(config: Config): MediaStorage {
  const local = new FileStorage({ root: config.media.storage_dir, isDurable: config.recording.sync });
  return config.recording.storage === 's3' ? new LayeredStorage(local, objectStorage(config)) : local;
}
