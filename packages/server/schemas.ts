import { ERROR_CODES } from '@flux-iot/core/errors/flux-error';
import { PROBLEM_MEDIA_TYPE } from '@flux-iot/core/errors/problem';
import { MAX_CODECS_LENGTH } from '@flux-iot/core/transcode/playable';
import { type Static, type TSchema, Type } from 'typebox';

/** Gives a schema its name in the OpenAPI document. */
export function named<Schema extends TSchema, const Name extends string>($id: Name, schema: Schema) {
  return Object.assign(schema, { $id });
}

/**
 * Points to a named schema, and is typed as that schema. Routes take named schemas by it alone: Fastify forgets a
 * shared schema once a route has it as its own.
 */
export function the<Schema extends TSchema & { readonly $id: string }>({ $id }: Schema) {
  return Type.Unsafe<Static<Schema>>(Type.Ref(`${$id}#`));
}

export function oneOf<const Value extends string>(values: readonly Value[], description?: string) {
  return Type.Unsafe<Value>(Type.String({ enum: [...values], ...(description ? { description } : {}) }));
}

export const strict = { additionalProperties: false };
export const Time = Type.String({ format: 'date-time', description: 'RFC 3339' });
const Seconds = Type.Number({ description: 'Seconds' });
const StreamId = Type.String({ maxLength: 257, description: '`cam1`, or `app~name` outside the app `live`' });
const Url = Type.String({ minLength: 1, maxLength: 2048 });

// --- errors -----------------------------------------------------------------------------------------------------

const ProblemSchema = named(
  'Problem',
  Type.Object(
    {
      type: Type.String(),
      title: Type.String(),
      status: Type.Integer(),
      detail: Type.String({ description: 'For people' }),
      code: oneOf(Object.keys(ERROR_CODES), 'Stable; docs/errors.md explains each'),
      request_id: Type.Optional(Type.String()),
    },
    { description: 'RFC 9457 problem document' },
  ),
);

const ProblemResponse = {
  description: 'What is wrong',
  content: { [PROBLEM_MEDIA_TYPE]: { schema: the(ProblemSchema) } },
} as const;

/** What any route may answer besides its own. */
export const PROBLEMS = { '4xx': ProblemResponse, '5xx': ProblemResponse } as const;

// --- streams ----------------------------------------------------------------------------------------------------

const STREAM_STATES = ['waiting', 'discovering', 'live', 'interrupted', 'ended'] as const;
const StreamState = oneOf(
  STREAM_STATES,
  '`waiting` for its source, `discovering` its tracks, `live`, `interrupted`: the publisher may come back',
);

const ConnectionFields = {
  state: oneOf(['waiting', 'connecting', 'connected', 'retrying', 'closed']),
  attempts: Type.Integer(),
  last_error: Type.Optional(Type.String()),
  next_attempt_at: Type.Optional(Time),
};

export const IngestSchema = named(
  'Ingest',
  Type.Object({
    stream_id: Type.String(),
    protocol: Type.String(),
    ...ConnectionFields,
    publish_url: Type.Optional(
      Type.String({ description: 'Where to publish, if the stream comes from a publisher' }),
    ),
    url: Type.Optional(Type.String({ description: 'Where it is pulled from, without secrets' })),
  }),
);

export const PushSchema = named(
  'Push',
  Type.Object({
    id: Type.String(),
    stream_id: Type.String(),
    url: Type.String({ description: 'Without user, password and query' }),
    ...ConnectionFields,
  }),
);

export const TrackSchema = named(
  'Track',
  Type.Object({
    id: Type.Integer(),
    kind: oneOf(['video', 'audio']),
    codec: Type.String(),
    codec_string: Type.String({ description: 'RFC 6381' }),
    profile: Type.Optional(Type.String()),
    width: Type.Optional(Type.Integer()),
    height: Type.Optional(Type.Integer()),
    sample_rate: Type.Optional(Type.Integer()),
    channels: Type.Optional(Type.Integer()),
    bitrate: Type.Integer({ description: 'Bits per second, measured' }),
    frame_rate: Type.Number({ description: 'Frames per second, measured' }),
    samples: Type.Integer(),
    bytes: Type.Integer(),
    key_frames: Type.Integer(),
  }),
);

const SummaryFields = {
  stream_id: Type.String(),
  state: StreamState,
  protocol: Type.Optional(Type.String({ description: "The publisher's, or the ingest's" })),
  publisher: Type.Optional(Type.Object({ peer: Type.String(), since: Time })),
  created_at: Type.Optional(Time),
  uptime_seconds: Seconds,
  tracks: Type.Array(the(TrackSchema)),
  bitrate: Type.Integer({ description: 'Bits per second of all tracks' }),
  viewers: Type.Object({ count: Type.Integer(), by_protocol: Type.Record(Type.String(), Type.Integer()) }),
  notes: Type.Array(Type.String({ description: 'What some formats had to leave out' })),
  ingest: Type.Optional(the(IngestSchema)),
};

export const StreamSummarySchema = named('StreamSummary', Type.Object(SummaryFields));

export const HistoryEntrySchema = named(
  'HistoryEntry',
  Type.Object({
    at: Time,
    last_at: Time,
    step: Type.String(),
    detail: Type.String(),
    count: Type.Integer({ description: 'How often in a row' }),
  }),
);

export const StreamDetailSchema = named(
  'StreamDetail',
  Type.Object({
    ...SummaryFields,
    history: Type.Array(the(HistoryEntrySchema), {
      description: 'The time line of what happened to the stream, oldest first',
    }),
    pushes: Type.Array(the(PushSchema)),
  }),
);

export const StreamStatsSchema = named(
  'StreamStats',
  Type.Object({
    stream_id: Type.String(),
    state: StreamState,
    uptime_seconds: Seconds,
    bytes_in: Type.Integer(),
    bytes_out: Type.Integer(),
    bitrate: Type.Integer({ description: 'Bits per second of all tracks' }),
    gop_bytes: Type.Integer({ description: 'Cached for viewers to come' }),
    viewers: SummaryFields.viewers,
    tracks: Type.Array(the(TrackSchema)),
  }),
);

export const ViewerSchema = named(
  'Viewer',
  Type.Object({
    id: Type.String(),
    protocol: Type.String(),
    peer: Type.String(),
    since: Time,
    bytes_sent: Type.Integer(),
  }),
);

export const DEFAULT_LIMIT = 100;

export const PageFields = {
  total: Type.Integer({ description: 'That match the filters' }),
  limit: Type.Integer(),
  offset: Type.Integer(),
};
const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: DEFAULT_LIMIT })),
  offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
};

export const StreamListSchema = Type.Object({
  streams: Type.Array(the(StreamSummarySchema)),
  ...PageFields,
});
export const ViewerListSchema = Type.Object({ viewers: Type.Array(the(ViewerSchema)), ...PageFields });

export const PageQuerySchema = Type.Object(PageQuery, strict);
export const ListQuerySchema = Type.Object(
  {
    ...PageQuery,
    state: Type.Optional(StreamState),
    protocol: Type.Optional(Type.String({ maxLength: 32, description: "The publisher's, or the ingest's" })),
    q: Type.Optional(Type.String({ maxLength: 128, description: 'Part of the stream id, in any case' })),
  },
  strict,
);

export const StreamParamsSchema = Type.Object({ stream_id: StreamId });
export const PushParamsSchema = Type.Object({ stream_id: StreamId, push_id: Type.String({ maxLength: 64 }) });

// --- requests ---------------------------------------------------------------------------------------------------

const UrlSource = Type.Object({ url: Url }, strict);

export const IngestRequestSchema = named(
  'IngestRequest',
  Type.Object(
    {
      protocol: oneOf(['rtmp', 'rtsp', 'gb28181', 'srt', 'webrtc']),
      stream_id: Type.Optional(
        Type.String({ maxLength: 257, description: 'Needed where it does not follow from the source' }),
      ),
      source: Type.Object(
        {
          rtmp: Type.Optional(
            Type.Object(
              {
                app: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
                stream: Type.Optional(Type.String({ minLength: 1, maxLength: 128 })),
                url: Type.Optional(Url),
              },
              { ...strict, description: '`app` and `stream` to wait for a publisher, or `url` to pull' },
            ),
          ),
          rtsp: Type.Optional(
            Type.Object(
              {
                url: Url,
                transport: Type.Optional(
                  oneOf(['auto', 'tcp', 'udp'], '`auto`: UDP, and TCP where nothing comes by it'),
                ),
                username: Type.Optional(Type.String({ maxLength: 256 })),
                password: Type.Optional(Type.String({ maxLength: 256 })),
                on_demand: Type.Optional(
                  Type.Boolean({ description: 'Connect with the first viewer, and leave after the last' }),
                ),
                profile: Type.Optional(
                  Type.String({
                    maxLength: 64,
                    description: 'The kind of camera, where it is not found out',
                  }),
                ),
              },
              { ...strict, description: 'A camera to pull from; `rtsp://` or `rtsps://`' },
            ),
          ),
          gb28181: Type.Optional(
            Type.Object(
              {
                device_id: Type.String({ minLength: 1, maxLength: 32 }),
                channel_id: Type.String({ minLength: 1, maxLength: 32 }),
                stream: Type.Optional(oneOf(['main', 'sub'], 'Left out: what the device sends unasked')),
                transport: Type.Optional(
                  oneOf(
                    ['udp', 'tcp-passive', 'tcp-active'],
                    '`tcp-passive` waits for the device to connect',
                  ),
                ),
                on_demand: Type.Optional(
                  Type.Boolean({
                    description: 'Ask with the first viewer, and end after the last; yes if left out',
                  }),
                ),
                from: Type.Optional(Time),
                to: Type.Optional(Time),
                download_speed: Type.Optional(Type.Number({ minimum: 1, maximum: 32 })),
              },
              {
                ...strict,
                description:
                  'A channel of a registered device; with `from` and `to` what it recorded then, with `download_speed` as fast as that',
              },
            ),
          ),
          srt: Type.Optional(UrlSource),
        },
        { ...strict, description: "The member named as the protocol is used; others' are let pass" },
      ),
    },
    strict,
  ),
);
export type IngestSource = Static<typeof IngestRequestSchema>['source'];

export const PushRequestSchema = named('PushRequest', Type.Object({ url: Url }, strict));

export const IngestListSchema = Type.Object({ ingests: Type.Array(the(IngestSchema)) });
export const PushListSchema = Type.Object({ pushes: Type.Array(the(PushSchema)) });

// --- playback, server -------------------------------------------------------------------------------------------

export const PlayQuerySchema = Type.Object(
  {
    protocol: Type.Optional(
      Type.String({ maxLength: 16, description: 'hls, flv, rtmp, webrtc; left out: all that there are' }),
    ),
    codecs: Type.Optional(
      Type.String({
        maxLength: MAX_CODECS_LENGTH,
        description:
          'What the player knows; the addresses are those of a form of the stream that it can play',
        examples: ['avc1.64001f,mp4a.40.2'],
      }),
    ),
  },
  strict,
);

export const PlaySchema = named(
  'Play',
  Type.Object({
    stream_id: Type.String({
      description: 'Whose addresses these are: the stream, or what is made of it for the codecs',
      examples: ['cam1.h264'],
    }),
    urls: Type.Record(Type.String(), Type.String(), { description: 'By format' }),
  }),
);

export const ProtocolSchema = named(
  'Protocol',
  Type.Object({
    protocol: Type.String(),
    listening: Type.Array(Type.String()),
    connections: Type.Integer(),
    publishers: Type.Integer(),
    viewers: Type.Integer(),
    bytes_in: Type.Integer(),
    bytes_out: Type.Integer(),
    refused: Type.Record(Type.String(), Type.Integer(), { description: 'Turned away, by error code' }),
  }),
);

export const NodeSchema = named(
  'Node',
  Type.Object(
    {
      name: Type.String(),
      pid: Type.Integer(),
      started_at: Time,
      memory_bytes: Type.Integer({ description: 'Resident' }),
      cpu_seconds: Type.Number({ description: 'CPU time since its start' }),
      streams: Type.Integer({ description: 'That are published or pulled on it' }),
      relays: Type.Integer({ description: 'That it fetches from other nodes' }),
      turn_interval_ms: Type.Number({
        description: 'Between turns of the event loop while they are spaced; 0 while they are not',
      }),
      flush_interval_ms: Type.Number({ description: 'For which frames are gathered' }),
      flush_duration_ms: Type.Number({ description: 'That a flush takes' }),
      flush_bytes: Type.Integer({ description: 'That a flush sends, to all viewers together' }),
      event_loop_delay_ms: Type.Number({ description: 'How late timers ran, 99th percentile of a minute' }),
    },
    { description: 'A media node: a process that receives and sends media' },
  ),
);

export const ServerSchema = named(
  'Server',
  Type.Object({
    version: Type.String(),
    started_at: Time,
    uptime_seconds: Seconds,
    memory_bytes: Type.Integer({
      description: 'Resident, of this process alone; `/nodes` has the media nodes',
    }),
    heap_bytes: Type.Integer({ description: 'Used by JavaScript' }),
    buffer_bytes: Type.Integer({ description: 'Of media and sockets, outside the heap' }),
    event_loop_delay_ms: Type.Number({ description: 'How late timers ran, 99th percentile of a minute' }),
    streams: Type.Integer(),
    media_port: Type.Integer({ description: 'Where `/flv` and `/hls` are served' }),
  }),
);

export const NodeListSchema = Type.Object({ nodes: Type.Array(the(NodeSchema)) });
export const ProtocolListSchema = Type.Object({ protocols: Type.Array(the(ProtocolSchema)) });
export const HealthSchema = Type.Object({ status: oneOf(['ok']) });

/** What references point to. */
export const NAMED_SCHEMAS: readonly TSchema[] = [
  ProblemSchema,
  IngestSchema,
  PushSchema,
  TrackSchema,
  StreamSummarySchema,
  HistoryEntrySchema,
  StreamDetailSchema,
  StreamStatsSchema,
  ViewerSchema,
  IngestRequestSchema,
  PushRequestSchema,
  PlaySchema,
  ProtocolSchema,
  NodeSchema,
  ServerSchema,
];
