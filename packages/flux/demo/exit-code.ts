/** The publisher's exit code where FFmpeg cannot be loaded on this machine (EX_UNAVAILABLE of sysexits). */
export const UNAVAILABLE = 69;
