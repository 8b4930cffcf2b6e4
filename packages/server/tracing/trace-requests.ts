import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pathOf } from '../errors.ts';
import type { RequestSpan, SpanAttributes, Tracing } from './tracing.ts';

/** It lasts for as long as somebody listens, and nothing is learnt from how long that was. */
const EVENTS = '/api/v1/events';

/**
 * A span for each request to the API, by its route, and the trace's id in the request's lines of the log. Attributes
 * are those of the semantic conventions for HTTP servers. To be called before other hooks: they are part of it.
 */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  const spans = new WeakMap<FastifyRequest, RequestSpan>();
  app.addHook('onRequest', (request, reply, done) => {
    const { url: route } = request.routeOptions;
    if (!route?.startsWith('/api/v1/') || route === EVENTS) return done();
    const attributes = {
      'http.request.method': request.method,
      'http.route': route,
      'url.path': pathOf(request.url),
      'url.scheme': request.protocol,
      'flux.request_id': request.id,
    };
    const span = tracing.begin(`${request.method} ${route}`, attributes, request.headers);
    spans.set(request, span);
    request.log = request.log.child({ trace_id: span.traceId });
    reply.log = request.log;
    tracing.within(span, done);
  });
  // Where there is a body, what follows is called from its socket.
  app.addHook('preValidation', (request, _reply, done) => {
    const span = spans.get(request);
    if (span) tracing.within(span, done);
    else done();
  });
  const end = (request: FastifyRequest, attributes: SpanAttributes, failure?: string) => {
    const { tenantId } = request.principal ?? {};
    const tenant: SpanAttributes = tenantId === undefined ? {} : { 'flux.tenant': tenantId };
    spans.get(request)?.end({ ...attributes, ...tenant }, failure);
    spans.delete(request);
  };
  app.addHook('onResponse', async (request, { statusCode }) => {
    const failure = statusCode >= 500 ? (request.problemCode ?? String(statusCode)) : undefined;
    end(request, { 'http.response.status_code': statusCode }, failure);
  });
  app.addHook('onRequestAbort', async request => end(request, {}, 'aborted'));
}
