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
  // NAL unit types: 7 SPS, 8 PPS, 9 delimiter; in H.265 32 VPS, 33 SPS, 34 PPS, 35 delimiter.
  h264: 'h264_mp4toannexb,filter_units=remove_types=7-9',
  h265: 'hevc_mp4toannexb,filter_units=remove_types=32-35',
} as const;

/** The access units of the first video or audio track of a file, hashed by ffmpeg after removing what containers add. */
export async function hashedUnits(path: string, kind: 'h264' | 'h265' | 'audio'): Promise<HashedUnit[]> {
  const select = kind === 'audio' ? ['-map', '0:a:0', '-c', 'copy'] : ['-map', '0:v:0', '-c', 'copy'];
  const filter = kind === 'audio' ? ['-bsf:a', 'aac_adtstoasc'] : ['-bsf:v', FILTERS[kind]];
  const { code, stdout, stderr } = await run('ffmpeg', [
    '-v',
    'error',
    '-copyts',
    '-i',
    path,
    ...select,
    ...filter,
    '-f',
    'framemd5',
    '-',
  ]);
  if (code !== 0) throw new Error(`ffmpeg could not hash ${path}: ${stderr}`);
  const timeBase = /#tb 0: (\d+)\/(\d+)/.exec(stdout);
  const seconds = Number(timeBase?.[1]) / Number(timeBase?.[2]);
  return stdout
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
    .map(line => {
      const [, dts, pts, , size, hash = ''] = line.split(',').map(field => field.trim());
      return { dts: Number(dts) * seconds, pts: Number(pts) * seconds, size: Number(size), hash };
    });
}
