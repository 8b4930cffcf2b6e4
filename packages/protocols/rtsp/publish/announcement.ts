import { ParseError } from '@flux-iot/media/model/parse-error';
import { type MediaFormat, mediaFormat } from '@flux-iot/media/rtp/format/media-format';
import { parseSdp } from '@flux-iot/media/rtp/sdp/parser';
import { attributeValue } from '@flux-iot/media/rtp/sdp/session-description';
import { controlUrls, presentationUrl } from '../control-url.ts';
import { StatusError } from '../status-error.ts';

/** One media of what a client is going to record. */
export interface AnnouncedMedia {
  readonly trackId: number;
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
  const media = session.media.map((one, index) => {
    const control = attributeValue(one, 'control');
    // Not every client names both alike.
    const urls = [base, url].flatMap(from => controlUrls(from, control, 'append'));
    return { trackId: index + 1, format: mediaFormat(one), urls: urls.map(comparable) };
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

function comparable(url: string): string {
  return url.replace(/\/+$/, '');
}
