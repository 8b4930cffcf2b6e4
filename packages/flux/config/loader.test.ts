import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { describe, expect, it } from 'vitest';
import { loadConfig, parseConfig } from './loader.ts';

/** The lines of the error that the document is refused with, without the first. */
function problems(toml: string, environment: Record<string, string> = {}): string[] {
  try {
    parseConfig(toml, environment, 'flux.toml');
  } catch (error) {
    if (!(error instanceof FluxError)) throw error;
    expect(error.code).toBe('CONFIG_INVALID');
    const [first, ...rest] = error.message.split('\n');
    expect(first).toBe('flux.toml is not a valid configuration:');
    return rest.map(line => line.trim());
  }
  return [];
}

/** The example of the specification, as it stands there. */
const SPECIFIED = `
[protocols]
enabled = ["rtmp", "rtsp", "gb28181", "hls", "flv"]
[protocols.rtmp]
bind = "0.0.0.0:1935"
chunk_size = 4096
max_connections = 1000
[protocols.rtsp]
bind = "0.0.0.0:554"
transport = ["tcp", "udp"]
rtp_port_range = "10000-20000"
[protocols.gb28181]
bind_sip = "0.0.0.0:5060"
bind_rtp = "0.0.0.0:9000"
sip_domain = "3402000000"
[protocols.hls]
segment_duration = 6
playlist_length = 5
enable_adaptive = false
[protocols.flv]
enable = true
chunk_size = 4096
[media]
storage_dir = "/var/lib/flux-media/storage"
keyframe_dir = "/var/lib/flux-media/keyframes"
retention_days = 7
`;

describe('parseConfig', () => {
  it('fills what is missing with defaults', () => {
    const { config, warnings, overrides } = parseConfig('[protocols.hls]\nsegment_duration = 2.5', {}, 'x');
    expect(config.protocols.hls).toMatchObject({
      segment_duration: 2.5,
      playlist_length: 5,
      storage: 'memory',
    });
    expect(config.protocols.enabled).toEqual(['rtmp', 'rtsp', 'hls', 'flv']);
    expect(config.server.bind).toBe('0.0.0.0:8080');
    expect({ warnings, overrides }).toEqual({ warnings: [], overrides: [] });
  });

  it.each([
    ['[[transcode.profiles]]\nheight = 3', /line 1: .*name/],
    ['[[transcode.profiles]]\nname = "a"\n[[transcode.profiles]]\nname = "a"', /two profiles are called "a"/],
    ['[[transcode.profiles]]\nname = "a"\nheigth = 3', /line 3: .*profiles\[0\].heigth: .*"height"/],
    ['[[transcode.profiles]]\nname = "a.b"', /line 2: .*profiles\[0\].name/],
    ['protocols.hls.enable_adaptive = true\nprotocols.hls.ladder = ["8k"]', /ladder names "8k"/],
    ['protocols.hls.low_latency = true', /low_latency needs protocols.hls.segment_format = "fmp4"/],
  ])('says what is wrong with the profiles of %j', (toml, message) => {
    expect(() => parseConfig(toml, {}, 'x')).toThrow(message);
  });

  it.each([
    ['[[gb.platforms]]\nname = "a"\naddress = "h:5060"', /line 1: .*id/],
    ['[[gb.platforms]]\nname = "a"\naddress = "h:5060"\nid = "34"', /20 digits/],
    ['[[gb.shared]]\nstream = "a b"', /"a b" cannot be the id of a stream/],
    ['[[gb.shared]]\nstream = "a"\nplatforms = ["city"]', /shared with "city", which is none/],
    [
      '[[gb.shared]]\nstream = "a"\n[[gb.shared]]\nstream = "a"',
      /two shared streams have the channel id 3402000000132\d{7}/,
    ],
  ])('says what is wrong with platforms above of %j', (toml, message) => {
    const whole = toml.replaceAll('gb.', 'protocols.gb28181.');
    expect(() => parseConfig(whole, {}, 'x')).toThrow(message);
  });

  it('fills up profiles', () => {
    const [profile] = parseConfig('[[transcode.profiles]]\nname = "a"', {}, 'x').config.transcode.profiles;
    expect(profile).toMatchObject({ name: 'a', video: 'h264', height: 0, audio: 'aac', hardware: 'none' });
  });

  it("takes the specification's example and says what is odd in it", () => {
    const { config, warnings } = parseConfig(SPECIFIED, {}, 'x');
    expect(config.media.retention_days).toBe(7);
    expect(warnings).toEqual([
      'gb28181 is enabled, but no device can register: set protocols.gb28181.password.',
    ]);
  });

  it('gives each caller a configuration of its own', () => {
    const first = parseConfig('', {}, 'x').config;
    first.protocols.enabled.push('gb28181');
    first.protocols.rtmp.chunk_size = 1;
    expect(parseConfig('', {}, 'x').config.protocols).toMatchObject({
      enabled: ['rtmp', 'rtsp', 'hls', 'flv'],
      rtmp: { chunk_size: 4096 },
    });
  });

  it.each([
    [
      '[protocols.rtmp]\n\nchunk_sise = 1',
      'line 3: protocols.rtmp.chunk_sise: unknown key; did you mean "chunk_size"?',
    ],
    ['[protocls]', 'line 1: protocls: unknown key; did you mean "protocols"?'],
    [
      '# x\nprotocols.hls.max_streams = 1',
      'line 2: protocols.hls.max_streams: unknown key here; it belongs to [media]',
    ],
    ['[log]\ncolour = 1', 'line 2: log.colour: unknown key; allowed here: level, format'],
    ['[log]\n"a b" = 1', 'line 2: log."a b": unknown key; allowed here: level, format'],
    [
      '[server]\n__proto__ = 1',
      'line 2: server.__proto__: unknown key; allowed here: bind, rate_limit, hook_networks',
    ],
    [
      '[server]\nconstructor = 1',
      'line 2: server.constructor: unknown key; allowed here: bind, rate_limit, hook_networks',
    ],
    ['server = 5', 'line 1: server: 5 is not allowed; allowed: a table'],
    ['[[server]]', 'line 1: server: a list is not allowed; allowed: a table'],
    [
      '[server.bind]\na = 1',
      'line 1: server.bind: a table is not allowed; allowed: "HOST:PORT", such as "0.0.0.0:1935"',
    ],
    [
      'server.bind = 8080',
      'line 1: server.bind: 8080 is not allowed; allowed: "HOST:PORT", such as "0.0.0.0:1935"',
    ],
    [
      'server.bind = ":8080"',
      'line 1: server.bind: ":8080" is not allowed; allowed: "HOST:PORT", such as "0.0.0.0:1935"',
    ],
    [
      'server.bind = "h:65536"',
      'line 1: server.bind: "h:65536" is not allowed; allowed: "HOST:PORT", such as "0.0.0.0:1935"',
    ],
    [
      'media.retention_days = 1.5',
      'line 1: media.retention_days: 1.5 is not allowed; allowed: a whole number from 0 to 36500',
    ],
    [
      'media.retention_days = "7"',
      'line 1: media.retention_days: "7" is not allowed; allowed: a whole number from 0 to 36500',
    ],
    [
      'media.open_timeout = inf',
      'line 1: media.open_timeout: Infinity is not allowed; allowed: a number from 1 to 120',
    ],
    [
      'media.open_timeout = nan',
      'line 1: media.open_timeout: NaN is not allowed; allowed: a number from 1 to 120',
    ],
    ['media.storage_dir = 1979-05-27', 'line 1: media.storage_dir: a date is not allowed; allowed: a path'],
    ['media.storage_dir = ""', 'line 1: media.storage_dir: "" is not allowed; allowed: a path'],
    [
      '\nprotocols.flv.enable = "yes"',
      'line 2: protocols.flv.enable: "yes" is not allowed; allowed: true or false',
    ],
    [
      'protocols.hls.storage = "disk"',
      'line 1: protocols.hls.storage: "disk" is not allowed; allowed: one of "memory", "file", "s3"',
    ],
    [
      '[protocols]\nenabled = [\n  "rtmp",\n  "hsl",\n]',
      'line 4: protocols.enabled[1]: "hsl" is not allowed; allowed: one of "rtmp", "rtsp", "gb28181", "hls", "flv"',
    ],
    ['protocols.enabled = ["flv",\n"flv"]', 'line 2: protocols.enabled[1]: stands in the list twice'],
    [
      'protocols.rtsp.transport = "tcp"',
      'line 1: protocols.rtsp.transport: "tcp" is not allowed; allowed: a list, each one of "tcp", "udp", none twice',
    ],
    [
      'protocols = { rtmp = { chunk_size = 1 } }',
      'line 1: protocols.rtmp.chunk_size: 1 is not allowed; allowed: a whole number from 128 to 65536',
    ],
    [
      'protocols.rtmp.tls_bind = "0.0.0.0:1936"',
      'line 1: protocols.rtmp.tls_bind: RTMPS needs protocols.rtmp.tls_certificate and protocols.rtmp.tls_key',
    ],
    [
      '[media]\nflush_interval_ms = 200',
      'line 2: media.flush_interval_ms: media.flush_interval_ms, 200, is more than media.flush_interval_max_ms, 90',
    ],
    [
      'protocols.rtsp.rtp_port_range = "20000-10000"',
      'line 1: protocols.rtsp.rtp_port_range: "20000-10000" has the higher port first',
    ],
    [
      '[http_media]\nbind = "127.0.0.1:8080"',
      'line 2: http_media.bind: http_media.bind, "127.0.0.1:8080", and server.bind, "0.0.0.0:8080", cannot both be listened on',
    ],
  ])('refuses %j', (toml, message) => {
    expect(problems(toml)).toEqual([message]);
  });

  it('shortens long values', () => {
    expect(problems(`log.level = "${'x'.repeat(10_000)}"`)[0]?.length).toBeLessThan(200);
  });

  it('says where the syntax is wrong', () => {
    const [first, ...rest] = problems('a = 1\nb = [1,\n\nc = 3');
    expect(first).toMatch(/^line 4, column \d+: /);
    expect(rest.join('\n')).toContain('c = 3');
    expect(problems('a = 1\na = 2')[0]).toMatch(/^line 2, column 1: /);
  });

  it('lists everything that is wrong, in the order of the file, variables first', () => {
    const toml = Array.from({ length: 20 }, (_, index) => `unknown_${index}_key = 1`).join('\n');
    const found = problems(`${toml}\n[log]\nlevel = 1`, { FLUX_LOG_FORMAT: 'xml' });
    expect(found).toHaveLength(22);
    expect(found[0]).toBe('FLUX_LOG_FORMAT: "xml" is not allowed; allowed: one of "auto", "pretty", "json"');
    expect(found[21]).toMatch(/^line 22: log.level: 1 is not allowed/);
  });
});

describe('environment', () => {
  it('overrides the file, each value in its type', () => {
    const { config, overrides } = parseConfig(
      'protocols.rtmp.bind = "0.0.0.0:1"\nlog.level = "error"',
      {
        FLUX_PROTOCOLS_RTMP_BIND: '127.0.0.1:1936',
        FLUX_PROTOCOLS_ENABLED: 'rtmp, flv',
        FLUX_PROTOCOLS_RTMP_TAKEOVER: 'true',
        FLUX_PROTOCOLS_HLS_SEGMENT_DURATION: '2.5',
        FLUX_MEDIA_MAX_STREAMS: ' 10 ',
        HOME: '/root',
      },
      'x',
    );
    expect(config.protocols.rtmp).toMatchObject({ bind: '127.0.0.1:1936', takeover: true });
    expect(config.protocols.enabled).toEqual(['rtmp', 'flv']);
    expect(config.protocols.hls.segment_duration).toBe(2.5);
    expect(config.media.max_streams).toBe(10);
    expect(config.log.level).toBe('error');
    expect(overrides).toContain('FLUX_MEDIA_MAX_STREAMS');
    expect(overrides).toHaveLength(5);
  });

  it('takes an empty list', () => {
    expect(parseConfig('', { FLUX_PROTOCOLS_ENABLED: '' }, 'x').config.protocols.enabled).toEqual([]);
  });

  it.each([
    ['FLUX_MEDIA_MAX_STREAMS', 'many'],
    ['FLUX_MEDIA_MAX_STREAMS', ''],
    ['FLUX_MEDIA_MAX_STREAMS', '0x10'],
    ['FLUX_MEDIA_MAX_STREAMS', '1e3'],
    ['FLUX_PROTOCOLS_FLV_ENABLE', 'yes'],
    ['FLUX_PROTOCOLS_ENABLED', 'rtmp,rtmp'],
    ['FLUX_SERVER_BIND', '8080'],
  ])('refuses %s=%s by its name', (variable, value) => {
    const [line = '', ...rest] = problems('', { [variable]: value });
    expect(line).toContain(`${variable}: ${JSON.stringify(value)} is not allowed; allowed: `);
    expect(rest).toEqual([]);
  });

  it('names the variable in contradictions that it made', () => {
    const [line] = problems('media.flush_interval_max_ms = 60', { FLUX_MEDIA_FLUSH_INTERVAL_MS: '161' });
    expect(line).toMatch(/^line 1: media.flush_interval_max_ms: /);
    const [other] = problems('', { FLUX_MEDIA_FLUSH_INTERVAL_MS: '161' });
    expect(other).toMatch(/^FLUX_MEDIA_FLUSH_INTERVAL_MS: /);
  });

  it('warns of variables that are none', () => {
    const { warnings } = parseConfig('', { FLUX_LOG_LEVLE: 'debug', FLUX_WHATEVER_ELSE_THIS_IS: '1' }, 'x');
    expect(warnings).toEqual([
      'FLUX_LOG_LEVLE is not a known variable; did you mean FLUX_LOG_LEVEL?',
      'FLUX_WHATEVER_ELSE_THIS_IS is not a known variable.',
    ]);
  });
});

describe('loadConfig', () => {
  it('reads a file with a byte order mark and Windows line ends', () => {
    const folder = mkdtempSync(join(tmpdir(), 'flux-config-'));
    try {
      const file = join(folder, 'flux.toml');
      writeFileSync(file, '\uFEFF[log]\r\nlevel = "warn"\r\n');
      expect(loadConfig(file, {}).config.log.level).toBe('warn');
      writeFileSync(file, '[log]\r\n\r\nlevel = "loud"\r\n');
      expect(() => loadConfig(file, {})).toThrow(
        `${file} is not a valid configuration:\n  line 3: log.level: "loud"`,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says what file it cannot read', () => {
    expect(() => loadConfig('/nonexistent/flux.toml', {})).toThrow(
      /^The configuration cannot be read: .*\/nonexistent\/flux.toml/,
    );
  });

  it('needs no file', () => {
    expect(loadConfig(undefined, {}).config.protocols.rtmp.bind).toBe('0.0.0.0:1935');
  });
});
