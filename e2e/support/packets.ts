import { run } from './processes.ts';

/** An access unit as ffprobe reports it. Times in seconds. */
export interface Packet {
  readonly kind: 'video' | 'audio';
  readonly dts: number;
  readonly pts: number;
  readonly size: number;
  readonly key: boolean;
}

export interface Probe {
  readonly packets: readonly Packet[];
  readonly video: readonly Packet[];
  readonly audio: readonly Packet[];
  /** What ffprobe had to say: warnings and errors. */
  readonly messages: string;
}

interface RawPacket {
  codec_type: 'video' | 'audio';
  dts_time?: string;
  pts_time?: string;
  size: string;
  flags: string;
}

/** Reads all packets of a file or URL, to its end or for `seconds` of media. */
export async function probe(url: string, options: readonly string[] = [], timeout = 60_000): Promise<Probe> {
  const { stdout, stderr } = await run(
    'ffprobe',
    ['-v', 'warning', ...options, '-show_packets', '-of', 'json', url],
    timeout,
  );
  const raw = (JSON.parse(stdout || '{}') as { packets?: RawPacket[] }).packets ?? [];
  const packets = raw.map(packet => ({
    kind: packet.codec_type,
    dts: Number(packet.dts_time ?? packet.pts_time),
    pts: Number(packet.pts_time ?? packet.dts_time),
    size: Number(packet.size),
    key: packet.flags.startsWith('K'),
  }));
  return {
    packets,
    video: packets.filter(packet => packet.kind === 'video'),
    audio: packets.filter(packet => packet.kind === 'audio'),
    messages: stderr,
  };
}

/** One access unit by its content: parameter sets and delimiters, which containers add and drop, are left out. */
export interface HashedUnit {
  readonly dts: number;
  readonly pts: number;
  readonly size: number;
  readonly hash: string;
}

const FILTERS = {
  // NAL unit types: 7 SPS, 8 PPS, 9 delimiter; in H.265 32 VPS, 33 SPS, 34 PPS, 35 delimiter, and 39 SEI, which MP4
  // keeps apart from the access units and ffmpeg puts before key frames.
  h264: 'h264_mp4toannexb,filter_units=remove_types=7-9',
  h265: 'hevc_mp4toannexb,filter_units=remove_types=32-35|39',
} as const;

export interface HashedUnits {
  readonly video: readonly HashedUnit[];
  readonly audio: readonly HashedUnit[];
}

/**
 * The access units of a file or a live address, read by ffmpeg to its end, hashed after removing what containers
 * add. Times are moved so that the earliest unit of all begins at zero: containers differ in their offset.
 */
export async function hashedUnits(
  url: string,
  videoCodec: keyof typeof FILTERS | undefined,
  options: readonly string[] = [],
  timeout = 60_000,
): Promise<HashedUnits> {
  const video = videoCodec ? ['-map', '0:v:0', '-bsf:v', FILTERS[videoCodec]] : [];
  const { stdout, stderr } = await run(
    'ffmpeg',
    [
      ...['-v', 'error', '-copyts', ...options, '-i', url, ...video],
      ...['-map', '0:a:0?', '-bsf:a', 'aac_adtstoasc', '-c', 'copy', '-f', 'framemd5', '-'],
    ],
    timeout,
  );
  const units: (HashedUnit & { stream: number })[] = [];
  const timeBases = new Map<number, number>();
  for (const line of stdout.split('\n')) {
    const timeBase = /^#tb (\d+): (\d+)\/(\d+)/.exec(line);
    if (timeBase) timeBases.set(Number(timeBase[1]), Number(timeBase[2]) / Number(timeBase[3]));
    if (line === '' || line.startsWith('#')) continue;
    const [stream, dts, pts, , size, hash = ''] = line.split(',').map(field => field.trim());
    const seconds = timeBases.get(Number(stream)) ?? Number.NaN;
    units.push({
      stream: Number(stream),
      dts: Number(dts) * seconds,
      pts: Number(pts) * seconds,
      size: Number(size),
      hash,
    });
  }
  if (units.length === 0) throw new Error(`ffmpeg read nothing from ${url}: ${stderr.slice(-2000)}`);
  const start = Math.min(...units.map(unit => unit.dts));
  const of = (stream: number) =>
    units
      .filter(unit => unit.stream === stream)
      .map(({ dts, pts, size, hash }) => ({ dts: dts - start, pts: pts - start, size, hash }));
  return videoCodec ? { video: of(0), audio: of(1) } : { video: [], audio: of(0) };
}

/**
 * What differs between two lists of access units, in words; empty where they are the same in number, order and
 * content, and their times agree to within a millisecond (and the rounding of the containers' clocks).
 */
export function difference(expected: readonly HashedUnit[], actual: readonly HashedUnit[]): string[] {
  const found: string[] = [];
  if (expected.length !== actual.length) found.push(`${actual.length} units instead of ${expected.length}`);
  const tolerance = 0.0011;
  for (const [index, unit] of expected.entries()) {
    const other = actual[index];
    if (!other || found.length > 5) break;
    if (unit.hash !== other.hash)
      found.push(`unit ${index}: other content (${other.size} bytes, not ${unit.size})`);
    if (Math.abs(unit.dts - other.dts) > tolerance)
      found.push(`unit ${index}: dts ${other.dts}, not ${unit.dts}`);
    if (Math.abs(unit.pts - other.pts) > tolerance)
      found.push(`unit ${index}: pts ${other.pts}, not ${unit.pts}`);
  }
  return found;
}
