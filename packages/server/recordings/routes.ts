import type { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { ActiveRecording, Recording } from '@flux-iot/core/record/recording';
import { rangeOf } from '@flux-iot/core/storage/byte-range';
import { parseStreamId } from '@flux-iot/core/stream/stream-id';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { isVisible } from '../access/access-control.ts';
import { principalOf, visibleTenant } from '../access/principal.ts';
import { knownStream, type RouteContext } from '../context.ts';
import { DEFAULT_LIMIT, PROBLEMS, StreamParamsSchema, the } from '../schemas.ts';
import { daysOfMonth } from './days.ts';
import type { RecordingLibrary } from './library.ts';
import type { IndexedRecording } from './recording-index.ts';
import {
  ActiveListSchema,
  ActiveRecordingSchema,
  DaysQuerySchema,
  DaysSchema,
  HoldRequestSchema,
  RangeQuerySchema,
  RecordingListSchema,
  RecordingParamsSchema,
  RecordingQuerySchema,
  RecordingSchema,
  RecordRequestSchema,
  SegmentParamsSchema,
} from './schemas.ts';

interface RecordingContext extends RouteContext {
  readonly recordings: RecordingLibrary;
}

const tags = ['recordings'];
const MEDIA_TYPES = { fmp4: 'video/mp4', flv: 'video/x-flv', ts: 'video/mp2t' } as const;
const EXTENSIONS = { fmp4: 'mp4', flv: 'flv', ts: 'ts' } as const;
const PLAYLIST_TYPE = 'application/vnd.apple.mpegurl';

/** Recording streams, and what was recorded: finding, playing, fetching and deleting it. */
export const recordingRoutes: FastifyPluginAsyncTypebox<RecordingContext> = async (app, context) => {
  const { recordings, accounts } = context;

  // Of another tenant there are none.
  app.addHook('preHandler', async request => {
    const { params } = request;
    if (typeof params !== 'object' || params === null || !('recording_id' in params)) return;
    const id = String(params.recording_id);
    const { recording } = await recordings.get(id);
    if (!isVisible(principalOf(request), accounts, recording.streamId)) {
      throw new FluxError('RECORDING_NOT_FOUND', `There is no recording ${id}.`);
    }
  });

  app.post(
    '/streams/:stream_id/record',
    {
      schema: {
        summary: 'Record the stream from now on',
        tags,
        params: StreamParamsSchema,
        body: the(RecordRequestSchema),
        response: { 201: the(ActiveRecordingSchema), ...PROBLEMS },
      },
      // Without a body all is as configured.
      preValidation: async request => {
        request.body ??= {};
      },
    },
    async (request, reply) => {
      const { streamId } = await knownStream(context, request.params.stream_id);
      const { format, file_seconds, file_bytes } = request.body;
      const active = await recordings.record(streamId, {
        ...(format === undefined ? {} : { format }),
        ...(file_seconds === undefined ? {} : { maxSeconds: file_seconds }),
        ...(file_bytes === undefined ? {} : { maxBytes: file_bytes }),
      });
      return reply.code(201).send(presentActive(active));
    },
  );

  app.delete(
    '/streams/:stream_id/record',
    {
      schema: {
        summary: 'Record the stream no longer',
        tags,
        params: StreamParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      await recordings.stop(parseStreamId(request.params.stream_id));
      return reply.code(204).send(null);
    },
  );

  app.get(
    '/recordings/active',
    { schema: { summary: 'What is being recorded', tags, response: { 200: ActiveListSchema, ...PROBLEMS } } },
    async request => {
      const principal = principalOf(request);
      const active = await recordings.active();
      const visible = active.filter(({ streamId }) => isVisible(principal, accounts, streamId));
      return { recordings: visible.map(presentActive) };
    },
  );

  app.get(
    '/recordings',
    {
      schema: {
        summary: 'Recorded files, oldest first',
        tags,
        querystring: RecordingQuerySchema,
        response: { 200: RecordingListSchema, ...PROBLEMS },
      },
    },
    async request => {
      const { limit = DEFAULT_LIMIT, offset = 0, stream_id, state, from, to } = request.query;
      const principal = principalOf(request);
      const seesAll = visibleTenant(principal) === undefined;
      const found = await recordings.list({
        ...(seesAll ? {} : { isWanted: streamId => isVisible(principal, accounts, streamId) }),
        ...(stream_id === undefined ? {} : { streamId: parseStreamId(stream_id) }),
        ...(state === undefined ? {} : { state }),
        ...(from === undefined ? {} : { from: Date.parse(from) }),
        ...(to === undefined ? {} : { to: Date.parse(to) }),
        limit,
        offset,
      });
      return { recordings: found.recordings.map(present), total: found.total, limit, offset };
    },
  );

  app.get(
    '/recordings/days',
    {
      schema: {
        summary: 'The days of a month on which something was recorded, for a calendar',
        tags,
        querystring: DaysQuerySchema,
        response: { 200: DaysSchema, ...PROBLEMS },
      },
    },
    async request => {
      const { month, time_zone = 'UTC', stream_id } = request.query;
      const principal = principalOf(request);
      const seesAll = visibleTenant(principal) === undefined;
      const filter = {
        ...(seesAll ? {} : { isWanted: (streamId: string) => isVisible(principal, accounts, streamId) }),
        ...(stream_id === undefined ? {} : { streamId: parseStreamId(stream_id) }),
      };
      const days: string[] = [];
      for (const { day, from, to } of daysOfMonth(month, time_zone)) {
        // What is being recorded has no end yet, but not in days to come.
        if (from > Date.now()) break;
        const { total } = await recordings.list({ ...filter, from, to, limit: 1, offset: 0 });
        if (total > 0) days.push(day);
      }
      return { days };
    },
  );

  app.get(
    '/recordings/export.mp4',
    {
      schema: {
        summary: 'A stretch of time as one MP4 file',
        description: 'It begins with the key frame at or before `from`.',
        tags,
        querystring: RangeQuerySchema,
        response: PROBLEMS,
      },
    },
    async ({ query }, reply) => {
      const streamId = parseStreamId(query.stream_id);
      const [from, to] = [Date.parse(query.from), Date.parse(query.to)];
      const { byteLength, stream } = await recordings.export(streamId, from, to);
      const name = `${streamId}-${new Date(from).toISOString().replaceAll(/[-:]|\.\d+/g, '')}.mp4`;
      reply.header('Content-Length', byteLength);
      reply.header('Content-Disposition', `attachment; filename="${name}"`);
      return sendAs(reply, 'video/mp4', stream);
    },
  );

  app.get(
    '/recordings/index.m3u8',
    {
      schema: {
        summary: 'A stretch of time as an HLS playlist',
        tags,
        querystring: RangeQuerySchema,
        response: PROBLEMS,
      },
    },
    async ({ query }, reply) => {
      const [from, to] = [Date.parse(query.from), Date.parse(query.to)];
      const text = await recordings.playlist(
        parseStreamId(query.stream_id),
        from,
        to,
        (id, name) => `${id}/${name}`,
      );
      return sendAs(reply, PLAYLIST_TYPE, text);
    },
  );

  app.get(
    '/recordings/:recording_id',
    {
      schema: {
        summary: 'One recorded file',
        tags,
        params: RecordingParamsSchema,
        response: { 200: the(RecordingSchema), ...PROBLEMS },
      },
    },
    async ({ params }) => present(await recordings.get(params.recording_id)),
  );

  for (const name of Object.values(EXTENSIONS)) {
    app.get(
      `/recordings/:recording_id/media.${name}`,
      {
        schema: {
          summary: `The file itself, where it is ${name.toUpperCase()}`,
          tags,
          params: RecordingParamsSchema,
          response: PROBLEMS,
        },
      },
      async (request, reply) => sendFile(recordings, request.params.recording_id, name, request, reply),
    );
  }

  app.get(
    '/recordings/:recording_id/init.mp4',
    {
      schema: {
        summary: 'What stands before the fragments of an MP4 file, for the HLS playlist',
        tags,
        params: RecordingParamsSchema,
        response: PROBLEMS,
      },
    },
    async ({ params }, reply) =>
      sendAs(reply, 'video/mp4', await recordings.head(await recordings.get(params.recording_id))),
  );

  app.get(
    '/recordings/:recording_id/segment-:start-:end.m4s',
    {
      schema: {
        summary: 'A segment of the HLS playlist',
        tags,
        params: SegmentParamsSchema,
        response: PROBLEMS,
      },
    },
    async ({ params: { recording_id, start, end } }, reply) =>
      sendAs(
        reply,
        'video/iso.segment',
        await recordings.segment(await recordings.get(recording_id), start, end),
      ),
  );

  app.get(
    '/recordings/:recording_id/manifest',
    {
      schema: {
        summary: 'The signed manifest of a finished file',
        tags,
        params: RecordingParamsSchema,
        response: PROBLEMS,
      },
    },
    async ({ params }, reply) =>
      sendAs(reply, 'application/json', await recordings.manifest(await recordings.get(params.recording_id))),
  );

  app.patch(
    '/recordings/:recording_id',
    {
      schema: {
        summary: 'Hold a recorded file, or let it go',
        tags,
        params: RecordingParamsSchema,
        body: the(HoldRequestSchema),
        response: { 200: the(RecordingSchema), ...PROBLEMS },
      },
    },
    async ({ params, body }) => present(await recordings.hold(params.recording_id, body.held)),
  );

  app.delete(
    '/recordings/:recording_id',
    {
      schema: {
        summary: 'Delete a recorded file',
        tags,
        params: RecordingParamsSchema,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async ({ params }, reply) => {
      await recordings.delete(params.recording_id);
      return reply.code(204).send(null);
    },
  );
};

/** What has no schema: files and playlists. */
function sendAs(reply: FastifyReply, type: string, body: Readable | Buffer | string): FastifyReply {
  return reply.type(type).send(body);
}

async function sendFile(
  recordings: RecordingLibrary,
  id: string,
  extension: string,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const entry = await recordings.get(id);
  const { format } = entry.recording;
  if (EXTENSIONS[format] !== extension) {
    throw new FluxError(
      'RECORDING_NOT_FOUND',
      `Recording ${id} is not ${extension}, but ${EXTENSIONS[format]}.`,
    );
  }
  const size = await recordings.size(entry);
  const range = rangeOf(request.headers.range, size);
  reply.header('Accept-Ranges', 'bytes').type(MEDIA_TYPES[format]);
  if (range === 'unsatisfiable') {
    reply.header('Content-Range', `bytes */${size}`);
    throw new FluxError('RANGE_INVALID', `The recording has ${size} bytes.`);
  }
  const { start, end } = range ?? { start: 0, end: size };
  if (range) reply.code(206).header('Content-Range', `bytes ${start}-${end - 1}/${size}`);
  reply.header('Content-Length', end - start);
  if (request.method === 'HEAD') return reply.send('');
  return reply.send(await recordings.read(entry, { start, end }));
}

function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function present({ recording, held }: IndexedRecording): Static<typeof RecordingSchema> {
  const { id, streamId, session, state, format, startedAt, endedAt, startTime, endTime, size, key } =
    recording;
  return {
    id,
    stream_id: streamId,
    session,
    state,
    format,
    started_at: time(startedAt),
    ended_at: time(endedAt),
    duration_seconds: Math.round((endTime - startTime) * 1000) / 1000,
    size,
    tracks: recording.tracks.map(presentTrack),
    gaps: recording.gaps.map(({ from, to, reason }) => ({ from: time(from), to: time(to), reason })),
    end_reason: recording.endReason,
    held,
    path: key,
    url: `/api/v1/recordings/${id}/media.${EXTENSIONS[format]}`,
  };
}

function presentTrack(track: Recording['tracks'][number]) {
  const { kind, codec, codecString, width, height, sampleRate, channels } = track;
  return { kind, codec, codec_string: codecString, width, height, sample_rate: sampleRate, channels };
}

function presentActive(active: ActiveRecording): Static<typeof ActiveRecordingSchema> {
  const { streamId, format, state, since, origin, recording, lastError } = active;
  return {
    stream_id: streamId,
    format,
    state,
    since: time(since),
    origin,
    recording_id: recording?.id,
    size: recording?.size,
    last_error: lastError,
  };
}
