import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AuditLog } from './audit-log.ts';
import type { AuditEvent } from './entry.ts';
import { redact } from './redact.ts';
import { RefusalBudget } from './refusal-budget.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the problem that it is answered with. */
    problemCode: string | undefined;
    /** What an anonymous request says of who it is, such as the name of a login. */
    claimedName: string | undefined;
    /** What the request made, where its path does not say it. */
    auditTarget: string | undefined;
  }
}

/** Writes down every change, and every attempt that was refused, before it is answered. */
export function auditRequests(app: FastifyInstance, log: AuditLog): void {
  const budget = new RefusalBudget();
  app.addHook('onSend', async (request, reply) => {
    const isChange = !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
    const isRefused = [401, 403, 429].includes(reply.statusCode);
    // A path that leads nowhere is no attempt at anything.
    const isLogin = request.claimedName !== undefined;
    if (request.routeOptions.url === undefined || (!isChange && !isRefused && !isLogin)) return;
    const event = eventOf(request, reply, isRefused);
    if (!isRefused) {
      await log.append(event);
      return;
    }
    const omitted = budget.take(event.address);
    if (omitted === undefined) return;
    await log.append(
      omitted === 0 ? event : { ...event, details: { ...event.details, refusals_left_out: omitted } },
    );
  });
}

function eventOf(request: FastifyRequest, reply: FastifyReply, isRefused: boolean): AuditEvent {
  const { principal, method, routeOptions, params, body } = request;
  const result = isRefused ? 'refused' : reply.statusCode < 400 ? 'ok' : 'failed';
  const named = Object.entries((params ?? {}) as Record<string, string>);
  return {
    actor: principal?.name ?? request.claimedName ?? 'anonymous',
    actorId: principal?.userId ?? principal?.keyId,
    tenantId: principal?.tenantId,
    action: `${method} ${routeOptions.url}`,
    target: (request.auditTarget ?? named.map(([, value]) => value).join('/')).slice(0, 300),
    address: request.clientAddress ?? `${request.socket.remoteAddress} (a proxy)`,
    result,
    code: result === 'ok' ? undefined : request.problemCode,
    requestId: request.id,
    details: body === undefined || body === null ? {} : { body: redact(body) },
  };
}
