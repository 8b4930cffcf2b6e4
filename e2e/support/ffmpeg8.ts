/**
 * The FFmpeg 8 inside node-av, for what Debian's cannot do (Enhanced RTMP). A program of its own, so that a fault in
 * native code fails one test:
 *
 *   node ffmpeg8.ts remux INPUT URL [SECONDS]
 *                                        sends a file in real time as FLV, to an RTMP address or a file, and stays
 *                                        connected for so long after its end
 *   node ffmpeg8.ts packets INPUT [KEY=VALUE…]
 *                                        prints one JSON line for each packet, until the end; with FFmpeg's options
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Demuxer, Muxer } from 'node-av/api';

/** What `packets` prints. Times in seconds. */
export interface Packet8 {
  readonly codec: number;
  readonly kind: 'video' | 'audio';
  readonly dts: number;
  readonly pts: number;
  readonly size: number;
  readonly key: boolean;
  readonly md5: string;
  /** Of H.264 and H.265 without what containers add and drop: parameter sets, delimiters, lengths and start codes. */
  readonly content: string;
}

const VIDEO = 0;

async function remux(input: string, url: string, seconds = 0): Promise<void> {
  await using demuxer = await Demuxer.open(input);
  await using muxer = await Muxer.open(url, { format: 'flv' });
  // FLV has tags of its own for the codecs that MP4 brings.
  for (const stream of demuxer.streams) stream.codecpar.codecTag = 0;
  const indexes = new Map(demuxer.streams.map(stream => [stream.index, muxer.addStream(stream)]));
  const start = performance.now();
  for await (const packet of demuxer.packets()) {
    if (!packet) break;
    const index = indexes.get(packet.streamIndex);
    const stream = demuxer.streams[packet.streamIndex];
    if (index === undefined || !stream) continue;
    const due = (Number(packet.dts) * stream.timeBase.num * 1000) / stream.timeBase.den;
    const wait = due - (performance.now() - start);
    if (wait > 0 && url.startsWith('rtmp')) await sleep(wait);
    await muxer.writePacket(packet, index);
  }
  await sleep(seconds * 1000);
}

const H264 = 27;
const H265 = 173;
/** NAL unit types of parameter sets and delimiters, and in H.265 of SEI, which MP4 keeps apart. */
const ADDED: Readonly<Record<number, readonly number[]>> = {
  [H264]: [7, 8, 9],
  [H265]: [32, 33, 34, 35, 39],
};

const START_CODE = Buffer.from([0, 0, 1]);

/** NAL units after start codes, or after lengths of four bytes. */
function nalUnits(data: Buffer): Buffer[] {
  const units: Buffer[] = [];
  if (/^0000(?:00)?01/.test(data.toString('hex', 0, 4))) {
    const starts: number[] = [];
    for (let at = data.indexOf(START_CODE); at !== -1; at = data.indexOf(START_CODE, at)) {
      at += START_CODE.length;
      starts.push(at);
    }
    for (const [index, start] of starts.entries()) {
      let end = index + 1 < starts.length ? starts[index + 1]! - 3 : data.length;
      while (end > start && data[end - 1] === 0) end--;
      units.push(data.subarray(start, end));
    }
    return units;
  }
  for (let at = 0; at + 4 < data.length; at += 4 + data.readUInt32BE(at))
    units.push(data.subarray(at + 4, at + 4 + data.readUInt32BE(at)));
  return units;
}

function contentOf(codec: number, data: Buffer): string {
  const added = ADDED[codec];
  const hash = createHash('md5');
  if (!added) return hash.update(data).digest('hex');
  for (const unit of nalUnits(data)) {
    const type = codec === H264 ? unit[0]! & 0x1f : (unit[0]! >> 1) & 0x3f;
    if (!added.includes(type)) hash.update(unit);
  }
  return hash.digest('hex');
}

async function packets(input: string, options: Readonly<Record<string, string>>): Promise<void> {
  await using demuxer = await Demuxer.open(input, { options });
  for await (const packet of demuxer.packets()) {
    if (!packet) break;
    const stream = demuxer.streams[packet.streamIndex];
    if (!stream) continue;
    const seconds = (ticks: bigint) => (Number(ticks) * stream.timeBase.num) / stream.timeBase.den;
    const data = packet.data ?? Buffer.alloc(0);
    const line: Packet8 = {
      codec: stream.codecpar.codecId,
      kind: stream.codecpar.codecType === VIDEO ? 'video' : 'audio',
      dts: seconds(packet.dts),
      pts: seconds(packet.pts),
      size: data.length,
      key: packet.isKeyframe,
      md5: createHash('md5').update(data).digest('hex'),
      content: contentOf(stream.codecpar.codecId, data),
    };
    console.log(JSON.stringify(line));
  }
}

const [command, input = '', url = ''] = process.argv.slice(2);
const settings = process.argv.slice(4).map(setting => setting.split('=', 2));
if (import.meta.main) {
  if (command === 'remux') await remux(input, url, Number(process.argv[5] ?? 0));
  else if (command === 'packets') await packets(input, Object.fromEntries(settings));
  else process.exitCode = 2;
}
