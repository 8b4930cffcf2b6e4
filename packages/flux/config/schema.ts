/**
 * The configuration: every key with its type, range, default and explanation, once. Validation, defaults,
 * `flux print-config`, docs/configuration.md and the environment variables are all made from it.
 */
import { EVENT_KINDS } from '@flux-iot/core/control/gateway-event';
import { AUDIO_TARGETS, HARDWARE, VIDEO_TARGETS } from '@flux-iot/core/transcode/profile';
import { Type } from 'typebox';
import { platforms, shared } from './cascade.ts';
import {
  address,
  choice,
  choices,
  flag,
  HOST,
  integer,
  list,
  number,
  openness,
  optionalAddress,
  optionalPath,
  PORT,
  path,
  secret,
  section,
  text,
  texts,
} from './fields.ts';

export const PROTOCOLS = ['rtmp', 'rtsp', 'gb28181', 'hls', 'flv'] as const;
/** Those that are started if nothing is said: GB28181 wants a password and an address that its devices reach. */
const USUAL_PROTOCOLS = [
  'rtmp',
  'rtsp',
  'hls',
  'flv',
] as const satisfies readonly (typeof PROTOCOLS)[number][];

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

const auth = section('Who may come in. See docs/security.md.', {
  enabled: flag(
    true,
    'Off lets everybody do everything: the API without a login, publishing and playing without a token.',
  ),
  open_publish: openness('Who may publish without a token.'),
  open_play: openness('Who may play without a token.'),
  trusted_proxies: Type.Array(
    Type.String({
      pattern: '^[0-9A-Fa-f.:]{2,45}(?:/\\d{1,3})?$',
      allowed: 'an IP address or network, such as "10.0.0.0/8"',
    }),
    {
      uniqueItems: true,
      default: [],
      description:
        'HTTP proxies whose X-Forwarded-For is believed. Who comes through any other proxy is nobody on this machine, even where the proxy is.',
    },
  ),
  api_key: secret(
    'A key that may do everything, for programs that set the server up; "Authorization: Bearer KEY".',
  ),
  jwt_secret: secret('What an identity provider signs its tokens with (HS256).', 32),
  jwt_jwks_url: Type.String({
    pattern: '^(?:https?://.{1,2000})?$',
    allowed: 'an http: or https: URL; or "" for none',
    default: '',
    description: 'Where the public keys of an identity provider are: `jwks_uri` of OpenID Connect.',
  }),
  jwt_issuer: text('What its tokens must have as `iss`; "" for any.'),
  jwt_audience: text('What its tokens must have as `aud`; "" for any.'),
  jwt_role_claim: text('Claim with the role: viewer, operator or administrator.', 'role'),
  jwt_tenant_claim: text('Claim with the tenant; without it, the default one.', 'tenant'),
});

const database = section('What the server remembers: users, keys, tenants, the audit log.', {
  url: Type.String({
    pattern: '^(?:sqlite:.{1,4000}|postgres(?:ql)?://.{1,4000})?$',
    allowed:
      '"sqlite:/PATH", "sqlite::memory:", "postgresql://USER:PASSWORD@HOST:PORT/DATABASE"; or "" for a file',
    default: '',
    description:
      'Without one: flux.db beside media.storage_dir where this user may write there, else in $STATE_DIRECTORY, $XDG_STATE_HOME/flux-media or ~/.local/state/flux-media.',
  }),
  key_file: optionalPath(
    'File of the key that secrets in the database are encrypted with; made when first needed. Without one: flux.db.key where flux.db is, or would be.',
  ),
});

const audit = section('The audit log: every change and every refused attempt.', {
  retention_days: integer(365, 1, 36_500, 'Days that entries are kept.'),
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
  events_days: integer(30, 1, 3650, 'Days that alarms, positions and the like are kept.'),
  events_max: integer(200_000, 100, 100_000_000, 'Of these at most; the oldest go.'),
  flood_burst: integer(5000, 1, 10_000_000, 'SIP messages from one address at once, before that counts.'),
  platforms,
  shared,
});

const hls = section('HLS: playlists and segments on the HTTP media server.', {
  segment_format: choice(
    ['ts', 'fmp4'],
    'ts',
    'What segments are: "ts" is transport streams, which every player takes; "fmp4" is fragments of MP4, for H.265 on Apple devices, AV1 and VP9.',
  ),
  segment_duration: number(6, 1, 60, 'Seconds; a segment ends at the first key frame after it.'),
  low_latency: flag(
    false,
    'Low-latency HLS: list the parts of a segment before it is whole, under 3 s behind live; needs segment_format = "fmp4".',
  ),
  part_duration: number(0.5, 0.2, 2, 'Seconds of a part; low-latency players stay three parts behind live.'),
  playlist_length: integer(5, 3, 100, 'Segments in a playlist.'),
  enable_adaptive: flag(
    false,
    'Offer smaller sizes of a stream in its master playlist; each is made while somebody watches it.',
  ),
  ladder: Type.Array(Type.String({ minLength: 1, maxLength: 32, allowed: 'the name of a profile' }), {
    uniqueItems: true,
    default: ['720p', '480p', '360p'],
    description: 'Profiles of transcode.profiles that are offered, where they are smaller than the stream.',
  }),
  always_on: flag(false, 'Cut every stream from its beginning, not from its first viewer on.'),
  storage: choice(
    ['memory', 'file', 's3'],
    'memory',
    'Where segments are kept: "file" puts them under media.storage_dir, "s3" into the bucket of [storage.s3].',
  ),
});

const recordingFormat = (description: string) => choice(['fmp4', 'flv', 'ts'], 'fmp4', description);

const recording = section('Recordings.', {
  rules: Type.Array(
    Type.Object(
      {
        streams: Type.Array(
          Type.String({ minLength: 1, maxLength: 257, allowed: 'a pattern of stream ids' }),
          {
            default: [],
            description: 'Patterns of stream ids: `*` for any letters, `?` for one.',
          },
        ),
        format: Type.Optional(
          Type.Enum(['fmp4', 'flv', 'ts'], {
            description: 'Of the files, if other than `recording.format`.',
          }),
        ),
        file_seconds: Type.Optional(
          Type.Integer({
            minimum: 10,
            maximum: 86_400,
            description: 'Seconds, if others than `recording.file_seconds`.',
          }),
        ),
        file_bytes: Type.Optional(
          Type.Integer({
            minimum: 1_048_576,
            maximum: 1_099_511_627_776,
            description: 'Bytes, if others than `recording.file_bytes`.',
          }),
        ),
      },
      { additionalProperties: false },
    ),
    {
      allowed: 'tables [[recording.rules]] with streams, format, file_seconds, file_bytes',
      default: [],
      description:
        'Which streams are recorded without being asked for; the first rule that has the stream counts.',
    },
  ),
  format: recordingFormat('Of the files: MP4 of fragments, FLV or MPEG-2 transport streams.'),
  file_seconds: integer(3600, 10, 86_400, 'A file ends at the first key frame after so many seconds.'),
  file_bytes: integer(2_147_483_648, 1_048_576, 1_099_511_627_776, 'Or after so many bytes.'),
  storage: choice(
    ['file', 's3'],
    'file',
    'Where finished files are kept: under media.storage_dir, or in the bucket of [storage.s3].',
  ),
  max_bytes: integer(
    0,
    0,
    9_007_199_254_740_991,
    'Bytes of all recordings together; the oldest are deleted beyond them. 0 for no limit.',
  ),
  min_free_bytes: integer(
    1_073_741_824,
    0,
    9_007_199_254_740_991,
    'Recording stops, and live goes on, while less is free on the disk of media.storage_dir.',
  ),
  sync: flag(
    true,
    'Force each fragment to the disk once it is written: a power cut costs the last one at most. Without it, what the system had not written yet, up to half a minute.',
  ),
  queue_bytes: integer(
    16_777_216,
    1_048_576,
    1_073_741_824,
    'Bytes of one stream that may wait for the disk; what comes beyond them is left out up to a key frame, and noted.',
  ),
  spool_bytes: integer(
    10_737_418_240,
    0,
    9_007_199_254_740_991,
    'Bytes that may wait for the object store; no file is begun while there are more.',
  ),
  state_dir: path(
    '/var/lib/flux-media/state',
    'Folder of the key that signs the manifests of recordings; made when first needed.',
  ),
});

const s3 = section('An object store that speaks S3, for what says so.', {
  endpoint: Type.String({
    pattern: '^(?:https?://[^\\s/@]{1,255}/?)?$',
    allowed: 'a URL without a path; or "" for that of AWS',
    default: '',
    description: 'Where it is.',
  }),
  region: Type.String({
    pattern: '^[a-z0-9-]{1,64}$',
    allowed: "a region's name",
    default: 'us-east-1',
    description: 'Its region.',
  }),
  bucket: Type.String({
    pattern: '^(?:[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9])?$',
    allowed: "a bucket's name",
    default: '',
    description: 'The bucket, which is to exist.',
  }),
  prefix: Type.String({
    pattern: '^(?:[A-Za-z0-9][A-Za-z0-9._~/-]{0,200}/)?$',
    allowed: 'a path that ends with "/"; or ""',
    default: '',
    description: 'What all keys begin with.',
  }),
  access_key_id: Type.String({
    maxLength: 256,
    allowed: 'a text',
    default: '',
    description:
      'Who we are there; "" for what the environment or the machine gives (AWS_ACCESS_KEY_ID and the like).',
  }),
  secret_access_key: Type.String({
    maxLength: 256,
    allowed: 'a text',
    default: '',
    description: 'The secret to it. Better set by FLUX_STORAGE_S3_SECRET_ACCESS_KEY than in a file.',
  }),
  path_style: flag(
    true,
    "The bucket stands in the path, not in the host's name: what most stores but AWS need.",
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

const hooks = list(
  'An HTTP server that is told of events or asked before clients are let in; docs/hooks.md has what is sent to it.',
  {
    url: Type.String({
      pattern: '^https?://[\\x21-\\x7e]{1,2040}$',
      allowed: 'an address, "https://…" or "http://…"',
      description: 'Where requests are sent.',
    }),
    secret: Type.String({
      pattern: '^[\\x21-\\x7e]{24,256}$',
      allowed: '24 to 256 visible characters; "whsec_" and base64, or any others',
      description: 'What requests are signed with.',
    }),
    events: choices(EVENT_KINDS, [], 'What it is told of.'),
    decides: choices(
      ['publish', 'play'],
      [],
      'What it is asked for before anybody may; where it gives no answer, nobody may.',
    ),
    apps: texts(
      '^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$',
      'an app',
      'Only for streams of these apps; all if empty.',
    ),
    timeout: number(3, 0.1, 10, 'Seconds that it is given to answer.'),
  },
);

const profile = Type.Object(
  {
    name: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$',
      allowed: '1 to 32 letters, digits, "_" and "-"',
      description: 'Comes after the dot in the ids of the streams.',
    }),
    video: choice(VIDEO_TARGETS, 'h264', 'What becomes of the picture.'),
    height: integer(
      0,
      0,
      4320,
      'Lines that it is scaled down to, never up; 0 for as many as the source has.',
    ),
    frame_rate: integer(0, 0, 120, 'Frames a second; 0 for as many as the source has.'),
    video_bitrate: integer(0, 0, 100_000, 'kbit/s; 0 for what suits the size.'),
    audio: choice(AUDIO_TARGETS, 'aac', 'What becomes of the sound.'),
    audio_bitrate: integer(0, 0, 512, 'kbit/s; 0 for what suits the codec.'),
    hardware: choice(HARDWARE, 'none', 'The encoder that is tried first.'),
  },
  { additionalProperties: false, default: {} },
);

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
    auth,
    database,
    audit,
    server: section('The API and the page.', {
      bind: address('0.0.0.0:8080', 'Where the API and the page listen.'),
      rate_limit: integer(
        100,
        0,
        1_000_000,
        'Requests that an address may put to the API in a second, on average over a minute; 0 for any number.',
      ),
      hook_networks: texts(
        '^[0-9A-Fa-f:.]{2,45}/\\d{1,3}$',
        'a network, such as "10.0.0.0/8" or "fd00::/8"',
        'Networks that hooks may be in although they are not on the public Internet.',
      ),
    }),
    http_media: section('The HTTP server that HLS and HTTP-FLV share.', {
      bind: address('0.0.0.0:8081', 'Where it listens.'),
    }),
    hooks,
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
      timeout: number(
        8,
        1,
        60,
        'Seconds without a sign of life after which a program counts as gone: what it had is free for others. The same for all of them.',
      ),
    }),
    media: section('Streams, viewers and storage.', {
      storage_dir: path(
        '/var/lib/flux-media/storage',
        'Folder of what is stored in files; made when first needed.',
      ),
      keyframe_dir: path(
        '/var/lib/flux-media/keyframes',
        'Folder of the key frames that are kept; made when first needed.',
      ),
      keyframe_interval: number(
        0,
        0,
        86_400,
        'Seconds from one key frame of a stream that is kept in media.keyframe_dir to the next, at least; 0 for none.',
      ),
      keyframe_retention_hours: number(24, 0.01, 876_000, 'Hours that they are kept.'),
      retention_days: integer(7, 0, 36_500, 'Days that recordings are kept; 0 for ever.'),
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
      flush_interval_max_ms: integer(90, 1, 1000, 'The same with very many viewers, at most.'),
      turn_spacing_ms: integer(
        20,
        0,
        100,
        'Milliseconds between turns of the event loop while very many sockets bring data; 0 for off.',
      ),
      turn_spacing_max_ms: integer(45, 0, 100, 'The same when that lasts.'),
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
    recording,
    storage: Type.Object({ s3 }, { additionalProperties: false, default: {} }),
    snapshots: section('Pictures of streams, by GET /api/v1/streams/{id}/snapshot.', {
      decoders: integer(2, 1, 64, 'Processes of a media node that decode, at most; started when needed.'),
      queue: integer(128, 1, 10_000, 'Pictures that may wait for one of them; more are refused.'),
      timeout: number(5, 0.5, 10, 'Seconds for decoding a picture, and for the first key frame of a stream.'),
      decoder_memory_mb: integer(
        768,
        256,
        65_536,
        'MiB of memory of one of the processes; it is ended beyond.',
      ),
      cache_mb: integer(64, 1, 65_536, 'MiB of pictures of a media node that are kept to be given again.'),
    }),
    transcode: section(
      'Streams made of others for those who ask for them: `cam1.720p` is `cam1` by the profile `720p`.',
      {
        max_running: integer(
          4,
          0,
          256,
          'Streams that a media node makes at once, at most; more are refused.',
        ),
        memory_mb: integer(1024, 256, 65_536, 'MiB of memory of the process of each; it is ended beyond.'),
        profiles: Type.Array(profile, {
          default: [
            { name: 'h264', video: 'h264', audio: 'aac' },
            { name: '1080p', video: 'h264', height: 1080, audio: 'aac' },
            { name: '720p', video: 'h264', height: 720, audio: 'aac' },
            { name: '480p', video: 'h264', height: 480, audio: 'aac' },
            { name: '360p', video: 'h264', height: 360, audio: 'aac' },
            { name: 'aac', video: 'copy', audio: 'aac' },
            { name: 'opus', video: 'copy', audio: 'opus' },
            { name: 'g711a', video: 'copy', audio: 'g711a' },
            { name: 'mjpeg', video: 'mjpeg', height: 480, frame_rate: 10, audio: 'none' },
          ],
          description: 'What can be made; docs/transcoding.md explains the keys of a profile.',
        }),
      },
    ),
    observability: section('Traces of what the API does, by OpenTelemetry. See docs/operations.md.', {
      otlp_endpoint: Type.String({
        pattern: '^(?:https?://[^\\s?#]{1,2000})?$',
        allowed: 'an http: or https: URL without a query; or "" for none',
        default: '',
        description:
          'Where a collector takes OTLP by HTTP, such as "http://127.0.0.1:4318"; "/v1/traces" is added. Without one there are no traces.',
      }),
      service_name: Type.String({
        minLength: 1,
        maxLength: 200,
        allowed: 'a text',
        default: 'flux-iot',
        description: 'What the traces call this server.',
      }),
      sample_ratio: number(
        1,
        0,
        1,
        'Share of the requests that are traced, of those whose caller has not decided it by `traceparent`.',
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
