import type { Metadata, Muxer } from '../format/muxer.ts';
import { ByteWriter } from '../model/byte-writer.ts';
import { ParseError } from '../model/parse-error.ts';
import type { MediaSample, Sample } from '../model/sample.ts';
import { rescale } from '../model/time.ts';
import type { Track } from '../model/track.ts';
import { ntpTime } from './ntp-time.ts';
import { type OutgoingTrack, outgoingTrack } from './outgoing-track.ts';
import { RTP_HEADER_SIZE, type RtpHeader, writeRtpHeader } from './packet.ts';
import type { PacketSink } from './packetizer.ts';
import { goodbye, senderReport } from './rtcp/writer.ts';

export interface RtpMuxerOptions {
  /** When the stream's time was zero: milliseconds since 1970. All tracks' sender reports tell it by this clock. */
  readonly epoch: number;
  /** The canonical name that ties the tracks together (RFC 3550 §6.5.1). */
  readonly canonicalName: string;
  /** A random number of 32 bits that nobody can guess (RFC 3550 §5.1). */
  readonly random: () => number;
}

/** One track of an RTP output. A new layout has new ones of those that changed. */
export interface RtpLane {
  /** RTP's channel, an even one; RTCP's is the next. */
  readonly channel: number;
  readonly outgoing: OutgoingTrack;
}

/** The lanes of an output by the ids of their tracks: another object whenever one is added, changed or removed. */
export type RtpLayout = ReadonlyMap<number, RtpLane>;

/** Where a track is in its RTP numbers (RFC 2326 §12.33). */
export interface RtpPosition {
  /** Of the next packet. */
  readonly sequence: number;
  /** At the same instant for all tracks. */
  readonly rtpTime: number;
}

/** `$`, channel, length (RFC 2326 §10.12). */
const FRAME_HEADER_SIZE = 4;
const DOLLAR = 0x24;
const MAX_FRAME_SIZE = 0xffff;
const MAX_LANES = 128;
/** Seconds of the stream between sender reports; and at least, where a key frame is to have one before it. */
const REPORT_INTERVAL = 5;
const LEAST_REPORT_INTERVAL = 1;
/**
 * Instants at which the clocks of all formats have whole ticks, 11025 Hz but half of one: reports and positions are
 * about them, so that no player hears of roundings. In parts of a second.
 */
const INSTANTS = 25;

/** The sending side of one track: its numbers go on whatever becomes of the output. */
class Sender {
  readonly ssrc: number;
  readonly channel: number;
  readonly #timestampOffset: number;
  sequence: number;
  packets = 0;
  octets = 0;

  constructor(channel: number, random: () => number) {
    this.channel = channel;
    this.ssrc = random();
    this.#timestampOffset = random();
    this.sequence = random() & 0xffff;
  }

  timestamp(ticks: number): number {
    return (ticks + this.#timestampOffset) >>> 0;
  }
}

interface Lane extends RtpLane {
  readonly sender: Sender;
}

/**
 * Samples as RTP packets in interleaved frames (RFC 2326 §10.12): made once for all players, by TCP as they are, by UDP
 * without the frames. A track has the channels 2n and 2n + 1. Sender reports stand before key frames and at least every
 * five seconds; packets have presentation times.
 *
 * One muxer may serve several outputs of a stream one after the other: a player that pauses then finds the same source.
 */
export class RtpMuxer implements Muxer, PacketSink {
  readonly #options: RtpMuxerOptions;
  /** Never forgotten: a track that comes back has its channels again. */
  readonly #channels = new Map<number, number>();
  #lanes = new Map<number, Lane>();
  #now = 0;
  #lastReport = Number.NEGATIVE_INFINITY;
  /** The positions before the last key frame. */
  #keyPositions: ReadonlyMap<number, RtpPosition> = new Map();
  #writer = new ByteWriter(0);
  /** Of the packet that is being written. */
  readonly #header: { -readonly [Field in keyof RtpHeader]: RtpHeader[Field] } = {
    marker: false,
    payloadType: 0,
    sequenceNumber: 0,
    timestamp: 0,
    ssrc: 0,
  };
  #sender: Sender | undefined;
  #ticks = 0;

  constructor(options: RtpMuxerOptions) {
    this.#options = options;
  }

  get layout(): RtpLayout {
    return this.#lanes;
  }

  /** Where the sink's packets are; for packetisers. */
  get buffer(): Buffer {
    return this.#writer.buffer;
  }

  carries(track: Track): boolean {
    return this.#channelOf(track) !== undefined && outgoingTrack(track) !== undefined;
  }

  /** Sets the tracks. They need no bytes ahead of the stream: the session description has all that there is to say. */
  init(tracks: readonly Track[], _metadata: Metadata): Buffer {
    this.#setTracks(tracks);
    return Buffer.alloc(0);
  }

  update(tracks: readonly Track[], _metadata: Metadata, _writer: ByteWriter): void {
    this.#setTracks(tracks);
  }

  /** Samples of tracks that were not announced, samples that are broken, and data samples have no place in it. */
  write(sample: Sample, track: Track | undefined, writer: ByteWriter): void {
    if (sample.kind === 'data' || !track) return;
    const lane = this.#lanes.get(track.id);
    if (!lane) return;
    this.#writer = writer;
    const isKey = sample.kind === 'video' && sample.key;
    this.#now = sample.dts / track.clockRate;
    if (isKey) this.#keyPositions = this.#positions();
    this.#reportWhereDue(isKey);
    this.#packetize(lane, sample);
  }

  end(writer: ByteWriter): void {
    const { canonicalName } = this.#options;
    for (const { sender } of this.#lanes.values()) {
      writeFrame(writer, sender.channel + 1, goodbye(sender.ssrc, canonicalName));
    }
  }

  /** Where the track was before the last key frame; undefined where there was none, or the track was not there. */
  keyPosition(trackId: number): RtpPosition | undefined {
    return this.#keyPositions.get(trackId);
  }

  /** Where the track is. */
  position(trackId: number): RtpPosition | undefined {
    const lane = this.#lanes.get(trackId);
    return lane && this.#positionOf(lane);
  }

  packet(size: number, marker: boolean, delay = 0): number {
    const length = RTP_HEADER_SIZE + size;
    if (length > MAX_FRAME_SIZE) throw new ParseError(`RTP packet of ${length} bytes`);
    const sender = this.#sender!;
    const at = this.#writer.claim(FRAME_HEADER_SIZE + length);
    const { buffer } = this.#writer;
    writeFrameHeader(buffer, at, sender.channel, length);
    const header = this.#header;
    header.marker = marker;
    header.sequenceNumber = sender.sequence;
    header.timestamp = sender.timestamp(this.#ticks + delay);
    sender.sequence = (sender.sequence + 1) & 0xffff;
    sender.packets++;
    sender.octets += size;
    return writeRtpHeader(header, buffer, at + FRAME_HEADER_SIZE);
  }

  #packetize({ outgoing, sender }: Lane, sample: MediaSample): void {
    const { track, packetizer, payloadType } = outgoing;
    this.#sender = sender;
    this.#ticks = rescale(sample.pts, track.clockRate, packetizer.clockRate);
    this.#header.payloadType = payloadType;
    this.#header.ssrc = sender.ssrc;
    try {
      packetizer.packetize(sample, this);
    } catch (error) {
      // It is left out, before anything of it was written.
      if (!(error instanceof ParseError)) throw error;
    }
  }

  #setTracks(tracks: readonly Track[]): void {
    const isSame =
      tracks.length === this.#lanes.size &&
      tracks.every(track => this.#lanes.get(track.id)?.outgoing.track === track);
    if (isSame) return;
    const lanes = new Map<number, Lane>();
    for (const track of tracks) {
      const lane = this.#laneOf(track);
      if (lane) lanes.set(track.id, lane);
    }
    this.#lanes = lanes;
  }

  #laneOf(track: Track): Lane | undefined {
    const channel = this.#channelOf(track);
    const outgoing = outgoingTrack(track);
    if (channel === undefined || !outgoing) return undefined;
    this.#channels.set(track.id, channel);
    const before = this.#lanes.get(track.id);
    const goesOn = before?.outgoing.signature === outgoing.signature;
    const sender = goesOn ? before.sender : new Sender(channel, this.#options.random);
    return { channel, outgoing, sender };
  }

  /** Undefined where all channels are taken. */
  #channelOf(track: Track): number | undefined {
    const known = this.#channels.get(track.id);
    if (known !== undefined) return known;
    return this.#channels.size < MAX_LANES ? 2 * this.#channels.size : undefined;
  }

  #reportWhereDue(isKey: boolean): void {
    const elapsed = this.#now - this.#lastReport;
    const interval = isKey ? LEAST_REPORT_INTERVAL : REPORT_INTERVAL;
    // Time may have gone back, where a muxer serves another output.
    if (elapsed >= 0 && elapsed < interval) return;
    this.#lastReport = this.#now;
    for (const lane of this.#lanes.values()) this.#report(lane);
  }

  #report(lane: Lane): void {
    const { ssrc, channel, packets, octets } = lane.sender;
    const { epoch, canonicalName } = this.#options;
    const report = senderReport(
      {
        ssrc,
        ntp: ntpTime(epoch + this.#instant * 1000),
        rtpTimestamp: this.#timeOf(lane),
        packetCount: packets,
        octetCount: octets,
      },
      canonicalName,
    );
    writeFrame(this.#writer, channel + 1, report);
  }

  #positions(): ReadonlyMap<number, RtpPosition> {
    const positions = new Map<number, RtpPosition>();
    for (const [trackId, lane] of this.#lanes) positions.set(trackId, this.#positionOf(lane));
    return positions;
  }

  #positionOf(lane: Lane): RtpPosition {
    return { sequence: lane.sender.sequence, rtpTime: this.#timeOf(lane) };
  }

  /** Seconds. */
  get #instant(): number {
    return Math.floor(this.#now * INSTANTS) / INSTANTS;
  }

  #timeOf({ outgoing, sender }: Lane): number {
    return sender.timestamp(Math.round(this.#instant * outgoing.packetizer.clockRate));
  }
}

function writeFrame(writer: ByteWriter, channel: number, payload: Buffer): void {
  const at = writer.claim(FRAME_HEADER_SIZE + payload.length);
  writer.buffer.set(payload, writeFrameHeader(writer.buffer, at, channel, payload.length));
}

function writeFrameHeader(buffer: Buffer, at: number, channel: number, length: number): number {
  buffer[at] = DOLLAR;
  buffer[at + 1] = channel;
  return buffer.writeUInt16BE(length, at + 2);
}
