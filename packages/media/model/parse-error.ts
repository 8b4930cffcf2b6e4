/**
 * Input that does not follow its format. Parsers throw it; the session that fed the parser adds peer and stream.
 * `reason` names what was wrong in the format's own terms, `offset` is the byte at which it was seen.
 */
export class ParseError extends Error {
  override readonly name = 'ParseError';
  readonly reason: string;
  readonly offset: number | undefined;

  constructor(reason: string, offset?: number) {
    super(offset === undefined ? reason : `${reason} (at byte ${offset})`);
    this.reason = reason;
    this.offset = offset;
  }
}
