import { ADTS_HEADER_SIZE, AdtsWriter } from '../../codec/aac/adts.ts';
import type { ByteWriter } from '../../model/byte-writer.ts';
import type { AudioSample, Sample, VideoSample } from '../../model/sample.ts';
import { rescale } from '../../model/time.ts';
import { hasNalUnits, type Track } from '../../model/track.ts';
import type { Metadata, Muxer } from '../muxer.ts';
import { AccessUnitWriter } from './access-unit.ts';
import { opusControlHeaderSize, writeOpusControlHeader } from './opus.ts';
import { PES_STREAM_ID, PID, TS_CLOCK_RATE } from './packet.ts';
import { PacketWriter } from './packet-writer.ts';
import { MAX_PES_HEADER, writePesHeader } from './pes-header.ts';
import { ProgramClock } from './program-clock.ts';
import { programAssociation, programMap, streamTypeOf } from './tables.ts';

const PMT_PID = 0x1000;
const FIRST_PID = 0x100;
/** As many as fit into a program map of one packet. */
const MAX_TRACKS = 8;
const MAX_VERSION = 32;
/**
 * Frames are written this much ahead of their decoding time (0.7 s): PTS and DTS are the stream's times moved by it,
 * the PCR is the stream's time itself. It is what tracks may be apart without being late.
 */
const LEAD = 63_000;
/** Without video, tables are repeated this often. */
const TABLE_INTERVAL = TS_CLOCK_RATE / 2;
/** A PES packet of audio says its length in 16 bits; no codec has frames near it. */
const MAX_AUDIO_FRAME = 0xf000;
const OPUS_HEADER_ROOM = opusControlHeaderSize(MAX_AUDIO_FRAME);

interface ElementaryStream {
  readonly track: Track;
  readonly pid: number;
  readonly accessUnits?: AccessUnitWriter;
  readonly adts?: AdtsWriter;
}

/**
 * MPEG-2 transport stream of one program (ISO/IEC 13818-1), one frame a PES packet, so that every frame keeps its
 * own time. The tables stand in the stream itself, before key frames, so there is nothing to send ahead of it.
 * Continuity counters go on over everything that one muxer writes.
 */
export class TsMuxer implements Muxer {
  readonly #packets = new PacketWriter();
  readonly #clock = new ProgramClock(this.#packets);
  readonly #streams = new Map<number, ElementaryStream>();
  /** Of the PES packet at hand: its header with that of the audio frame, and everything it is put together from. */
  readonly #head = Buffer.alloc(MAX_PES_HEADER + OPUS_HEADER_ROOM);
  readonly #chunks: Buffer[] = [];
  #pcrPid = PID.NULL as number;
  #hasVideo = false;
  #version = 0;
  #pat: Buffer = Buffer.alloc(0);
  #pmt: Buffer = Buffer.alloc(0);
  /** DTS at which tables were last due to be written, and whether nothing has come behind them yet. */
  #tablesAt = Number.NEGATIVE_INFINITY;
  #tablesAreFresh = false;

  carries(track: Track): boolean {
    return tsCarries(track);
  }

  /** Sets the tracks. They need no bytes ahead of the stream. */
  init(tracks: readonly Track[], _metadata: Metadata): Buffer {
    this.#setTracks(tracks);
    return Buffer.alloc(0);
  }

  update(tracks: readonly Track[], _metadata: Metadata, writer: ByteWriter): void {
    if (this.#setTracks(tracks)) this.writeTables(writer);
  }

  /** Writes the tables, as at the beginning of a segment; the next frame carries the program's clock. */
  writeTables(writer: ByteWriter): void {
    this.#packets.writeSection(writer, PID.PAT, this.#pat);
    this.#packets.writeSection(writer, PMT_PID, this.#pmt);
    this.#tablesAreFresh = true;
    this.#clock.restart();
  }

  /** Samples of tracks that were not announced, and data samples, have no place in it. Throws `ParseError`. */
  write(sample: Sample, track: Track | undefined, writer: ByteWriter): void {
    if (sample.kind === 'data' || !track) return;
    const stream = this.#streams.get(track.id);
    if (!stream) return;
    const time = rescale(sample.dts, track.clockRate, TS_CLOCK_RATE);
    const chunks = this.#chunks;
    // The first place is the header's, which needs the size.
    chunks.length = 1;
    let size: number;
    if (sample.kind === 'video') size = this.#videoPes(sample, stream, time);
    else size = this.#audioPes(sample, stream, time);
    if (size === 0) return;
    const isKey = sample.kind === 'video' && sample.key;
    if (!this.#tablesAreFresh && this.#tablesAreDue(time, isKey)) this.writeTables(writer);
    if (this.#tablesAreFresh) this.#tablesAt = time;
    this.#tablesAreFresh = false;
    if (isKey) this.#clock.restart();
    const pcr = this.#clock.advance(writer, this.#pcrPid, time, stream.pid === this.#pcrPid);
    this.#packets.writePes(writer, stream.pid, chunks, size, isKey, pcr);
  }

  #tablesAreDue(time: number, isKey: boolean): boolean {
    return isKey || (!this.#hasVideo && time - this.#tablesAt >= TABLE_INTERVAL);
  }

  /** Fills `#chunks`; returns the size of the PES packet, 0 for a sample without content. */
  #videoPes(sample: VideoSample, { track, accessUnits }: ElementaryStream, time: number): number {
    if (!accessUnits || sample.byteLength === 0) return 0;
    const payloadSize = accessUnits.append(sample, this.#chunks);
    const pts = rescale(sample.pts, track.clockRate, TS_CLOCK_RATE);
    const headSize = writePesHeader(this.#head, PES_STREAM_ID.VIDEO, payloadSize, pts + LEAD, time + LEAD);
    this.#chunks[0] = this.#head.subarray(0, headSize);
    return headSize + payloadSize;
  }

  #audioPes(sample: AudioSample, { track, adts }: ElementaryStream, time: number): number {
    const { data } = sample;
    if (data.length === 0 || data.length > MAX_AUDIO_FRAME) return 0;
    const isOpus = track.codec === 'opus';
    let frameHeadSize = 0;
    if (adts) frameHeadSize = ADTS_HEADER_SIZE;
    else if (isOpus) frameHeadSize = opusControlHeaderSize(data.length);
    const streamId = isOpus ? PES_STREAM_ID.PRIVATE_1 : PES_STREAM_ID.AUDIO;
    const pts = time + LEAD;
    const pesHeadSize = writePesHeader(this.#head, streamId, frameHeadSize + data.length, pts, pts);
    if (adts) adts.write(this.#head, pesHeadSize, data.length);
    else if (isOpus) writeOpusControlHeader(this.#head, pesHeadSize, data.length);
    this.#chunks[0] = this.#head.subarray(0, pesHeadSize + frameHeadSize);
    this.#chunks.push(data);
    return pesHeadSize + frameHeadSize + data.length;
  }

  /** False if nothing changed. */
  #setTracks(tracks: readonly Track[]): boolean {
    const present = tracks.filter(tsCarries).slice(0, MAX_TRACKS);
    const isSame =
      present.length === this.#streams.size &&
      present.every(track => this.#streams.get(track.id)?.track === track);
    if (isSame) return false;
    const isFirst = this.#pat.length === 0;
    const before = new Map(this.#streams);
    this.#streams.clear();
    // Tracks that stay keep their PID, whatever comes and goes around them.
    const taken = new Set(present.map(track => before.get(track.id)?.pid));
    let free = FIRST_PID;
    for (const track of present) {
      let pid = before.get(track.id)?.pid;
      if (pid === undefined) {
        while (taken.has(free)) free++;
        pid = free++;
      }
      this.#streams.set(track.id, elementaryStream(track, pid));
    }
    const streams = [...this.#streams.values()];
    const video = streams.find(({ track }) => track.kind === 'video');
    this.#hasVideo = video !== undefined;
    this.#pcrPid = (video ?? streams[0])?.pid ?? PID.NULL;
    if (!isFirst) this.#version = (this.#version + 1) % MAX_VERSION;
    this.#pat = programAssociation(PMT_PID);
    this.#pmt = programMap(this.#version, this.#pcrPid, streams);
    return true;
  }
}

function elementaryStream(track: Track, pid: number): ElementaryStream {
  if (hasNalUnits(track)) return { track, pid, accessUnits: new AccessUnitWriter(track) };
  if (track.codec === 'aac') return { track, pid, adts: new AdtsWriter(track.config) };
  return { track, pid };
}

/** Whether a transport stream has a place for the track. */
export function tsCarries(track: Track): boolean {
  if (streamTypeOf(track) === undefined) return false;
  if (track.codec !== 'aac') return true;
  try {
    new AdtsWriter(track.config);
    return true;
  } catch {
    // Some channel configurations cannot be said in ADTS.
    return false;
  }
}
