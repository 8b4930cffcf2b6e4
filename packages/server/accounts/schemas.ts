import { ROLES } from '@flux-iot/core/access/access-policy';
import { Type } from 'typebox';
import { named, oneOf, strict, Time } from '../schemas.ts';

const Name = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$', description: 'Written small' });
const Title = Type.String({ minLength: 1, maxLength: 100 });
const Password = Type.String({ minLength: 10, maxLength: 200 });
export const TenantId = Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,62}$' });
const AppName = Type.String({ pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$' });
export const RoleSchema = oneOf(ROLES, '`viewer` < `operator` < `administrator`');

function listOf<Item extends Type.TSchema>(item: Item) {
  return Type.Object({
    items: Type.Array(item),
    total: Type.Integer(),
    limit: Type.Integer(),
    offset: Type.Integer(),
  });
}

// --- logins -----------------------------------------------------------------------------------------------------

export const LoginSchema = named(
  'Login',
  Type.Object(
    { username: Type.String({ minLength: 1, maxLength: 64 }), password: Type.String({ maxLength: 200 }) },
    { ...strict, examples: [{ username: 'admin', password: 'correct horse battery' }] },
  ),
);

export const SessionSchema = named(
  'Session',
  Type.Object({
    user: Type.Object({ name: Type.String(), role: RoleSchema, tenant: Type.String() }),
    csrf_token: Type.Optional(
      Type.String({ description: 'For the header X-CSRF-Token of every change; not with an API key' }),
    ),
  }),
);

export const PasswordChangeSchema = named(
  'PasswordChange',
  Type.Object(
    {
      current_password: Type.Optional(
        Type.String({ maxLength: 200, description: 'Of a user who has one already' }),
      ),
      password: Password,
    },
    strict,
  ),
);

// --- users ------------------------------------------------------------------------------------------------------

export const UserSchema = named(
  'User',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    role: RoleSchema,
    tenant: Type.String(),
    active: Type.Boolean(),
    has_password: Type.Boolean(),
    created_at: Time,
  }),
);
export const UserListSchema = listOf(Type.Unsafe<Type.Static<typeof UserSchema>>(Type.Ref('User#')));
export const UserRequestSchema = named(
  'UserRequest',
  Type.Object(
    {
      name: Name,
      role: RoleSchema,
      password: Type.Optional(Password),
      tenant: Type.Optional(TenantId),
    },
    { ...strict, examples: [{ name: 'ada', role: 'operator', password: 'correct horse battery' }] },
  ),
);
export const UserChangeSchema = named(
  'UserChange',
  Type.Object(
    {
      role: Type.Optional(RoleSchema),
      password: Type.Optional(Password),
      active: Type.Optional(Type.Boolean()),
    },
    strict,
  ),
);
export const UserParamsSchema = Type.Object({ user_id: Type.String({ maxLength: 64 }) });

// --- keys -------------------------------------------------------------------------------------------------------

const KeyFields = {
  id: Type.String(),
  name: Type.String(),
  role: RoleSchema,
  tenant: Type.String(),
  hint: Type.String({ description: 'How it begins' }),
  created_at: Time,
  expires_at: Type.Optional(Time),
  used_at: Type.Optional(Time),
};
export const KeySchema = named('ApiKey', Type.Object(KeyFields));
export const NewKeySchema = named(
  'NewApiKey',
  Type.Object({ ...KeyFields, key: Type.String({ description: 'Shown this once' }) }),
);
export const KeyListSchema = listOf(Type.Unsafe<Type.Static<typeof KeySchema>>(Type.Ref('ApiKey#')));
export const KeyRequestSchema = named(
  'ApiKeyRequest',
  Type.Object(
    {
      name: Title,
      role: RoleSchema,
      expires_in: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 315_360_000,
          description: 'Seconds; left out: it does not expire',
        }),
      ),
      tenant: Type.Optional(TenantId),
    },
    { ...strict, examples: [{ name: 'nightly backup', role: 'viewer', expires_in: 2_592_000 }] },
  ),
);
export const KeyParamsSchema = Type.Object({ key_id: Type.String({ maxLength: 64 }) });

// --- stream tokens ----------------------------------------------------------------------------------------------

const Action = oneOf(['play', 'publish']);
export const TokenRequestSchema = named(
  'StreamTokenRequest',
  Type.Object(
    {
      action: Action,
      expires_in: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 604_800,
          description: 'Seconds in which it can be used to begin',
        }),
      ),
      address: Type.Optional(
        Type.String({ minLength: 2, maxLength: 45, description: 'The only IP address it is good from' }),
      ),
    },
    { ...strict, examples: [{ action: 'play', expires_in: 300 }] },
  ),
);
export const TokenSchema = named(
  'StreamToken',
  Type.Object({
    id: Type.String(),
    token: Type.String({ description: '`?token=` of an address, or a bearer; in RTSP user and password' }),
    expires_at: Time,
  }),
);
export const TokenListSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      id: Type.String(),
      action: Action,
      address: Type.Optional(Type.String()),
      created_at: Time,
      expires_at: Time,
      revoked_at: Type.Optional(Time),
    }),
  ),
});
export const TokenParamsSchema = Type.Object({
  stream_id: Type.String({ maxLength: 257 }),
  token_id: Type.String({ maxLength: 64 }),
});

// --- tenants ----------------------------------------------------------------------------------------------------

const COUNT = 1_000_000;
const AMOUNT = Number.MAX_SAFE_INTEGER;
/** What a limit is of, and what it may be at most. */
const LIMITS = {
  max_streams: ['Streams at once', COUNT],
  max_viewers: ['Viewers at once', COUNT],
  max_bitrate: ['Bits a second that its publishers bring together', AMOUNT],
  max_storage_bytes: ['Bytes of its recordings', AMOUNT],
  max_transcodes: ['Streams that are made of others at once', COUNT],
} as const;
type LimitName = keyof typeof LIMITS;

function limitsAs<Schema extends Type.TSchema>(
  make: (description: string, maximum: number) => Schema,
): Record<LimitName, Type.TOptional<Schema>> {
  const entries = Object.entries(LIMITS).map(([name, [description, maximum]]) => [
    name,
    Type.Optional(make(description, maximum)),
  ]);
  return Object.fromEntries(entries) as Record<LimitName, Type.TOptional<Schema>>;
}

const LimitFields = limitsAs(what => Type.Integer({ description: `${what}; left out: no limit` }));

export const TenantSchema = named(
  'Tenant',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    active: Type.Boolean(),
    ...LimitFields,
    apps: Type.Array(Type.String(), { description: 'Their streams are the tenant’s' }),
    created_at: Time,
  }),
);
export const TenantListSchema = listOf(Type.Unsafe<Type.Static<typeof TenantSchema>>(Type.Ref('Tenant#')));
const TenantFields = {
  name: Type.Optional(Title),
  active: Type.Optional(Type.Boolean()),
  ...limitsAs((what, maximum) =>
    Type.Union([Type.Integer({ minimum: 0, maximum }), Type.Null()], {
      description: `${what}; null takes the limit away`,
    }),
  ),
  apps: Type.Optional(Type.Array(AppName, { maxItems: 100, uniqueItems: true })),
};
export const TenantRequestSchema = named(
  'TenantRequest',
  Type.Object(
    { id: TenantId, ...TenantFields },
    {
      ...strict,
      examples: [
        { id: 'acme', apps: ['acme'], max_bitrate: 100_000_000, max_storage_bytes: 2_000_000_000_000 },
      ],
    },
  ),
);
export const TenantChangeSchema = named('TenantChange', Type.Object(TenantFields, strict));
export const TenantParamsSchema = Type.Object({ tenant_id: Type.String({ maxLength: 64 }) });

const Day = Type.String({ pattern: '^\\d{4}-\\d{2}-\\d{2}$', description: 'Of UTC' });
const Format = Type.Optional(oneOf(['json', 'csv']));
export const UsageQuerySchema = Type.Object(
  { from: Type.Optional(Day), to: Type.Optional(Day), tenant: Type.Optional(TenantId), format: Format },
  strict,
);
export const UsageSchema = named(
  'Usage',
  Type.Object({
    tenant: Type.String(),
    day: Day,
    gigabytes_in: Type.Number(),
    gigabytes_out: Type.Number(),
    publish_minutes: Type.Number(),
    play_minutes: Type.Number(),
    gigabytes_stored: Type.Number({ description: 'Of recordings, the most at one time of that day' }),
  }),
);
export const TenantLoadSchema = named(
  'TenantLoad',
  Type.Object({
    tenant: Type.String(),
    streams: Type.Integer(),
    viewers: Type.Integer(),
    transcodes: Type.Integer(),
    bitrate: Type.Number({ description: 'Bits a second that come in' }),
    storage_bytes: Type.Integer({ description: 'Of its recordings, also of those that are being written' }),
    ...LimitFields,
  }),
);
export const UsageListSchema = Type.Object({
  items: Type.Array(Type.Unsafe<Type.Static<typeof UsageSchema>>(Type.Ref('Usage#'))),
  current: Type.Array(Type.Unsafe<Type.Static<typeof TenantLoadSchema>>(Type.Ref('TenantLoad#')), {
    description: 'What each tenant has at present, and what it may have',
  }),
});

// --- audit ------------------------------------------------------------------------------------------------------

const Text = Type.Optional(Type.String({ maxLength: 300 }));
const AuditFilters = {
  actor: Text,
  action: Text,
  target: Text,
  result: Type.Optional(oneOf(['ok', 'refused', 'failed'])),
  request_id: Text,
  tenant: Text,
  since: Type.Optional(Time),
  until: Type.Optional(Time),
};
export const AuditQuerySchema = Type.Object(
  {
    ...AuditFilters,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
    offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000 })),
  },
  strict,
);
export const AuditExportQuerySchema = Type.Object({ ...AuditFilters, format: Format }, strict);
export const AuditEntrySchema = named(
  'AuditEntry',
  Type.Object({
    sequence: Type.Integer(),
    at: Time,
    actor: Type.String({ description: 'Who' }),
    actor_id: Type.Optional(Type.String()),
    tenant: Type.Optional(Type.String()),
    action: Type.String({ description: 'What' }),
    target: Type.String({ description: 'On what' }),
    address: Type.String({ description: 'From where' }),
    result: oneOf(['ok', 'refused', 'failed']),
    code: Type.Optional(Type.String()),
    request_id: Type.Optional(Type.String()),
    details: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
    hash: Type.String({ description: 'Of this entry and all before it' }),
  }),
);
export const AuditListSchema = listOf(
  Type.Unsafe<Type.Static<typeof AuditEntrySchema>>(Type.Ref('AuditEntry#')),
);

export const ACCOUNT_SCHEMAS: readonly Type.TSchema[] = [
  LoginSchema,
  SessionSchema,
  PasswordChangeSchema,
  UserSchema,
  UserRequestSchema,
  UserChangeSchema,
  KeySchema,
  NewKeySchema,
  KeyRequestSchema,
  TokenRequestSchema,
  TokenSchema,
  TenantSchema,
  TenantRequestSchema,
  TenantChangeSchema,
  UsageSchema,
  TenantLoadSchema,
  AuditEntrySchema,
];
