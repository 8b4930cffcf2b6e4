import type { Muxer } from '@flux-iot/media/format/muxer';
import type { ByteWriter } from '@flux-iot/media/model/byte-writer';
import { AudioSample, type Sample, VideoSample } from '@flux-iot/media/model/sample';
import type { AacTrack, H264Track, Track } from '@flux-iot/media/model/track';
import type { EndReason } from './sink.ts';
import type { ViewerTransport } from './viewer.ts';

export const VIDEO_TRACK: H264Track = {
  kind: 'video',
  codec: 'h264',
  id: 1,
  version: 1,
  clockRate: 90_000,
  width: 640,
  height: 360,
  codecString: 'avc1.64001e',
  sps: [],
  pps: [],
};

export const AUDIO_TRACK: AacTrack = {
  kind: 'audio',
  codec: 'aac',
  id: 2,
  version: 1,
  clockRate: 90_000,
  sampleRate: 48_000,
  channels: 2,
  codecString: 'mp4a.40.2',
  config: Buffer.from([0x11, 0x90]),
};

/** A video sample at `seconds` whose payload is the text `name`. */
export function video(seconds: number, key: boolean, name: string): VideoSample {
  const ticks = Math.round(seconds * 90_000);
  return VideoSample.fromData(1, ticks, ticks, key, Buffer.from(name));
}

export function audio(seconds: number, name: string): AudioSample {
  return new AudioSample(2, Math.round(seconds * 90_000), Buffer.from(name));
}

/** A format that can be read by eye: `[init 1+2]`, `[update 1]`, `(payload)`. */
export class TextMuxer implements Muxer {
  carries(track: Track): boolean {
    return track.codec !== 'g711a';
  }

  init(tracks: readonly Track[]): Buffer {
    return Buffer.from(`[init ${tracks.map(track => track.id).join('+')}]`);
  }

  update(tracks: readonly Track[], _metadata: unknown, writer: ByteWriter): void {
    writer.bytes(Buffer.from(`[update ${tracks.map(track => track.id).join('+')}]`));
  }

  write(sample: Sample, _track: Track | undefined, writer: ByteWriter): void {
    if (sample.kind !== 'data') writer.bytes(Buffer.from(`(${sample.data.toString()})`));
  }
}

/** Keeps what is written; `queuedBytes` is set by the test. */
export class FakeTransport implements ViewerTransport {
  queuedBytes = 0;
  text = '';
  writes = 0;
  ended: EndReason | undefined;
  destroyed: EndReason | undefined;
  readonly #corked: string[] = [];
  #isCorked = false;

  write(data: Buffer): void {
    this.#corked.push(data.toString('latin1'));
    if (!this.#isCorked) this.#flush();
  }

  cork(): void {
    this.#isCorked = true;
  }

  uncork(): void {
    this.#isCorked = false;
    if (this.#corked.length > 0) this.#flush();
  }

  end(reason: EndReason): void {
    this.ended = reason;
  }

  destroy(reason: EndReason): void {
    this.destroyed = reason;
  }

  #flush(): void {
    this.writes++;
    this.text += this.#corked.splice(0).join('');
  }
}
