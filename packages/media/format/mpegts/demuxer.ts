import { ParseError } from '../../model/parse-error.ts';
import type { DemuxerReceiver } from '../demuxer.ts';
import { type AudioFormat, AudioReader } from './audio-reader.ts';
import { PID, STREAM_TYPE } from './packet.ts';
import { type PacketHandler, PacketReader } from './packet-reader.ts';
import { type PesPacket, PesReader } from './pes-reader.ts';
import { type ProgramStream, programMapPid, programStreams } from './program.ts';
import { SectionReader } from './section-reader.ts';
import { VideoReader } from './video-reader.ts';

/** The largest access units and PES packets of sound that are put together. */
const MAX_VIDEO_PES = 16 * 1024 * 1024;
const MAX_AUDIO_PES = 1024 * 1024;

interface ElementaryReader {
  pes(packet: PesPacket): void;
  lose?(): void;
}

interface Selected {
  readonly stream: ProgramStream;
  readonly assembler: PesReader;
  readonly reader: ElementaryReader;
}

/**
 * Reads the first program of an MPEG-2 transport stream (ISO/IEC 13818-1): its first stream of video and its first
 * of sound of the codecs that `TsMuxer` writes. What is damaged is dropped and told to `onError`.
 */
export class TsDemuxer implements PacketHandler {
  readonly #receiver: DemuxerReceiver;
  readonly #onError: (error: ParseError) => void;
  readonly #packets = new PacketReader(this);
  readonly #pat = new SectionReader(section => this.#onPat(section));
  #pmt: SectionReader | undefined;
  #pmtPid: number | undefined;
  #selected: { video?: Selected; audio?: Selected } = {};

  constructor(receiver: DemuxerReceiver, onError: (error: ParseError) => void) {
    this.#receiver = receiver;
    this.#onError = onError;
  }

  /** Any piece of the stream; it is not kept. */
  push(data: Buffer): void {
    this.#packets.push(data);
  }

  /** The stream has ended: what waits for the start of the next packet is complete. */
  flush(): void {
    for (const selected of [this.#selected.video, this.#selected.audio]) {
      try {
        selected?.assembler.flush();
      } catch (cause) {
        this.#report(cause);
      }
    }
  }

  packet(pid: number, payload: Buffer, isStart: boolean, isContinuous: boolean): void {
    if (pid === PID.PAT) {
      this.#pat.packet(payload, isStart, isContinuous);
      return;
    }
    if (pid === this.#pmtPid) {
      this.#pmt?.packet(payload, isStart, isContinuous);
      return;
    }
    const { video, audio } = this.#selected;
    const selected = pid === video?.stream.pid ? video : pid === audio?.stream.pid ? audio : undefined;
    if (!selected) return;
    try {
      if (!isContinuous) selected.reader.lose?.();
      selected.assembler.packet(payload, isStart, isContinuous);
    } catch (cause) {
      selected.reader.lose?.();
      this.#report(cause);
    }
  }

  #onPat(section: Buffer): void {
    const pid = programMapPid(section);
    if (pid === undefined || pid === this.#pmtPid) return;
    this.#pmtPid = pid;
    this.#pmt = new SectionReader(map => this.#onPmt(map));
  }

  #onPmt(section: Buffer): void {
    const streams = programStreams(section);
    if (!streams) return;
    const video = streams.find(stream => videoCodecOf(stream) !== undefined);
    const audio = streams.find(stream => audioFormatOf(stream) !== undefined);
    const before = this.#selected;
    this.#selected = {
      video: isSame(before.video, video) ? before.video : this.#selectVideo(video),
      audio: isSame(before.audio, audio) ? before.audio : this.#selectAudio(audio),
    };
    if (this.#selected.video !== before.video || this.#selected.audio !== before.audio) {
      this.#receiver.expect({ video: video !== undefined, audio: audio !== undefined });
    }
  }

  #selectVideo(stream: ProgramStream | undefined): Selected | undefined {
    const codec = stream && videoCodecOf(stream);
    if (!codec) return undefined;
    const reader = new VideoReader(this.#receiver, codec);
    return { stream, reader, assembler: new PesReader(MAX_VIDEO_PES, packet => reader.pes(packet)) };
  }

  #selectAudio(stream: ProgramStream | undefined): Selected | undefined {
    const format = stream && audioFormatOf(stream);
    if (!format) return undefined;
    const reader = new AudioReader(this.#receiver, format);
    return { stream, reader, assembler: new PesReader(MAX_AUDIO_PES, packet => reader.pes(packet)) };
  }

  #report(cause: unknown): void {
    if (!(cause instanceof ParseError)) throw cause;
    this.#onError(cause);
  }
}

function videoCodecOf({ streamType }: ProgramStream): 'h264' | 'h265' | undefined {
  if (streamType === STREAM_TYPE.H264) return 'h264';
  return streamType === STREAM_TYPE.H265 ? 'h265' : undefined;
}

function audioFormatOf({ streamType, opusChannels }: ProgramStream): AudioFormat | undefined {
  if (streamType === STREAM_TYPE.AAC_ADTS) return 'aac';
  if (streamType === STREAM_TYPE.MPEG1_AUDIO || streamType === STREAM_TYPE.MPEG2_AUDIO) return 'mp3';
  return opusChannels === undefined ? undefined : { opusChannels };
}

function isSame(selected: Selected | undefined, stream: ProgramStream | undefined): boolean {
  const before = selected?.stream;
  return (
    before?.pid === stream?.pid &&
    before?.streamType === stream?.streamType &&
    before?.opusChannels === stream?.opusChannels
  );
}
