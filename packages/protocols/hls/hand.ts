import { execFileSync } from 'node:child_process';
import { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { MemoryStorage } from '@flux-iot/core/storage/memory-storage';
import { PROBE_ARGUMENTS, probedMedia } from '@flux-iot/media/format/mpegts/test-support';
import { AudioSample, VideoSample } from '@flux-iot/media/model/sample';
import { MediaServer } from '../http/media-server.ts';
import { HlsAdapter } from './adapter.ts';

const [, , input, port = '9191', seg = '6', mode = ''] = process.argv;
const { tracks, samples } = probedMedia(
  execFileSync('ffprobe', [...PROBE_ARGUMENTS, input!], { maxBuffer: 1e9, encoding: 'utf8' }),
);
const o = new StreamOrchestrator({
  stream: { gop: { maxBytes: 1e7, maxSeconds: 30 }, discoverySeconds: 1 },
  flush: { minInterval: 20, maxInterval: 60 },
  maxStreams: 100,
  takeover: false,
  publisherGrace: 10000,
  openTimeout: 10000,
});
const server = new MediaServer({
  host: '127.0.0.1',
  port: Number(port),
  onError: (e, r) => console.log(e.code, e.message, r.path),
});
const hls = new HlsAdapter({
  orchestrator: o,
  server,
  storage: new MemoryStorage({ maxBytes: 1e9 }),
  options: { segmentDuration: Number(seg), playlistLength: 5, alwaysOn: false },
});
await server.start();
await hls.start();
const fs = await import('node:fs');
const http = await import('node:http');
http
  .createServer((q, r) => {
    const f = q.url!.split('?')[0];
    r.setHeader('content-type', f!.endsWith('.js') ? 'text/javascript' : 'text/html');
    r.end(
      fs.readFileSync(f === '/hls.js' ? '/work/main/node_modules/hls.js/dist/hls.js' : '/tmp/hand/page.html'),
    );
  })
  .listen(Number(port) + 1);
let pub = await o.registerStream('cam1', { protocol: 'test', peer: 'x', close() {} });
for (const t of tracks) pub.setTrack(t);
const rate = (id: number) => tracks.find(t => t.id === id)!.clockRate;
const end = Math.max(...samples.map(s => s.dts / rate(s.trackId)));
const loop = Math.round(end * 25) / 25 + (tracks.some(t => t.kind === 'video') ? 0.04 : 0);
let paused = false; if (mode) setTimeout(() => { pub.close({ code: 'publisher-lost', message: '' }); paused = true; setTimeout(async () => { pub = await o.registerStream('cam1', { protocol: 'test', peer: 'x', close() {} }); base = pub.clock; for (const t of tracks) pub.setTrack(t); pub.clock.start(0); shift = pub.clock.offset; t0 = performance.now() / 1000; i = 0; n = 0; paused = false; }, 3000); }, 30000);
let shift = 0, base: unknown; let t0 = performance.now() / 1000;
let i = 0,
  n = 0;
setInterval(() => { if (paused) return;
  const now = performance.now() / 1000 - t0;
  for (;;) {
    const s = samples[i]!;
    const r = rate(s.trackId);
    if (s.dts / r + n * loop > now) break;
    const off = Math.round((n * loop + shift) * r);
    pub.write(
      s.kind === 'video'
        ? VideoSample.fromData(s.trackId, s.dts + off, s.pts + off, s.key, s.data)
        : new AudioSample(s.trackId, s.dts + off, s.data),
    );
    if (++i === samples.length) {
      i = 0;
      n++;
    }
  }
}, 10);
console.log('up', loop);
