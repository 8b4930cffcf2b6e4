/** Bits of the aggregation header before the OBU elements of a packet (RTP Payload Format For AV1, §4.4). */
export const AGGREGATION = {
  /** Z: the first element continues an OBU. */
  CONTINUES: 0x80,
  /** Y: the last element goes on in the next packet. */
  GOES_ON: 0x40,
  /** W: elements in the packet, if not 0; then the last has no length. */
  COUNT_SHIFT: 4,
  COUNT_MASK: 3,
  /** N: a coded video sequence begins. */
  NEW_SEQUENCE: 0x08,
} as const;

/** Bits of an OBU's header (AV1 §5.3.2). */
export const HAS_EXTENSION = 0x04;
export const HAS_SIZE = 0x02;

/** Bytes of a number as leb128 (AV1 §4.10.5). */
export function leb128Size(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 0x80; rest = Math.floor(rest / 0x80)) size++;
  return size;
}

/** Returns the offset behind the number. */
export function writeLeb128(target: Buffer, start: number, value: number): number {
  let at = start;
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) target[at++] = 0x80 | (rest & 0x7f);
  target[at++] = rest;
  return at;
}
