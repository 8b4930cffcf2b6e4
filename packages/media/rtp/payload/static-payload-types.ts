/** Payload types that stand for one format each, of the encodings that the product carries (RFC 3551 §6). */
const STATIC: readonly { readonly payloadType: number; readonly rtpMap: string }[] = [
  { payloadType: 0, rtpMap: 'PCMU/8000' },
  { payloadType: 8, rtpMap: 'PCMA/8000' },
  { payloadType: 14, rtpMap: 'MPA/90000' },
];

/** What `a=rtpmap` would say of a payload type that needs none. */
export function staticRtpMap(payloadType: number): string | undefined {
  return STATIC.find(format => format.payloadType === payloadType)?.rtpMap;
}

/** The payload type that a format has already. Some players know MP3 by it alone (FFmpeg). */
export function staticPayloadType(rtpMap: string): number | undefined {
  return STATIC.find(format => format.rtpMap === rtpMap)?.payloadType;
}
