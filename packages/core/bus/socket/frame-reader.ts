import { FluxError } from '../../errors/flux-error.ts';
import { MAX_MESSAGE } from '../message.ts';

export const HEADER_SIZE = 4;

/** An empty frame: nothing but a sign of life. */
export const HEARTBEAT = Buffer.alloc(HEADER_SIZE);

/** Four bytes with the length, big-endian, and the text in UTF-8. */
export function frameOf(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const frame = Buffer.allocUnsafe(HEADER_SIZE + length);
  frame.writeUInt32BE(length);
  frame.write(text, HEADER_SIZE);
  return frame;
}

/** Takes the frames out of a stream of bytes. What a frame says of its length costs no memory until it came. */
export class FrameReader {
  #chunks: Buffer[] = [];
  #size = 0;
  /** Bytes that the next step needs. */
  #wanted = HEADER_SIZE;
  #isBody = false;

  /** The texts of the frames that are complete now, heartbeats left out. Throws `PROTOCOL_ERROR` over 16 MiB. */
  *read(bytes: Buffer): Generator<string> {
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    while (this.#size >= this.#wanted) {
      const part = this.#take(this.#wanted);
      if (this.#isBody) yield part.toString();
      const length = this.#isBody ? 0 : part.readUInt32BE();
      if (length > MAX_MESSAGE)
        throw new FluxError('PROTOCOL_ERROR', `A frame of ${length} bytes is more than is allowed.`);
      this.#isBody = length > 0;
      this.#wanted = this.#isBody ? length : HEADER_SIZE;
    }
  }

  #take(size: number): Buffer {
    const all = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    const rest = all.subarray(size);
    this.#chunks = rest.length > 0 ? [rest] : [];
    this.#size = rest.length;
    return all.subarray(0, size);
  }
}
