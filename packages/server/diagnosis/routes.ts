import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { timeLineOf } from '@flux-iot/core/control/media-control';
import { knownStream, type RouteContext } from '../context.ts';
import { PROBLEMS, StreamParamsSchema, the } from '../schemas.ts';
import { diagnose } from './diagnosis.ts';
import { presentDiagnosis } from './present.ts';
import { DiagnosisSchema } from './schemas.ts';

/** Why there is no picture. */
export const diagnosisRoutes: FastifyPluginAsyncTypebox<RouteContext> = async (app, context) => {
  app.get(
    '/streams/:stream_id/diagnosis',
    {
      schema: {
        summary:
          'Why the stream has no picture: which step is missing, what was seen instead, what to change',
        tags: ['streams'],
        params: StreamParamsSchema,
        response: { 200: the(DiagnosisSchema), ...PROBLEMS },
      },
    },
    async ({ params }) => {
      const report = await knownStream(context, params.stream_id);
      return presentDiagnosis(report.streamId, diagnose(report), timeLineOf(report));
    },
  );
};
