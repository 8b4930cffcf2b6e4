import { parseAdtsHeader } from '../../codec/aac/adts.ts';
import { audioSpecificConfig } from '../../codec/aac/audio-specific-config.ts';
import { aacTrack } from '../../codec/aac/track.ts';
import { parseMp3FrameHeader } from '../../codec/mp3/frame-header.ts';
import { mp3Track } from '../../codec/mp3/track.ts';
import { opusHead } from '../../codec/opus/opus-head.ts';
import { opusPacketDuration } from '../../codec/opus/packet.ts';
import { opusTrack } from '../../codec/opus/track.ts';
import { ParseError } from '../../model/parse-error.ts';
import { AudioSample } from '../../model/sample.ts';
import { rescale } from '../../model/time.ts';
import { Timeline } from '../../model/timeline.ts';
import type { AudioTrack, TrackIdentity } from '../../model/track.ts';
import type { DemuxerReceiver } from '../demuxer.ts';
import { readOpusControlHeader } from './opus.ts';
import { TS_CLOCK_RATE } from './packet.ts';
import type { PesPacket } from './pes-reader.ts';

const TRACK_ID = 2;
const AAC_SAMPLES = 1024;
const OPUS_RATE = 48_000;
const LAYER_3 = 3;
const LONGEST_HEADER = 9;

/** A frame at the start of the bytes at hand. */
interface Frame {
  /** Where its payload begins and ends. */
  readonly start: number;
  readonly end: number;
  /** How long it plays, in samples of `rate` a second. */
  readonly samples: number;
  readonly rate: number;
  /** What makes two frames ones of the same track. */
  readonly shape: string;
  readonly makeTrack: (identity: TrackIdentity) => AudioTrack;
}

export type AudioFormat = 'aac' | 'mp3' | { readonly opusChannels: number };

/**
 * The frames of an audio stream: any number of them in a PES packet, of which the first to begin there has its time,
 * and over the borders of packets. Throws `ParseError`.
 */
export class AudioReader {
  readonly #receiver: DemuxerReceiver;
  readonly #format: AudioFormat;
  readonly #timeline: Timeline;
  #track: AudioTrack | undefined;
  #shape = '';
  /** The beginning of a frame, and its time. */
  #rest: Buffer = Buffer.alloc(0);
  #nextTime: number | undefined;

  constructor(receiver: DemuxerReceiver, format: AudioFormat) {
    this.#receiver = receiver;
    this.#format = format;
    this.#timeline = new Timeline(receiver.clock, {
      trackId: TRACK_ID,
      clockRate: TS_CLOCK_RATE,
      wrapBits: 33,
    });
  }

  /** A part of the stream is missing: what was begun can't be completed. */
  lose(): void {
    this.#rest = Buffer.alloc(0);
    this.#nextTime = undefined;
  }

  pes({ pts, data }: PesPacket): void {
    const rest = this.#rest.length;
    const bytes = rest > 0 ? Buffer.concat([this.#rest, data]) : data;
    this.#rest = Buffer.alloc(0);
    let at = 0;
    // Without a time it goes on where it was.
    if (rest === 0 && pts !== undefined) this.#nextTime = pts;
    while (at < bytes.length) {
      const frame = this.#frame(bytes.subarray(at));
      if (!frame) {
        this.#rest = Buffer.from(bytes.subarray(at));
        if (at >= rest && pts !== undefined && this.#nextTime === undefined) this.#nextTime = pts;
        return;
      }
      this.#write(frame, bytes.subarray(at + frame.start, at + frame.end));
      const before = at;
      at += frame.end;
      // The time is of the first frame that begins in this packet.
      if (before < rest && at >= rest && pts !== undefined) this.#nextTime = pts;
    }
  }

  #write(frame: Frame, data: Buffer): void {
    const time = this.#nextTime;
    if (time === undefined) return;
    this.#nextTime = time + rescale(frame.samples, frame.rate, TS_CLOCK_RATE);
    if (frame.shape !== this.#shape) {
      this.#track = frame.makeTrack(this.#receiver.identity(TRACK_ID, TS_CLOCK_RATE));
      this.#shape = frame.shape;
      this.#receiver.setTrack(this.#track);
    }
    this.#receiver.write(new AudioSample(TRACK_ID, this.#timeline.next(time), data));
  }

  /** Undefined where the frame goes on in the next packet. */
  #frame(bytes: Buffer): Frame | undefined {
    if (this.#format === 'aac') return aacFrame(bytes);
    if (this.#format === 'mp3') return mp3Frame(bytes);
    return opusFrame(bytes, this.#format.opusChannels);
  }
}

function aacFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < LONGEST_HEADER) return undefined;
  const { objectType, sampleRate, channels, headerLength, frameLength, rawDataBlocks } =
    parseAdtsHeader(bytes);
  if (rawDataBlocks !== 1) throw new ParseError('ADTS frame with several raw data blocks');
  if (bytes.length < frameLength) return undefined;
  return {
    start: headerLength,
    end: frameLength,
    samples: AAC_SAMPLES,
    rate: sampleRate,
    shape: `aac ${objectType} ${sampleRate} ${channels}`,
    makeTrack: identity => aacTrack(identity, audioSpecificConfig({ objectType, sampleRate, channels })),
  };
}

function mp3Frame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 4) return undefined;
  const { layer, sampleRate, channels, frameLength, samplesPerFrame } = parseMp3FrameHeader(bytes);
  if (layer !== LAYER_3 || frameLength < 4) throw new ParseError('MPEG audio that is not MP3');
  if (bytes.length < frameLength) return undefined;
  return {
    start: 0,
    end: frameLength,
    samples: samplesPerFrame,
    rate: sampleRate,
    shape: `mp3 ${sampleRate} ${channels}`,
    makeTrack: identity => mp3Track(identity, bytes),
  };
}

function opusFrame(bytes: Buffer, channels: number): Frame | undefined {
  const header = readOpusControlHeader(bytes);
  if (!header || bytes.length < header.start + header.size) return undefined;
  const end = header.start + header.size;
  return {
    start: header.start,
    end,
    samples: opusPacketDuration(bytes.subarray(header.start, end)),
    rate: OPUS_RATE,
    shape: `opus ${channels}`,
    makeTrack: identity => {
      if (channels !== 1 && channels !== 2) throw new ParseError(`Opus of ${channels} channels`);
      return opusTrack(identity, opusHead({ channels, preSkip: 0, inputSampleRate: OPUS_RATE }));
    },
  };
}
