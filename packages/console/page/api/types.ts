/** The API's answers, as far as the console shows them. */
export interface Track {
  readonly id: number;
  readonly kind: 'video' | 'audio';
  readonly codec: string;
  readonly codec_string: string;
  readonly profile?: string;
  readonly width?: number;
  readonly height?: number;
  readonly sample_rate?: number;
  readonly channels?: number;
  readonly bitrate: number;
  readonly frame_rate: number;
  readonly samples: number;
  readonly bytes: number;
  readonly key_frames: number;
}

export interface Connection {
  readonly state: string;
  readonly attempts: number;
  readonly last_error?: string;
  readonly next_attempt_at?: string;
}

export interface Ingest extends Connection {
  readonly stream_id: string;
  readonly protocol: string;
  readonly publish_url?: string;
  readonly url?: string;
}

export interface Push extends Connection {
  readonly id: string;
  readonly url: string;
}

export type StreamState = 'waiting' | 'discovering' | 'live' | 'interrupted' | 'ended';

export interface Viewers {
  readonly count: number;
  readonly by_protocol: Readonly<Record<string, number>>;
}

export interface StreamSummary {
  readonly stream_id: string;
  readonly state: StreamState;
  readonly protocol?: string;
  readonly publisher?: { readonly peer: string; readonly since: string };
  readonly uptime_seconds: number;
  readonly tracks: readonly Track[];
  readonly bitrate: number;
  readonly viewers: Viewers;
  readonly notes: readonly string[];
  readonly ingest?: Ingest;
}

export interface HistoryEntry {
  readonly at: string;
  readonly last_at: string;
  readonly step: string;
  readonly detail: string;
  readonly count: number;
}

export interface StreamDetail extends StreamSummary {
  readonly history: readonly HistoryEntry[];
  readonly pushes: readonly Push[];
}

export interface StreamList {
  readonly streams: readonly StreamSummary[];
  readonly total: number;
}

export interface StreamStats {
  readonly state: StreamState;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly bitrate: number;
  readonly gop_bytes: number;
  readonly viewers: Viewers;
  readonly tracks: readonly Track[];
}

export interface Viewer {
  readonly id: string;
  readonly protocol: string;
  readonly peer: string;
  readonly since: string;
  readonly bytes_sent: number;
}

export interface ServerInfo {
  readonly version: string;
  readonly started_at: string;
  readonly uptime_seconds: number;
  readonly memory_bytes: number;
  readonly event_loop_delay_ms: number;
  readonly media_port: number;
}

export interface Protocol {
  readonly protocol: string;
  readonly listening: readonly string[];
  readonly connections: number;
  readonly publishers: number;
  readonly viewers: number;
  readonly bytes_in: number;
  readonly bytes_out: number;
  readonly refused: Readonly<Record<string, number>>;
}

export interface MediaNode {
  readonly name: string;
  readonly pid: number;
  readonly started_at: string;
  readonly memory_bytes: number;
  readonly cpu_seconds: number;
  readonly streams: number;
  readonly relays: number;
  readonly turn_interval_ms: number;
  readonly flush_interval_ms: number;
  readonly flush_duration_ms: number;
  readonly flush_bytes: number;
  readonly event_loop_delay_ms: number;
}

export type Role = 'administrator' | 'operator' | 'viewer';

export interface Session {
  readonly user: { readonly name: string; readonly role: Role; readonly tenant?: string };
  readonly csrf_token: string;
}

export interface IngestRequest {
  readonly protocol: 'rtmp' | 'rtsp' | 'gb28181';
  readonly stream_id?: string;
  readonly source: {
    readonly rtmp?: { readonly app?: string; readonly stream?: string; readonly url?: string };
    readonly rtsp?: {
      readonly url: string;
      readonly transport?: 'auto' | 'tcp' | 'udp';
      readonly username?: string;
      readonly password?: string;
      readonly on_demand?: boolean;
    };
    readonly gb28181?: { readonly device_id: string; readonly channel_id: string };
  };
}
