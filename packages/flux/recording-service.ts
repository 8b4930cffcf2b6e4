import { ManifestChain } from '@flux-iot/core/record/chain';
import { RecordingService, type RecordingServiceOptions } from '@flux-iot/core/record/recording-service';
import { Uploads } from '@flux-iot/core/record/uploads';
import { FileStorage } from '@flux-iot/core/storage/file-storage';
import type { Config } from './config/schema.ts';
import { objectStorage } from './storage.ts';

/** What a media node records, by the configuration. */
export function createRecordingService(
  config: Config,
  { orchestrator, quota, onEvent }: Pick<RecordingServiceOptions, 'orchestrator' | 'quota' | 'onEvent'>,
): RecordingService {
  const { recording, media } = config;
  const storage = new FileStorage({ root: media.storage_dir, isDurable: recording.sync });
  const uploads =
    recording.storage === 's3'
      ? new Uploads({
          local: storage,
          remote: objectStorage(config),
          maxBytes: recording.spool_bytes,
          onAlarm: (streamId, { code, message }) => onEvent({ kind: 'alarm', streamId, code, message }),
        })
      : undefined;
  return new RecordingService({
    orchestrator,
    storage,
    folder: media.storage_dir,
    chain: new ManifestChain(recording.state_dir),
    uploads,
    rules: recording.rules.map(({ streams, format, file_seconds, file_bytes }) => ({
      streams,
      ...(format === undefined ? {} : { format }),
      ...(file_seconds === undefined ? {} : { maxSeconds: file_seconds }),
      ...(file_bytes === undefined ? {} : { maxBytes: file_bytes }),
    })),
    defaults: {
      format: recording.format,
      maxSeconds: recording.file_seconds,
      maxBytes: recording.file_bytes,
    },
    maxQueuedBytes: recording.queue_bytes,
    isDurable: recording.sync,
    minFreeBytes: recording.min_free_bytes,
    quota,
    onEvent,
  });
}
