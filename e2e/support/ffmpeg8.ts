/**
 * The FFmpeg 8 inside node-av, for what Debian's cannot do (Enhanced RTMP). A program of its own, so that a fault in
 * native code fails one test:
 *
 *   node ffmpeg8.ts remux INPUT URL      sends a file in real time as FLV, to an RTMP address or a file
 *   node ffmpeg8.ts packets INPUT        prints one JSON line for each packet, until the end
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
}

const VIDEO = 0;

async function remux(input: string, url: string): Promise<void> {
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
}

async function packets(input: string): Promise<void> {
  await using demuxer = await Demuxer.open(input);
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
    };
    console.log(JSON.stringify(line));
  }
}

const [command, input = '', url = ''] = process.argv.slice(2);
if (import.meta.main) {
  if (command === 'remux') await remux(input, url);
  else if (command === 'packets') await packets(input);
  else process.exitCode = 2;
}
