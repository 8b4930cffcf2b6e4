import { collide, parseAddress } from './address.ts';
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
  if (rtmp.tls_bind && !(rtmp.tls_certificate && rtmp.tls_key)) {
    found.push({
      paths: [['protocols', 'rtmp', 'tls_bind']],
      message: 'RTMPS needs protocols.rtmp.tls_certificate and protocols.rtmp.tls_key',
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
  const isOnTcp = config.bus.address.startsWith('tcp:');
  if (isOnTcp && config.bus.secret === '') {
    found.push({ paths: [['bus', 'address']], message: 'a bus on TCP needs bus.secret' });
  }
  if (isOnTcp && config.gateway.relay_bind === '') {
    found.push({ paths: [['bus', 'address']], message: 'a bus on TCP needs gateway.relay_bind' });
  }
  const [lowest = 0, highest = 0] = rtsp.rtp_port_range.split('-').map(Number);
  if (lowest > highest) {
    found.push({
      paths: [['protocols', 'rtsp', 'rtp_port_range']],
      message: `"${rtsp.rtp_port_range}" has the higher port first`,
    });
  }
  return [...found, ...findCollisions(config)];
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
  const { enabled, rtmp } = protocols;
  const all = [
    { path: ['server', 'bind'], address: server.bind, on: true },
    { path: ['http_media', 'bind'], address: http_media.bind, on: true },
    { path: ['protocols', 'rtmp', 'bind'], address: rtmp.bind, on: enabled.includes('rtmp') },
    {
      path: ['protocols', 'rtmp', 'tls_bind'],
      address: rtmp.tls_bind,
      on: enabled.includes('rtmp') && rtmp.tls_bind !== '',
    },
  ];
  return all.filter(({ on }) => on);
}
