import { formatAddress, localHost, parseAddress } from './config/address.ts';
import type { Config } from './config/schema.ts';
import { sipIdOf } from './gb28181.ts';
import type { ListeningPorts } from './programs/all-in-one.ts';

export interface BannerInput {
  readonly version: string;
  readonly config: Config;
  readonly ports: ListeningPorts;
  /** How many media nodes there are. */
  readonly nodes: number;
  /** What the configuration was made of, in words. */
  readonly source: string;
  readonly hasDemo: boolean;
}

const RTMP_PORT = 1935;
const RTSP_PORT = 554;

/** What a person who has just started the server wants to know. */
export function banner({ version, config, ports, nodes, source, hasDemo }: BannerInput): string {
  const { protocols, server, http_media } = config;
  const rows: [title: string, text: string][] = [];
  const rtmpHost = localHost(parseAddress(protocols.rtmp.bind));
  const rtmpPort = ports.rtmp === RTMP_PORT ? '' : `:${ports.rtmp}`;
  const rtmpUrl = ports.rtmp === undefined ? undefined : `rtmp://${rtmpHost}${rtmpPort}/live/NAME`;
  if (rtmpUrl) {
    rows.push(['Publish', rtmpUrl], ['', `ffmpeg -re -i any.mp4 -c copy -f flv ${rtmpUrl}`]);
    if (ports.rtmps !== undefined) {
      rows.push(['', `rtmps://${localHost(parseAddress(protocols.rtmp.tls_bind))}:${ports.rtmps}/live/NAME`]);
    }
  }
  const rtspPort = ports.rtsp === RTSP_PORT ? '' : `:${ports.rtsp}`;
  const rtspUrl =
    ports.rtsp === undefined
      ? undefined
      : `rtsp://${localHost(parseAddress(protocols.rtsp.bind))}${rtspPort}/live/NAME`;
  if (rtspUrl) rows.push([rows.length === 0 ? 'Publish' : '', rtspUrl]);
  if (hasDemo) rows.push(['', 'a test picture is being published as "demo"']);
  if (ports.sip !== undefined) {
    const { sip_domain: domain, bind_sip } = protocols.gb28181;
    const { host } = parseAddress(bind_sip);
    rows.push([
      'Register',
      `GB28181 devices at ${formatAddress({ host, port: ports.sip })}, SIP server ${sipIdOf(protocols.gb28181)}, domain ${domain}`,
    ]);
  }
  const page = `http://${localHost(parseAddress(server.bind))}:${ports.api}`;
  const mediaUrl = `http://${localHost(parseAddress(http_media.bind))}:${ports.media}`;
  rows.push(['Watch', `${page}/`]);
  if (protocols.enabled.includes('flv') && protocols.flv.enable) rows.push(['', `${mediaUrl}/flv/NAME.flv`]);
  if (protocols.enabled.includes('hls')) rows.push(['', `${mediaUrl}/hls/NAME/index.m3u8`]);
  if (rtmpUrl) rows.push(['', rtmpUrl]);
  if (rtspUrl) rows.push(['', rtspUrl]);
  if (ports.login !== undefined) rows.push(['Log in', `${page}/login?token=${ports.login} (once)`]);
  rows.push(
    ['API', `${page}/api/docs`],
    ['Listening', listening(ports, config)],
    ['Processes', processes(nodes)],
    ['Configured', source],
  );
  const lines = rows.map(([title, text]) => `  ${title.padEnd(11)} ${text}`);
  return `FLUX IoT ${version}\n\n${lines.join('\n')}\n\n  Ctrl-C stops it.\n`;
}

function listening(ports: ListeningPorts, { protocols, server, http_media }: Config): string {
  const listeners: [title: string, bind: string, port: number | undefined][] = [
    ['RTMP', protocols.rtmp.bind, ports.rtmp],
    ['RTMPS', protocols.rtmp.tls_bind, ports.rtmps],
    ['RTSP', protocols.rtsp.bind, ports.rtsp],
    ['RTSPS', protocols.rtsp.tls_bind, ports.rtsps],
    ['SIP', protocols.gb28181.bind_sip, ports.sip],
    ['HTTP media', http_media.bind, ports.media],
    ['API and page', server.bind, ports.api],
  ];
  return listeners
    .flatMap(([title, bind, port]) =>
      port === undefined ? [] : [`${title} ${formatAddress({ ...parseAddress(bind), port })}`],
    )
    .join(', ');
}

function processes(nodes: number): string {
  return `one server and ${nodes === 1 ? 'one media node' : `${nodes} media nodes, which share the ports`}`;
}
