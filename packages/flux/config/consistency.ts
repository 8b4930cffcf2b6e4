import { isNetwork } from '@flux-iot/server/hooks/address-policy';
import { collide, parseAddress, parsePortRange } from './address.ts';
import { cascadeContradictions } from './cascade-consistency.ts';
import type { Config } from './schema.ts';

/** A problem that only several keys together make. */
export interface Contradiction {
  readonly paths: readonly (readonly string[])[];
  readonly message: string;
}

export function findContradictions(config: Config): Contradiction[] {
  const { rtmp, rtsp } = config.protocols;
  const { media } = config;
  const found: Contradiction[] = [];
  for (const [name, { tls_bind, tls_certificate, tls_key }] of Object.entries({ rtmp, rtsp })) {
    if (!tls_bind || (tls_certificate && tls_key)) continue;
    found.push({
      paths: [['protocols', name, 'tls_bind']],
      message: `${name.toUpperCase()}S needs protocols.${name}.tls_certificate and protocols.${name}.tls_key`,
    });
  }
  for (const name of ['flush_interval', 'turn_spacing'] as const) {
    const least = media[`${name}_ms`];
    const most = media[`${name}_max_ms`];
    if (least <= most) continue;
    found.push({
      paths: [
        ['media', `${name}_max_ms`],
        ['media', `${name}_ms`],
      ],
      message: `media.${name}_ms, ${least}, is more than media.${name}_max_ms, ${most}`,
    });
  }
  const wantsS3 = [
    { path: ['recording', 'storage'], value: config.recording.storage },
    { path: ['protocols', 'hls', 'storage'], value: config.protocols.hls.storage },
  ].filter(({ value }) => value === 's3');
  if (wantsS3.length > 0 && config.storage.s3.bucket === '') {
    const names = wantsS3.map(({ path }) => path.join('.')).join(' and ');
    found.push({ paths: wantsS3.map(({ path }) => path), message: `${names} needs storage.s3.bucket` });
  }
  const isOnTcp = config.bus.address.startsWith('tcp:');
  if (isOnTcp && config.bus.secret === '') {
    found.push({ paths: [['bus', 'address']], message: 'a bus on TCP needs bus.secret' });
  }
  if (isOnTcp && config.gateway.relay_bind === '') {
    found.push({ paths: [['bus', 'address']], message: 'a bus on TCP needs gateway.relay_bind' });
  }
  const wrong = config.server.hook_networks.find(network => !isNetwork(network));
  if (wrong !== undefined) {
    found.push({ paths: [['server', 'hook_networks']], message: `"${wrong}" is no network` });
  }
  const [lowest, highest] = parsePortRange(rtsp.rtp_port_range);
  if (lowest > highest) {
    found.push({
      paths: [['protocols', 'rtsp', 'rtp_port_range']],
      message: `"${rtsp.rtp_port_range}" has the higher port first`,
    });
  }
  const { rtp_port_range: range } = config.protocols.gb28181;
  const [first, last] = parsePortRange(range);
  if (range !== '' && first > last) {
    found.push({
      paths: [['protocols', 'gb28181', 'rtp_port_range']],
      message: `"${range}" has the higher port first`,
    });
  }
  const names: readonly string[] = config.transcode.profiles.map(({ name }) => name);
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) === index) continue;
    found.push({ paths: [['transcode', 'profiles']], message: `two profiles are called "${name}"` });
  }
  for (const name of config.protocols.hls.ladder) {
    if (names.includes(name) || !config.protocols.hls.enable_adaptive) continue;
    found.push({
      paths: [
        ['protocols', 'hls', 'ladder'],
        ['protocols', 'hls', 'enable_adaptive'],
        ['transcode', 'profiles'],
      ],
      message: `protocols.hls.ladder names "${name}", which is none of transcode.profiles`,
    });
  }
  const { low_latency, segment_format } = config.protocols.hls;
  if (low_latency && segment_format !== 'fmp4') {
    found.push({
      paths: [
        ['protocols', 'hls', 'low_latency'],
        ['protocols', 'hls', 'segment_format'],
      ],
      message: 'protocols.hls.low_latency needs protocols.hls.segment_format = "fmp4"',
    });
  }
  return [...found, ...cascadeContradictions(config), ...findCollisions(config)];
}

function findCollisions(config: Config): Contradiction[] {
  const listeners = listenersOf(config);
  return listeners.flatMap(({ path, address }, index) => {
    const other = listeners
      .slice(0, index)
      .find(before => collide(parseAddress(before.address), parseAddress(address)));
    if (!other) return [];
    const names = `${path.join('.')}, "${address}", and ${other.path.join('.')}, "${other.address}"`;
    return [{ paths: [path, other.path], message: `${names}, cannot both be listened on` }];
  });
}

function listenersOf({ protocols, server, http_media }: Config) {
  const { enabled } = protocols;
  const all = [
    { path: ['server', 'bind'], address: server.bind, on: true },
    { path: ['http_media', 'bind'], address: http_media.bind, on: true },
    ...(['rtmp', 'rtsp'] as const).flatMap(name =>
      (['bind', 'tls_bind'] as const).map(key => ({
        path: ['protocols', name, key],
        address: protocols[name][key],
        on: enabled.includes(name) && protocols[name][key] !== '',
      })),
    ),
    ...(['bind_sip', 'bind_rtp'] as const).map(key => ({
      path: ['protocols', 'gb28181', key],
      address: protocols.gb28181[key],
      on: enabled.includes('gb28181') && (key === 'bind_sip' || protocols.gb28181.rtp_port_range === ''),
    })),
  ];
  return all.filter(({ on }) => on);
}
