import type { Codec, Track } from '@flux-iot/media/model/track';
import type { HistoryEntry } from '../stream/history.ts';
import type { Publication } from '../stream/publication.ts';
import type { Stream, StreamState } from '../stream/stream.ts';

/** What nodes call themselves as publishers and viewers of one another's streams. */
export const RELAY_PROTOCOL = 'relay';
/** The same of what makes a stream of another. */
export const TRANSCODE_PROTOCOL = 'transcode';

export interface TrackStatus {
  readonly id: number;
  readonly kind: 'video' | 'audio';
  readonly codec: Codec;
  readonly codecString: string;
  readonly profile?: string;
  readonly width?: number;
  readonly height?: number;
  readonly sampleRate?: number;
  readonly channels?: number;
  /** Bits per second, measured. */
  readonly bitrate: number;
  /** Frames per second, measured. */
  readonly frameRate: number;
  readonly samples: number;
  readonly bytes: number;
  readonly keyFrames: number;
}

/** A stream as the API shows it. Times are milliseconds since 1970. */
export interface StreamStatus {
  readonly streamId: string;
  readonly state: StreamState;
  /** Of the publisher; undefined while there is none. */
  readonly protocol: string | undefined;
  /** The stream is another node's, and fetched from there for viewers of this one. */
  readonly isRelay: boolean;
  readonly publisher: { readonly peer: string; readonly since: number } | undefined;
  readonly createdAt: number;
  readonly tracks: readonly TrackStatus[];
  readonly bitrate: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly gopBytes: number;
  readonly viewers: { readonly count: number; readonly byProtocol: Readonly<Record<string, number>> };
  readonly notes: readonly string[];
  readonly history: readonly HistoryEntry[];
}

export function streamStatus(
  stream: Stream,
  publication: Publication | undefined,
  isRelay: boolean,
): StreamStatus {
  const byProtocol: Record<string, number> = {};
  const viewers = stream.viewers.filter(isPerson);
  for (const { protocol } of viewers) byProtocol[protocol] = (byProtocol[protocol] ?? 0) + 1;
  return {
    streamId: stream.id,
    state: stream.state,
    protocol: publication?.publisher.protocol,
    isRelay,
    publisher: publication && { peer: publication.publisher.peer, since: publication.since },
    createdAt: stream.createdAt,
    tracks: stream.tracks.map(track => trackStatus(stream, track)),
    bitrate: stream.counter.rates.bitrate,
    bytesIn: stream.counter.bytes,
    bytesOut: stream.bytesSent,
    gopBytes: stream.gopBytes,
    viewers: { count: viewers.length, byProtocol },
    notes: stream.notes,
    history: stream.history.entries,
  };
}

/** Another node that fetches the stream, or what makes another of it, is not a viewer: its own viewers are. */
export function isPerson({ protocol }: { readonly protocol: string }): boolean {
  return protocol !== RELAY_PROTOCOL && protocol !== TRANSCODE_PROTOCOL;
}

function trackStatus(stream: Stream, track: Track): TrackStatus {
  const counter = stream.trackCounter(track.id);
  const rates = counter?.rates ?? { bitrate: 0, sampleRate: 0 };
  const common = {
    id: track.id,
    codec: track.codec,
    codecString: track.codecString,
    bitrate: rates.bitrate,
    frameRate: rates.sampleRate,
    samples: counter?.samples ?? 0,
    bytes: counter?.bytes ?? 0,
    keyFrames: counter?.keyFrames ?? 0,
  };
  if (track.kind === 'video') {
    return { ...common, kind: 'video', profile: track.profile, width: track.width, height: track.height };
  }
  return { ...common, kind: 'audio', sampleRate: track.sampleRate, channels: track.channels };
}
