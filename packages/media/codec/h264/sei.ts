const RECOVERY_POINT = 6;
/** payloadType and payloadSize are each a run of this byte and the rest. */
const MORE = 0xff;

/**
 * Whether the SEI NAL unit between two offsets says that pictures are right from this one on: a recovery point with
 * recovery_frame_cnt 0 (H.264 §7.3.2.3.1, D.2.8). One pass that allocates nothing, as it runs for every frame; a broken
 * SEI says no such thing.
 */
export function isRecoveryPoint(data: Buffer, start: number, end: number): boolean {
  let zeros = 0;
  let field: 'type' | 'size' | 'recovery point' = 'type';
  let type = 0;
  let size = 0;
  /** Bytes of another message that are still to be passed over. */
  let left = 0;
  for (let at = start + 1; at < end; at++) {
    const byte = data[at]!;
    if (zeros >= 2 && byte === 3) {
      zeros = 0; // emulation prevention
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    if (left > 0) {
      left--;
    } else if (field === 'type') {
      type += byte;
      if (byte !== MORE) field = 'size';
    } else if (field === 'size') {
      size += byte;
      if (byte === MORE) continue;
      if (type === RECOVERY_POINT && size > 0) {
        field = 'recovery point';
        continue;
      }
      left = size;
      field = 'type';
      type = 0;
      size = 0;
    } else {
      // recovery_frame_cnt is ue(v): 0 is a single set bit.
      return byte >= 0x80;
    }
  }
  return false;
}
