import { FluxError } from '@flux-iot/core/errors/flux-error';
import { ParseError } from '@flux-iot/media/model/parse-error';
import { isVideoFormat, mediaFormat, type ReceivableFormat } from '@flux-iot/media/rtp/format/media-format';
import { parseSdp } from '@flux-iot/media/rtp/sdp/parser';
import {
  attributeValue,
  findAttribute,
  type MediaDescription,
} from '@flux-iot/media/rtp/sdp/session-description';
import { usualTrackId } from '../rtp-ingest.ts';

/** One media of a camera that is to be received. */
export interface DescribedMedia {
  readonly trackId: number;
  readonly format: ReceivableFormat;
  /** `a=control`, by which its URL is made. */
  readonly control: string | undefined;
}

/** What a camera says that it has. */
export interface Description {
  /** Of its pictures and its sound, one each at most. */
  readonly media: readonly DescribedMedia[];
  /** What is not received, with the reasons in words. */
  readonly leftOut: readonly string[];
  readonly sessionControl: string | undefined;
  readonly tool: string | undefined;
}

/** Throws `PROTOCOL_ERROR` for what is no session description, `CODEC_UNSUPPORTED` where nothing can be received. */
export function parseDescription(body: Buffer): Description {
  const session = parse(body);
  const media: DescribedMedia[] = [];
  const leftOut: string[] = [];
  for (const one of session.media) {
    const format = mediaFormat(one);
    const reason = reasonAgainst(one, format.codec === undefined ? format.reason : undefined);
    if (format.codec === undefined || reason !== undefined) {
      leftOut.push(`${one.type}: ${reason}`);
    } else if (media.some(other => isVideoFormat(other.format) === isVideoFormat(format))) {
      leftOut.push(`${one.type} ${format.codec}: the camera has another before it`);
    } else {
      media.push({ trackId: usualTrackId(format), format, control: attributeValue(one, 'control') });
    }
  }
  if (session.media.length === 0) {
    throw new FluxError('PROTOCOL_ERROR', 'The camera describes a session without media.');
  }
  if (media.length === 0) {
    throw new FluxError('CODEC_UNSUPPORTED', `Nothing of it can be received: ${leftOut.join('; ')}.`);
  }
  const sessionControl = attributeValue(session, 'control');
  return { media, leftOut, sessionControl, tool: attributeValue(session, 'tool') };
}

/** ONVIF's way back to the camera's loudspeaker is one that the client sends on (Streaming Specification §5.3). */
function reasonAgainst(media: MediaDescription, unsupported: string | undefined): string | undefined {
  if (findAttribute(media, 'sendonly')) return 'it is for sound to the camera';
  return unsupported;
}

function parse(body: Buffer) {
  try {
    return parseSdp(body.toString('utf8'));
  } catch (cause) {
    if (!(cause instanceof ParseError)) throw cause;
    throw new FluxError('PROTOCOL_ERROR', `The camera's session description: ${cause.message}.`, { cause });
  }
}
