import { aacTrack } from '../../codec/aac/track.ts';
import { av1Track } from '../../codec/av1/track.ts';
import { g711Track } from '../../codec/g711/track.ts';
import { parseAvcConfigurationRecord } from '../../codec/h264/configuration-record.ts';
import { h264Track } from '../../codec/h264/track.ts';
import { parseHevcConfigurationRecord } from '../../codec/h265/configuration-record.ts';
import { h265Track } from '../../codec/h265/track.ts';
import { mp3Track } from '../../codec/mp3/track.ts';
import { opusTrack } from '../../codec/opus/track.ts';
import { vp9Track } from '../../codec/vp9/track.ts';
import { AudioSample, type MediaSample, VideoSample } from '../../model/sample.ts';
import type { Track } from '../../model/track.ts';

/** The arguments that make ffprobe print what `probedMedia` reads; the file's name follows. */
export const PROBE_ARGUMENTS = ['-v', 'error', '-show_packets', '-show_streams', '-show_data', '-of', 'json'];

interface ProbedStream {
  readonly index: number;
  readonly codec_name: string;
  readonly time_base: string;
  readonly extradata?: string;
}

interface ProbedPacket {
  readonly stream_index: number;
  readonly pts: number;
  readonly dts: number;
  readonly flags: string;
  readonly data: string;
}

/**
 * The tracks and samples of an MP4 file, as ffprobe printed them: an independent reader. Track ids are the stream
 * indices plus one; times are moved so that none is negative.
 */
export function probedMedia(output: string): { tracks: Track[]; samples: MediaSample[] } {
  const { streams, packets }: { streams: ProbedStream[]; packets: ProbedPacket[] } = JSON.parse(output);
  const rates = streams.map(stream => Number(stream.time_base.split('/')[1]));
  const earliest = Math.min(...packets.map(packet => packet.dts / (rates[packet.stream_index] ?? 1)));
  const tracks = streams.map(stream => {
    const first = packets.find(packet => packet.stream_index === stream.index);
    return probedTrack(stream, rates[stream.index] ?? 1, bytesOf(first?.data ?? ''));
  });
  const samples = packets.map(packet => {
    const track = tracks[packet.stream_index] as Track;
    const shift = Math.round(-earliest * track.clockRate);
    const data = bytesOf(packet.data);
    if (track.kind === 'audio') return new AudioSample(track.id, packet.dts + shift, data);
    const isKey = packet.flags.includes('K');
    return VideoSample.fromData(track.id, packet.dts + shift, packet.pts + shift, isKey, data);
  });
  return { tracks, samples };
}

function probedTrack(stream: ProbedStream, clockRate: number, firstFrame: Buffer): Track {
  const identity = { id: stream.index + 1, version: 1, clockRate };
  const extradata = bytesOf(stream.extradata ?? '');
  switch (stream.codec_name) {
    case 'h264': {
      const { sps, pps } = parseAvcConfigurationRecord(extradata);
      return h264Track(identity, sps, pps);
    }
    case 'hevc': {
      const { vps, sps, pps } = parseHevcConfigurationRecord(extradata);
      return h265Track(identity, vps, sps, pps);
    }
    case 'aac':
      return aacTrack(identity, extradata);
    case 'opus':
      return opusTrack(identity, extradata);
    case 'mp3':
      return mp3Track(identity, firstFrame);
    case 'av1':
      return av1Track(identity, extradata);
    case 'vp9':
      // FFmpeg keeps no configuration record of it.
      return vp9Track(identity, Buffer.from('000b820202020000', 'hex'));
    case 'pcm_alaw':
      return g711Track(identity, 'g711a', 8000, 1);
    default:
      throw new Error(`no track for ${stream.codec_name}`);
  }
}

/** Reads ffprobe's hexadecimal dump: lines of an offset, up to 16 bytes and the same as text. */
function bytesOf(dump: string): Buffer {
  const digits = dump
    .split('\n')
    .map(line => line.slice(10, 50).replaceAll(' ', ''))
    .join('');
  return Buffer.from(digits, 'hex');
}

interface TestPacket {
  readonly pid: number;
  readonly counter: number;
  /** It has a payload, and so the counter has moved. */
  readonly counted: boolean;
  readonly pcr: number | undefined;
  /** Of the PES packet that begins in it. */
  readonly dts: number | undefined;
  readonly payload: Buffer;
}

/** Takes a transport stream apart; throws at whatever is not as the standard has it. */
export function readPackets(stream: Buffer): TestPacket[] {
  if (stream.length % 188 !== 0) throw new Error('not whole packets');
  const packets: TestPacket[] = [];
  for (let at = 0; at < stream.length; at += 188) {
    const packet = stream.subarray(at, at + 188);
    if (packet[0] !== 0x47) throw new Error(`no sync byte at ${at}`);
    const control = (packet[3] as number) >> 4;
    let start = 4;
    let pcr: number | undefined;
    if (control & 2) {
      const length = packet[4] as number;
      if (length > (control & 1 ? 182 : 183)) throw new Error('adaptation field too long');
      if (length > 0 && (packet[5] as number) & 0x10) {
        pcr = packet.readUInt32BE(6) * 2 + ((packet[10] as number) >> 7);
      }
      start = 5 + length;
    }
    const pid = packet.readUInt16BE(1) & 0x1fff;
    const payload = packet.subarray(start);
    const isPes = ((packet[1] as number) & 0x40) !== 0 && pid >= 0x100 && pid < 0x1000;
    packets.push({
      pid,
      counter: (packet[3] as number) & 0x0f,
      counted: (control & 1) !== 0,
      pcr,
      dts: isPes ? pesDts(payload) : undefined,
      payload,
    });
  }
  return packets;
}

function pesDts(pes: Buffer): number {
  if (pes.readUIntBE(0, 3) !== 1) throw new Error('no start of a PES packet');
  const at = (pes[7] as number) & 0x40 ? 14 : 9;
  const high = ((pes[at] as number) >> 1) & 7;
  return high * 2 ** 30 + (pes.readUInt16BE(at + 1) >> 1) * 2 ** 15 + (pes.readUInt16BE(at + 3) >> 1);
}
