import { isIPv6 } from 'node:net';
import type { MediaTransport } from '../media/reception.ts';

export const MEDIA_TRANSPORTS = [
  'udp',
  'tcp-passive',
  'tcp-active',
] as const satisfies readonly MediaTransport[];

export interface Offer {
  /** Whose description it is: the id of the one that invites. */
  readonly ownerId: string;
  readonly channelId: string;
  /** `Talk`: sound both ways, of which we send ours. */
  readonly purpose: 'Play' | 'Playback' | 'Download' | 'Talk';
  /** Where the device is to send. */
  readonly address: string;
  readonly port: number;
  readonly transport: MediaTransport;
  /** Ten digits. */
  readonly ssrc: string;
  readonly stream?: 'main' | 'sub';
  /** Seconds since 1970, of a recording. */
  readonly from?: number;
  readonly to?: number;
  /** How many times as fast a download is asked for. */
  readonly downloadSpeed?: number;
}

/**
 * The description of an INVITE (GB/T 28181-2016 and -2022, §9.2 and annex C, F, G). The order of the lines is that of
 * the standard's examples: there are devices that look for them there.
 */
export function writeOffer(offer: Offer): Buffer {
  if (offer.purpose === 'Talk')
    return writeVoiceDescription({ ...offer, name: 'Talk', format: 'g711a', direction: 'sendrecv' });
  const { ownerId, channelId, purpose, address, port, transport, ssrc } = offer;
  const family = isIPv6(address) ? 'IP6' : 'IP4';
  const isTcp = transport !== 'udp';
  const lines = [
    'v=0',
    `o=${ownerId} 0 0 IN ${family} ${address}`,
    `s=${purpose}`,
    // `:0` takes every kind of recording.
    purpose !== 'Play' && `u=${channelId}:0`,
    `c=IN ${family} ${address}`,
    `t=${offer.from ?? 0} ${offer.to ?? 0}`,
    `m=video ${port} ${isTcp ? 'TCP/RTP/AVP' : 'RTP/AVP'} 96 97 98 99`,
    'a=recvonly',
    'a=rtpmap:96 PS/90000',
    'a=rtpmap:97 MPEG4/90000',
    'a=rtpmap:98 H264/90000',
    'a=rtpmap:99 H265/90000',
    isTcp && `a=setup:${transport === 'tcp-passive' ? 'passive' : 'active'}`,
    isTcp && 'a=connection:new',
    ...streamLines(offer.stream),
    offer.downloadSpeed !== undefined && `a=downloadspeed:${offer.downloadSpeed}`,
    `y=${ssrc}`,
    // No codec, size or rate is asked for: the device sends what it has.
    'f=v/////a///',
  ];
  return Buffer.from(`${lines.filter(line => line !== false).join('\r\n')}\r\n`, 'latin1');
}

export interface VoiceDescription extends Pick<Offer, 'ownerId' | 'address' | 'port' | 'transport' | 'ssrc'> {
  readonly name: string;
  /** Sound as it is, or in a program stream. */
  readonly format: 'g711a' | 'ps-sound';
  readonly direction: 'sendonly' | 'sendrecv';
}

/** Of sound that we send: our answer to a device that asks for it (§9.12), or our offer of a talk. */
export function writeVoiceDescription(description: VoiceDescription): Buffer {
  const { ownerId, name, address, port, transport, ssrc, format, direction } = description;
  const family = isIPv6(address) ? 'IP6' : 'IP4';
  const isTcp = transport !== 'udp';
  const type = format === 'g711a' ? 8 : 96;
  const lines = [
    'v=0',
    `o=${ownerId} 0 0 IN ${family} ${address}`,
    `s=${name}`,
    `c=IN ${family} ${address}`,
    't=0 0',
    `m=audio ${port} ${isTcp ? 'TCP/RTP/AVP' : 'RTP/AVP'} ${type}`,
    `a=${direction}`,
    format === 'g711a' ? 'a=rtpmap:8 PCMA/8000' : 'a=rtpmap:96 PS/90000',
    isTcp && `a=setup:${transport === 'tcp-passive' ? 'passive' : 'active'}`,
    isTcp && 'a=connection:new',
    `y=${ssrc}`,
    // G.711 of 64 kbit/s and 8 kHz, by the numbers of annex G.
    'f=v/////a/1/8/1',
  ];
  return Buffer.from(`${lines.filter(line => line !== false).join('\r\n')}\r\n`, 'latin1');
}

/** -2022's own name for it, and those that devices had before: Dahua's and its kin's, TP-LINK's. */
function streamLines(stream: Offer['stream']): string[] {
  if (stream === undefined) return [];
  const number = stream === 'main' ? 0 : 1;
  return [`a=streamnumber:${number}`, `a=streamprofile:${number}`, `a=streamMode:${stream}`];
}
