/** A time as RTCP has it (RFC 3550 §4): seconds since 1900, modulo 2^32, and 2^-32 parts of a second. */
export interface NtpTime {
  readonly seconds: number;
  readonly fraction: number;
}

const TURN = 2 ** 32;
/** Seconds from 1900 to 1970. */
const UNIX_EPOCH = 2_208_988_800;
/** Seconds below are taken for the turn that begins in 2036, as RFC 4330 §3 proposes. */
const HALF_TURN = 2 ** 31;

/** Of milliseconds since 1970, which may have fractions. */
export function ntpTime(milliseconds: number): NtpTime {
  const total = Math.round((milliseconds / 1000) * TURN) / TURN;
  const whole = Math.floor(total);
  return { seconds: (whole + UNIX_EPOCH) % TURN, fraction: (total - whole) * TURN };
}

/**
 * Milliseconds since 1970, to within a microsecond. The clocks of many cameras count from their start instead; such
 * times still have their right distances from each other.
 */
export function millisecondsOf({ seconds, fraction }: NtpTime): number {
  const whole = seconds < HALF_TURN ? seconds + TURN : seconds;
  return (whole - UNIX_EPOCH) * 1000 + (fraction / TURN) * 1000;
}

/** The middle 32 bits, by which a receiver report names a sender report: 2^-16 parts of a second. */
export function middleBits({ seconds, fraction }: NtpTime): number {
  return (seconds % 0x10000) * 0x10000 + Math.floor(fraction / 0x10000);
}
