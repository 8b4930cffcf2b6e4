import type { MediaStorage } from '@flux-iot/core/storage/media-storage';
import type { Stream, StreamState } from '@flux-iot/core/stream/stream';
import type { StreamId } from '@flux-iot/core/stream/stream-id';
import type { Track } from '@flux-iot/media/model/track';
import type { MediaRequest } from '../http/media-server.ts';
import type { MediaAddress } from './address.ts';
import { LivePlaylist } from './live-playlist.ts';
import type { Numbering, Reload } from './playlist-window.ts';
import { SEGMENT_EXTENSION, type SegmentFormat } from './segment-format.ts';
import { HlsSegmenter } from './segmenter.ts';
import type { SharedEpoch } from './shared-epoch.ts';
import { HlsViewers } from './viewers.ts';
import type { WaitingPlaces } from './waiting-room.ts';

export interface ChannelOptions {
  readonly streamId: StreamId;
  readonly storage: MediaStorage;
  readonly format: SegmentFormat;
  /** In seconds. */
  readonly segmentDuration: number;
  /** In seconds; none where it is left out. */
  readonly partDuration: number | undefined;
  /** In segments. */
  readonly playlistLength: number;
  /** Made for as long as the stream lasts, whether or not somebody asks. */
  readonly alwaysOn: boolean;
  readonly numbering: Numbering;
  /** Of the stream and its renditions, where it has some. */
  readonly epoch?: SharedEpoch;
  readonly isRendition?: boolean;
  /** Of all streams together, for requests that wait. */
  readonly places: WaitingPlaces;
}

/** Without a request for this long (and for as long as its playlist lasts) a stream is no longer cut. */
const IDLE_TIME = 30_000;
/** In target durations: how long a client stays a viewer, and how long an ended playlist is still served. */
const VIEWER_TIME = 3;
const ENDED_TIME = 3;

/** What HLS makes of one stream id: from the first request until nobody asks any more. */
export class HlsChannel {
  readonly playlist: LivePlaylist;
  /** Milliseconds since 1970. */
  readonly since = Date.now();
  readonly #options: ChannelOptions;
  #stream: Stream | undefined;
  #segmenter: HlsSegmenter | undefined;
  #viewers: HlsViewers | undefined;
  /** Requests that wait for a segment or a part. */
  #waiting = 0;
  #lastRequest = performance.now();
  #endedAt: number | undefined;

  constructor(options: ChannelOptions) {
    this.#options = options;
    this.playlist = new LivePlaylist({
      streamId: options.streamId,
      storage: options.storage,
      extension: SEGMENT_EXTENSION[options.format],
      hasParts: options.partDuration !== undefined,
      places: options.places,
      length: options.playlistLength,
      numbering: options.numbering,
      onLost: cause => {
        const reason = cause instanceof Error ? cause.message : String(cause);
        this.#stream?.history.note('hls-segment-lost', reason);
      },
    });
  }

  /** Of the stream, also after its end. */
  get tracks(): readonly Track[] {
    return this.#stream?.tracks ?? [];
  }

  get viewerCount(): number {
    return this.#viewers?.size ?? 0;
  }

  /** Its stream has ended; the playlist stays for a while. */
  get ended(): boolean {
    return this.#endedAt !== undefined;
  }

  /** Begins to cut `stream`, if it does not yet; a stream that ended before is taken over from. */
  begin(stream: Stream): void {
    if (this.#stream === stream) return;
    if (this.#stream) this.playlist.restart();
    this.#stop();
    this.#stream = stream;
    this.#endedAt = undefined;
    this.#viewers = new HlsViewers(stream);
    const segmenter = new HlsSegmenter({
      stream,
      format: this.#options.format,
      segmentDuration: this.#options.segmentDuration,
      partDuration: this.#options.partDuration,
      isPassive: this.#options.alwaysOn,
      epoch: this.#options.epoch,
      isRendition: this.#options.isRendition,
      onPart: part => this.playlist.appendPart(part),
      onSegment: segment => this.playlist.append(segment),
      onEnd: () => {
        this.#endedAt = performance.now();
        this.playlist.end();
      },
    });
    this.#segmenter = segmenter;
    stream.on('state', this.#onState);
    stream.addSink(segmenter);
    this.#onState(stream.state);
  }

  /** Waits as `LivePlaylist.until` does; that counts as somebody's asking. */
  until(reload: Reload, timeout: number, signal: AbortSignal | undefined): Promise<void> {
    return this.#asked(() => this.playlist.until(reload, timeout, signal));
  }

  /** Bytes of a segment, a part or an init segment, as `LivePlaylist` gives them. */
  read(
    kind: MediaAddress['kind'],
    number: number,
    timeout: number,
    signal: AbortSignal | undefined,
  ): Promise<Buffer> {
    return this.#asked(async () => {
      if (kind === 'init') return this.playlist.readInit(number);
      if (kind === 'part') return this.playlist.readPart(number, timeout, signal);
      return this.playlist.read(number);
    });
  }

  /** A client was given something. */
  noteViewer(request: MediaRequest, bytes: number): void {
    this.#lastRequest = performance.now();
    this.#viewers?.note(request, bytes);
  }

  /** Once a second, with a monotonic time in milliseconds. False says that the channel is no longer needed. */
  tick(now: number): boolean {
    this.playlist.expire(now);
    const { targetDuration, duration } = this.playlist;
    this.#viewers?.expire(now - VIEWER_TIME * 1000 * Math.max(targetDuration, this.#options.segmentDuration));
    if (this.#endedAt !== undefined) {
      return now - this.#endedAt < (duration + ENDED_TIME * targetDuration) * 1000;
    }
    if (this.#options.alwaysOn || this.#waiting > 0) return true;
    return now - this.#lastRequest < Math.max(IDLE_TIME, (duration + targetDuration) * 1000);
  }

  /** Ends the cutting and deletes the segments. Idempotent. */
  async close(): Promise<void> {
    this.#stop();
    await this.playlist.close();
  }

  /** What there is when a publisher is lost is served at once: it may be long until there is more. */
  readonly #onState = (state: StreamState): void => {
    if (state === 'interrupted') this.#segmenter?.onDiscontinuity();
  };

  async #asked<Answer>(answer: () => Promise<Answer>): Promise<Answer> {
    this.#waiting++;
    try {
      return await answer();
    } finally {
      this.#waiting--;
      this.#lastRequest = performance.now();
    }
  }

  #stop(): void {
    this.#viewers?.expire(Number.POSITIVE_INFINITY);
    this.#stream?.off('state', this.#onState);
    if (this.#segmenter) this.#stream?.removeSink(this.#segmenter);
    this.#stream = undefined;
    this.#segmenter = undefined;
    this.#viewers = undefined;
  }
}
