import { isIPv6 } from 'node:net';
import { ParseError } from '@flux-iot/media/model/parse-error';
import type { MediaTransport } from '../media/reception.ts';

/** What a description says, an answer's or an offer's of another platform. */
export interface SessionDescription {
  /** `Play`, `Playback`, `Download`, `Talk`. */
  readonly name: string;
  /** Of the media, or else of the session. */
  readonly address: string | undefined;
  readonly media: 'video' | 'audio';
  readonly port: number;
  readonly isTcp: boolean;
  /** Of its sender. */
  readonly setup: 'active' | 'passive' | undefined;
  /** Payload types of the medium, the best first. */
  readonly types: readonly number[];
  /** Encoding names by payload type, in upper case: `PS`, `H264`. */
  readonly encodings: ReadonlyMap<number, string>;
  /** The digits of `y=`, as they stand there. */
  readonly ssrc: string | undefined;
  /** The bytes of what is downloaded, where the device says so. */
  readonly fileSize: number | undefined;
  /** How many times as fast a download is wanted. */
  readonly downloadSpeed: number | undefined;
  /** Seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** The channel of `u=`. */
  readonly uri: string | undefined;
  readonly format: string | undefined;
}

const MAX_BYTES = 16_384;

/** Reads a description (RFC 4566, with the standard's `y=` and `f=`). Throws `ParseError` where no medium is in it. */
export function parseSessionDescription(body: Buffer): SessionDescription {
  if (body.length > MAX_BYTES) throw new ParseError(`description of ${body.length} bytes`, 0);
  const values = new Map<string, string>();
  const attributes = new Map<string, string>();
  const encodings = new Map<number, string>();
  for (const line of body.toString('latin1').split(/\r\n|\r|\n/)) {
    const type = line.slice(0, 1);
    const value = line.slice(2).trim();
    if (line[1] !== '=') continue;
    if (type !== 'a') {
      // Of the two c= lines the later one is the medium's; of two media the first is the one that was asked for.
      if (type !== 'm' || !values.has('m')) values.set(type, value);
      continue;
    }
    const colon = value.indexOf(':');
    const name = (colon === -1 ? value : value.slice(0, colon)).toLowerCase();
    const content = colon === -1 ? '' : value.slice(colon + 1).trim();
    const mapping = name === 'rtpmap' ? /^(\d{1,3})\s+([A-Za-z0-9.-]{1,32})/.exec(content) : null;
    if (mapping) encodings.set(Number(mapping[1]), (mapping[2] ?? '').toUpperCase());
    else if (!attributes.has(name)) attributes.set(name, content);
  }
  const medium = /^(video|audio)\s+(\d{1,5})(?:\/\d+)?\s+(\S+)([\d\s]*)/i.exec(values.get('m') ?? '');
  if (!medium) throw new ParseError('no media in the description', 0);
  const setup = attributes.get('setup')?.toLowerCase();
  const [from = 0, to = 0] = (values.get('t') ?? '').split(/\s+/).map(Number).filter(Number.isFinite);
  return {
    name: values.get('s') ?? '',
    address: /^IN\s+IP[46]\s+(\S{1,64})/i.exec(values.get('c') ?? '')?.[1],
    media: medium[1]?.toLowerCase() === 'audio' ? 'audio' : 'video',
    port: Number(medium[2]),
    isTcp: /^TCP\//i.test(medium[3] ?? ''),
    setup: setup === 'active' || setup === 'passive' ? setup : undefined,
    types: (medium[4] ?? '').split(/\s+/).filter(Boolean).map(Number),
    encodings,
    ssrc: /^\d{1,10}/.exec(values.get('y') ?? '')?.[0],
    fileSize: /^\d{1,15}$/.test(attributes.get('filesize') ?? '')
      ? Number(attributes.get('filesize'))
      : undefined,
    downloadSpeed: /^\d{1,2}$/.test(attributes.get('downloadspeed') ?? '')
      ? Number(attributes.get('downloadspeed'))
      : undefined,
    from,
    to,
    uri: values.get('u'),
    format: values.get('f') || undefined,
  };
}

/** The answer of whoever sends. */
export interface Answer {
  /** Whose description it is: the id of the channel. */
  readonly ownerId: string;
  /** Of the offer: `Play`, `Playback`, … and its times. */
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** Where it is sent from, or waited for. */
  readonly address: string;
  readonly port: number;
  readonly transport: MediaTransport;
  /** Ten digits. */
  readonly ssrc: string;
}

/** The description of a 200 to an INVITE (GB/T 28181-2016 and -2022, §9.2 and annex G), with CR LF after each line. */
export function writeAnswer({ ownerId, name, from, to, address, port, transport, ssrc }: Answer): Buffer {
  const family = isIPv6(address) ? 'IP6' : 'IP4';
  const isTcp = transport !== 'udp';
  const lines = [
    'v=0',
    `o=${ownerId} 0 0 IN ${family} ${address}`,
    `s=${name}`,
    `c=IN ${family} ${address}`,
    `t=${from} ${to}`,
    `m=video ${port} ${isTcp ? 'TCP/RTP/AVP' : 'RTP/AVP'} 96`,
    'a=sendonly',
    'a=rtpmap:96 PS/90000',
    isTcp && `a=setup:${transport === 'tcp-passive' ? 'passive' : 'active'}`,
    isTcp && 'a=connection:new',
    `y=${ssrc}`,
  ];
  return Buffer.from(`${lines.filter(line => line !== false).join('\r\n')}\r\n`, 'latin1');
}

/** How the one that is invited sends, by what the offer says: what the other side waits for, this side connects. */
export function sendingTransport({ isTcp, setup }: SessionDescription): MediaTransport {
  if (!isTcp) return 'udp';
  return setup === 'active' ? 'tcp-passive' : 'tcp-active';
}
