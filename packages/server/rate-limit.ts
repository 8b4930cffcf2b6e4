import fastifyRateLimit from '@fastify/rate-limit';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyInstance } from 'fastify';

/** Requests that an address may put in a second, on average over a minute; 0 for as many as it likes. */
export interface RateLimit {
  perSecond: number;
}

const WINDOW_SECONDS = 60;
/** Addresses that are counted at a time; those longest silent are forgotten. */
const MAX_ADDRESSES = 20_000;
/** Who watches over the server is not to be turned away. */
const UNLIMITED: ReadonlySet<string | undefined> = new Set(['/healthz', '/readyz']);

/** Turns addresses away that ask too often, with `Retry-After`. `limit` may change while the server runs. */
export async function limitRates(app: FastifyInstance, limit: RateLimit): Promise<void> {
  await app.register(fastifyRateLimit, {
    max: () => limit.perSecond * WINDOW_SECONDS,
    timeWindow: WINDOW_SECONDS * 1000,
    cache: MAX_ADDRESSES,
    enableDraftSpec: true,
    allowList: request => limit.perSecond === 0 || UNLIMITED.has(request.routeOptions.url),
    errorResponseBuilder: (_request, { after }) =>
      new FluxError('RATE_LIMITED', `The address has asked too often; it may ask again in ${after}.`),
  });
}
