import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

/** Debian's Chromium, kept from looking for the rest of the world. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

export class TestBrowser {
  readonly #context: BrowserContext;
  readonly #folder: string;

  private constructor(context: BrowserContext, folder: string) {
    this.#context = context;
    this.#folder = folder;
  }

  static async start(
    viewport = { width: 1280, height: 800 },
    colorScheme: 'light' | 'dark' = 'light',
  ): Promise<TestBrowser> {
    const folder = mkdtempSync(join(tmpdir(), 'flux-chromium-'));
    const context = await chromium.launchPersistentContext(folder, {
      executablePath: '/usr/bin/chromium',
      args: ARGUMENTS,
      viewport,
      colorScheme,
    });
    return new TestBrowser(context, folder);
  }

  page(): Promise<Page> {
    return this.#context.newPage();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#context.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

const require = createRequire(import.meta.url);
const FILES: Readonly<Record<string, string>> = {
  '/mpegts.js': require.resolve('mpegts.js/dist/mpegts.js'),
  '/hls.js': require.resolve('hls.js/dist/hls.min.js'),
};

/** A page of the test's own with the two players on it: from another origin than the gateway, as in people's sites. */
export class PlayerSite {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<PlayerSite> {
    const server = createServer((request, response) => {
      const file = FILES[request.url ?? ''];
      response.setHeader('Content-Type', file ? 'text/javascript' : 'text/html');
      response.end(
        file
          ? readFileSync(file)
          : '<video muted autoplay></video><script src="/mpegts.js"></script><script src="/hls.js"></script>',
      );
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new PlayerSite(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => this.#server.close(resolve));
  }
}

/** What the video element of a page says, some time after `play` was called. */
export interface Playback {
  /** Milliseconds until the first frame was shown. */
  readonly firstFrame: number;
  readonly currentTime: number;
  /** Seconds of media that have arrived and were not shown yet. */
  readonly buffered: number;
  /** How often it had to wait after it had begun. */
  readonly stalls: number;
  readonly frames: number;
  readonly width: number;
  readonly errors: readonly string[];
}

/**
 * Plays `url` on the player site's page by one of the players for `seconds` after the first frame. What the player
 * and the element report is gathered in the page.
 */
export async function play(
  page: Page,
  site: PlayerSite,
  player: 'mpegts' | 'hls',
  url: string,
  seconds: number,
): Promise<Playback> {
  await page.goto(site.url);
  return page.evaluate(
    `(async () => {
      const video = document.querySelector('video');
      const errors = [];
      let stalls = 0;
      let began = false;
      const start = performance.now();
      video.addEventListener('waiting', () => { if (began) stalls++; });
      const first = new Promise(resolve => video.requestVideoFrameCallback(() => resolve(performance.now() - start)));
      if (${JSON.stringify(player)} === 'mpegts') {
        const config = { enableStashBuffer: false, liveBufferLatencyChasing: true, liveBufferLatencyMaxLatency: 1, liveBufferLatencyMinRemain: 0.3 };
        const instance = mpegts.createPlayer({ type: 'flv', isLive: true, url: ${JSON.stringify(url)} }, config);
        instance.on('error', (type, detail) => errors.push(type + ' ' + detail));
        instance.attachMediaElement(video);
        instance.load();
        instance.play();
      } else {
        const instance = new Hls();
        instance.on('hlsError', (_event, data) => errors.push((data.fatal ? 'fatal ' : '') + data.details));
        instance.loadSource(${JSON.stringify(url)});
        instance.attachMedia(video);
      }
      const timeout = new Promise((_, reject) => setTimeout(() => reject(new Error('no frame: ' + errors.join(', '))), 40000));
      const firstFrame = await Promise.race([first, timeout]);
      began = true;
      await new Promise(resolve => setTimeout(resolve, ${seconds * 1000}));
      const { buffered, currentTime } = video;
      return {
        firstFrame,
        currentTime,
        buffered: buffered.length ? buffered.end(buffered.length - 1) - currentTime : 0,
        stalls,
        frames: video.getVideoPlaybackQuality().totalVideoFrames,
        width: video.videoWidth,
        errors,
      };
    })()`,
  ) as Promise<Playback>;
}
