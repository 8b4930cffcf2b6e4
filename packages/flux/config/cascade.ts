/** The part of the schema that is about platforms above: their tables are long for one file with the rest. */
import { Type } from 'typebox';
import { choice, HOST, integer, list, PORT, text } from './fields.ts';

const sipId = (allowed: string, description: string, isOptional = true) =>
  Type.String({
    pattern: isOptional ? '^(?:\\d{20})?$' : '^\\d{20}$',
    allowed,
    description,
    ...(isOptional ? { default: '' } : {}),
  });
const NAME = '[A-Za-z0-9][A-Za-z0-9_-]{0,31}';

export const platforms = list(
  'GB28181 platforms above, with which this one registers as a device does; each a `[[protocols.gb28181.platforms]]`.',
  {
    name: Type.String({
      pattern: `^${NAME}$`,
      allowed: '1 to 32 letters, digits, "_" and "-"',
      description: 'What it is called here.',
    }),
    address: Type.String({
      pattern: `^${HOST}:${PORT}$`,
      allowed: '"HOST:PORT", such as "sip.example.org:5060"',
      description: 'Where its SIP is reached.',
    }),
    transport: choice(['udp', 'tcp'], 'udp', 'Of the signalling; media goes as the platform asks.'),
    id: sipId('20 digits', 'Its SIP server id.', false),
    domain: Type.String({
      pattern: '^(?:\\d{10}(?:\\d{10})?)?$',
      allowed: '10 or 20 digits; or "" for the first ten of its id',
      default: '',
      description: 'Its SIP domain.',
    }),
    own_id: sipId('20 digits; or "" for sip_id', 'The device id that it knows us by.'),
    username: text('What is registered with; "" for own_id.'),
    password: text('Password of the registration.'),
    expires: integer(3600, 60, 604_800, 'Seconds that a registration is asked for.'),
    keepalive_interval: integer(60, 1, 3600, 'Seconds between two signs of life.'),
  },
);

export const shared = list(
  'Streams, of whatever protocol, that platforms above are shown as channels; each a `[[protocols.gb28181.shared]]`.',
  {
    stream: Type.String({
      minLength: 1,
      maxLength: 257,
      allowed: 'the id of a stream',
      description: 'Id of the stream.',
    }),
    channel_id: sipId(
      '20 digits; or "" for one that is made of the id of the stream, always the same',
      'Id of the channel, which platforms keep.',
    ),
    name: text('Name of the channel; "" for the id of the stream.'),
    platforms: Type.Array(Type.String({ pattern: `^${NAME}$`, allowed: 'the name of a platform' }), {
      uniqueItems: true,
      default: [],
      description: 'Names of the platforms that are shown it; empty for all.',
    }),
    device_id: Type.String({
      pattern: '^[A-Za-z0-9]{0,32}$',
      allowed: 'the id of a device; or "" for none',
      default: '',
      description: 'Device to fetch the stream from when nobody else brings it, and to pass orders down to.',
    }),
    device_channel_id: Type.String({
      pattern: '^[A-Za-z0-9]{0,32}$',
      allowed: 'the id of a channel; or "" for device_id',
      default: '',
      description: 'Channel of that device.',
    }),
  },
);
