import type { Socket } from 'node:net';
import { FluxError, retryAfterOf } from '@flux-iot/core/errors/flux-error';
import { PROBLEM_MEDIA_TYPE, problemOf } from '@flux-iot/core/errors/problem';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RouteMethods } from './route-methods.ts';

/** Makes every error of the API a problem document with a stable code and the request's id. */
export function answerErrors(app: FastifyInstance): void {
  const methods = new RouteMethods(app);
  app.setErrorHandler((cause: FastifyError | FluxError, request, reply) => {
    const error = fluxErrorOf(cause);
    if (error.status >= 500) request.log.error({ err: cause }, error.message);
    return sendProblem(reply, request, error);
  });
  app.setNotFoundHandler((request, reply) => {
    const path = pathOf(request.url).slice(0, 200);
    const allowed = methods.of(pathOf(request.url));
    if (allowed.length === 0) {
      return sendProblem(reply, request, new FluxError('ROUTE_NOT_FOUND', `There is nothing at ${path}.`));
    }
    reply.header('Allow', allowed.join(', '));
    return sendProblem(
      reply,
      request,
      new FluxError(
        'METHOD_NOT_ALLOWED',
        `${path} does not take ${request.method}, but ${allowed.join(', ')}.`,
      ),
    );
  });
}

/** A path that the router cannot read. */
export function answerFrameworkError(
  cause: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  sendProblem(reply, request, fluxErrorOf(cause));
}

/** What is not HTTP, or comes too slowly. */
export function answerUnreadable(cause: NodeJS.ErrnoException, socket: Socket): void {
  if (cause.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const error =
    cause.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new FluxError('TIMED_OUT', 'The request did not arrive in time.')
      : new FluxError('REQUEST_INVALID', 'This is not an HTTP request that can be read.');
  const body = JSON.stringify(problemOf(error));
  const lines = [
    `HTTP/1.1 ${error.status} ${error.code}`,
    `Content-Type: ${PROBLEM_MEDIA_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

export function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

function sendProblem(reply: FastifyReply, request: FastifyRequest, error: FluxError): FastifyReply {
  request.problemCode = error.code;
  if (error.status === 401) reply.header('WWW-Authenticate', 'Bearer');
  const retryAfter = retryAfterOf(error);
  if (retryAfter !== undefined && !reply.hasHeader('Retry-After'))
    reply.header('Retry-After', String(retryAfter));
  return reply
    .code(error.status)
    .type(PROBLEM_MEDIA_TYPE)
    .serializer((payload: unknown) => JSON.stringify(payload))
    .send({ ...problemOf(error), request_id: request.id });
}

/** What Fastify itself found wrong with the request, in our codes. */
function fluxErrorOf(cause: FastifyError | FluxError): FluxError {
  if (cause instanceof FluxError) return cause;
  if (cause.validation) return new FluxError('REQUEST_INVALID', describeValidation(cause), { cause });
  switch (cause.statusCode) {
    case 413:
      return new FluxError('REQUEST_TOO_LARGE', 'The body is longer than 64 KiB.', { cause });
    case 415:
      return new FluxError('MEDIA_TYPE_UNSUPPORTED', 'The body must be application/json.', { cause });
    default:
      if (cause.statusCode && cause.statusCode >= 400 && cause.statusCode < 500)
        return new FluxError('REQUEST_INVALID', cause.message, { cause });
      return FluxError.from(cause);
  }
}

/** `body.protocol must be one of rtmp, rtsp; body.x is not known here.` */
function describeValidation({ validation = [], validationContext: part = 'body' }: FastifyError): string {
  const faults = validation.map(({ keyword, instancePath, message = 'is wrong', params }) => {
    const where = `${part}${instancePath.replaceAll('/', '.')}`;
    if (keyword === 'required') return `${where}.${params.missingProperty} is missing`;
    if (keyword === 'additionalProperties') return `${where}.${params.additionalProperty} is not known here`;
    if (keyword === 'enum' && Array.isArray(params.allowedValues))
      return `${where} must be one of ${params.allowedValues.join(', ')}`;
    return `${where} ${message}`;
  });
  return `${faults.slice(0, 5).join('; ')}.`;
}
