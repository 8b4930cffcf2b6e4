import type { BlockList } from 'node:net';
import { isIPv6 } from 'node:net';
import fastifyRateLimit from '@fastify/rate-limit';
import { clientAddress } from '@flux-iot/core/access/client-address';
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

/**
 * Turns addresses away that ask too often, with `Retry-After`; before anything else is done for them, and on paths that
 * do not exist, too. `limit` may change while the server runs.
 */
export async function limitRates(app: FastifyInstance, limit: RateLimit, proxies: BlockList): Promise<void> {
  await app.register(fastifyRateLimit, {
    global: false,
    max: () => limit.perSecond * WINDOW_SECONDS,
    timeWindow: WINDOW_SECONDS * 1000,
    cache: MAX_ADDRESSES,
    enableDraftSpec: true,
    keyGenerator: ({ socket, headers }) => {
      const peer = socket.remoteAddress ?? '';
      return network(clientAddress(peer, headers, proxies) ?? peer);
    },
    allowList: request => limit.perSecond === 0 || UNLIMITED.has(request.routeOptions.url),
    errorResponseBuilder: (_request, { after }) =>
      new FluxError('RATE_LIMITED', `The address has asked too often; it may ask again in ${after}.`),
  });
  app.addHook('onRequest', app.rateLimit());
}

/** Of IPv6, a client has a whole network of 64 bits to itself. */
function network(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = '', tail] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros =
    tail === undefined ? [] : Array<string>(Math.max(0, 8 - groups.length - after.length)).fill('0');
  return [...groups, ...zeros, ...after].slice(0, 4).join(':');
}
