const MAX_HEADER = 16 * 1024;
const MAX_CHUNK_LINE = 64;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SEMICOLON = 0x3b;
/** A chunk is shorter than 4 GiB. */
const MAX_DIGITS = 8;

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
  /** Of the line with a chunk's length: bytes and digits so far, their value, and whether an extension has begun. */
  #lineLength = 0;
  #digits = 0;
  #value = 0;
  #inExtension = false;

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
      const byte = bytes[at]!;
      if (byte === LINE_FEED) {
        this.#endChunkLine();
        return at + 1;
      }
      if (++this.#lineLength > MAX_CHUNK_LINE) throw new RangeError('not a chunk of HTTP');
      if (byte === SEMICOLON) this.#inExtension = true;
      if (this.#inExtension || byte === CARRIAGE_RETURN) continue;
      const digit = hexDigit(byte);
      if (digit < 0 || ++this.#digits > MAX_DIGITS) throw new RangeError('not a chunk of HTTP');
      this.#value = this.#value * 16 + digit;
    }
    return end;
  }

  #endChunkLine(): void {
    // The line end behind a chunk's bytes is an empty line here.
    const isEmpty = this.#digits === 0;
    this.#left = this.#value;
    this.#lineLength = 0;
    this.#digits = 0;
    this.#value = 0;
    this.#inExtension = false;
    if (!isEmpty && this.#left === 0) throw new RangeError('the server ended the stream');
  }
}

/** -1 for what is none. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
