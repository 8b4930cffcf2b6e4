/** S and E in the header of a fragmentation unit, which H.264 and H.265 share (RFC 6184 §5.8, RFC 7798 §4.4.3). */
export const FU_START = 0x80;
export const FU_END = 0x40;
