const MAX_HEADER = 16 * 1024;
const MAX_CHUNK_LINE = 64;

/** Takes a part of the body: `bytes[start..end)`. */
export type BodyListener = (bytes: Buffer, start: number, end: number, time: number) => void;

/**
 * Reads the answer to one HTTP/1.1 request and hands on its body, by chunks (RFC 9112, 7.1) or up to the end of the
 * connection, without copying it. Throws a RangeError at another status than 200, and at the end of a chunked body.
 */
export class HttpBodyReader {
  readonly #listener: BodyListener;
  #header = '';
  #inBody = false;
  #chunked = false;
  /** Bytes left of the chunk; 0 while the line with the next chunk's length is read. */
  #left = 0;
  #line = '';

  constructor(listener: BodyListener) {
    this.#listener = listener;
  }

  push(bytes: Buffer, start: number, end: number, time: number): void {
    let at = start;
    if (!this.#inBody) at = this.#readHeader(bytes, start, end);
    if (!this.#chunked) {
      if (at < end) this.#listener(bytes, at, end, time);
      return;
    }
    while (at < end) {
      if (this.#left === 0) at = this.#readChunkLine(bytes, at, end);
      else {
        const length = Math.min(this.#left, end - at);
        this.#listener(bytes, at, at + length, time);
        this.#left -= length;
        at += length;
      }
    }
  }

  #readHeader(bytes: Buffer, start: number, end: number): number {
    const before = this.#header.length;
    this.#header += bytes.toString('latin1', start, end);
    const length = this.#header.indexOf('\r\n\r\n');
    if (length < 0) {
      if (this.#header.length > MAX_HEADER) throw new RangeError('the HTTP header is too long');
      return end;
    }
    const header = this.#header.slice(0, length);
    this.#header = '';
    const status = /^HTTP\/1\.[01] (\d{3})/.exec(header)?.[1];
    if (status !== '200') throw new RangeError(`HTTP status ${status ?? 'missing'}`);
    this.#chunked = /^transfer-encoding:\s*chunked\s*$/im.test(header);
    this.#inBody = true;
    return start + length + 4 - before;
  }

  #readChunkLine(bytes: Buffer, start: number, end: number): number {
    for (let at = start; at < end; at++) {
      if (bytes[at] !== 0x0a) {
        this.#line += String.fromCharCode(bytes[at]!);
        if (this.#line.length > MAX_CHUNK_LINE) throw new RangeError('not a chunk of HTTP');
        continue;
      }
      const line = this.#line.trim();
      this.#line = '';
      // The line end behind a chunk's bytes reads as an empty line here.
      if (line !== '') {
        this.#left = Number.parseInt(line, 16);
        if (Number.isNaN(this.#left)) throw new RangeError('not a chunk of HTTP');
        if (this.#left === 0) throw new RangeError('the server ended the stream');
      }
      return at + 1;
    }
    return end;
  }
}
