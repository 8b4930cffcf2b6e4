import { FluxError } from '@flux-iot/core/errors/flux-error';
import { PROBLEM_MEDIA_TYPE, problemOf } from '@flux-iot/core/errors/problem';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Makes every error of the API a problem document with a stable code and the request's id. */
export function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((cause: FastifyError | FluxError, request, reply) => {
    const error = cause instanceof FluxError ? cause : fluxErrorOf(cause);
    if (error.status >= 500) request.log.error({ err: cause }, error.message);
    return sendProblem(reply, request, error);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]?.slice(0, 200);
    return sendProblem(
      reply,
      request,
      new FluxError('ROUTE_NOT_FOUND', `There is nothing at ${request.method} ${path}.`),
    );
  });
}

function sendProblem(reply: FastifyReply, request: FastifyRequest, error: FluxError): FastifyReply {
  return reply
    .code(error.status)
    .type(PROBLEM_MEDIA_TYPE)
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send({ ...problemOf(error), request_id: request.id });
}

/** What Fastify itself found wrong with the request. */
function fluxErrorOf(cause: FastifyError): FluxError {
  if (cause.validation) {
    const where = cause.validationContext ?? 'request';
    const details = cause.validation.map(({ instancePath, message, params }) => {
      const field = instancePath.replaceAll('/', '.').replace(/^\./, '');
      const allowed = 'allowedValues' in params ? `: ${JSON.stringify(params.allowedValues)}` : '';
      const extra = 'additionalProperty' in params ? ` (${String(params.additionalProperty)})` : '';
      return `${where}${field ? `.${field}` : ''} ${message ?? 'is wrong'}${allowed}${extra}`;
    });
    return new FluxError('REQUEST_INVALID', `${[...new Set(details)].join('; ')}.`, { cause });
  }
  if (cause.statusCode === 413)
    return new FluxError('REQUEST_TOO_LARGE', 'The body is too large.', { cause });
  if (cause.statusCode === 415)
    return new FluxError('REQUEST_INVALID', 'The body must be application/json.', { cause });
  if (cause.statusCode && cause.statusCode < 500)
    return new FluxError('REQUEST_INVALID', cause.message, { cause });
  return FluxError.from(cause);
}
