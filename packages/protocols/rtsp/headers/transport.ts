import { integerIn, splitOutsideQuotes, splitParameter } from './parameters.ts';

/** Two neighbours, RTP's and RTCP's: ports, or channels of the RTSP connection. */
export type Pair = readonly [rtp: number, rtcp: number];

/** One of the ways to carry a track that a Transport header offers or agrees on (RFC 2326 §12.39). */
export interface Transport {
  /** Transport protocol and profile, in capitals: `RTP/AVP`. */
  readonly profile: string;
  readonly lower: 'tcp' | 'udp';
  /** Undefined where it is not said: nobody means multicast then, whatever the RFC says. */
  readonly delivery?: 'unicast' | 'multicast' | undefined;
  /** Channels, 0 to 255. */
  readonly interleaved?: Pair | undefined;
  readonly clientPort?: Pair | undefined;
  readonly serverPort?: Pair | undefined;
  /** Of a multicast group. */
  readonly port?: Pair | undefined;
  readonly ttl?: number | undefined;
  readonly ssrc?: number | undefined;
  readonly mode?: 'play' | 'record' | undefined;
  /** Where media comes from, if not from the address of the connection. */
  readonly source?: string | undefined;
  /**
   * Where the client wants media to be sent. Shown and logged alone: nothing is ever sent to an address but the one
   * that the connection comes from, or anybody could have anybody else flooded (§16).
   */
  readonly destination?: string | undefined;
}

/** Somebody who offers more does not want to be understood. */
const MAX_ALTERNATIVES = 16;
const MAX_CHANNEL = 255;
const MAX_PORT = 65_535;

/**
 * All alternatives that can be understood, in the order of preference in which they stand. A parameter that is wrong
 * is left out.
 */
export function parseTransports(values: readonly string[]): Transport[] {
  return values
    .flatMap(value => splitOutsideQuotes(value, ','))
    .slice(0, MAX_ALTERNATIVES)
    .map(parseTransport)
    .filter(transport => transport !== undefined);
}

function parseTransport(text: string): Transport | undefined {
  const [specification = '', ...parameters] = splitOutsideQuotes(text, ';');
  const [, profile, lower] = /^(RTP\/S?AVPF?)(?:\/(TCP|UDP))?$/.exec(specification.toUpperCase()) ?? [];
  if (!profile) return undefined;
  const values = new Map(parameters.map(splitParameter));
  const interleaved = parsePair(values.get('interleaved'), MAX_CHANNEL, 0);
  const clientPort = parsePair(values.get('client_port'), MAX_PORT, 1);
  const serverPort = parsePair(values.get('server_port'), MAX_PORT, 1);
  // Escam's cameras answer with channels and forget the /TCP.
  const isTcp = lower === 'TCP' || (lower === undefined && interleaved && !clientPort && !serverPort);
  return {
    profile,
    lower: isTcp ? 'tcp' : 'udp',
    delivery: values.has('multicast') ? 'multicast' : values.has('unicast') ? 'unicast' : undefined,
    interleaved,
    clientPort,
    serverPort,
    port: parsePair(values.get('port'), MAX_PORT, 1),
    ttl: integerIn(values.get('ttl'), 0, 255),
    ssrc: parseSsrc(values.get('ssrc')),
    mode: parseMode(values.get('mode')),
    source: values.get('source') || undefined,
    destination: values.get('destination') || undefined,
  };
}

/** `8000-8001`, or `8000` alone and RTCP's is the next one. */
function parsePair(text: string | undefined, maximum: number, minimum: number): Pair | undefined {
  const [first, second] = (text ?? '').split('-').map(part => part.trim());
  const rtp = integerIn(first, minimum, maximum);
  if (rtp === undefined) return undefined;
  const rtcp = second ? integerIn(second, minimum, maximum) : integerIn(String(rtp + 1), minimum, maximum);
  return rtcp === undefined ? undefined : [rtp, rtcp];
}

/**
 * Eight hexadecimal digits, but Hikvision's cameras put a blank for a leading zero, and some write decimal digits,
 * which is seen where they are more than eight. Of several, the first (RFC 7826 §18.54).
 */
export function parseSsrc(text: string | undefined): number | undefined {
  const digits = /^(?:0x)?([0-9a-f]{1,10})(?:\/|$)/i.exec(text?.trim() ?? '')?.[1];
  if (digits === undefined) return undefined;
  const value = digits.length > 8 ? Number(digits) : Number.parseInt(digits, 16);
  return value <= 0xffffffff ? value : undefined;
}

/** ffmpeg, where it listens, and Darwin Streaming Server say `receive`. */
function parseMode(text: string | undefined): Transport['mode'] {
  if (text === undefined) return undefined;
  const modes = text.toLowerCase().split(',');
  if (modes.some(mode => /^\s*"?(?:record|receive)\b/.test(mode))) return 'record';
  return modes.some(mode => /^\s*"?play\b/.test(mode)) ? 'play' : undefined;
}

/** One alternative as it is sent; UDP goes without being said, for some cameras know it no other way. */
export function formatTransport(transport: Transport): string {
  const { profile, lower, delivery, interleaved, clientPort, serverPort, ssrc } = transport;
  const parameters = [
    lower === 'tcp' ? `${profile}/TCP` : profile,
    delivery,
    transport.destination && `destination=${transport.destination}`,
    transport.source && `source=${transport.source}`,
    interleaved && `interleaved=${interleaved.join('-')}`,
    transport.port && `port=${transport.port.join('-')}`,
    transport.ttl !== undefined && `ttl=${transport.ttl}`,
    clientPort && `client_port=${clientPort.join('-')}`,
    serverPort && `server_port=${serverPort.join('-')}`,
    ssrc !== undefined && `ssrc=${ssrc.toString(16).toUpperCase().padStart(8, '0')}`,
    // In quotes as in the RFC's examples; ffmpeg, live555 and GStreamer read it with and without.
    transport.mode === 'record' && 'mode=record',
    transport.mode === 'play' && 'mode="PLAY"',
  ];
  return parameters.filter(Boolean).join(';');
}
