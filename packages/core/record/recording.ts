import type { Track } from '@flux-iot/media/model/track';
import type { StreamId } from '../stream/stream-id.ts';

export const RECORDING_FORMATS = ['fmp4', 'flv', 'ts'] as const;
export type RecordingFormat = (typeof RECORDING_FORMATS)[number];

export interface RecordedTrack {
  readonly kind: Track['kind'];
  readonly codec: string;
  readonly codecString: string;
  readonly width?: number;
  readonly height?: number;
  readonly sampleRate?: number;
  readonly channels?: number;
}

/** Samples that were not recorded: why, and from when to when (milliseconds since 1970). */
export interface RecordingGap {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
}

/** One file of a recording, as the index has it. Plain data: it travels on the bus. */
export interface Recording {
  readonly id: string;
  readonly streamId: StreamId;
  /** The same for files that go on from one another without a hole. */
  readonly session: string;
  readonly format: RecordingFormat;
  /** In the storage of recordings. */
  readonly key: string;
  readonly state: 'recording' | 'finished';
  /** Milliseconds since 1970 of its first sample, and of the end of its last. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** The same in seconds of the stream's own time, which has no jumps within a session. */
  readonly startTime: number;
  readonly endTime: number;
  readonly size: number;
  readonly tracks: readonly RecordedTrack[];
  readonly gaps: readonly RecordingGap[];
  /** Why it ended: `rotated`, `stopped`, `unpublished`, `storage-failed`, `tenant-limit`, `crashed`, … */
  readonly endReason?: string;
}

/** What a recorder has to say while it works. */
export type RecordingEvent =
  | { readonly kind: 'started' | 'finished'; readonly recording: Recording }
  | { readonly kind: 'alarm'; readonly streamId: StreamId; readonly code: string; readonly message: string };

/** Under which media nodes tell of their recordings on the bus. */
export const RECORDING_SUBJECT = 'events.recording';

/** What is asked of a recorder; what is left out is as configured. */
export interface RecordingOptions {
  readonly format?: RecordingFormat;
  /** A file ends at the first key frame after so many seconds, or bytes. */
  readonly maxSeconds?: number;
  readonly maxBytes?: number;
}

/** A stream that is being recorded, and its file at hand, if it has begun one. */
export interface ActiveRecording {
  readonly streamId: StreamId;
  readonly format: RecordingFormat;
  /** `waiting` for a key frame, for room, or for the storage. */
  readonly state: 'recording' | 'waiting';
  readonly since: number;
  /** What started it: a rule, or a request. */
  readonly origin: 'rule' | 'request';
  readonly recording?: Recording;
  readonly lastError?: string;
}

export const RECORDINGS_PREFIX = 'recordings/';
const EXTENSIONS: Readonly<Record<RecordingFormat, string>> = { fmp4: 'mp4', flv: 'flv', ts: 'ts' };

/** `recordings/cam1/2025-01-31/143000-1a2b3c4d.mp4`: by day, and unique. In UTC. */
export function recordingKey(
  streamId: StreamId,
  startedAt: number,
  id: string,
  format: RecordingFormat,
): string {
  const [day = '', time = ''] = new Date(startedAt).toISOString().split('T');
  const clock = time.slice(0, 8).replaceAll(':', '');
  return `${RECORDINGS_PREFIX}${streamId}/${day}/${clock}-${id.slice(0, 8)}.${EXTENSIONS[format]}`;
}

export const MANIFEST_SUFFIX = '.json';
export const HOLD_SUFFIX = '.hold';

/** Beside a recording: what it is and the proof of its content. */
export function manifestKey(key: string): string {
  return key + MANIFEST_SUFFIX;
}

/** Beside a recording that may not be deleted. */
export function holdKey(key: string): string {
  return key + HOLD_SUFFIX;
}

export function recordedTrack(track: Track): RecordedTrack {
  const { kind, codec, codecString } = track;
  return track.kind === 'video'
    ? { kind, codec, codecString, width: track.width, height: track.height }
    : { kind, codec, codecString, sampleRate: track.sampleRate, channels: track.channels };
}

export const OPEN_SUFFIX = '.open';

/** Beside a recording that is being written: the manifest so far, and by whom. A crash leaves it behind. */
export function openKey(key: string): string {
  return key + OPEN_SUFFIX;
}
