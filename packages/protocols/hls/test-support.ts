import { setTimeout as delay } from 'node:timers/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { MemoryStorage } from '@flux-iot/core/storage/memory-storage';
import type { Publication } from '@flux-iot/core/stream/publication';
import { AUDIO_TRACK, VIDEO_TRACK } from '@flux-iot/core/stream/test-support';
import { AudioSample, VideoSample } from '@flux-iot/media/model/sample';
import type { Track } from '@flux-iot/media/model/track';
import { MediaServer } from '../http/media-server.ts';
import { HlsAdapter, type HlsOptions, type Ladder } from './adapter.ts';

const OPTIONS: HlsOptions = {
  format: 'ts',
  segmentDuration: 2,
  partDuration: undefined,
  playlistLength: 3,
  alwaysOn: false,
};

/** A playlist as a client got it. */
interface ReceivedPlaylist {
  readonly text: string;
  /** Number of the first segment. */
  readonly first: number;
  readonly uris: readonly string[];
}

/** HLS over real HTTP, with everything behind it but a real publisher. */
export class HlsGateway {
  readonly orchestrator: StreamOrchestrator;
  readonly server = new MediaServer({ host: '127.0.0.1', port: 0 });
  readonly storage = new MemoryStorage({ maxBytes: 10_000_000 });
  readonly adapter: HlsAdapter;
  /** What clients and publishers must show, if anything. */
  token: string | undefined;

  private constructor(options: Partial<HlsOptions>, ladder: Ladder | undefined) {
    this.orchestrator = new StreamOrchestrator({
      stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 1 },
      flush: { minInterval: 20, maxInterval: 60 },
      turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
      maxStreams: 10,
      takeover: false,
      publisherGrace: 5000,
      openTimeout: 2000,
      authorize: (_action, _id, request) => {
        if (this.token !== undefined && request.token !== this.token)
          throw new FluxError('NOT_ALLOWED', 'No.');
      },
    });
    const { orchestrator, server, storage } = this;
    this.adapter = new HlsAdapter({
      orchestrator,
      server,
      storage,
      options: { ...OPTIONS, ...options },
      ladder,
    });
  }

  static async start(options: Partial<HlsOptions> = {}, ladder?: Ladder): Promise<HlsGateway> {
    const gateway = new HlsGateway(options, ladder);
    await gateway.server.start();
    await gateway.adapter.start();
    return gateway;
  }

  async stop(): Promise<void> {
    await this.adapter.stop();
    this.orchestrator.close();
    await this.server.stop();
  }

  async publish(id = 'cam1', tracks: readonly Track[] = [VIDEO_TRACK, AUDIO_TRACK]): Promise<Publication> {
    const publisher = { protocol: 'test', peer: 'peer', close() {} };
    const publication = await this.orchestrator.registerStream(id, publisher, { token: this.token });
    publication.expect({
      video: tracks.some(track => track.kind === 'video'),
      audio: tracks.some(track => track.kind === 'audio'),
    });
    for (const track of tracks) publication.setTrack(track);
    return publication;
  }

  get(path: string, init?: RequestInit): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.server.port}${path}`, init);
  }

  async playlist(path = '/hls/cam1/index.m3u8'): Promise<ReceivedPlaylist> {
    const response = await this.get(path);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${text}`);
    return {
      text,
      first: Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]),
      uris: text.split('\n').filter(line => line !== '' && !line.startsWith('#')),
    };
  }
}

/** Ten pictures and frames of sound a second, a key frame every second. */
export function play(publication: Publication, from: number, to: number): void {
  for (let tick = Math.round(from * 10); tick < Math.round(to * 10); tick++) {
    const unit = Buffer.alloc(300, tick % 10 === 0 ? 0x65 : 0x41);
    publication.write(VideoSample.fromNalUnits(1, tick * 9000, tick * 9000, tick % 10 === 0, [unit]));
    publication.write(new AudioSample(2, tick * 9000, Buffer.alloc(100)));
  }
}

/** A client's request has made the adapter take the stream: what is played from now on is cut. */
export async function untilAsked({ stream }: Publication): Promise<void> {
  while (stream.listenerCount('state') === 0) await delay(5);
}
