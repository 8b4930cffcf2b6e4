/**
 * The configuration: every key with its type, range, default and explanation, once. Validation, defaults,
 * `flux print-config`, docs/configuration.md and the environment variables are all made from it.
 */
import { Type } from 'typebox';

export const PROTOCOLS = ['rtmp', 'rtsp', 'gb28181', 'hls', 'flv'] as const;
/** Those that are started if nothing is said: GB28181 wants a password and an address that its devices reach. */
const USUAL_PROTOCOLS = [
  'rtmp',
  'rtsp',
  'hls',
  'flv',
] as const satisfies readonly (typeof PROTOCOLS)[number][];

const PORT = '(?:\\d{1,4}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5])';
const HOST = '(?:\\[[0-9A-Fa-f:.]{2,45}\\]|[A-Za-z0-9][A-Za-z0-9.-]{0,252})';
const ADDRESS = '"HOST:PORT", such as "0.0.0.0:1935"';

/** `allowed` says in words what a pattern means. */
function address(value: string, description: string) {
  return Type.String({ pattern: `^${HOST}:${PORT}$`, allowed: ADDRESS, default: value, description });
}

function optionalAddress(description: string) {
  return Type.String({
    pattern: `^(?:${HOST}:${PORT})?$`,
    allowed: `${ADDRESS}; or "" for off`,
    default: '',
    description,
  });
}

function path(value: string, description: string) {
  return Type.String({ minLength: 1, maxLength: 4096, allowed: 'a path', default: value, description });
}

function optionalPath(description: string) {
  return Type.String({ maxLength: 4096, allowed: 'a path', default: '', description });
}

function integer(value: number, minimum: number, maximum: number, description: string) {
  return Type.Integer({ minimum, maximum, default: value, description });
}

function number(value: number, minimum: number, maximum: number, description: string) {
  return Type.Number({ minimum, maximum, default: value, description });
}

function flag(value: boolean, description: string) {
  return Type.Boolean({ default: value, description });
}

function choice<Values extends string[]>(
  values: readonly [...Values],
  value: Values[number],
  description: string,
) {
  return Type.Enum(values, { default: value, description });
}

function choices<Values extends string[]>(
  values: readonly [...Values],
  value: readonly Values[number][],
  description: string,
) {
  return Type.Array(Type.Enum(values), { uniqueItems: true, default: [...value], description });
}

function section<Properties extends Type.TProperties>(description: string, properties: Properties) {
  return Type.Object(properties, { additionalProperties: false, default: {}, description });
}

const rtmp = section('RTMP and RTMPS: publishing and playing.', {
  bind: address('0.0.0.0:1935', 'Where RTMP listens.'),
  chunk_size: integer(4096, 128, 65_536, 'Bytes in the chunks that are sent.'),
  max_connections: integer(1000, 1, 100_000, 'Clients at once; more are turned away.'),
  takeover: flag(
    false,
    'A second publisher of a name closes the first instead of being refused; for every protocol.',
  ),
  tls_bind: optionalAddress('Where RTMPS listens; needs the certificate and the key.'),
  tls_certificate: optionalPath('PEM file with the certificate of RTMPS and its chain.'),
  tls_key: optionalPath('PEM file with the private key of RTMPS.'),
});

const rtsp = section('RTSP and RTSPS: publishing, playing, and pulling cameras.', {
  bind: address(
    '0.0.0.0:554',
    'Where RTSP listens. Where port 554 may not be bound, 8554 is taken instead, and that is said at the start.',
  ),
  transport: choices(
    ['tcp', 'udp'],
    ['tcp', 'udp'],
    'What may carry RTP, from and to clients and from cameras; others are refused.',
  ),
  rtp_port_range: Type.String({
    pattern: `^${PORT}-${PORT}$`,
    allowed: 'two ports, the lower first, such as "10000-20000"',
    default: '10000-20000',
    description: 'UDP ports for RTP and RTCP.',
  }),
  max_connections: integer(1000, 1, 100_000, 'Clients at once; more are turned away.'),
  media_timeout: number(10, 1, 300, 'Seconds without media after which a camera is connected to anew.'),
  verify_tls: flag(true, 'Cameras pulled by rtsps:// need a certificate that can be verified.'),
  tls_bind: optionalAddress('Where RTSPS listens; needs the certificate and the key.'),
  tls_certificate: optionalPath('PEM file with the certificate of RTSPS and its chain.'),
  tls_key: optionalPath('PEM file with the private key of RTSPS.'),
});

const gb28181 = section('GB28181: cameras, recorders and platforms that register here by SIP.', {
  bind_sip: address('0.0.0.0:5060', 'Where SIP listens, by UDP and by TCP.'),
  bind_rtp: address(
    '0.0.0.0:9000',
    'Where RTP from the devices arrives, by UDP and by TCP: one port for all of them.',
  ),
  rtp_port_range: Type.String({
    pattern: `^(?:${PORT}-${PORT})?$`,
    allowed: 'two ports, the lower first, such as "30000-30500"; or "" for the one of bind_rtp',
    default: '',
    description: 'A port for each stream instead, for networks in which devices cannot be told apart on one.',
  }),
  sip_domain: Type.String({
    pattern: '^\\d{10}(?:\\d{10})?$',
    allowed: '10 or 20 digits',
    default: '3402000000',
    description: 'SIP domain of this platform; the same has to stand in every device.',
  }),
  sip_id: Type.String({
    pattern: '^(?:\\d{20})?$',
    allowed: '20 digits; or "" for the domain followed by 2000000001',
    default: '',
    description: 'SIP server id of this platform; the same has to stand in every device.',
  }),
  admission: choice(
    ['password', 'known', 'open'],
    'password',
    'Who may register: who knows a password; only devices of device_passwords; or everybody without one.',
  ),
  password: Type.String({
    maxLength: 256,
    allowed: 'a text; or "" for none: then only devices of device_passwords may register',
    default: '',
    description: 'Password of every device that has none of its own.',
  }),
  device_passwords: Type.Array(
    Type.String({ pattern: '^[A-Za-z0-9]{6,32}:.{1,256}$', allowed: '"DEVICE ID:PASSWORD"' }),
    {
      allowed: 'a list of "DEVICE ID:PASSWORD"',
      default: [],
      description: 'Devices with passwords of their own.',
    },
  ),
  sip_address: Type.String({
    pattern: `^(?:${HOST})?$`,
    allowed: 'an address; or "" for the one of this host toward each device',
    default: '',
    description: 'What devices reach SIP by, where an address translation or a container is in front.',
  }),
  media_address: Type.String({
    pattern: `^(?:${HOST})?$`,
    allowed: 'an address; or "" for the one of SIP',
    default: '',
    description: 'What devices send their media to.',
  }),
  transport: choice(
    ['udp', 'tcp-passive', 'tcp-active'],
    'udp',
    'How media comes where a request does not say: "tcp-passive" waits for the device to connect, "tcp-active" connects to it.',
  ),
  keepalive_timeout: number(
    180,
    5,
    86_400,
    'Seconds without a sign of life after which a device counts as offline: three of the intervals that devices have.',
  ),
  invite_timeout: number(
    10,
    1,
    120,
    'Seconds that a device may take to answer when it is asked for a stream.',
  ),
  media_timeout: number(10, 1, 300, 'Seconds without media after which a stream is asked for anew.'),
  time_zone: Type.String({
    pattern: '^[+-](?:0\\d|1[0-4]):[0-5]\\d$',
    allowed: 'hours and minutes east of Greenwich, such as "+08:00"',
    default: '+08:00',
    description: "Time of the clocks of the devices; the standard says Beijing's.",
  }),
  subscribe_catalog: flag(true, 'Ask every device to tell of changes of its channels.'),
  max_devices: integer(10_000, 1, 1_000_000, 'Devices at most; more are refused.'),
  flood_rate: integer(200, 1, 1_000_000, 'SIP messages a second from one address; more are thrown away.'),
  flood_burst: integer(5000, 1, 10_000_000, 'SIP messages from one address at once, before that counts.'),
});

const hls = section('HLS: playlists and transport stream segments on the HTTP media server.', {
  segment_duration: number(6, 1, 60, 'Seconds; a segment ends at the first key frame after it.'),
  playlist_length: integer(5, 3, 100, 'Segments in a playlist.'),
  enable_adaptive: flag(false, 'Renditions of lower bitrate. Not in this version.'),
  always_on: flag(false, 'Cut every stream from its beginning, not from its first viewer on.'),
  storage: choice(
    ['memory', 'file'],
    'memory',
    'Where segments are kept: "file" puts them under media.storage_dir.',
  ),
});

const flv = section('HTTP-FLV and WebSocket-FLV on the HTTP media server.', {
  enable: flag(true, 'Off turns HTTP-FLV off even where protocols.enabled has "flv".'),
  chunk_size: integer(
    4096,
    128,
    1_048_576,
    'Read and checked, without effect: a chunk is what one flush gathered, so that viewers can share it.',
  ),
});

export const ConfigSchema = Type.Object(
  {
    protocols: section('Which protocols there are.', {
      enabled: choices(PROTOCOLS, USUAL_PROTOCOLS, 'Protocols to start.'),
      rtmp,
      rtsp,
      gb28181,
      hls,
      flv,
    }),
    cameras: section('What is known of devices.', {
      profiles_dir: optionalPath(
        'Folder of own profiles of what cameras do otherwise than the standard, *.toml; they come before those built in.',
      ),
    }),
    server: section('The API and the page.', {
      bind: address('0.0.0.0:8080', 'Where the API and the page listen.'),
    }),
    http_media: section('The HTTP server that HLS and HTTP-FLV share.', {
      bind: address('0.0.0.0:8081', 'Where it listens.'),
    }),
    gateway: section('The media nodes: the processes that receive and send media.', {
      nodes: Type.Union([Type.Enum(['auto']), Type.Integer({ minimum: 1, maximum: 256 })], {
        allowed: '"auto", or a whole number from 1 to 256',
        default: 'auto',
        description:
          'How many `flux` starts. They share the listening ports; "auto" is one for each core but one, and one where ports cannot be shared.',
      }),
      share_ports: flag(
        false,
        'Let other media nodes of this host listen on the same ports (SO_REUSEPORT). `flux` sets it for those that it starts.',
      ),
      relay_bind: optionalAddress(
        'Where media nodes of other hosts fetch streams from this one; needed where the bus is on TCP.',
      ),
      relay_address: optionalAddress('The same address as other hosts reach it, where it is another one.'),
    }),
    bus: section('How the programs find one another. `flux` by itself needs nothing set here.', {
      address: Type.String({
        pattern: `^(?:unix:/.{1,90}|tcp:${HOST}:${PORT})?$`,
        allowed: '"unix:/PATH", "tcp:HOST:PORT"; or "" for a private one of `flux`',
        default: '',
        description: 'Where `flux server` has the bus, and where `flux gateway` and the daemons look for it.',
      }),
      secret: Type.String({
        pattern: '^(?:.{16,256})?$',
        allowed: '16 to 256 characters; or "" for none',
        default: '',
        description: 'What the programs prove to one another that they know; needed on TCP.',
      }),
    }),
    media: section('Streams, viewers and storage.', {
      storage_dir: path(
        '/var/lib/flux-media/storage',
        'Folder of what is stored in files; made when first needed.',
      ),
      keyframe_dir: path(
        '/var/lib/flux-media/keyframes',
        'Folder of pictures for snapshots. Not used in this version.',
      ),
      retention_days: integer(7, 0, 36_500, 'Days that recordings are kept. Not used in this version.'),
      gop_cache_bytes: integer(
        16_777_216,
        65_536,
        1_073_741_824,
        'Bytes since the last key frame that a stream keeps for new viewers, at most.',
      ),
      gop_cache_seconds: number(20, 1, 600, 'Seconds since the last key frame that a stream keeps, at most.'),
      max_streams: integer(5000, 1, 1_000_000, 'Streams at once; more are refused.'),
      publisher_grace: number(
        15,
        0,
        3600,
        'Seconds that viewers are kept when a publisher is lost without a goodbye, for it to come back.',
      ),
      viewer_queue_bytes: integer(
        8_388_608,
        65_536,
        268_435_456,
        'Unsent bytes beyond which a viewer skips to the next key frame.',
      ),
      viewer_stall_timeout: number(30, 1, 3600, 'Seconds after which a viewer that reads nothing is closed.'),
      flush_interval_ms: integer(
        20,
        1,
        1000,
        'Milliseconds for which frames are gathered before they are sent.',
      ),
      flush_interval_max_ms: integer(80, 1, 1000, 'The same with very many viewers, at most.'),
      turn_spacing_ms: integer(
        20,
        0,
        100,
        'Milliseconds between turns of the event loop while very many sockets bring data; 0 for off.',
      ),
      turn_spacing_max_ms: integer(40, 0, 100, 'The same when that lasts.'),
      turn_spacing_unwatched_ms: integer(
        80,
        0,
        200,
        'The same when that lasts and nobody watches a stream of the node.',
      ),
      on_demand_linger: number(
        10,
        0,
        3600,
        'Seconds that a stream is pulled on after its last viewer, where it is pulled on demand.',
      ),
      open_timeout: number(10, 1, 120, 'Seconds that a viewer waits for the first picture or sound.'),
      discovery_seconds: number(
        1,
        0,
        30,
        'Seconds of media in which the tracks of a stream are looked for where its publisher does not name them.',
      ),
    }),
    log: section('The log, on standard error.', {
      level: choice(
        ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
        'info',
        'The least that is logged.',
      ),
      format: choice(
        ['auto', 'pretty', 'json'],
        'auto',
        '"auto" is pretty on a terminal and JSON elsewhere.',
      ),
    }),
  },
  { additionalProperties: false },
);

export type Config = Type.Static<typeof ConfigSchema>;
