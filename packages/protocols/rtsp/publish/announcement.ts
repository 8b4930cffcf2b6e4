import { ParseError } from '@flux-iot/media/model/parse-error';
import { type MediaFormat, mediaFormat } from '@flux-iot/media/rtp/format/media-format';
import { parseSdp } from '@flux-iot/media/rtp/sdp/parser';
import { attributeValue } from '@flux-iot/media/rtp/sdp/session-description';
import { controlUrls, presentationUrl } from '../control-url.ts';
import { usualTrackId } from '../rtp-ingest.ts';
import { StatusError } from '../status-error.ts';

/** Above the ids of what is received. */
const FIRST_LEFT_OUT = 10;

/** One media of what a client is going to record. */
export interface AnnouncedMedia {
  readonly trackId: number;
  /** What is not received says why. */
  readonly format: MediaFormat;
  /** The URLs by which it may be set up. */
  readonly urls: readonly string[];
}

/**
 * What a client says by ANNOUNCE (RFC 2326 §10.3) that it is going to record. Throws `StatusError`: 400 for what is no
 * session description, 415 where nothing of it can be received.
 */
export function parseAnnouncement(url: string, description: Buffer): AnnouncedMedia[] {
  const session = parseDescription(description);
  const sessionControl = attributeValue(session, 'control');
  const base = presentationUrl({ request: url, sessionControl });
  const taken = new Set<number>();
  const media = session.media.map((one, index) => {
    const control = attributeValue(one, 'control');
    // Not every client names both alike.
    const urls = [base, url].flatMap(from => controlUrls(from, control, 'append')).map(comparable);
    const format = mediaFormat(one);
    const trackId = format.codec === undefined ? undefined : usualTrackId(format);
    if (trackId !== undefined && !taken.has(trackId)) {
      taken.add(trackId);
      return { trackId, format, urls };
    }
    return { trackId: FIRST_LEFT_OUT + index, format: leftOut(format), urls };
  });
  if (media.length === 0) throw new StatusError(400, 'The session description has no media.');
  if (media.every(({ format }) => format.codec === undefined)) {
    const reasons = media.map(({ format }) => (format.codec === undefined ? format.reason : ''));
    throw new StatusError(415, `Nothing of it can be received: ${reasons.join('; ')}.`);
  }
  return media;
}

/** The media that a URL of SETUP names; undefined where none. */
export function mediaOf(media: readonly AnnouncedMedia[], url: string): AnnouncedMedia | undefined {
  const wanted = comparable(url);
  const found = media.filter(({ urls }) => urls.includes(wanted));
  return found.length === 1 ? found[0] : undefined;
}

function parseDescription(description: Buffer) {
  try {
    return parseSdp(description.toString('utf8'));
  } catch (error) {
    if (error instanceof ParseError) throw new StatusError(400, error.message);
    throw error;
  }
}

/** Of several pictures or sounds the first is taken: most formats have room for one. */
function leftOut(format: MediaFormat): MediaFormat {
  if (format.codec === undefined) return format;
  const { encoding } = format;
  return { codec: undefined, encoding, reason: `${encoding}: there is another before it` };
}

function comparable(url: string): string {
  return url.replace(/\/+$/, '');
}
