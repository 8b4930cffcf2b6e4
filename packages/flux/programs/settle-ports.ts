import { type AddressInfo, createServer } from 'node:net';
import { formatAddress, parseAddress } from '../config/address.ts';
import type { Config } from '../config/schema.ts';
import { explainListenError } from '../listen-error.ts';

const RTSP_PORT = 554;
const OTHER_RTSP_PORT = 8554;

/**
 * Which ports the media nodes are to have: where any free one will do, which; where RTSP's own may not be bound, the
 * usual other one. That nobody else has them is seen now, for nodes that share ports would not notice. Returns the
 * environment that tells the nodes. `onOther` is told in words of a port that is another one than configured. Throws
 * `PORT_IN_USE` in plain words.
 */
export async function settlePorts(
  config: Config,
  onOther: (message: string) => void,
): Promise<Record<string, string>> {
  const { protocols, http_media } = config;
  const { enabled } = protocols;
  const binds: Record<string, string> = {};
  if (enabled.includes('flv') || enabled.includes('hls')) binds.FLUX_HTTP_MEDIA_BIND = http_media.bind;
  for (const name of ['rtmp', 'rtsp'] as const) {
    if (!enabled.includes(name)) continue;
    const variable = `FLUX_PROTOCOLS_${name.toUpperCase()}`;
    binds[`${variable}_BIND`] = protocols[name].bind;
    if (protocols[name].tls_bind !== '') binds[`${variable}_TLS_BIND`] = protocols[name].tls_bind;
  }
  const settled: Record<string, string> = {};
  try {
    for (const [variable, bind] of Object.entries(binds)) settled[variable] = await settle(bind, onOther);
  } catch (error) {
    throw explainListenError(error, config);
  }
  return settled;
}

async function settle(bind: string, onOther: (message: string) => void): Promise<string> {
  const { host, port } = parseAddress(bind);
  try {
    return formatAddress({ host, port: await probe(host, port) });
  } catch (error) {
    if (port !== RTSP_PORT || (error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
    const other = formatAddress({ host, port: await probe(host, OTHER_RTSP_PORT) });
    onOther(`RTSP listens on ${other}: ${bind} may not be bound by this user.`);
    return other;
  }
}

/** The port, or the free one that the system chose. Throws the system's error where it cannot be had. */
async function probe(host: string, port: number): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  const found = (server.address() as AddressInfo).port;
  await new Promise(resolve => server.close(resolve));
  return found;
}
