import { el } from './dom.ts';

/** The parts of the two players' global objects that are used; both come as classic scripts. */
interface MpegtsPlayer {
  attachMediaElement(video: HTMLVideoElement): void;
  load(): void;
  play(): Promise<void> | undefined;
  destroy(): void;
  on(event: string, listener: (type: string, detail: string) => void): void;
}
interface HlsPlayer {
  attachMedia(video: HTMLVideoElement): void;
  loadSource(url: string): void;
  destroy(): void;
  on(event: string, listener: (event: string, data: { fatal: boolean; details: string }) => void): void;
}
declare const mpegts: {
  createPlayer(source: Record<string, unknown>, options: Record<string, unknown>): MpegtsPlayer;
  isSupported(): boolean;
};
declare const Hls: { new (options: Record<string, unknown>): HlsPlayer; isSupported(): boolean };

export type Format = 'flv' | 'hls';

/** How far behind the newest media that it has the player is, in seconds. */
const TARGET_DELAY = 0.6;
const MAX_DELAY = 1.2;

/** One playing stream: a video element, and mpegts.js or hls.js behind it. */
export class Player {
  readonly element: HTMLElement;
  readonly #video: HTMLVideoElement;
  readonly #message: HTMLElement;
  #close: () => void = () => {};

  constructor() {
    this.#video = el('video', {
      muted: true,
      autoplay: true,
      playsinline: true,
      controls: true,
    }) as HTMLVideoElement;
    this.#video.muted = true;
    this.#message = el('p', { class: 'overlay', role: 'status' });
    this.element = el('div', { class: 'player' }, this.#video, this.#message);
    this.#video.addEventListener('playing', () => this.#say(''));
    this.#video.addEventListener('waiting', () => this.#say('Waiting for media …'));
  }

  play(format: Format, url: string): void {
    this.close();
    this.#say('Loading …');
    if (format === 'flv') this.#playFlv(url);
    else this.#playHls(url);
  }

  /** Seconds between what is shown and the newest media that has arrived. */
  get delay(): number | undefined {
    const { buffered, currentTime } = this.#video;
    return buffered.length === 0 ? undefined : buffered.end(buffered.length - 1) - currentTime;
  }

  close(): void {
    this.#close();
    this.#close = () => {};
    this.#video.removeAttribute('src');
    this.#video.load();
  }

  #playFlv(url: string): void {
    if (!mpegts.isSupported()) {
      this.#say('This browser has no Media Source Extensions; try HLS.');
      return;
    }
    const player = mpegts.createPlayer(
      { type: 'flv', isLive: true, url },
      {
        enableWorker: false,
        enableStashBuffer: false,
        liveBufferLatencyChasing: true,
        liveBufferLatencyMaxLatency: MAX_DELAY,
        liveBufferLatencyMinRemain: TARGET_DELAY,
        lazyLoad: false,
        autoCleanupSourceBuffer: true,
      },
    );
    player.on('error', (type, detail) => this.#say(explain(type, detail)));
    player.on('loading_complete', () => this.#say('The stream is over.'));
    player.attachMediaElement(this.#video);
    player.load();
    player.play()?.catch(() => {});
    this.#close = () => player.destroy();
  }

  #playHls(url: string): void {
    if (!Hls.isSupported()) {
      this.#video.src = url;
      return;
    }
    const player = new Hls({
      liveSyncDurationCount: 1,
      lowLatencyMode: true,
      manifestLoadingTimeOut: 30_000,
    });
    player.on('hlsError', (_event, { fatal, details }) => {
      if (fatal) this.#say(explain('hls.js', details));
    });
    player.loadSource(url);
    player.attachMedia(this.#video);
    this.#video.play().catch(() => {});
    this.#close = () => player.destroy();
  }

  #say(text: string): void {
    this.#message.textContent = text;
    this.#message.hidden = text === '';
  }
}

function explain(type: string, detail: string): string {
  if (/codec|addsourcebuffer|incompatible|MediaMSEError|manifestIncompatible/i.test(`${type} ${detail}`)) {
    return "This browser cannot play the stream's codec.";
  }
  if (/HttpStatusCodeInvalid|manifestLoadError/.test(detail)) return 'The stream is not there any more.';
  return `Playing failed: ${detail || type}.`;
}
