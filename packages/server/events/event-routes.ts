import { Readable } from 'node:stream';
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { EVENT_KINDS, type GatewayEvent } from '@flux-iot/core/control/gateway-event';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { type AccessOptions, identify } from '../access/access-control.ts';
import { ownerOfEvent } from '../access/ownership.ts';
import { principalOf, visibleTenant } from '../access/principal.ts';
import { eventMessage } from '../hooks/payload.ts';
import { PROBLEMS } from '../schemas.ts';
import { type EventFeed, type FeedEvent, feedType } from './event-feed.ts';

export interface EventRouteOptions {
  readonly events: EventFeed;
  readonly access: AccessOptions;
}

const MAX_LISTENERS = 500;
/** Bytes that a client may leave unread; one that leaves more is disconnected, and comes back with its last id. */
const MAX_UNREAD = 1_048_576;
/** Milliseconds; less than what connections may be silent for. */
const HEARTBEAT = 10_000;
/** Milliseconds after which a client that lost its connection comes back. */
const RETRY = 2000;
const CHECK_INTERVAL = 1000;

const TYPES = EVENT_KINDS.flatMap(kind => feedType(kind) ?? []);

const QuerySchema = Type.Object(
  {
    types: Type.Optional(
      Type.String({
        maxLength: 500,
        description: `Only these, separated by commas: ${TYPES.map(type => `\`${type}\``).join(', ')}`,
      }),
    ),
    stream_id: Type.Optional(Type.String({ maxLength: 257, description: 'Only of this stream' })),
  },
  { additionalProperties: false },
);

/** Server-sent events (HTML Living Standard §9.2): what happens to streams, nodes and devices. */
export const eventRoutes: FastifyPluginAsyncTypebox<EventRouteOptions> = async (app, { events, access }) => {
  const open = new Map<Readable, FastifyRequest>();
  // Whoever may come in no more, or has another role, is no exception for having come earlier.
  const checking = setInterval(() => {
    if (access.isOpen) return;
    for (const [stream, request] of open) {
      identify(request, access.accounts).then(
        principal => {
          request.principal = principal;
        },
        () => stream.destroy(),
      );
    }
  }, CHECK_INTERVAL).unref();
  app.addHook('onClose', async () => clearInterval(checking));
  // Else the server would wait for clients that mean to stay.
  app.addHook('preClose', async () => {
    for (const stream of open.keys()) stream.push(null);
  });

  app.get(
    '/events',
    {
      schema: {
        summary: 'What happens, as server-sent events',
        description:
          'The data of an event is `{type, timestamp, data}` as hooks get it. A client that comes back with ' +
          '`Last-Event-ID` is told what it missed; one that missed too much is told `reset` and reads anew what there is.',
        tags: ['events'],
        querystring: QuerySchema,
        response: {
          200: {
            description: 'Events without end',
            content: { 'text/event-stream': { schema: Type.Unsafe<Readable>(Type.String()) } },
          },
          ...PROBLEMS,
        },
      },
    },
    async (request, reply) => {
      const { types, stream_id: streamId } = request.query;
      const wanted = types === undefined ? undefined : wantedTypes(types);
      if (events.listeners >= MAX_LISTENERS) {
        reply.header('Retry-After', '10');
        throw new FluxError('RATE_LIMITED', `${MAX_LISTENERS} clients listen already.`);
      }
      const isFor = ({ type, event }: FeedEvent) =>
        (wanted?.has(type) ?? true) &&
        (streamId === undefined || event.streamId === streamId) &&
        mayKnow(request, access, event);
      const stream = new Readable({ read() {}, highWaterMark: MAX_UNREAD });
      const say = (text: string) => {
        if (stream.readableLength + text.length > MAX_UNREAD) stream.destroy();
        else stream.push(text);
      };
      const header = request.headers['last-event-id'];
      const lastId = typeof header === 'string' && header !== '' ? header : undefined;
      const { missed, hasGap, end } = events.subscribe(lastId, event => {
        if (isFor(event)) say(format(event));
      });
      say(`retry: ${RETRY}\n\n`);
      if (hasGap) say('event: reset\ndata: {}\n\n');
      for (const event of missed) if (isFor(event)) say(format(event));
      const heartbeat = setInterval(() => say(':\n\n'), HEARTBEAT).unref();
      open.set(stream, request);
      stream.once('close', () => {
        clearInterval(heartbeat);
        end();
        open.delete(stream);
      });
      return (
        reply
          .type('text/event-stream')
          // Proxies are to pass on what comes; the connection ends with the events.
          .header('X-Accel-Buffering', 'no')
          .header('Connection', 'close')
          .send(stream)
      );
    },
  );
};

/** A stream's and a device's events are its tenant's; what is of neither, the server's own. */
function mayKnow(request: FastifyRequest, { accounts }: AccessOptions, event: GatewayEvent): boolean {
  const tenant = visibleTenant(principalOf(request));
  return tenant === undefined || ownerOfEvent(accounts, event) === tenant;
}

/** Throws `REQUEST_INVALID`. */
function wantedTypes(text: string): ReadonlySet<string> {
  const wanted = text.split(',').map(part => part.trim());
  const unknown = wanted.find(type => !TYPES.includes(type));
  if (unknown === undefined) return new Set(wanted);
  throw new FluxError('REQUEST_INVALID', `querystring.types: there are no events ${unknown.slice(0, 40)}.`);
}

function format({ id, type, event }: FeedEvent): string {
  return `id: ${id}\nevent: ${type}\ndata: ${JSON.stringify({ ...eventMessage(event), type })}\n\n`;
}
