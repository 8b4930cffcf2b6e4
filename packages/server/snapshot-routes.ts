import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { RecordedSnapshotSource } from '@flux-iot/core/snapshot/recorded-snapshots';
import {
  DEFAULT_QUALITY,
  MAX_AGE,
  MAX_SIDE,
  MIN_SIDE,
  PICTURE_FORMATS,
  SNAPSHOT_MODES,
  SNAPSHOT_PATHS,
  type Snapshot,
  type SnapshotSource,
} from '@flux-iot/core/snapshot/snapshot';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import { Type } from 'typebox';
import { oneOf, PROBLEMS, StreamParamsSchema } from './schemas.ts';

export interface SnapshotContext {
  readonly snapshots: SnapshotSource | undefined;
  readonly recordedSnapshots: RecordedSnapshotSource | undefined;
}

const side = (description: string) =>
  Type.Optional(Type.Integer({ minimum: MIN_SIDE, maximum: MAX_SIDE, description }));

const SnapshotQuerySchema = Type.Object(
  {
    mode: Type.Optional(
      oneOf(
        SNAPSHOT_MODES,
        '`keyframe`: the last key frame; `decode`: the newest frame; `auto`: one not older than `max_age`, else the last key frame, else the last good picture',
      ),
    ),
    width: side('Pixels; alone, it keeps the aspect'),
    height: side('Pixels; alone, it keeps the aspect'),
    format: Type.Optional(oneOf(PICTURE_FORMATS)),
    quality: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 100, default: DEFAULT_QUALITY, description: 'Of JPEG and WebP' }),
    ),
    turn: Type.Optional(
      Type.Integer({ description: 'Any number: a browser asks anew for an address that is another' }),
    ),
    max_age: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: MAX_AGE,
        description: 'Seconds that a picture made for somebody else may be old; 2 for `auto`, else 0',
      }),
    ),
    at: Type.Optional(
      Type.String({
        format: 'date-time',
        description:
          'The picture that was recorded at this time (RFC 3339): the key frame at or before it, with `mode=decode` the very frame',
      }),
    ),
    allow_stale: Type.Optional(
      Type.Boolean({
        description: 'The last picture that there is will do, also of a stream that is not live',
      }),
    ),
  },
  { additionalProperties: false },
);

const AUTO_MAX_AGE = 2;

const PictureResponse = {
  description: 'The picture',
  headers: {
    'X-Snapshot-Path': {
      schema: oneOf(SNAPSHOT_PATHS),
      description:
        'Where it came from; `last`: a newer one could not be had; `recording`: it was asked for by its time',
    },
    'X-Snapshot-Time': {
      schema: { type: 'string', format: 'date-time' },
      description: 'When it reached the server, also of what was recorded then',
    },
    'X-Snapshot-Age': { schema: { type: 'number' }, description: 'Seconds since then' },
    'X-Snapshot-Width': { schema: { type: 'integer' }, description: 'Pixels' },
    'X-Snapshot-Height': { schema: { type: 'integer' }, description: 'Pixels' },
    'X-Snapshot-Reason': {
      schema: { type: 'string' },
      description: 'Of `last`: the code of what kept a newer one from being had',
    },
  },
  content: Object.fromEntries(
    PICTURE_FORMATS.map(format => [`image/${format}`, { schema: { type: 'string', format: 'binary' } }]),
  ),
};

/** The specification's §5.3: a picture of a stream, whatever protocol brings it. */
export const snapshotRoutes: FastifyPluginAsyncTypebox<SnapshotContext> = async (
  app,
  { snapshots, recordedSnapshots },
) => {
  app.get(
    '/streams/:stream_id/snapshot',
    {
      schema: {
        summary: 'A picture of the stream',
        tags: ['streams'],
        params: StreamParamsSchema,
        querystring: SnapshotQuerySchema,
        response: { 200: PictureResponse, ...PROBLEMS },
      },
      // Its body is made already.
      serializerCompiler: () => data => data as string,
    },
    async (request, reply) => {
      if (!snapshots) throw new FluxError('NOT_READY', 'There are no pictures here.');
      const { mode = 'auto', format = 'jpeg', quality = DEFAULT_QUALITY, width, height } = request.query;
      const { max_age: maxAge = mode === 'auto' ? AUTO_MAX_AGE : 0, allow_stale: allowStale = false } =
        request.query;
      const streamId = parseStreamId(request.params.stream_id);
      const shape = { width, height, format, quality };
      const { at } = request.query;
      if (at !== undefined && !recordedSnapshots)
        throw new FluxError('NOT_READY', 'There are no pictures of recordings here.');
      const snapshot =
        at !== undefined && recordedSnapshots
          ? await recordedSnapshots.snapshot(streamId, { ...shape, mode, at: Date.parse(at) })
          : await snapshots.snapshot(streamId, { ...shape, mode, maxAge, allowStale });
      reply.headers(headersOf(snapshot)).type(`image/${snapshot.format}`);
      return reply.send(snapshot.data);
    },
  );
};

function headersOf({ path, takenAt, width, height, reason }: Snapshot): Record<string, string> {
  const taken = new Date(takenAt);
  return {
    'X-Snapshot-Path': path,
    'X-Snapshot-Time': taken.toISOString(),
    'X-Snapshot-Age': (Math.max(0, Date.now() - takenAt) / 1000).toFixed(3),
    'X-Snapshot-Width': String(width),
    'X-Snapshot-Height': String(height),
    'Last-Modified': taken.toUTCString(),
    ...(reason === undefined ? {} : { 'X-Snapshot-Reason': reason }),
  };
}
