import type { Publication } from '@flux-iot/core/stream/publication';
import { FlvDemuxer } from '@flux-iot/media/format/flv/demuxer';
import { ParseError } from '@flux-iot/media/model/parse-error';
import { MESSAGE, type RtmpMessage } from './message.ts';

const AGGREGATE_HEADER_SIZE = 11;
const AGGREGATE_BACK_POINTER_SIZE = 4;

/** The media messages of one publisher, on their way into its publication. Bad ones are dropped and counted. */
export class RtmpIngest {
  readonly #publication: Publication;
  readonly #demuxer: FlvDemuxer;

  constructor(publication: Publication) {
    this.#publication = publication;
    this.#demuxer = new FlvDemuxer(publication);
  }

  /** False says that the message is not one of media. */
  message({ type, timestamp, payload }: RtmpMessage): boolean {
    switch (type) {
      case MESSAGE.VIDEO:
      case MESSAGE.AUDIO:
      case MESSAGE.DATA_AMF0:
        this.#tag(type, timestamp, payload);
        return true;
      case MESSAGE.DATA_AMF3:
        // The values behind the first byte are AMF0.
        this.#tag(MESSAGE.DATA_AMF0, timestamp, payload.subarray(1));
        return true;
      case MESSAGE.AGGREGATE:
        this.#aggregate(timestamp, payload);
        return true;
      default:
        return false;
    }
  }

  #tag(type: number, timestamp: number, body: Buffer): void {
    try {
      this.#demuxer.tag(type, timestamp, body);
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      this.#publication.note('bad-media', error.message);
    }
  }

  /** FLV tags one after the other; their time stamps count from the first, which is the message's (§7.1.6). */
  #aggregate(timestamp: number, payload: Buffer): void {
    let at = 0;
    let first: number | undefined;
    while (payload.length - at >= AGGREGATE_HEADER_SIZE) {
      const size = payload.readUIntBE(at + 1, 3);
      const stamp = payload.readUIntBE(at + 4, 3) + payload[at + 7]! * 2 ** 24;
      first ??= stamp;
      const start = at + AGGREGATE_HEADER_SIZE;
      if (size > payload.length - start) {
        this.#publication.note('bad-media', 'aggregate message cut off');
        return;
      }
      this.#tag(
        payload[at]!,
        (timestamp + stamp - first + 2 ** 32) % 2 ** 32,
        payload.subarray(start, start + size),
      );
      at = start + size + AGGREGATE_BACK_POINTER_SIZE;
    }
  }
}
