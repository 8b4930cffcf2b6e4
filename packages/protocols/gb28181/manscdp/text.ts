import iconv from 'iconv-lite';

const UTF8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The text of a body. The standard says GB 2312 (2016) and GB 18030 (2022); devices declare the one and send UTF-8, or
 * the other way round, so the bytes decide: what is valid UTF-8 is, and GB 18030, which holds GB 2312, is the rest.
 */
export function decodeText(body: Buffer): string {
  try {
    return UTF8.decode(body);
  } catch {
    return iconv.decode(body, 'gb18030');
  }
}

/** Every device reads GB 2312; what it does not hold is written as GB 18030 has it. */
export function encodeText(text: string): Buffer {
  return iconv.encode(text, 'gb18030');
}
