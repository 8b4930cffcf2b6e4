import { formatAddress, localHost, parseAddress } from './config/address.ts';
import type { Config } from './config/schema.ts';
import type { Gateway } from './gateway.ts';

export interface BannerInput {
  readonly version: string;
  readonly config: Config;
  readonly gateway: Gateway;
  /** What the configuration was made of, in words. */
  readonly source: string;
  readonly hasDemo: boolean;
}

const RTMP_PORT = 1935;

/** What a person who has just started the server wants to know. */
export function banner({ version, config, gateway, source, hasDemo }: BannerInput): string {
  const { rtmp, media, api, adapters } = gateway;
  const { protocols, server, http_media } = config;
  const rows: [title: string, text: string][] = [];
  const rtmpHost = localHost(parseAddress(protocols.rtmp.bind));
  const rtmpUrl = rtmp && `rtmp://${rtmpHost}${rtmp.port === RTMP_PORT ? '' : `:${rtmp.port}`}/live/NAME`;
  if (rtmpUrl) {
    rows.push(['Publish', rtmpUrl], ['', `ffmpeg -re -i any.mp4 -c copy -f flv ${rtmpUrl}`]);
    if (rtmp.tlsPort !== undefined) {
      rows.push([
        '',
        `rtmps://${localHost(parseAddress(protocols.rtmp.tls_bind))}:${rtmp.tlsPort}/live/NAME`,
      ]);
    }
  }
  if (hasDemo) rows.push(['', 'a test picture is being published as "demo"']);
  const page = `http://${localHost(parseAddress(server.bind))}:${api.port}`;
  const mediaUrl = `http://${localHost(parseAddress(http_media.bind))}:${media.port}`;
  const has = (protocol: string) => adapters.some(adapter => adapter.protocolName === protocol);
  rows.push(['Watch', `${page}/`]);
  if (has('flv')) rows.push(['', `${mediaUrl}/flv/NAME.flv`]);
  if (has('hls')) rows.push(['', `${mediaUrl}/hls/NAME/index.m3u8`]);
  if (rtmpUrl) rows.push(['', rtmpUrl]);
  rows.push(['API', `${page}/api/docs`], ['Listening', listening(gateway, config)], ['Configured', source]);
  const lines = rows.map(([title, text]) => `  ${title.padEnd(11)} ${text}`);
  return `FLUX IoT ${version}\n\n${lines.join('\n')}\n\n  Ctrl-C stops it.\n`;
}

function listening({ rtmp, media, api }: Gateway, { protocols, server, http_media }: Config): string {
  const at = (bind: string, port: number) => formatAddress({ ...parseAddress(bind), port });
  const parts = [
    `HTTP media ${at(http_media.bind, media.port)}`,
    `API and page ${at(server.bind, api.port)}`,
  ];
  if (rtmp?.tlsPort !== undefined) parts.unshift(`RTMPS ${at(protocols.rtmp.tls_bind, rtmp.tlsPort)}`);
  if (rtmp) parts.unshift(`RTMP ${at(protocols.rtmp.bind, rtmp.port)}`);
  return parts.join(', ');
}
