import { type AddressInfo, createServer } from 'node:net';
import { formatAddress, parseAddress } from '../config/address.ts';
import type { Config } from '../config/schema.ts';
import { explainListenError } from '../listen-error.ts';

/**
 * Where several nodes are to share ports: that nobody else has them, which sharing would hide, and which they are
 * where any free one will do. Returns the environment that tells the nodes. Throws `PORT_IN_USE` in plain words.
 */
export async function settlePorts(config: Config): Promise<Record<string, string>> {
  const { protocols, http_media } = config;
  const hasRtmp = protocols.enabled.includes('rtmp');
  const binds: Record<string, string> = {
    FLUX_HTTP_MEDIA_BIND: http_media.bind,
    FLUX_PROTOCOLS_RTMP_BIND: hasRtmp ? protocols.rtmp.bind : '',
    FLUX_PROTOCOLS_RTMP_TLS_BIND: hasRtmp ? protocols.rtmp.tls_bind : '',
  };
  const settled: Record<string, string> = {};
  try {
    for (const [variable, bind] of Object.entries(binds)) {
      if (bind !== '') settled[variable] = await settle(bind);
    }
  } catch (error) {
    throw explainListenError(error, config);
  }
  return settled;
}

async function settle(bind: string): Promise<string> {
  const { host, port } = parseAddress(bind);
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, resolve);
  });
  const found = (server.address() as AddressInfo).port;
  await new Promise(resolve => server.close(resolve));
  return formatAddress({ host, port: found });
}
