import { type RefObject, useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/client.ts';
import type { Format } from './formats.ts';
import type { Playback, PlaybackSource } from './playback.ts';

export type Phase =
  | { readonly name: 'idle' | 'opening' | 'playing' | 'buffering' | 'over' }
  /** `error` is what the media server said, or else the player. */
  | { readonly name: 'failed'; readonly error: ApiError | string };

/** Milliseconds to wait before playing is tried again: this much more with each failure in a row. */
const RETRY_STEP = 2000;
const MAX_RETRY_DELAY = 30_000;

interface PlaybackState {
  readonly phase: Phase;
  /** Seconds behind the newest picture; undefined where that is not known. */
  delay(): number | undefined;
}

/** Plays into the element for as long as there is a source, and tries again when it fails. */
export function usePlayback(
  video: RefObject<HTMLVideoElement | null>,
  format: Format,
  source: PlaybackSource | undefined,
): PlaybackState {
  const [phase, setPhase] = useState<Phase>({ name: 'idle' });
  const [turn, setTurn] = useState(0);
  const failures = useRef(0);
  const playback = useRef<Playback>(undefined);
  const { url, hasVideo, hasAudio, isRecording = false } = source ?? {};

  // A new turn is a new attempt.
  useEffect(() => {
    const element = video.current;
    if (!element || url === undefined) {
      setPhase({ name: 'idle' });
      return;
    }
    const ended = new AbortController();
    const { signal } = ended;
    let timer: number | undefined;
    const onStop = (reason: string | undefined) => {
      if (signal.aborted) return;
      // Not from within the player's own event.
      queueMicrotask(() => close());
      ended.abort();
      if (reason === undefined) {
        setPhase({ name: 'over' });
        return;
      }
      failures.current++;
      const delay = Math.min(MAX_RETRY_DELAY, failures.current * RETRY_STEP);
      timer = window.setTimeout(() => setTurn(count => count + 1), delay);
      // What went wrong is asked of the server itself: players know a number at best.
      void reasonOf(url).then(error => setPhase({ name: 'failed', error: error ?? reason }));
    };
    const close = () => {
      playback.current?.close();
      playback.current = undefined;
    };
    // What failed the last time is left to be read until something is played.
    if (failures.current === 0) setPhase({ name: 'opening' });
    const onPlaying = () => {
      failures.current = 0;
      setPhase({ name: 'playing' });
    };
    element.addEventListener('playing', onPlaying, { signal });
    element.addEventListener('waiting', () => setPhase({ name: 'buffering' }), { signal });
    const start = async () => {
      // The players are loaded when they are needed.
      const play =
        format === 'hls'
          ? (await import('./hls-playback.ts')).playHls
          : (await import('./flv-playback.ts')).playFlv;
      if (signal.aborted) return;
      playback.current = play(element, { url, hasVideo, hasAudio, isRecording }, onStop);
      await element.play().catch(() => {});
    };
    void start().catch(error => onStop(String(error)));
    return () => {
      ended.abort();
      clearTimeout(timer);
      close();
    };
  }, [video, format, url, hasVideo, hasAudio, isRecording, turn]);

  // A stream that is over may come again at the same address.
  useEffect(() => {
    if (phase.name !== 'over' || url === undefined) return;
    const timer = setTimeout(() => setTurn(count => count + 1), MAX_RETRY_DELAY / 3);
    return () => clearTimeout(timer);
  }, [phase, url]);

  return { phase, delay: () => playback.current?.delay };
}

async function reasonOf(url: string): Promise<ApiError | undefined> {
  const aborter = new AbortController();
  try {
    const answer = await fetch(url.replace(/^ws/, 'http'), { signal: aborter.signal });
    return answer.ok ? undefined : ApiError.of(answer, await answer.json().catch(() => undefined));
  } catch {
    return new ApiError(0, {});
  } finally {
    aborter.abort();
  }
}
