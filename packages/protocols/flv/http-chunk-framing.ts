import type { Framing } from '@flux-iot/core/stream/output';

const SIZE_DIGITS = 8;
const HEAD = SIZE_DIGITS + 2;
const TAIL = 2;

/**
 * One chunk of HTTP's chunked transfer coding (RFC 9112 §7.1) around each piece. Leading zeros are allowed in the
 * size, which makes the frame's own size fixed: pieces lie side by side in memory, frames and all.
 */
export const HTTP_CHUNK_FRAMING: Framing = {
  head: HEAD,
  tail: TAIL,
  fill(slab, start, end) {
    const size = end - start - HEAD - TAIL;
    slab.write(size.toString(16).padStart(SIZE_DIGITS, '0'), start, 'latin1');
    slab.write('\r\n', start + SIZE_DIGITS, 'latin1');
    slab.write('\r\n', end - TAIL, 'latin1');
  },
};

/** The chunk of size zero that ends the body. */
export const LAST_CHUNK: Buffer = Buffer.from('0\r\n\r\n');
