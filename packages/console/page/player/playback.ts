/** One stream being played into a video element by one of the players. */
export interface Playback {
  /** Seconds between what is shown and the newest picture that the server has, as far as the player knows. */
  readonly delay: number | undefined;
  close(): void;
}

export interface PlaybackSource {
  readonly url: string;
  /** Left out where nobody said: the player finds out. */
  readonly hasVideo?: boolean | undefined;
  readonly hasAudio?: boolean | undefined;
  /** It comes at its own pace, and there is no newest picture to keep near to. */
  readonly isRecording?: boolean;
}

/**
 * Called when nothing more will be played. `reason` is the player's own word for it, `unsupported` where the browser
 * lacks what the player needs; undefined: the stream is over.
 */
export type OnStop = (reason: string | undefined) => void;

/** Seconds of media that have arrived and are not played yet. */
export function bufferedAhead({ buffered, currentTime }: HTMLVideoElement): number | undefined {
  return buffered.length === 0 ? undefined : Math.max(0, buffered.end(buffered.length - 1) - currentTime);
}
