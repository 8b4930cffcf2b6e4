export const VIDEO_TARGETS = ['copy', 'h264', 'mjpeg', 'none'] as const;
export const AUDIO_TARGETS = ['copy', 'aac', 'opus', 'g711a', 'g711u', 'none'] as const;
export const HARDWARE = ['none', 'nvenc', 'qsv', 'videotoolbox', 'v4l2m2m'] as const;

export type VideoTarget = (typeof VIDEO_TARGETS)[number];
export type AudioTarget = (typeof AUDIO_TARGETS)[number];
export type Hardware = (typeof HARDWARE)[number];

/** What is made of a stream. A track that is so already is passed on as it is. */
export interface TranscodeProfile {
  /** Part of the ids of the streams that are made by it. */
  readonly name: string;
  readonly video: VideoTarget;
  /** Pixels that the picture is scaled down to; 0 for the source's. Never up. */
  readonly height: number;
  /** Frames a second at most; 0 for the source's. */
  readonly frame_rate: number;
  /** Bits a second / 1000; 0 for what suits the size. */
  readonly video_bitrate: number;
  readonly audio: AudioTarget;
  /** Bits a second / 1000; 0 for what suits the codec. */
  readonly audio_bitrate: number;
  /** The encoder that is tried first. */
  readonly hardware: Hardware;
}

/** Bits a second / 1000 that suit a picture of so many lines. */
export function usualVideoBitrate(height: number): number {
  const [, kilobits] = USUAL.find(([lines]) => height <= lines) ?? [0, 12_000];
  return kilobits;
}

const USUAL: readonly (readonly [lines: number, kilobits: number])[] = [
  [240, 350],
  [360, 700],
  [480, 1200],
  [720, 2500],
  [1080, 4500],
];
