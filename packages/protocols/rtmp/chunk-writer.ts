import type { ByteWriter } from '@flux-iot/media/model/byte-writer';
import { EXTENDED_TIMESTAMP, MAX_CHUNK_SIZE } from './message.ts';

/**
 * Appends one message as a chunk of type 0 and as many of type 3 as it takes: nothing in it depends on what was sent
 * before, so the same bytes serve every player (RTMP 1.0 §5.3.1). The body is the first `headerSize` bytes of
 * `header`, then `data`.
 */
export function writeMessage(
  writer: ByteWriter,
  chunkSize: number,
  message: { chunkStreamId: number; type: number; messageStreamId: number; timestamp: number },
  header: Buffer,
  headerSize: number,
  data: Buffer,
): void {
  const { chunkStreamId, type, messageStreamId } = message;
  const size = Math.min(chunkSize, MAX_CHUNK_SIZE);
  const timestamp = message.timestamp >>> 0;
  const isExtended = timestamp >= EXTENDED_TIMESTAMP;
  const extendedSize = isExtended ? 4 : 0;
  const bodySize = headerSize + data.length;
  const chunks = Math.max(1, Math.ceil(bodySize / size));
  let at = writer.claim(12 + extendedSize + (chunks - 1) * (1 + extendedSize) + bodySize);
  const { buffer } = writer;
  buffer[at] = chunkStreamId;
  buffer.writeUIntBE(isExtended ? EXTENDED_TIMESTAMP : timestamp, at + 1, 3);
  buffer.writeUIntBE(bodySize, at + 4, 3);
  buffer[at + 7] = type;
  buffer.writeUInt32LE(messageStreamId, at + 8);
  at += 12;
  if (isExtended) at = buffer.writeUInt32BE(timestamp, at);
  for (let index = 0; index < headerSize; index++) buffer[at++] = header[index]!;
  let left = size - headerSize;
  let from = 0;
  for (;;) {
    const take = Math.min(left, data.length - from);
    data.copy(buffer, at, from, from + take);
    at += take;
    from += take;
    if (from >= data.length) return;
    buffer[at++] = 0xc0 | chunkStreamId;
    if (isExtended) at = buffer.writeUInt32BE(timestamp, at);
    left = size;
  }
}
