/**
 * Run by `main.ts` in a process of its own: as many cameras as are asked for, the players of one stream. It sends the
 * pictures of an FLV file, its argument, over and over, and tells its port to the parent.
 */
import { readFileSync } from 'node:fs';
import { FlvDemuxer } from '../../packages/media/format/flv/demuxer.ts';
import { FlvReader } from '../../packages/media/format/flv/reader.ts';
import { RtspAdapter } from '../../packages/protocols/rtsp/adapter.ts';
import { isAccessUnit, VIDEO } from '../load/tag.ts';
import { orchestrator } from './orchestrator.ts';

const FRAME_MILLISECONDS = 40;

async function serve(path: string): Promise<void> {
  const streams = orchestrator();
  const adapter = new RtspAdapter({
    orchestrator: streams,
    host: '127.0.0.1',
    port: 0,
    transports: ['tcp', 'udp'],
    portRange: [10_000, 19_999],
    maxConnections: 5000,
    limits: { maxQueuedBytes: 8 * 1024 * 1024, stallTimeout: 30_000 },
  });
  await adapter.start();
  const publication = await streams.registerStream('cam', {
    protocol: 'bench',
    peer: 'here',
    close: () => {},
  });
  publication.expect({ video: true, audio: false });
  const demuxer = new FlvDemuxer(publication);
  const frames: Buffer[] = [];
  new FlvReader((type, _timestamp, body) => {
    if (type !== VIDEO) return;
    if (isAccessUnit(body)) frames.push(body);
    else demuxer.tag(VIDEO, 0, body);
  }).push(readFileSync(path));
  const begun = performance.now();
  let sent = 0;
  setInterval(() => {
    for (; sent * FRAME_MILLISECONDS < performance.now() - begun; sent++) {
      demuxer.tag(VIDEO, sent * FRAME_MILLISECONDS, frames[sent % frames.length]!);
    }
  }, 5);
  process.once('disconnect', () => process.exit());
  process.send?.({ port: adapter.port });
}

await serve(process.argv[2] ?? '');
