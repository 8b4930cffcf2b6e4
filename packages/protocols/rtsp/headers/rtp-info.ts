import { integerIn } from './parameters.ts';
import { parseSsrc } from './transport.ts';

/** Where a track is in its RTP numbers when playing begins (RFC 2326 §12.33). */
export interface RtpInfo {
  /** The control URL of the track, absolute or as it stands in the SDP; some cameras leave something out of it. */
  readonly url: string;
  /** Sequence number of the first packet. */
  readonly sequence: number | undefined;
  /** RTP time stamp of the time that the Range header of the same answer begins at. */
  readonly rtpTime: number | undefined;
  /** Reolink's cameras say it here and not in Transport. */
  readonly ssrc: number | undefined;
}

const MAX_TRACKS = 64;

/** URLs have commas and semicolons in them: an entry begins at `url=`, its parameters at the first one known. */
export function parseRtpInfo(values: readonly string[]): RtpInfo[] {
  return values
    .flatMap(value => value.split(/,(?=\s*url\s*=)/i))
    .slice(0, MAX_TRACKS)
    .map(parseEntry)
    .filter(entry => entry !== undefined);
}

function parseEntry(text: string): RtpInfo | undefined {
  const url = /^\s*url\s*=\s*/i.exec(text)?.[0];
  if (url === undefined) return undefined;
  const parts = text.slice(url.length).split(';');
  const first = parts.findIndex(part => /^\s*(?:seq|rtptime|ssrc)\s*=/i.test(part));
  const end = first === -1 ? parts.length : first;
  const values = new Map<string, string>();
  for (const part of parts.slice(end)) {
    const [name = '', value = ''] = part.split('=', 2).map(side => side.trim());
    values.set(name.toLowerCase(), value);
  }
  return {
    url: parts.slice(0, end).join(';').trim().replace(/;+$/, '').replace(/^"|"$/g, ''),
    sequence: integerIn(values.get('seq'), 0, 0xffff),
    rtpTime: integerIn(values.get('rtptime'), 0, 0xffffffff),
    ssrc: parseSsrc(values.get('ssrc')),
  };
}

export function formatRtpInfo(entries: readonly RtpInfo[]): string {
  return entries
    .map(({ url, sequence, rtpTime }) => {
      const parameters = [
        `url=${url}`,
        sequence !== undefined && `seq=${sequence}`,
        rtpTime !== undefined && `rtptime=${rtpTime}`,
      ];
      return parameters.filter(Boolean).join(';');
    })
    .join(',');
}
