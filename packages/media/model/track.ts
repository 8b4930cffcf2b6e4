/**
 * A track describes one elementary stream and never changes: new parameters make a new version of it, which is
 * published before the first sample that needs it.
 */
interface TrackBase {
  /** Unique within its stream; the same for all versions. */
  readonly id: number;
  /** Counts from 1; a parameter change makes the next one. */
  readonly version: number;
  /** Ticks per second of the samples' `dts` and `pts`. */
  readonly clockRate: number;
}

interface VideoTrackBase extends TrackBase {
  readonly kind: 'video';
  /** Pixels as shown, cropping applied; 0 where the bitstream does not say. */
  readonly width: number;
  readonly height: number;
  /** Frames per second by the bitstream's own timing, if it has any. */
  readonly frameRate?: number;
  /** Human-readable profile, "High", "Main 10". */
  readonly profile?: string;
  /** RFC 6381 codec string, `avc1.64001f`. */
  readonly codecString: string;
}

export interface H264Track extends VideoTrackBase {
  readonly codec: 'h264';
  /** NAL units with their one-byte header, without start code or length. */
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
}

export interface H265Track extends VideoTrackBase {
  readonly codec: 'h265';
  /** NAL units with their two-byte header, without start code or length. */
  readonly vps: readonly Buffer[];
  readonly sps: readonly Buffer[];
  readonly pps: readonly Buffer[];
}

export interface Av1Track extends VideoTrackBase {
  readonly codec: 'av1';
  /** AV1CodecConfigurationRecord: 4 bytes and the sequence header OBU (AV1 in ISOBMFF §2.3.3). */
  readonly config: Buffer;
}

export interface Vp9Track extends VideoTrackBase {
  readonly codec: 'vp9';
  /** VPCodecConfigurationRecord, without the FullBox header (VP9 in ISOBMFF). */
  readonly config: Buffer;
}

/** JPEG files one after the other, each a key frame; made here for those who show nothing else. */
export interface MjpegTrack extends VideoTrackBase {
  readonly codec: 'mjpeg';
}

interface AudioTrackBase extends TrackBase {
  readonly kind: 'audio';
  /** Samples per second of the decoded sound. */
  readonly sampleRate: number;
  readonly channels: number;
  /** RFC 6381 codec string where one is registered (`mp4a.40.2`, `opus`), else the codec's name. */
  readonly codecString: string;
}

export interface AacTrack extends AudioTrackBase {
  readonly codec: 'aac';
  /** AudioSpecificConfig (ISO/IEC 14496-3 §1.6.2.1). */
  readonly config: Buffer;
}

export interface OpusTrack extends AudioTrackBase {
  readonly codec: 'opus';
  /** The identification header `OpusHead…` (RFC 7845 §5.1). */
  readonly config: Buffer;
}

export interface Mp3Track extends AudioTrackBase {
  readonly codec: 'mp3';
}

export interface G711Track extends AudioTrackBase {
  /** A-law or µ-law. */
  readonly codec: 'g711a' | 'g711u';
}

export type VideoTrack = H264Track | H265Track | Av1Track | Vp9Track | MjpegTrack;
export type AudioTrack = AacTrack | OpusTrack | Mp3Track | G711Track;
export type Track = VideoTrack | AudioTrack;
export type VideoCodec = VideoTrack['codec'];
export type AudioCodec = AudioTrack['codec'];
export type Codec = Track['codec'];

/** What an ingest decides about a track; the bitstream decides the rest. */
export interface TrackIdentity {
  readonly id: number;
  readonly version: number;
  readonly clockRate: number;
}

export function isVideo(track: Track): track is VideoTrack {
  return track.kind === 'video';
}

/** The NAL-unit codecs: their samples are access units of NAL units, the others' are opaque frames. */
export function hasNalUnits(track: Track): track is H264Track | H265Track {
  return track.codec === 'h264' || track.codec === 'h265';
}
