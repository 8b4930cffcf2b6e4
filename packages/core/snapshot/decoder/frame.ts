/**
 * How a media node and its decoder processes talk, over a socket between the two: frames of two 32-bit lengths, a
 * header in JSON and a body of bytes.
 */
const PREFIX = 8;
const MAX_HEADER = 64 * 1024;

/** What is wrong with the sender; nothing more can be read from it. */
export class FrameError extends Error {}

export function encodeFrame(header: unknown, parts: readonly Buffer[]): Buffer[] {
  const json = Buffer.from(JSON.stringify(header));
  const prefix = Buffer.alloc(PREFIX);
  prefix.writeUInt32BE(json.length, 0);
  prefix.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 0),
    4,
  );
  return [prefix, json, ...parts];
}

/** Puts frames together from what was read. */
export class FrameReader {
  readonly #maxBody: number;
  readonly #onFrame: (header: unknown, body: Buffer) => void;
  readonly #prefix = Buffer.alloc(PREFIX);
  #prefixSize = 0;
  #content: Buffer | undefined;
  #size = 0;

  constructor(maxBody: number, onFrame: (header: unknown, body: Buffer) => void) {
    this.#maxBody = maxBody;
    this.#onFrame = onFrame;
  }

  /** Throws `FrameError` for what is too long or no JSON; nothing may be pushed after that. */
  push(data: Buffer): void {
    let at = 0;
    while (at < data.length) {
      if (!this.#content) {
        const copied = data.copy(this.#prefix, this.#prefixSize, at);
        this.#prefixSize += copied;
        at += copied;
        if (this.#prefixSize < PREFIX) return;
        const header = this.#prefix.readUInt32BE(0);
        const body = this.#prefix.readUInt32BE(4);
        if (header > MAX_HEADER || body > this.#maxBody) throw new FrameError('The frame is too long.');
        this.#content = Buffer.allocUnsafeSlow(header + body);
        this.#size = 0;
      }
      const copied = data.copy(this.#content, this.#size, at);
      this.#size += copied;
      at += copied;
      if (this.#size < this.#content.length) return;
      const content = this.#content;
      this.#content = undefined;
      this.#prefixSize = 0;
      const headerSize = this.#prefix.readUInt32BE(0);
      this.#onFrame(parse(content.subarray(0, headerSize)), content.subarray(headerSize));
    }
  }
}

function parse(header: Buffer): unknown {
  try {
    return JSON.parse(header.toString('utf8'));
  } catch {
    throw new FrameError('The header of a frame is not JSON.');
  }
}
