import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { DecoderPool } from '@flux-iot/core/snapshot/decoder/decoder-pool';
import { KeyframeKeeper } from '@flux-iot/core/snapshot/keyframe-keeper';
import { KeyframeStore } from '@flux-iot/core/snapshot/keyframe-store';
import { type RecordedSnapshotSource, RecordedSnapshots } from '@flux-iot/core/snapshot/recorded-snapshots';
import type { SnapshotSource } from '@flux-iot/core/snapshot/snapshot';
import { SnapshotOrchestrator } from '@flux-iot/core/snapshot/snapshot-orchestrator';
import { readSnapshotQuery, SNAPSHOT_PATH, snapshotHeaders } from '@flux-iot/core/snapshot/wire';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import type { MediaRoute } from '@flux-iot/protocols/http/media-server';
import type { RecordingLibrary } from '@flux-iot/server/recordings/library';
import type { Config } from './config/schema.ts';
import type { ErrorLog } from './error-log.ts';

const MEBIBYTE = 1024 * 1024;
const HOUR = 3_600_000;

export interface NodeSnapshots extends SnapshotSource {
  /** Process ids of the decoders. */
  readonly decoders: readonly number[];
  /** Idempotent. */
  close(): void;
}

/** What gets pictures of one node's streams. Throws `CONFIG_INVALID` where key frames are to be kept and can't be. */
export function createSnapshots(
  config: Config,
  orchestrator: StreamOrchestrator,
  errors: ErrorLog,
): NodeSnapshots {
  const { snapshots, media } = config;
  const pool = createDecoders(config);
  // What was kept before goes when its time is over, whether or not more is kept.
  const store =
    media.keyframe_interval > 0
      ? openStore(media.keyframe_dir)
      : existsSync(media.keyframe_dir)
        ? new KeyframeStore(media.keyframe_dir)
        : undefined;
  const keeper = store
    ? new KeyframeKeeper({
        orchestrator,
        store,
        interval: media.keyframe_interval * 1000,
        retention: media.keyframe_retention_hours * HOUR,
        onError: error => errors.report(error, {}),
      })
    : undefined;
  const source = new SnapshotOrchestrator({
    orchestrator,
    decoder: pool,
    store,
    keyframeTimeout: snapshots.timeout * 1000,
    cacheBytes: snapshots.cache_mb * MEBIBYTE,
  });
  return {
    snapshot: (streamId, request) => source.snapshot(streamId, request),
    get decoders() {
      return pool.processes;
    },
    close() {
      keeper?.close();
      source.close();
      pool.close();
    },
  };
}

/** What gets pictures of recordings, by decoders of its own: they are read where the server runs. */
export function createRecordedSnapshots(
  config: Config,
  recordings: RecordingLibrary,
): RecordedSnapshotSource & { close(): void } {
  const decoder = createDecoders(config);
  const source = new RecordedSnapshots({
    find: (streamId, at, extent) => recordings.picture(streamId, at, extent),
    decoder,
  });
  return {
    snapshot: (streamId, request) => source.snapshot(streamId, request),
    close: () => decoder.close(),
  };
}

function createDecoders({ snapshots }: Config): DecoderPool {
  return new DecoderPool({
    size: snapshots.decoders,
    maxQueue: snapshots.queue,
    timeout: snapshots.timeout * 1000,
    maxMemory: snapshots.decoder_memory_mb * MEBIBYTE,
  });
}

/** Where flux-server asks this node for pictures. Nobody else may: who may see what is the server's to know. */
export function snapshotRoute(snapshots: SnapshotSource): MediaRoute {
  return {
    async handle({ path: [name, id = '', ...rest], query, access }, response) {
      if (name !== SNAPSHOT_PATH || rest.length > 0 || !access.isInternal) return false;
      const snapshot = await snapshots.snapshot(parseStreamId(id), readSnapshotQuery(query));
      response.writeHead(200, { ...snapshotHeaders(snapshot), 'Content-Length': snapshot.data.length });
      response.end(snapshot.data);
      return true;
    },
  };
}

function openStore(root: string): KeyframeStore {
  try {
    mkdirSync(root, { recursive: true });
    accessSync(root, constants.W_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FluxError(
      'CONFIG_INVALID',
      `media.keyframe_interval is set, but the folder cannot be written: ${reason}. Set media.keyframe_dir to one that can.`,
      { cause },
    );
  }
  return new KeyframeStore(root);
}
