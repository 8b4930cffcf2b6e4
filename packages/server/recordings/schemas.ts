import { RECORDING_FORMATS } from '@flux-iot/core/record/recording';
import { Type } from 'typebox';
import { DEFAULT_LIMIT, named, oneOf, Time, the } from '../schemas.ts';

const strict = { additionalProperties: false };

const Format = oneOf(RECORDING_FORMATS, '`fmp4`: MP4 of fragments');

export const RecordingSchema = named(
  'Recording',
  Type.Object({
    id: Type.String(),
    stream_id: Type.String(),
    session: Type.String({ description: 'The same for files that go on from one another' }),
    state: oneOf(['recording', 'finished']),
    format: Format,
    started_at: Time,
    ended_at: Time,
    duration_seconds: Type.Number(),
    size: Type.Integer({ description: 'Bytes' }),
    tracks: Type.Array(
      Type.Object({
        kind: oneOf(['video', 'audio']),
        codec: Type.String(),
        codec_string: Type.String({ description: 'RFC 6381' }),
        width: Type.Optional(Type.Integer()),
        height: Type.Optional(Type.Integer()),
        sample_rate: Type.Optional(Type.Integer()),
        channels: Type.Optional(Type.Integer()),
      }),
    ),
    gaps: Type.Array(Type.Object({ from: Time, to: Time, reason: Type.String() }), {
      description: 'What was not recorded',
    }),
    end_reason: Type.Optional(Type.String()),
    held: Type.Boolean({ description: 'It is deleted by nothing and nobody' }),
    path: Type.String({ description: 'In the storage' }),
    url: Type.String({ description: 'Of its file' }),
  }),
);

export const ActiveRecordingSchema = named(
  'ActiveRecording',
  Type.Object({
    stream_id: Type.String(),
    format: Format,
    state: oneOf(['recording', 'waiting'], '`waiting` for a key frame, or for room'),
    since: Time,
    origin: oneOf(['rule', 'request']),
    recording_id: Type.Optional(Type.String({ description: 'Of the file at hand' })),
    size: Type.Optional(Type.Integer({ description: 'Bytes of the file at hand' })),
    last_error: Type.Optional(Type.String()),
  }),
);

export const RecordRequestSchema = named(
  'RecordRequest',
  Type.Object(
    {
      format: Type.Optional(Format),
      file_seconds: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 86_400,
          description: 'A file ends at the first key frame after it',
        }),
      ),
      file_bytes: Type.Optional(Type.Integer({ minimum: 65_536, maximum: 1_099_511_627_776 })),
    },
    strict,
  ),
);

export const HoldRequestSchema = named('HoldRequest', Type.Object({ held: Type.Boolean() }, strict));

export const RecordingListSchema = Type.Object({
  recordings: Type.Array(the(RecordingSchema)),
  total: Type.Integer({ description: 'That match the filters' }),
  limit: Type.Integer(),
  offset: Type.Integer(),
});

export const ActiveListSchema = Type.Object({ recordings: Type.Array(the(ActiveRecordingSchema)) });

const StreamQuery = Type.String({ maxLength: 257, description: 'Id of the stream' });

export const RecordingQuerySchema = Type.Object(
  {
    stream_id: Type.Optional(StreamQuery),
    state: Type.Optional(oneOf(['recording', 'finished'])),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: DEFAULT_LIMIT })),
    offset: Type.Optional(Type.Integer({ minimum: 0, default: 0 })),
  },
  strict,
);

export const DaysQuerySchema = Type.Object(
  {
    month: Type.String({ pattern: '^[0-9]{4}-(0[1-9]|1[0-2])$', examples: ['2026-11'] }),
    time_zone: Type.Optional(
      Type.String({
        maxLength: 64,
        default: 'UTC',
        description: "Of the IANA's database",
        examples: ['Asia/Shanghai'],
      }),
    ),
    stream_id: Type.Optional(StreamQuery),
  },
  strict,
);

export const DaysSchema = Type.Object({
  days: Type.Array(Type.String({ examples: ['2026-11-24'] }), {
    description: 'On which something was recorded',
  }),
});

export const RangeQuerySchema = Type.Object({ stream_id: StreamQuery, from: Time, to: Time }, strict);

export const SegmentParamsSchema = Type.Object({
  recording_id: Type.String({ maxLength: 64 }),
  start: Type.Integer({ minimum: 0, description: 'Of its bytes in the file' }),
  end: Type.Integer({ minimum: 1, description: 'Behind them' }),
});

export const RecordingParamsSchema = Type.Object({ recording_id: Type.String({ maxLength: 64 }) });

export const RECORDING_SCHEMAS = [
  RecordingSchema,
  ActiveRecordingSchema,
  RecordRequestSchema,
  HoldRequestSchema,
];
