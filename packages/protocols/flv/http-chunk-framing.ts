import type { Framing } from '@flux-iot/core/stream/output';

const SIZE_DIGITS = 8;

/**
 * One chunk of HTTP's chunked transfer coding (RFC 9112 §7.1) around each piece. Leading zeros are allowed in the
 * size, which makes the frame's own size fixed: pieces lie side by side in memory, frames and all.
 */
export const HTTP_CHUNK_FRAMING: Framing = {
  head: SIZE_DIGITS + 2,
  tail: 2,
  fill(slab, start, end) {
    const size = end - start - this.head - this.tail;
    slab.write(size.toString(16).padStart(SIZE_DIGITS, '0'), start, 'latin1');
    slab.write('\r\n', start + SIZE_DIGITS, 'latin1');
    slab.write('\r\n', end - 2, 'latin1');
  },
};

/** The chunk of size zero that ends the body. */
export const LAST_CHUNK: Buffer = Buffer.from('0\r\n\r\n');
