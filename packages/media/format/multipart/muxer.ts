import type { ByteWriter } from '../../model/byte-writer.ts';
import type { Sample } from '../../model/sample.ts';
import type { Track } from '../../model/track.ts';
import type { Muxer } from '../muxer.ts';

const BOUNDARY = 'flux-picture';
const DELIMITER = `--${BOUNDARY}\r\n`;

/** Of the response that the parts are in. */
export const MULTIPART_TYPE = `multipart/x-mixed-replace; boundary=${BOUNDARY}`;

/**
 * Pictures one after the other, each in place of the one before: parts of a MIME multipart entity (RFC 2046 §5.1) of the
 * subtype that browsers have for it. A part ends with the delimiter of the next, for browsers show it when that has come.
 */
export class MultipartMuxer implements Muxer {
  carries({ codec }: Track): boolean {
    return codec === 'mjpeg';
  }

  init(): Buffer {
    return Buffer.from(DELIMITER, 'latin1');
  }

  /** Every picture says for itself how large it is. */
  update(): void {}

  write(sample: Sample, _track: Track | undefined, writer: ByteWriter): void {
    if (sample.kind !== 'video') return;
    const { data } = sample;
    const header = `Content-Type: image/jpeg\r\nContent-Length: ${data.length}\r\n\r\n`;
    writer.bytes(Buffer.from(header, 'latin1'));
    writer.bytes(data);
    writer.bytes(Buffer.from(`\r\n${DELIMITER}`, 'latin1'));
  }
}
