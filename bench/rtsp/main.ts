/**
 * Many cameras by RTSP: what they cost the process that pulls them and the one that sends, whether packets are lost, and
 * what the same costs FFmpeg and GStreamer. The cameras are the players of one stream of our own server, in a process of
 * its own; nobody watches what is pulled. All are at one host, so that they are begun four a second.
 *
 *   node bench/rtsp/main.ts [--streams 300] [--transport tcp|udp] [--seconds 30] [--peers 60]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clip } from '../clip/clip.ts';
import { type Cost, costOf, PEERS } from './peers.ts';
import { pull } from './pull.ts';

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '300' },
    transport: { type: 'string', default: 'tcp' },
    seconds: { type: 'string', default: '30' },
    /** Streams that the peers pull; 0 leaves them out. */
    peers: { type: 'string', default: '60' },
  },
});
const transport = values.transport === 'udp' ? 'udp' : 'tcp';
const seconds = Number(values.seconds);
const cameras: ChildProcess = fork(join(import.meta.dirname, 'cameras.ts'), [await clip(2)]);
try {
  const [{ port }] = (await once(cameras, 'message')) as [{ port: number }];
  const url = `rtsp://127.0.0.1:${port}/live/cam`;
  const figures = await pull(url, Number(values.streams), transport, seconds, cameras.pid ?? 0);
  const { streams, packetsPerSecond, cores, servingCores, lost, frames, expectedFrames } = figures;
  console.log(`${streams} by ${transport}, ${packetsPerSecond.toFixed()} packets a second, ${lost} lost`);
  console.log(`${frames} of ${expectedFrames} frames, ${(figures.rssBytes / 1e6).toFixed()} MB`);
  const each = packetsPerSecond / streams;
  const show = (name: string, { streams: count, cores: used }: Cost): void =>
    console.log(
      `${name.padEnd(22)} ${used.toFixed(3)} core for ${count}: ${((each * count) / used).toFixed()} packets a core`,
    );
  show('pulled by FLUX', { streams, cores });
  show('sent by FLUX', { streams, cores: servingCores });
  const count = Number(values.peers);
  if (count > 0) {
    for (const [name, start] of Object.entries(PEERS)) {
      show(`pulled by ${name}`, await costOf(start, url, count, transport, seconds));
    }
  }
} finally {
  cameras.kill();
}
