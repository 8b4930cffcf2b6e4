/** Scenarios 15–19: HTTP-FLV and HLS as players and strangers see them. */
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clip } from './support/clips.ts';
import { type FlvTag, parseFlv, readFlvFile } from './support/flv-file.ts';
import { record, TestGateway } from './support/gateway.ts';
import { probe } from './support/packets.ts';
import { lacks, RunningProcess, run, until } from './support/processes.ts';
import { TestPublisher } from './support/rtmp-publisher.ts';

const TS_PACKET = 188;

/** Names in a media playlist, with their durations. */
function segmentsOf(playlist: string): { name: string; duration: number }[] {
  return [...playlist.matchAll(/#EXTINF:([\d.]+),.*\n(?:#.*\n)*([^#\n]+)/g)].map(match => ({
    duration: Number(match[1]),
    name: match[2] ?? '',
  }));
}

function tagValue(playlist: string, name: string): number {
  return Number(new RegExp(`#${name}:(\\d+)`).exec(playlist)?.[1]);
}

/** Continuity and PCR of transport stream segments, read one after the other. */
function inspectTransportStream(segments: readonly Buffer[]): { breaks: string[]; longestPcrGap: number } {
  const counters = new Map<number, number>();
  const breaks: string[] = [];
  let longestPcrGap = 0;
  let lastPcr: number | undefined;
  for (const [index, segment] of segments.entries()) {
    if (segment.length % TS_PACKET !== 0) breaks.push(`segment ${index} is not whole packets`);
    for (let at = 0; at + TS_PACKET <= segment.length; at += TS_PACKET) {
      if (segment[at] !== 0x47) breaks.push(`no sync byte at ${at} of segment ${index}`);
      const pid = segment.readUInt16BE(at + 1) & 0x1fff;
      const control = segment.readUInt8(at + 3);
      const hasPayload = (control & 0x10) !== 0;
      const expected = counters.get(pid);
      if (hasPayload && expected !== undefined && (control & 15) !== expected)
        breaks.push(`PID ${pid} at ${at} of ${index}`);
      if (hasPayload) counters.set(pid, ((control & 15) + 1) & 15);
      if (control & 0x20 && segment.readUInt8(at + 4) > 0 && segment.readUInt8(at + 5) & 0x10) {
        const pcr = segment.readUInt32BE(at + 6) / 45_000;
        if (lastPcr !== undefined) longestPcrGap = Math.max(longestPcrGap, pcr - lastPcr);
        lastPcr = pcr;
      }
    }
  }
  return { breaks, longestPcrGap };
}

describe.skipIf(lacks('ffmpeg'))('HLS', () => {
  it('segments are whole, begin with key frames and are never gone too early (15, 16)', {
    timeout: 60_000,
  }, async () => {
    await using gateway = await TestGateway.start({
      'protocols.hls.segment_duration': 2,
      'protocols.hls.playlist_length': 3,
    });
    const source = await clip('h264-aac-70s.flv');
    await using _publisher = new RunningProcess('ffmpeg', [
      ...['-v', 'error', '-re', '-i', source, '-c', 'copy', '-f', 'flv', gateway.rtmpUrl('cam1')],
    ]);
    await gateway.untilLive('cam1');
    const url = gateway.playUrl('hls', 'cam1');
    const seen = new Map<string, Buffer>();
    let lastSequence = -1;
    for (let second = 0; second < 20; second++) {
      const [one, other] = await Promise.all(
        [fetch(url), fetch(url)].map(async answer => (await answer).text()),
      );
      expect(tagValue(one!, 'EXT-X-MEDIA-SEQUENCE')).toBe(tagValue(other!, 'EXT-X-MEDIA-SEQUENCE'));
      const sequence = tagValue(one!, 'EXT-X-MEDIA-SEQUENCE');
      expect(sequence).toBeGreaterThanOrEqual(lastSequence);
      lastSequence = sequence;
      const target = tagValue(one!, 'EXT-X-TARGETDURATION');
      for (const { name, duration } of segmentsOf(one!)) {
        expect(Math.round(duration)).toBeLessThanOrEqual(target);
        if (seen.has(name)) continue;
        const answer = await fetch(new URL(name, url));
        expect(answer.status).toBe(200);
        seen.set(name, Buffer.from(await answer.arrayBuffer()));
      }
      await sleep(900);
    }
    expect(seen.size).toBeGreaterThanOrEqual(8);
    const { breaks, longestPcrGap } = inspectTransportStream([...seen.values()]);
    expect(breaks).toEqual([]);
    expect(longestPcrGap).toBeLessThanOrEqual(0.1001);
    for (const [name] of [...seen].slice(-2)) {
      const { video, messages } = await probe(new URL(name, url).href);
      expect(video[0]?.key).toBe(true);
      expect(video.length).toBe(50);
      expect(messages).toBe('');
    }
    const evicted = await fetch(new URL([...seen.keys()][0]!, url));
    expect(evicted.status).toBe(404);
    expect(await evicted.json()).toMatchObject({ code: 'SEGMENT_NOT_FOUND' });
  });

  it("ffmpeg's demuxer reads 30 s without a warning (14)", { timeout: 90_000 }, async () => {
    await using gateway = await TestGateway.start({ 'protocols.hls.segment_duration': 2 });
    const source = await clip('h264-aac-70s.flv');
    await using _publisher = new RunningProcess('ffmpeg', [
      ...['-v', 'error', '-re', '-i', source, '-c', 'copy', '-f', 'flv', gateway.rtmpUrl('cam1')],
    ]);
    await gateway.untilLive('cam1');
    const url = gateway.playUrl('hls', 'cam1');
    const { code, stderr } = await run('ffmpeg', [
      '-v',
      'warning',
      '-i',
      url,
      '-t',
      '30',
      '-c',
      'copy',
      '-f',
      'null',
      '-',
    ]);
    expect(code).toBe(0);
    expect(stderr).toBe('');
  });
});

describe.skipIf(lacks('ffmpeg'))('viewers of one stream', () => {
  it('a slow one skips to key frames, memory stays bounded, the others notice nothing (17)', {
    timeout: 60_000,
  }, async () => {
    await using gateway = await TestGateway.start({ 'media.viewer_queue_bytes': 300_000 });
    const tags = readFlvFile(await clip('h264-aac-large.flv'));
    using publisher = await TestPublisher.publish(gateway.rtmpPort, { name: 'cam1', chunkSize: 65_536 });
    const isPicture = (tag: FlvTag) => tag.type === 9 && tag.body[1] === 1;
    const first = tags.slice(0, 10);
    await publisher.tags(first);
    await gateway.untilLive('cam1');
    const slow = connect({ port: gateway.mediaPort, host: '127.0.0.1' });
    slow.on('error', () => {});
    slow.write('GET /flv/cam1.flv HTTP/1.1\r\nHost: x\r\n\r\n');
    slow.pause();
    let slowBytes = 0;
    const drain = setInterval(() => {
      slowBytes += (slow.read() as Buffer | null)?.length ?? 0;
    }, 400);
    const recording = record.start(gateway.playUrl('flv', 'cam1'));
    await until('two viewers', async () => (await gateway.stream('cam1')).viewers.count === 2);
    for (let round = 0; round < 8; round++) {
      await publisher.tags(
        tags.map(tag => ({ ...tag, timestamp: tag.timestamp + round * 6040 })),
        12,
      );
    }
    expect(gateway.orchestrator.findStream('cam1')?.viewerCount).toBe(2);
    const skips = gateway.orchestrator
      .findStream('cam1')!
      .viewers.map(viewer => (viewer as { status?: { skips: number; queuedBytes: number } }).status);
    expect(Math.max(...skips.map(status => status?.skips ?? 0))).toBeGreaterThan(0);
    expect(Math.max(...skips.map(status => status?.queuedBytes ?? 0))).toBeLessThan(1_500_000);
    await publisher.unpublish();
    clearInterval(drain);
    slow.destroy();
    expect(slowBytes).toBeGreaterThan(0);
    const video = parseFlv(await recording.body).filter(isPicture);
    expect(video.length).toBe(first.filter(isPicture).length + 8 * 150);
  });

  it('200 that come in the same second each get a picture at once (18)', { timeout: 60_000 }, async () => {
    await using gateway = await TestGateway.start();
    const source = await clip('h264-aac-70s.flv');
    await using _publisher = new RunningProcess('ffmpeg', [
      ...['-v', 'error', '-re', '-i', source, '-c', 'copy', '-f', 'flv', gateway.rtmpUrl('cam1')],
    ]);
    await gateway.untilLive('cam1');
    await sleep(1000);
    const firstPictures = await Promise.all(
      Array.from({ length: 200 }, async () => {
        const abort = new AbortController();
        const answer = await fetch(gateway.playUrl('flv', 'cam1'), { signal: abort.signal });
        let data = Buffer.alloc(0);
        for await (const part of answer.body ?? []) {
          data = Buffer.concat([data, part]);
          if (parseFlv(data).some(tag => tag.type === 9 && tag.body[0] === 0x17 && tag.body[1] === 1)) break;
        }
        abort.abort();
        return data.length;
      }),
    );
    expect(firstPictures.every(length => length > 0)).toBe(true);
    await until('the viewers are gone', async () => (await gateway.stream('cam1')).viewers.count === 0);
  });
});

describe.skipIf(lacks('ffmpeg'))('what strangers ask for (19)', () => {
  let gateway: TestGateway;
  let publisher: TestPublisher;
  let base: string;

  beforeAll(async () => {
    gateway = await TestGateway.start({ 'protocols.hls.segment_duration': 1 });
    publisher = await TestPublisher.publish(gateway.rtmpPort, { name: 'cam1' });
    const tags = readFlvFile(await clip('h264-aac-70s.flv'));
    publisher.tags(tags).catch(() => {});
    await gateway.untilLive('cam1');
    base = `http://127.0.0.1:${gateway.mediaPort}`;
  });

  afterAll(async () => {
    publisher[Symbol.dispose]();
    await gateway[Symbol.asyncDispose]();
  });

  it('HEAD tells the type and sends nothing', async () => {
    const flv = await fetch(`${base}/flv/cam1.flv`, { method: 'HEAD' });
    expect([flv.status, flv.headers.get('content-type')]).toEqual([200, 'video/x-flv']);
    const hls = await fetch(`${base}/hls/cam1/index.m3u8`, { method: 'HEAD' });
    expect([hls.status, hls.headers.get('content-type')]).toEqual([200, 'application/vnd.apple.mpegurl']);
  });

  it('answers pre-flight requests, and lets any page read', async () => {
    const answer = await fetch(`${base}/flv/cam1.flv`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://a.example' },
    });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('*');
    expect(answer.headers.get('access-control-allow-methods')).toContain('GET');
  });

  it('serves ranges of segments', { timeout: 30_000 }, async () => {
    const playlist = await (await fetch(`${base}/hls/cam1/index.m3u8`)).text();
    const segment = new URL(segmentsOf(playlist).at(-1)!.name, `${base}/hls/cam1/`);
    const whole = Buffer.from(await (await fetch(segment)).arrayBuffer());
    const part = await fetch(segment, { headers: { Range: 'bytes=188-375' } });
    expect(part.status).toBe(206);
    expect(part.headers.get('content-range')).toBe(`bytes 188-375/${whole.length}`);
    expect(Buffer.from(await part.arrayBuffer()).equals(whole.subarray(188, 376))).toBe(true);
    expect((await fetch(segment, { headers: { Range: 'bytes=99999999-' } })).status).toBe(416);
  });

  it.each([
    ['/flv/nobody.flv', 404, 'STREAM_NOT_FOUND'],
    ['/hls/nobody/index.m3u8', 404, 'STREAM_NOT_FOUND'],
    ['/hls/cam1/segment_999999.ts', 404, 'SEGMENT_NOT_FOUND'],
    ['/nothing', 404, 'ROUTE_NOT_FOUND'],
    ['/hls/..%2f..%2fetc/index.m3u8', 400, 'REQUEST_INVALID'],
    ['/flv/..%2f..%2fetc%2fpasswd.flv', 400, 'REQUEST_INVALID'],
    ['/hls/cam1/..%5c..%5csegment_1.ts', 400, 'REQUEST_INVALID'],
    ['/flv/%00.flv', 400, 'REQUEST_INVALID'],
    ['/flv/%zz.flv', 400, 'REQUEST_INVALID'],
  ])('GET %s is %i %s', async (path, status, code) => {
    const answer = await fetch(base + path);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status, code });
  });

  it.each(['/live/cam1.flv', '/live/cam1.live.flv'])(
    'the address known from others works: %s',
    async path => {
      const abort = new AbortController();
      const answer = await fetch(base + path, { signal: abort.signal });
      expect(answer.headers.get('content-type')).toBe('video/x-flv');
      abort.abort();
    },
  );

  it.each(['/live/cam1.m3u8', '/live/cam1/index.m3u8'])(
    'the address known from others works: %s',
    async path => {
      const answer = await fetch(base + path);
      const playlist = await answer.text();
      const segment = await fetch(new URL(segmentsOf(playlist)[0]!.name, answer.url));
      expect([answer.status, segment.status]).toEqual([200, 200]);
    },
  );

  it('leaves out what the viewer does not want', async () => {
    const kinds = async (query: string) => {
      const recording = record.start(`${base}/flv/cam1.flv?${query}`);
      await sleep(500);
      recording.stop();
      return new Set(parseFlv(await recording.body).map(tag => tag.type));
    };
    expect(await kinds('audio=0')).toEqual(new Set([18, 9]));
    expect(await kinds('video=0')).toEqual(new Set([18, 8]));
    expect((await fetch(`${base}/flv/cam1.flv?video=0&audio=0`)).status).toBe(400);
  });

  it('gop=0 begins with the next key frame instead of the cached ones', async () => {
    const first = async (query: string) => {
      const recording = record.start(`${base}/flv/cam1.flv?${query}`);
      await sleep(2500);
      recording.stop();
      return parseFlv(await recording.body).find(tag => tag.type === 9 && tag.body[1] === 1);
    };
    const [cached, live] = await Promise.all([first(''), first('gop=0')]);
    expect(cached?.body[0]).toBe(0x17);
    expect(live?.body[0]).toBe(0x17);
    expect(live!.timestamp).toBeGreaterThan(cached!.timestamp);
  });

  it('plays to a client of HTTP/1.0 without chunks', async () => {
    const socket = connect(gateway.mediaPort, '127.0.0.1');
    socket.write('GET /flv/cam1.flv HTTP/1.0\r\n\r\n');
    let data = Buffer.alloc(0);
    socket.on('data', part => {
      data = Buffer.concat([data, part]);
    });
    await sleep(500);
    socket.destroy();
    const text = data.toString('latin1');
    expect(text).not.toMatch(/transfer-encoding/i);
    expect(text.slice(text.indexOf('\r\n\r\n') + 4, text.indexOf('\r\n\r\n') + 7)).toBe('FLV');
  });

  it('ends a connection that goes on asking while it is served', async () => {
    const socket = connect(gateway.mediaPort, '127.0.0.1');
    socket.on('error', () => {});
    socket.resume();
    socket.write('GET /flv/cam1.flv HTTP/1.1\r\nHost: x\r\n\r\n');
    await sleep(200);
    socket.write('GET /flv/cam1.flv HTTP/1.1\r\nHost: x\r\n\r\n');
    await until('the socket is closed', () => socket.closed);
  });
});
