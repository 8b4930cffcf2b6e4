import { PROBLEM_MEDIA_TYPE } from '@flux-iot/core/errors/problem';
import { type Static, Type } from 'typebox';

const Time = Type.String({ format: 'date-time', description: 'RFC 3339' });

export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'For people' }),
    code: Type.String({ description: 'Stable; docs/errors.md lists all of them' }),
    request_id: Type.Optional(Type.String()),
  },
  { title: 'Problem', description: 'RFC 9457 problem document' },
);

/** What any route may answer besides its own. */
export const PROBLEMS = {
  '4xx': { description: 'Problem', content: { [PROBLEM_MEDIA_TYPE]: { schema: Problem } } },
} as const;

export const StreamIdParams = Type.Object({
  stream_id: Type.String({ maxLength: 257, description: '`cam1`, or `app~name` outside the app `live`' }),
});

const Track = Type.Object({
  id: Type.Integer(),
  kind: Type.Union([Type.Literal('video'), Type.Literal('audio')]),
  codec: Type.String(),
  codec_string: Type.String({ description: 'RFC 6381' }),
  profile: Type.Optional(Type.String()),
  width: Type.Optional(Type.Integer()),
  height: Type.Optional(Type.Integer()),
  sample_rate: Type.Optional(Type.Integer()),
  channels: Type.Optional(Type.Integer()),
  bitrate: Type.Number({ description: 'Bits per second, measured' }),
  frame_rate: Type.Number({ description: 'Frames per second, measured' }),
  samples: Type.Integer(),
  bytes: Type.Integer(),
  key_frames: Type.Integer(),
});

export const IngestBody = Type.Object({
  stream_id: Type.String(),
  protocol: Type.String(),
  state: Type.String({ description: 'waiting, connecting, connected, retrying, closed' }),
  attempts: Type.Integer(),
  last_error: Type.Optional(Type.String()),
  next_attempt_at: Type.Optional(Time),
  publish_url: Type.Optional(
    Type.String({ description: 'Where to publish, if the stream comes from a publisher' }),
  ),
  url: Type.Optional(Type.String({ description: 'Where it is pulled from, without secrets' })),
});

export const PushBody = Type.Object({
  id: Type.String(),
  stream_id: Type.String(),
  url: Type.String({ description: 'Without user, password and query' }),
  state: Type.String(),
  attempts: Type.Integer(),
  last_error: Type.Optional(Type.String()),
  next_attempt_at: Type.Optional(Time),
});

export const StreamSummary = Type.Object({
  stream_id: Type.String(),
  state: Type.String({ description: 'waiting, discovering, live, interrupted' }),
  protocol: Type.Optional(Type.String({ description: "The publisher's" })),
  publisher: Type.Optional(Type.Object({ peer: Type.String(), since: Time })),
  created_at: Time,
  tracks: Type.Array(Track),
  bitrate: Type.Number({ description: 'Bits per second of all tracks' }),
  viewers: Type.Object({ count: Type.Integer(), by_protocol: Type.Record(Type.String(), Type.Integer()) }),
  notes: Type.Array(Type.String({ description: 'What some formats had to leave out' })),
});

export const StreamDetail = Type.Object({
  ...StreamSummary.properties,
  history: Type.Array(
    Type.Object({
      at: Time,
      last_at: Time,
      step: Type.String(),
      detail: Type.String(),
      count: Type.Integer(),
    }),
    { description: 'The time line of what happened to the stream, oldest first' },
  ),
  ingest: Type.Optional(IngestBody),
  pushes: Type.Array(PushBody),
});

export const StreamStats = Type.Object({
  stream_id: Type.String(),
  state: Type.String(),
  uptime_seconds: Type.Number(),
  bytes_in: Type.Integer(),
  bytes_out: Type.Integer(),
  bitrate: Type.Number(),
  gop_bytes: Type.Integer({ description: 'Cached for viewers to come' }),
  viewers: Type.Object({ count: Type.Integer(), by_protocol: Type.Record(Type.String(), Type.Integer()) }),
  tracks: Type.Array(Track),
});

export const StreamList = Type.Object({
  streams: Type.Array(StreamSummary),
  total: Type.Integer({ description: 'That match the filters' }),
  limit: Type.Integer(),
  offset: Type.Integer(),
});

export const ListQuery = Type.Object(
  {
    limit: Type.Integer({ minimum: 1, maximum: 1000, default: 100 }),
    offset: Type.Integer({ minimum: 0, default: 0 }),
    state: Type.Optional(Type.String({ maxLength: 32 })),
    protocol: Type.Optional(Type.String({ maxLength: 32, description: "The publisher's" })),
    q: Type.Optional(Type.String({ maxLength: 128, description: 'Part of the stream id' })),
  },
  { additionalProperties: false },
);

export const IngestRequest = Type.Object(
  {
    protocol: Type.String({ enum: ['rtmp', 'rtsp', 'gb28181', 'srt', 'webrtc'] }),
    stream_id: Type.Optional(Type.String({ maxLength: 257 })),
    source: Type.Object(
      {
        rtmp: Type.Optional(
          Type.Object(
            {
              app: Type.Optional(Type.String({ maxLength: 128 })),
              stream: Type.Optional(Type.String({ maxLength: 128 })),
              url: Type.Optional(Type.String({ maxLength: 2048 })),
            },
            {
              description: 'app and stream to wait for a publisher, or url to pull',
              additionalProperties: false,
            },
          ),
        ),
        rtsp: Type.Optional(Type.Object({ url: Type.String({ maxLength: 2048 }) })),
        gb28181: Type.Optional(
          Type.Object({
            device_id: Type.String({ maxLength: 32 }),
            channel_id: Type.String({ maxLength: 32 }),
          }),
        ),
      },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type IngestRequest = Static<typeof IngestRequest>;

export const PushRequest = Type.Object(
  { url: Type.String({ maxLength: 2048 }) },
  { additionalProperties: false },
);

export const PlayQuery = Type.Object(
  {
    protocol: Type.Optional(
      Type.String({ maxLength: 16, description: 'hls, flv, rtmp, webrtc; left out: all that there are' }),
    ),
  },
  { additionalProperties: false },
);

export const PlayAnswer = Type.Object({
  stream_id: Type.String(),
  urls: Type.Record(Type.String(), Type.String(), { description: 'By format' }),
});

export const ProtocolList = Type.Object({
  protocols: Type.Array(
    Type.Object({
      protocol: Type.String(),
      listening: Type.Array(Type.String()),
      connections: Type.Integer(),
      publishers: Type.Integer(),
      viewers: Type.Integer(),
      bytes_in: Type.Integer(),
      bytes_out: Type.Integer(),
      refused: Type.Record(Type.String(), Type.Integer(), { description: 'By error code' }),
    }),
  ),
});

export const ServerInfo = Type.Object({
  version: Type.String(),
  started_at: Time,
  uptime_seconds: Type.Number(),
  memory_bytes: Type.Integer({ description: 'Resident' }),
  event_loop_delay_ms: Type.Number({ description: 'The 99th percentile since the last request' }),
  streams: Type.Integer(),
});
