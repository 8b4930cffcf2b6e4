import { accessSync, constants, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { FileStorage } from '@flux-iot/core/storage/file-storage';
import type { MediaStorage } from '@flux-iot/core/storage/media-storage';
import { MemoryStorage } from '@flux-iot/core/storage/memory-storage';
import type { Config } from './config/schema.ts';
import { objectStorage } from './storage.ts';

/** Bytes of HLS segments in memory, at most. */
const MAX_SEGMENT_BYTES = 2 * 1024 ** 3;

/** Where HLS keeps its segments. Throws `CONFIG_INVALID` where that is a folder that cannot be written. */
export function segmentStorage(config: Config): MediaStorage {
  const { protocols, media } = config;
  if (protocols.hls.storage === 's3') return objectStorage(config);
  if (protocols.hls.storage === 'memory') return new MemoryStorage({ maxBytes: MAX_SEGMENT_BYTES });
  const root = join(media.storage_dir, 'segments');
  try {
    mkdirSync(root, { recursive: true });
    accessSync(root, constants.W_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FluxError(
      'CONFIG_INVALID',
      `protocols.hls.storage is "file", but the folder cannot be written: ${reason}. ` +
        'Set media.storage_dir to one that can, or protocols.hls.storage to "memory".',
      { cause },
    );
  }
  return new FileStorage({ root });
}
