/** Lines as they are sent, a character for each byte. */
export function text(...lines: string[]): Buffer {
  return Buffer.from(lines.join('\r\n'), 'latin1');
}
