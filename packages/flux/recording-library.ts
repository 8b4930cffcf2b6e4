import type { MediaControl } from '@flux-iot/core/control/media-control';
import type { TaskStore } from '@flux-iot/core/control/task';
import { RecordingLibrary } from '@flux-iot/server/recordings/library';
import type { RecordingIndex } from '@flux-iot/server/recordings/recording-index';
import type { Logger } from 'pino';
import type { Config } from './config/schema.ts';
import { recordingStorage } from './storage.ts';

/** All recordings, as the server keeps them by the configuration. */
export function createRecordingLibrary(
  config: Config,
  control: MediaControl,
  index: RecordingIndex,
  logger: Logger,
  tasks?: TaskStore,
): RecordingLibrary {
  return new RecordingLibrary({
    index,
    control,
    tasks,
    storage: recordingStorage(config),
    retention: { days: config.media.retention_days, maxBytes: config.recording.max_bytes },
    onError: error => logger.error({ code: error.code }, `recordings: ${error.message}`),
  });
}
