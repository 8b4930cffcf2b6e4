import {
  CONFIGURATION_KINDS,
  DEVICE_EVENT_KINDS,
  SUBSCRIPTION_KINDS,
  VOICE_MODES,
  VOICE_TRANSPORTS,
} from '@flux-iot/core/control/gb28181-control';
import { type TSchema, Type } from 'typebox';
import { TenantId } from '../accounts/schemas.ts';
import { DiagnosisSchema } from '../diagnosis/schemas.ts';
import { named, oneOf, Time, the } from '../schemas.ts';

const strict = { additionalProperties: false };
const Id = Type.String({ pattern: '^[A-Za-z0-9]{1,32}$', description: '20 digits, mostly' });

export const SubscriptionSchema = named(
  'Gb28181Subscription',
  Type.Object({
    kind: oneOf(SUBSCRIPTION_KINDS),
    state: oneOf(['asked', 'active', 'refused', 'ended']),
    expires_at: Type.Optional(Time),
    error: Type.Optional(Type.String()),
  }),
);

export const DeviceSchema = named(
  'Gb28181Device',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    tenant: Type.String({ description: 'Whose it is: its streams are in an app of that tenant' }),
    online: Type.Boolean(),
    transport: oneOf(['udp', 'tcp'], 'Of its signalling'),
    address: Type.String({ description: 'Where its packets come from' }),
    user_agent: Type.Optional(Type.String()),
    version: Type.Optional(Type.String({ description: 'The year of the standard that it follows' })),
    manufacturer: Type.Optional(Type.String()),
    model: Type.Optional(Type.String()),
    firmware: Type.Optional(Type.String()),
    registered_at: Time,
    expires_at: Time,
    last_seen_at: Time,
    well: Type.Optional(Type.Boolean({ description: 'Whether it says that it works as it should' })),
    fault: Type.Optional(Type.String()),
    recording: Type.Optional(Type.Boolean()),
    channels: Type.Integer({ description: 'Cameras' }),
    channels_online: Type.Integer(),
    catalog: Type.Object({
      state: oneOf(['none', 'asked', 'complete', 'incomplete', 'failed']),
      total: Type.Optional(Type.Integer({ description: 'Entries that the device announced' })),
      at: Type.Optional(Time),
      error: Type.Optional(Type.String()),
    }),
    subscriptions: Type.Array(the(SubscriptionSchema)),
  }),
);

export const DeviceChangeSchema = named(
  'Gb28181DeviceChange',
  Type.Object({ tenant: TenantId }, { ...strict, examples: [{ tenant: 'acme' }] }),
);

export const ChannelSchema = named(
  'Gb28181Channel',
  Type.Object({
    id: Type.String(),
    name: Type.String(),
    stream_id: Type.Optional(
      Type.String({ description: 'What its picture is called where it is asked for without a name' }),
    ),
    kind: oneOf(['camera', 'alarm', 'voice', 'device', 'group', 'organisation', 'district']),
    online: Type.Boolean(),
    parent_id: Type.Optional(Type.String({ description: 'The entry above it' })),
    manufacturer: Type.Optional(Type.String()),
    model: Type.Optional(Type.String()),
    address: Type.Optional(Type.String()),
    civil_code: Type.Optional(Type.String()),
    ptz_type: Type.Optional(
      Type.Integer({ description: '1 dome, 2 hemisphere, 3 fixed, 4 fixed with remote control' }),
    ),
    longitude: Type.Optional(Type.Number()),
    latitude: Type.Optional(Type.Number()),
  }),
);

export const RecordSchema = named(
  'Gb28181Record',
  Type.Object({
    name: Type.String(),
    from: Time,
    to: Time,
    file_path: Type.Optional(Type.String()),
    type: Type.Optional(Type.String()),
    bytes: Type.Optional(Type.Integer()),
  }),
);

export const DeviceEventSchema = named(
  'Gb28181Event',
  Type.Object({
    kind: Type.String(),
    device_id: Type.String(),
    channel_id: Type.Optional(Type.String()),
    at: Time,
    detail: Type.Record(Type.String(), Type.Unknown()),
  }),
);

export const PresetSchema = named(
  'Gb28181Preset',
  Type.Object({ number: Type.Integer(), name: Type.String() }),
);

export const PlatformSchema = named(
  'Gb28181Platform',
  Type.Object({
    name: Type.String({ description: 'What it is called in the configuration', examples: ['city'] }),
    id: Type.String({ description: 'Its SIP server id', examples: ['34020000002000000001'] }),
    domain: Type.String({ examples: ['3402000000'] }),
    own_id: Type.String({ description: 'What it calls us', examples: ['34020000002000000002'] }),
    transport: oneOf(['udp', 'tcp'], 'Of the signalling'),
    address: Type.String({ examples: ['sip.example.org:5060'] }),
    state: oneOf(
      ['waiting', 'connecting', 'registered', 'retrying', 'closed'],
      '`retrying`: it refused us, or does not answer; it is tried again at `next_attempt_at`',
    ),
    attempts: Type.Integer({ description: 'Registrations since the start, renewals left out' }),
    last_error: Type.Optional(Type.String()),
    next_attempt_at: Type.Optional(Time),
    registered_at: Type.Optional(Time),
    expires_at: Type.Optional(Time),
    last_keepalive_at: Type.Optional(Time),
    channels: Type.Integer({ description: 'Those that are shared with it' }),
    channels_online: Type.Integer(),
    subscribed: Type.Boolean({ description: 'Whether it wants to be told of channels that come and go' }),
    sessions: Type.Array(
      Type.Object({
        channel_id: Type.String(),
        stream_id: Type.String(),
        since: Time,
        ssrc: Type.String({ examples: ['0200000001'] }),
        transport: oneOf(['udp', 'tcp-passive', 'tcp-active'], 'As seen from here'),
        remote: Type.String({ description: 'Where it takes the media' }),
        bytes: Type.Integer(),
      }),
      { description: 'Streams that it is sent' },
    ),
  }),
);

export const SharedChannelSchema = named(
  'Gb28181SharedChannel',
  Type.Object({
    id: Type.String({ description: 'Of the channel, for the platform', examples: ['34020000001320000001'] }),
    name: Type.String(),
    stream_id: Type.String(),
    online: Type.Boolean({ description: 'Whether it is likely to come when it is asked for' }),
    device_id: Type.Optional(Type.String({ description: 'The device that orders are passed down to' })),
    device_channel_id: Type.Optional(Type.String()),
  }),
);

const PageFields = { total: Type.Integer(), limit: Type.Integer(), offset: Type.Integer() };
const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })),
  offset: Type.Optional(Type.Integer({ minimum: 0 })),
  q: Type.Optional(Type.String({ maxLength: 100, description: 'In the id or the name' })),
};

export const DeviceListSchema = Type.Object({ devices: Type.Array(the(DeviceSchema)), ...PageFields });
export const DeviceQuerySchema = Type.Object(
  { ...PageQuery, online: Type.Optional(Type.Boolean()), tenant: Type.Optional(TenantId) },
  strict,
);
export const ChannelListSchema = Type.Object({ channels: Type.Array(the(ChannelSchema)), ...PageFields });
export const ChannelQuerySchema = Type.Object(
  { ...PageQuery, kind: Type.Optional(Type.String({ maxLength: 20 })), parent_id: Type.Optional(Id) },
  strict,
);
export const PlatformListSchema = Type.Object({ platforms: Type.Array(the(PlatformSchema)) });
export const PlatformParamsSchema = Type.Object({
  platform_name: Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$',
    description: 'Of the configuration',
  }),
});
export const SharedChannelListSchema = Type.Object({
  channels: Type.Array(the(SharedChannelSchema)),
  ...PageFields,
});
export const SharedChannelQuerySchema = Type.Object(PageQuery, strict);
export const EventListSchema = Type.Object({ events: Type.Array(the(DeviceEventSchema)), ...PageFields });
export const EventQuerySchema = Type.Object(
  {
    device_id: Type.Optional(Id),
    channel_id: Type.Optional(Id),
    kind: Type.Optional(oneOf(DEVICE_EVENT_KINDS)),
    from: Type.Optional(Time),
    to: Type.Optional(Time),
    limit: PageQuery.limit,
    offset: PageQuery.offset,
  },
  strict,
);
export const PresetListSchema = Type.Object({ presets: Type.Array(the(PresetSchema)) });
export const RecordListSchema = Type.Object({
  records: Type.Array(the(RecordSchema)),
  complete: Type.Boolean({ description: 'Whether all came that the device announced' }),
  total: Type.Integer(),
});
export const RecordQuerySchema = Type.Object({ from: Time, to: Time }, strict);

const KIND = `(?:${CONFIGURATION_KINDS.join('|')})`;
export const ConfigurationQuerySchema = Type.Object(
  {
    kinds: Type.Optional(
      Type.String({
        pattern: `^${KIND}(?:,${KIND})*$`,
        maxLength: 200,
        description: `One or several of ${CONFIGURATION_KINDS.join(', ')}, with commas between; BasicParam if left out`,
        examples: ['BasicParam,VideoParamOpt'],
      }),
    ),
  },
  strict,
);
export const ConfigurationSchema = Type.Object({
  configuration: Type.Record(Type.String(), Type.Unknown(), {
    description: "By kind, with the standard's names; what the device does not have is left out",
  }),
});

export const DeviceParamsSchema = Type.Object({ device_id: Id });
export const ChannelParamsSchema = Type.Object({ device_id: Id, channel_id: Id });
export const SubscriptionParamsSchema = Type.Object({ device_id: Id, kind: oneOf(SUBSCRIPTION_KINDS) });
export const StreamParamSchema = Type.Object({ stream_id: Type.String({ maxLength: 257 }) });

const Speed = Type.Optional(Type.Integer({ minimum: 0, maximum: 255 }));

/** Only the form is checked here; each order's own members where it is carried out. */
export const OrderSchema = named(
  'Gb28181Order',
  Type.Object(
    {
      order: oneOf(
        [
          ...['move', 'stop', 'lens', 'preset', 'cruise', 'scan', 'auxiliary', 'home', 'drag-zoom', 'guard'],
          ...['reset-alarm', 'record', 'reboot', 'key-frame', 'snapshot', 'configure'],
        ],
        '`move` with `pan`, `tilt`, `zoom` and their speeds, until `stop`; `preset` with `action` and `preset`; …: docs/gb28181.md has them all',
      ),
      pan: Type.Optional(oneOf(['left', 'right'])),
      tilt: Type.Optional(oneOf(['up', 'down'])),
      zoom: Type.Optional(oneOf(['in', 'out'])),
      pan_speed: Speed,
      tilt_speed: Speed,
      zoom_speed: Type.Optional(Type.Integer({ minimum: 0, maximum: 15 })),
      focus: Type.Optional(oneOf(['near', 'far'])),
      iris: Type.Optional(oneOf(['open', 'close'])),
      focus_speed: Speed,
      iris_speed: Speed,
      action: Type.Optional(Type.String({ maxLength: 20 })),
      preset: Type.Optional(Type.Integer()),
      number: Type.Optional(Type.Integer()),
      value: Type.Optional(Type.Integer()),
      on: Type.Optional(Type.Boolean()),
      seconds: Type.Optional(Type.Integer()),
      method: Type.Optional(Type.Integer()),
      window_width: Type.Optional(Type.Integer()),
      window_height: Type.Optional(Type.Integer()),
      x: Type.Optional(Type.Integer()),
      y: Type.Optional(Type.Integer()),
      width: Type.Optional(Type.Integer()),
      height: Type.Optional(Type.Integer()),
      count: Type.Optional(Type.Integer()),
      interval: Type.Optional(Type.Integer()),
      upload_url: Type.Optional(Type.String({ maxLength: 512 })),
      session_id: Type.Optional(Type.String({ maxLength: 128 })),
      name: Type.Optional(Type.String({ maxLength: 128 })),
      expiration: Type.Optional(Type.Integer()),
      heartbeat_interval: Type.Optional(Type.Integer()),
      heartbeat_count: Type.Optional(Type.Integer()),
    },
    strict,
  ),
);

export const PlaybackSchema = named(
  'Gb28181PlaybackAction',
  Type.Object(
    {
      action: oneOf(['pause', 'resume', 'stop', 'seek', 'speed']),
      seconds: Type.Optional(Type.Number({ minimum: 0, description: 'Of `seek`: from the beginning' })),
      scale: Type.Optional(Type.Number({ description: 'Of `speed`: 0.25 to 16, negative backwards' })),
    },
    strict,
  ),
);

export const VoiceRequestSchema = named(
  'Gb28181VoiceRequest',
  Type.Object(
    {
      stream_id: Type.String({ maxLength: 257, description: 'Whose sound the device is to be sent' }),
      mode: Type.Optional(
        oneOf(
          VOICE_MODES,
          '`broadcast`, the default: the device is told and asks for the sound itself; `talk`: it is invited to take it',
        ),
      ),
      transport: Type.Optional(
        oneOf(VOICE_TRANSPORTS, 'Of a `talk`: `tcp-passive` waits for the device to connect'),
      ),
    },
    { ...strict, examples: [{ stream_id: 'announcement' }] },
  ),
);

export const VoiceSchema = named(
  'Gb28181Voice',
  Type.Object({
    device_id: Type.String(),
    channel_id: Type.String(),
    stream_id: Type.String(),
    mode: oneOf(VOICE_MODES),
    state: oneOf(['asked', 'talking', 'ended']),
    since: Time,
    packets: Type.Integer({ description: 'Sent to the device' }),
    bytes: Type.Integer(),
    error: Type.Optional(Type.String({ description: 'Why it ended, where nobody asked for that' })),
    diagnosis: the(DiagnosisSchema),
  }),
);

export const DEVICE_SCHEMAS: readonly TSchema[] = [
  SubscriptionSchema,
  DeviceSchema,
  DeviceChangeSchema,
  ChannelSchema,
  RecordSchema,
  DeviceEventSchema,
  PresetSchema,
  OrderSchema,
  PlaybackSchema,
  VoiceRequestSchema,
  VoiceSchema,
  PlatformSchema,
  SharedChannelSchema,
];
