/** What a tenant has at present. */
export interface TenantCount {
  /** Published or pulled; what the server makes of others is not among them. */
  readonly streams: number;
  readonly viewers: number;
  /** Streams that are made of others. */
  readonly transcodes: number;
  /** Bits a second that come in, over the last seconds. */
  readonly bitrate: number;
  /** Bytes of the files that are being recorded. */
  readonly recordingBytes: number;
  /** Since when the youngest of the streams that bring anything is published: milliseconds since 1970; 0 without one. */
  readonly newest: number;
}

export const NO_COUNT: TenantCount = {
  streams: 0,
  viewers: 0,
  transcodes: 0,
  bitrate: 0,
  recordingBytes: 0,
  newest: 0,
};

/** Of two nodes together. */
export function sumOf(one: TenantCount, other: TenantCount): TenantCount {
  return {
    streams: one.streams + other.streams,
    viewers: one.viewers + other.viewers,
    transcodes: one.transcodes + other.transcodes,
    bitrate: one.bitrate + other.bitrate,
    recordingBytes: one.recordingBytes + other.recordingBytes,
    newest: Math.max(one.newest, other.newest),
  };
}
