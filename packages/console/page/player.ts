import { problemDetail, type Track } from './api.ts';
import { el } from './dom.ts';
import type { Playback, PlaybackSource } from './playback.ts';

/** In the order of the switch; `flv` and the others are the API's names of the addresses. */
export const FORMATS = [
  { format: 'flv', label: 'HTTP-FLV' },
  { format: 'ws-flv', label: 'WebSocket-FLV' },
  { format: 'hls', label: 'HLS' },
] as const;
export type Format = (typeof FORMATS)[number]['format'];

/** Milliseconds to wait before playing is tried again: this much more with each failure in a row. */
const RETRY_STEP = 2000;
const MAX_RETRY_DELAY = 30_000;

/** A video element and what it plays. Muted at first: browsers start nothing with sound by itself. */
export class Player {
  readonly element: HTMLElement;
  readonly #video: HTMLVideoElement;
  readonly #message: HTMLElement;
  readonly #unmute: HTMLElement;
  #playback: Playback | undefined;
  /** Counts what was begun, so that what comes late from an earlier one is known. */
  #turn = 0;
  #isPlaying = false;
  #failures = 0;
  #retryAt = 0;

  constructor() {
    this.#video = el('video', { autoplay: true, playsinline: true, controls: true });
    this.#video.muted = true;
    this.#message = el('p', { class: 'overlay', role: 'status' });
    this.#unmute = el(
      'button',
      { type: 'button', class: 'unmute', click: () => this.#turnSoundOn() },
      'Unmute',
    );
    this.element = el('div', { class: 'player' }, this.#video, this.#message, this.#unmute);
    this.#video.addEventListener('playing', () => {
      this.#failures = 0;
      this.say('');
    });
    this.#video.addEventListener('waiting', () => this.say('Waiting for pictures …'));
    this.#video.addEventListener('volumechange', () => this.#showUnmute(true));
  }

  /** Nothing is played or being opened, and the last failure is long enough ago. */
  get mayStart(): boolean {
    return !this.#isPlaying && performance.now() >= this.#retryAt;
  }

  get delay(): number | undefined {
    return this.#playback?.delay;
  }

  async play(format: Format, url: string, tracks: readonly Track[]): Promise<void> {
    this.close();
    const turn = this.#turn;
    const playable = tracks.filter(isPlayable);
    const source: PlaybackSource = {
      url,
      hasVideo: playable.some(track => track.kind === 'video'),
      hasAudio: playable.some(track => track.kind === 'audio'),
    };
    this.#isPlaying = true;
    this.#showUnmute(source.hasAudio);
    if (playable.length === 0) {
      this.say('This browser can play nothing of this stream; the addresses are for other players.');
      return;
    }
    // What failed the last time is left to be read until something is played.
    if (this.#failures === 0) this.say('Opening …');
    const onStop = (reason: string | undefined) => void this.#stopped(turn, url, reason);
    // The players are loaded when they are needed.
    const play =
      format === 'hls'
        ? (await import('./hls-playback.ts')).playHls
        : (await import('./flv-playback.ts')).playFlv;
    if (turn !== this.#turn) return;
    this.#playback = play(this.#video, source, onStop);
    await this.#video.play().catch(() => {});
  }

  say(text: string): void {
    this.#message.textContent = text;
    this.#message.hidden = text === '';
  }

  close(): void {
    this.#turn++;
    this.#isPlaying = false;
    this.#playback?.close();
    this.#playback = undefined;
    this.#showUnmute(false);
  }

  /** What went wrong is asked of the server itself: players know a number at best. */
  async #stopped(turn: number, url: string, reason: string | undefined): Promise<void> {
    if (turn !== this.#turn) return;
    // Not from within its own event.
    await Promise.resolve();
    this.close();
    if (reason === undefined) {
      this.say('The stream is over.');
      return;
    }
    this.#failures++;
    this.#retryAt = performance.now() + Math.min(MAX_RETRY_DELAY, this.#failures * RETRY_STEP);
    const now = this.#turn;
    const answer = await reasonOf(url);
    if (now === this.#turn) this.say(answer ?? `Playing failed: ${reason}`);
  }

  #turnSoundOn(): void {
    this.#video.muted = false;
    if (this.#video.volume === 0) this.#video.volume = 1;
  }

  #showUnmute(hasAudio: boolean): void {
    this.#unmute.hidden = !hasAudio || !this.#isPlaying || !this.#video.muted;
  }
}

/** Codecs without a registered name (G.711) are none that browsers play by these formats. */
export function isPlayable({ kind, codec_string: name }: Track): boolean {
  // Where there is none, the browser plays HLS by itself and knows best.
  if (!('MediaSource' in window)) return true;
  return MediaSource.isTypeSupported(`${kind}/mp4; codecs="${name}"`);
}

async function reasonOf(url: string): Promise<string | undefined> {
  const aborter = new AbortController();
  try {
    const answer = await fetch(url.replace(/^ws/, 'http'), { signal: aborter.signal });
    return answer.ok ? undefined : await problemDetail(answer);
  } catch {
    return 'The media server does not answer.';
  } finally {
    aborter.abort();
  }
}
