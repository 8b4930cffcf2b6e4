import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { timeLineOf } from '@flux-iot/core/control/media-control';
import { knownStream, type RouteContext } from '../context.ts';
import { presentHistory, time } from '../present.ts';
import { PROBLEMS, StreamParamsSchema, the } from '../schemas.ts';
import { diagnose } from './diagnosis.ts';
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
      const { verdict, summary, missing, steps, findings, advice } = diagnose(report);
      return {
        ...{ stream_id: report.streamId, verdict, summary, missing_step: missing, advice: [...advice] },
        steps: steps.map(({ id, title, isDone, at, detail }) => ({
          ...{ id, title, done: isDone, detail },
          at: at === undefined ? undefined : time(at),
        })),
        findings: findings.map(({ at, ...finding }) => ({ ...finding, at: time(at) })),
        history: timeLineOf(report).map(presentHistory),
      };
    },
  );
};
