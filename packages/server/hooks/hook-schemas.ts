import { EVENT_KINDS } from '@flux-iot/core/control/gateway-event';
import { type Static, type TSchema, Type } from 'typebox';
import { named, oneOf, PageFields, strict, Time, the } from '../schemas.ts';

const Url = Type.String({ minLength: 1, maxLength: 2048, description: '`https://…` or `http://…`' });
const Events = Type.Array(oneOf(EVENT_KINDS), { uniqueItems: true, description: 'What it is told of' });
const Decides = Type.Array(oneOf(['publish', 'play']), {
  uniqueItems: true,
  description: 'What it is asked for before anybody may do it; where it gives no answer, nobody may',
});
const Apps = Type.Array(Type.String({ minLength: 1, maxLength: 128 }), {
  uniqueItems: true,
  maxItems: 100,
  description: 'Only for streams of these apps; empty: for all',
});
const Secret = Type.String({
  minLength: 24,
  maxLength: 256,
  pattern: '^(?:whsec_[A-Za-z0-9+/]{32,}={0,2}|(?!whsec_)[\\x21-\\x7e]+)$',
  description: '`whsec_` and base64, or any other text of 24 characters and more',
});
const Timeout = Type.Number({
  minimum: 0.1,
  maximum: 10,
  description: 'Seconds that it is given to answer',
});
const Description = Type.String({ maxLength: 200 });

export const HookRequestSchema = named(
  'HookRequest',
  Type.Object(
    {
      url: Url,
      events: Type.Optional(Events),
      decides: Type.Optional(Decides),
      apps: Type.Optional(Apps),
      secret: Type.Optional(Secret),
      timeout_seconds: Type.Optional(Timeout),
      enabled: Type.Optional(Type.Boolean()),
      description: Type.Optional(Description),
    },
    { ...strict, description: 'Without a secret, one is made' },
  ),
);

export const HookChangeSchema = named(
  'HookChange',
  Type.Object(
    {
      url: Type.Optional(Url),
      events: Type.Optional(Events),
      decides: Type.Optional(Decides),
      apps: Type.Optional(Apps),
      secret: Type.Optional(Secret),
      timeout_seconds: Type.Optional(Timeout),
      enabled: Type.Optional(Type.Boolean()),
      description: Type.Optional(Description),
    },
    strict,
  ),
);
export type HookChange = Static<typeof HookChangeSchema>;

export const HookSchema = named(
  'Hook',
  Type.Object({
    id: Type.String(),
    url: Type.String(),
    events: Events,
    decides: Decides,
    apps: Apps,
    timeout_seconds: Timeout,
    enabled: Type.Boolean(),
    description: Type.String(),
    created_at: Time,
    configured: Type.Boolean({ description: 'It is of the configuration, and is changed there' }),
    secret: Type.Optional(
      Type.String({ description: 'In the answer that made it or changed it, and never again' }),
    ),
    deliveries: Type.Object(
      {
        delivered: Type.Integer(),
        failures: Type.Integer({ description: 'Attempts that failed' }),
        dead: Type.Integer({ description: 'That were given up' }),
        waiting: Type.Integer(),
        last_error: Type.Optional(Type.String()),
      },
      { description: 'Since the server was started' },
    ),
  }),
);

export const DeadLetterSchema = named(
  'DeadLetter',
  Type.Object({
    id: Type.String({ description: "The message's, the same in all attempts" }),
    type: oneOf(EVENT_KINDS),
    attempts: Type.Integer(),
    error: Type.String({ description: 'Of the last attempt' }),
    created_at: Time,
    failed_at: Time,
    body: Type.String({ description: 'As it was to be sent' }),
  }),
);

export const HookListSchema = Type.Object({ items: Type.Array(the(HookSchema)), ...PageFields });
export const DeadLetterListSchema = Type.Object({ items: Type.Array(the(DeadLetterSchema)), ...PageFields });
export const ReplaySchema = Type.Object({ replayed: Type.Integer() });

const Id = Type.String({ minLength: 1, maxLength: 64 });
export const HookParamsSchema = Type.Object({ hook_id: Id });
export const DeadLetterParamsSchema = Type.Object({ hook_id: Id, letter_id: Id });

export const HOOK_SCHEMAS: readonly TSchema[] = [
  HookRequestSchema,
  HookChangeSchema,
  HookSchema,
  DeadLetterSchema,
];
