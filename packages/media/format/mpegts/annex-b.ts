/**
 * Turns a byte stream of NAL units (H.264 and H.265 Annex B) into one with four-byte lengths. Units for which `skip`
 * says so, by their first byte, are left out, as are zero bytes behind units.
 */
export function annexBToLengthPrefixed(stream: Buffer, skip: (firstByte: number) => boolean): Buffer {
  const spans: number[] = [];
  let size = 0;
  let start = unitStart(stream, 0);
  while (start !== -1) {
    const next = unitStart(stream, start);
    let end = next === -1 ? stream.length : next - 3;
    // The zero byte of a longer start code, and trailing_zero_8bits. No unit ends with zero by itself (§7.4.1).
    while (end > start && stream[end - 1] === 0) end--;
    if (end > start && !skip(stream[start] as number)) {
      spans.push(start, end);
      size += 4 + end - start;
    }
    start = next;
  }
  const result = Buffer.allocUnsafeSlow(size);
  let to = 0;
  for (let index = 0; index < spans.length; index += 2) {
    const from = spans[index] as number;
    const end = spans[index + 1] as number;
    to = result.writeUInt32BE(end - from, to);
    to += stream.copy(result, to, from, end);
  }
  return result;
}

/** The offset behind the next start code at or after `from`; -1 if there is none. */
function unitStart(stream: Buffer, from: number): number {
  let at = from;
  for (;;) {
    at = stream.indexOf(1, at);
    if (at === -1) return -1;
    if (at - from >= 2 && stream[at - 1] === 0 && stream[at - 2] === 0) return at + 1;
    at++;
  }
}
