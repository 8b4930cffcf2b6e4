import { ParseError } from '../../model/parse-error.ts';
import type { H264Track, H265Track } from '../../model/track.ts';
import type { DemuxerReceiver } from '../demuxer.ts';
import { type PsAudioCodec, PsAudioReader } from './audio-reader.ts';
import { readProgramMap } from './program-map.ts';
import { isAudioStream, isVideoStream, PS_STREAM_TYPE, REFUSED_STREAM_TYPES } from './program-stream.ts';
import { type PesTimes, type ProgramStreamHandler, ProgramStreamReader } from './stream-reader.ts';
import { type PsDamagePolicy, PsVideoReader } from './video-reader.ts';

export interface PsDemuxerOptions {
  readonly receiver: DemuxerReceiver;
  /** What becomes of damaged pictures and those after them; they are dropped if it is left out. */
  readonly damage?: PsDamagePolicy;
  /** What the signalling says of the sound, where the stream says nothing. */
  readonly audioHint?: PsAudioCodec;
  /** The first pack has come. */
  readonly onPack?: () => void;
  /** The codec was found. `isCertain`: it was neither guessed nor assumed. */
  readonly onCodec?: (
    codec: H264Track['codec'] | H265Track['codec'] | PsAudioCodec,
    isCertain: boolean,
  ) => void;
  /** The stream has something of which nothing is made, `SVAC video`. */
  readonly onRefused?: (name: string) => void;
  readonly onError: (error: ParseError) => void;
}

const VIDEO_TYPES: ReadonlySet<number> = new Set([PS_STREAM_TYPE.H264, PS_STREAM_TYPE.H265]);
/** Bytes of video without a parameter set by which a declared codec that nothing is made of is believed. */
const REFUSAL_BYTES = 64 * 1024;

/**
 * Reads an MPEG-2 program stream (ISO/IEC 13818-1 §2.5) as cameras send it by GB/T 28181 Annex C: the first stream of
 * video and the first of sound, with or without system header and stream map. Private streams (Hikvision's and Dahua's
 * own) are passed over. Takes any pieces, which are not kept.
 */
export class PsDemuxer implements ProgramStreamHandler {
  /** Bytes that belonged to nothing. */
  skippedBytes = 0;
  readonly #options: PsDemuxerOptions;
  readonly #reader = new ProgramStreamReader(this);
  readonly #video: PsVideoReader;
  readonly #audio: PsAudioReader;
  /** The streams that are read, and the one whose packet is in progress. */
  #videoId: number | undefined;
  #audioId: number | undefined;
  #current: PsVideoReader | PsAudioReader | undefined;
  readonly #refused = new Set<string>();
  #map: Buffer = Buffer.alloc(0);
  #videoType: number | undefined;
  #videoBytes = 0;
  #clockReference: number | undefined;
  /** A pack has begun since the last video packet. */
  #isNewPack = false;
  #hasVideoTimes = false;

  constructor(options: PsDemuxerOptions) {
    this.#options = options;
    const { receiver, onCodec } = options;
    this.#video = new PsVideoReader(receiver, options.damage ?? 'drop', track =>
      onCodec?.(track.codec, true),
    );
    this.#audio = new PsAudioReader({
      receiver,
      hint: options.audioHint,
      now: () => this.#video.time ?? this.#clockReference,
      onCodec: (codec, isCertain) => onCodec?.(codec, isCertain),
      onRefused: name => this.#refuse(name),
    });
  }

  /** Frames left out because something of them or before them was missing. */
  get droppedFrames(): number {
    return this.#video.dropped;
  }

  push(data: Buffer): void {
    this.#reader.push(data);
  }

  /** The sender says that what was pushed ends with a picture: the marker of RTP. It is not believed at once. */
  mark(): void {
    if (!this.#reader.isWithinPacket) this.#guard(() => this.#video.mark());
  }

  /** Bytes are missing here. */
  lose(): void {
    this.#reader.lose();
    this.#current = undefined;
    this.#video.lose();
    this.#audio.lose();
  }

  /** No bytes follow. */
  flush(): void {
    this.#reader.flush();
    this.#guard(() => this.#video.flush());
  }

  pack(clockReference: number): void {
    if (this.#clockReference === undefined) this.#options.onPack?.();
    this.#clockReference = clockReference;
    this.#isNewPack = true;
  }

  map(packet: Buffer): void {
    if (packet.equals(this.#map)) return;
    this.#map = Buffer.from(packet);
    const streams = readProgramMap(packet);
    const video = streams.find(({ streamId }) => isVideoStream(streamId));
    const audio = streams.find(({ streamId, streamType }) => isAudioStream(streamId) || isSound(streamType));
    this.#videoType = video?.streamType;
    this.#audio.streamType = audio?.streamType;
    if (audio) this.#audioId = audio.streamId;
    const expectsVideo = video !== undefined && REFUSED_STREAM_TYPES.get(video.streamType) === undefined;
    const expectsAudio = audio !== undefined && REFUSED_STREAM_TYPES.get(audio.streamType) === undefined;
    if (expectsVideo || expectsAudio)
      this.#options.receiver.expect({ video: expectsVideo, audio: expectsAudio });
  }

  begin(streamId: number, times: PesTimes): void {
    if (isVideoStream(streamId)) this.#videoId ??= streamId;
    else if (isAudioStream(streamId)) this.#audioId ??= streamId;
    if (streamId === this.#videoId) {
      this.#video.begin(this.#videoTimes(times));
      this.#current = this.#video;
    } else if (streamId === this.#audioId) {
      this.#audio.begin(times);
      this.#current = this.#audio;
    } else {
      this.#current = undefined;
    }
  }

  data(bytes: Buffer): void {
    const { length } = bytes;
    if (this.#current === this.#video) this.#checkVideo(length);
    this.#guard(() => this.#current?.data(bytes));
  }

  end(): void {
    if (this.#current === this.#audio) this.#guard(() => this.#audio.end());
    this.#current = undefined;
  }

  scrambled(streamId: number): void {
    if (isVideoStream(streamId)) this.#refuse('encrypted video');
    else if (isAudioStream(streamId)) this.#refuse('encrypted sound');
  }

  skipped(size: number): void {
    this.skippedBytes += size;
  }

  /** Where no packet of video has a time, that of the pack has to do. */
  #videoTimes(times: PesTimes): PesTimes {
    const isNewPack = this.#isNewPack;
    this.#isNewPack = false;
    this.#hasVideoTimes ||= times.pts !== undefined;
    if (this.#hasVideoTimes || !isNewPack) return times;
    return { pts: this.#clockReference, dts: this.#clockReference };
  }

  /** The stream map may be wrong about the codec, but if no parameter set comes it is believed. */
  #checkVideo(size: number): void {
    if (this.#video.codec !== undefined || this.#videoBytes > REFUSAL_BYTES) return;
    this.#videoBytes += size;
    if (this.#videoBytes <= REFUSAL_BYTES) return;
    const type = this.#videoType;
    if (type === undefined) this.#refuse('video of an unknown codec');
    else if (!VIDEO_TYPES.has(type))
      this.#refuse(REFUSED_STREAM_TYPES.get(type) ?? `video of the stream type ${type}`);
  }

  #refuse(name: string): void {
    if (this.#refused.has(name)) return;
    this.#refused.add(name);
    this.#options.onRefused?.(name);
  }

  /** What can't be used is missing to what follows. */
  #guard(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof ParseError)) throw error;
      if (this.#current === this.#audio) this.#audio.lose();
      else this.#video.lose();
      this.#options.onError(error);
    }
  }
}

/** A type of sound that some have in a private stream. */
function isSound(streamType: number): boolean {
  return streamType === PS_STREAM_TYPE.G711A || streamType === PS_STREAM_TYPE.G711U;
}
