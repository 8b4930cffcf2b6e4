/** Several media nodes on one host: relays, HLS by whichever node, nodes that die, programs started one by one. */
import { writeFileSync } from 'node:fs';
import { Agent, get as httpGet } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clip } from './support/clips.ts';
import { busFolder, FluxCluster, FluxProcess, freePorts } from './support/flux-process.ts';
import { record } from './support/gateway.ts';
import { difference, type HashedUnits, hashedUnits } from './support/packets.ts';
import { lacks, RunningProcess, until } from './support/processes.ts';

/** Enough for both of two nodes to get some, by the kernel's choice: all on one happens once in 500 runs. */
const MANY = 10;

function publish(source: string, url: string): RunningProcess {
  return new RunningProcess('ffmpeg', [
    ...['-v', 'error', '-re', '-i', source, '-c', 'copy', '-f', 'flv', url],
  ]);
}

/** The whole answer, over a connection of its own. */
function fetchOnce(url: string): Promise<{ status: number; body: Buffer }> {
  return new Promise((resolve, reject) => {
    httpGet(url, { agent: new Agent({ keepAlive: false }) }, answer => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks) }));
      answer.on('error', reject);
    }).on('error', reject);
  });
}

async function unitsOf(body: Buffer): Promise<HashedUnits> {
  using file = record.temporary('recorded.flv');
  writeFileSync(file.path, body);
  return await hashedUnits(file.path, 'h264');
}

describe.skipIf(lacks('ffmpeg'))('two media nodes', () => {
  it('give every viewer the whole stream, on whichever node it lands', { timeout: 60_000 }, async () => {
    await using flux = await FluxCluster.start(2);
    const source = await clip('h264-aac.flv');
    await using _publisher = publish(source, flux.rtmpUrl('cam1'));
    await flux.untilLive('cam1');
    const recordings = Array.from({ length: MANY }, () => record.start(flux.flvUrl('cam1')));
    await until('all are counted, on both nodes', async () => {
      const { viewers } = await flux.get<{ viewers: { count: number } }>('/streams/cam1');
      const nodes = await flux.nodes();
      return viewers.count === MANY && nodes.some(node => node.relays === 1);
    });
    const nodes = await flux.nodes();
    expect(nodes.map(node => node.streams + node.relays)).toEqual([1, 1]);
    const { viewers } = await flux.get<{ viewers: { protocol: string }[] }>('/streams/cam1/viewers');
    expect(viewers.map(viewer => viewer.protocol)).toEqual(Array(MANY).fill('flv'));
    const expected = await hashedUnits(source, 'h264');
    for (const recording of recordings) {
      const actual = await unitsOf(await recording.body);
      expect(difference(expected.video, actual.video)).toEqual([]);
      const first = expected.audio.findIndex(unit => unit.hash === actual.audio[0]?.hash);
      expect(difference(expected.audio.slice(first), actual.audio)).toEqual([]);
    }
    await until('nothing is left', async () =>
      (await flux.nodes()).every(node => node.streams + node.relays === 0),
    );
  });

  it('show every HLS client one playlist, and have its segments', { timeout: 60_000 }, async () => {
    await using flux = await FluxCluster.start(2, { FLUX_PROTOCOLS_HLS_SEGMENT_DURATION: '2' });
    await using _publisher = publish(await clip('h264-aac-70s.flv'), flux.rtmpUrl('cam1'));
    await flux.untilLive('cam1');
    const playlists = await Promise.all(Array.from({ length: MANY }, () => fetchOnce(flux.hlsUrl('cam1'))));
    expect(playlists.map(({ status }) => status)).toEqual(Array(MANY).fill(200));
    expect(new Set(playlists.map(({ body }) => /MEDIA-SEQUENCE:\d+/.exec(body.toString())?.[0])).size).toBe(
      1,
    );
    await new Promise(resolve => setTimeout(resolve, 5000));
    const text = (await fetchOnce(flux.hlsUrl('cam1'))).body.toString();
    const names = text.split('\n').filter(line => line.endsWith('.ts'));
    expect(names.length).toBeGreaterThanOrEqual(3);
    for (const name of names) {
      const copies = await Promise.all(
        Array.from({ length: MANY }, () => fetchOnce(flux.hlsUrl('cam1', name))),
      );
      expect(copies.map(({ status }) => status)).toEqual(Array(MANY).fill(200));
      expect(copies.every(({ body }) => body.equals(copies[0]!.body))).toBe(true);
    }
    // One cuts, whoever was asked.
    const { viewers } = await flux.get<{ viewers: { by_protocol: Record<string, number> } }>('/streams/cam1');
    expect(viewers.by_protocol.hls).toBe(1);
    const evicted = await fetchOnce(flux.hlsUrl('cam1', 'segment_1.ts'));
    expect(evicted.status).toBe(404);
  });

  it('go on without one that is killed; its publishers come back at once', { timeout: 90_000 }, async () => {
    await using flux = await FluxCluster.start(2);
    const source = await clip('h264-aac.flv');
    const ids = Array.from({ length: 6 }, (_, index) => `cam${index}`);
    const publishers = ids.map(id => publish(source, flux.rtmpUrl(id)));
    try {
      for (const id of ids) await flux.untilLive(id);
      const recordings = ids.flatMap(id =>
        [0, 1, 2].map(() => ({ id, recording: record.start(flux.flvUrl(id)) })),
      );
      // Those on the killed node are cut off.
      for (const { recording } of recordings) recording.body.catch(() => {});
      // The kernel spreads by chance: where the fewer streams are, enough is left to be looked at.
      const [victim] = (await flux.nodes()).sort((one, other) => one.streams - other.streams);
      await new Promise(resolve => setTimeout(resolve, 2000));
      process.kill(victim!.pid, 'SIGKILL');
      const survivors = ids.filter((_, index) => publishers[index]!.child.exitCode === null);
      await until('the dead node is gone from the list, or back', async () => {
        const nodes = await flux.nodes();
        return nodes.every(({ pid }) => pid !== victim!.pid);
      });
      await new Promise(resolve => setTimeout(resolve, 500));
      const cut = ids.filter(
        (id, index) => survivors.includes(id) && publishers[index]!.child.exitCode !== null,
      );
      // Its publishers are cut; the others' streams are whole for those viewers that were on their node.
      expect(cut.length).toBe(victim!.streams);
      for (const id of cut) {
        await using _again = publish(source, flux.rtmpUrl(id));
        const began = Date.now();
        await flux.untilLive(id);
        expect(Date.now() - began).toBeLessThan(3000);
      }
      const expected = await hashedUnits(source, 'h264');
      let whole = 0;
      for (const { id, recording } of recordings) {
        if (cut.includes(id)) {
          recording.stop();
          continue;
        }
        const body = await recording.body.catch(() => undefined);
        if (!body) continue;
        const actual = await unitsOf(body);
        // A viewer on the killed node was cut with it.
        if (actual.video.length < expected.video.length) continue;
        expect(difference(expected.video, actual.video)).toEqual([]);
        whole++;
      }
      expect(whole).toBeGreaterThan(0);
      await until('the node is started again', async () => (await flux.nodes()).length === 2);
    } finally {
      for (const publisher of publishers) publisher.kill();
    }
  });

  it('keep viewers when a publisher comes back to another node', { timeout: 90_000 }, async () => {
    await using flux = await FluxCluster.start(2);
    const source = await clip('h264-aac-70s.flv');
    const ownerOf = async () => (await flux.nodes()).find(node => node.streams === 1)?.name;
    let publisher = publish(source, flux.rtmpUrl('cam1'));
    try {
      await flux.untilLive('cam1');
      const recordings = Array.from({ length: 4 }, () => record.start(flux.flvUrl('cam1')));
      const first = await ownerOf();
      // The kernel chooses the node: until it is the other one.
      for (let attempt = 0; attempt < 12 && (await ownerOf()) === first; attempt++) {
        publisher.kill();
        await publisher.finished;
        publisher = publish(source, flux.rtmpUrl('cam1'));
        await flux.untilLive('cam1');
        await new Promise(resolve => setTimeout(resolve, 300));
      }
      expect(await ownerOf()).not.toBe(first);
      await new Promise(resolve => setTimeout(resolve, 3000));
      const { viewers } = await flux.get<{ viewers: { count: number } }>('/streams/cam1');
      expect(viewers.count).toBe(4);
      const stopped = await fetch(`${flux.api}/api/v1/streams/cam1/stop`, { method: 'POST' });
      expect(stopped.status).toBe(204);
      for (const recording of recordings) {
        const { video } = await unitsOf(await recording.body);
        const times = video.map(unit => unit.dts);
        expect(times.every((time, at) => at === 0 || time > times[at - 1]!)).toBe(true);
        // Pictures of the last publisher have come: they are the source's first ones again.
        expect(video.filter(unit => unit.hash === video[0]?.hash).length).toBeGreaterThan(1);
      }
    } finally {
      publisher.kill();
    }
  });

  it('let an ingest go on when its node dies', { timeout: 60_000 }, async () => {
    await using remote = await FluxCluster.start(1);
    await using flux = await FluxCluster.start(2);
    await using _publisher = publish(await clip('h264-aac-70s.flv'), remote.rtmpUrl('cam1'));
    await remote.untilLive('cam1');
    const added = await fetch(`${flux.api}/api/v1/streams/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        protocol: 'rtmp',
        stream_id: 'copy',
        source: { rtmp: { url: remote.rtmpUrl('cam1') } },
      }),
    });
    expect(added.status).toBe(201);
    await flux.untilLive('copy');
    const owner = (await flux.nodes()).find(node => node.streams === 1);
    process.kill(owner!.pid, 'SIGKILL');
    await until('another node has it', async () => {
      const other = (await flux.nodes()).find(node => node.streams === 1);
      return other !== undefined && other.pid !== owner!.pid;
    });
    await flux.untilLive('copy');
  });
});

describe.skipIf(lacks('ffmpeg'))('programs started one by one', () => {
  it.each(['unix', 'tcp'])('find each other by the bus on %s', { timeout: 60_000 }, async kind => {
    using folder = busFolder();
    const [bus = 0, relayOfRtmp = 0, relayOfFlv = 0, relayOfHls = 0] = await freePorts(4);
    const common = {
      FLUX_LOG_LEVEL: 'warn',
      FLUX_SERVER_BIND: '127.0.0.1:0',
      FLUX_PROTOCOLS_RTMP_BIND: '127.0.0.1:0',
      FLUX_HTTP_MEDIA_BIND: '127.0.0.1:0',
      FLUX_PROTOCOLS_HLS_SEGMENT_DURATION: '2',
      FLUX_BUS_ADDRESS: kind === 'unix' ? folder.address : `tcp:127.0.0.1:${bus}`,
      FLUX_BUS_SECRET: 'only the programs of this test know it',
    };
    const relay = (port: number) =>
      kind === 'unix' ? common : { ...common, FLUX_GATEWAY_RELAY_BIND: `127.0.0.1:${port}` };
    await using server = new FluxProcess(['server'], relay(relayOfRtmp));
    await using rtmpd = new FluxProcess(['rtmpd'], relay(relayOfRtmp));
    await using flvd = new FluxProcess(['flvd'], relay(relayOfFlv));
    await using hlsd = new FluxProcess(['hlsd'], relay(relayOfHls));
    const api = await server.prints(/Page\s+(http:\S+)\//);
    const rtmp = await rtmpd.prints(/rtmp (\d+)/);
    const flv = await flvd.prints(/media (\d+)/);
    const hls = await hlsd.prints(/media (\d+)/);
    const source = await clip('h264-aac.flv');
    await using _publisher = publish(source, `rtmp://127.0.0.1:${rtmp}/live/cam1`);
    await until('it is live', async () => {
      const answer = await fetch(`${api}/api/v1/streams/cam1`);
      return ((await answer.json()) as { state?: string }).state === 'live';
    });
    const recording = record.start(`http://127.0.0.1:${flv}/flv/cam1.flv`);
    const expected = await hashedUnits(source, 'h264');
    const byHls = await hashedUnits(`http://127.0.0.1:${hls}/hls/cam1/index.m3u8`, 'h264', [
      '-live_start_index',
      '0',
    ]);
    expect(difference(expected.video, byHls.video)).toEqual([]);
    expect(difference(expected.video, (await unitsOf(await recording.body)).video)).toEqual([]);
    for (const program of [flvd, hlsd, rtmpd, server]) expect(await program.stop()).toBe(0);
  });

  it('go on without a node that hangs, and with it again', { timeout: 120_000 }, async () => {
    using folder = busFolder();
    const common = {
      FLUX_LOG_LEVEL: 'warn',
      FLUX_SERVER_BIND: '127.0.0.1:0',
      FLUX_PROTOCOLS_ENABLED: 'rtmp,flv',
      FLUX_PROTOCOLS_RTMP_BIND: '127.0.0.1:0',
      FLUX_HTTP_MEDIA_BIND: '127.0.0.1:0',
      FLUX_MEDIA_PUBLISHER_GRACE: '5',
      FLUX_BUS_TIMEOUT: '3',
      FLUX_BUS_ADDRESS: folder.address,
      FLUX_BUS_SECRET: 'only the programs of this test know it',
    };
    await using server = new FluxProcess(['server'], common);
    const api = await server.prints(/Page\s+(http:\S+)\//);
    await using hung = new FluxProcess(['gateway'], common);
    await using other = new FluxProcess(['gateway'], common);
    const [hungRtmp, otherRtmp] = [await hung.prints(/rtmp (\d+)/), await other.prints(/rtmp (\d+)/)];
    const media = await other.prints(/media (\d+)/);
    const get = async <Answer>(path: string) =>
      (await (await fetch(`${api}/api/v1${path}`)).json()) as Answer;
    const stateOf = async (id: string) => (await get<{ state?: string }>(`/streams/${id}`)).state;
    const source = await clip('h264-aac-70s.flv');
    await using _given = publish(source, `rtmp://127.0.0.1:${hungRtmp}/live/given`);
    await using _lost = publish(source, `rtmp://127.0.0.1:${hungRtmp}/live/lost`);
    for (const id of ['given', 'lost'])
      await until(`${id} is live`, async () => (await stateOf(id)) === 'live');
    const [given, lost] = ['given', 'lost'].map(id =>
      record.start(`http://127.0.0.1:${media}/flv/${id}.flv`),
    );
    await until('both are fetched', async () =>
      (await get<{ nodes: { relays: number }[] }>('/nodes')).nodes.some(({ relays }) => relays === 2),
    );
    const { nodes } = await get<{ nodes: { name: string; pid: number }[] }>('/nodes');
    process.kill(hung.child.pid!, 'SIGSTOP');
    const stoppedAt = performance.now();
    try {
      await until(
        'its lease is over',
        async () => (await get<{ nodes: unknown[] }>('/nodes')).nodes.length === 1,
      );
      expect(performance.now() - stoppedAt).toBeLessThan(8000);
      // A publisher that comes to another node gets the stream, and the viewers see it.
      await using _again = publish(source, `rtmp://127.0.0.1:${otherRtmp}/live/given`);
      await until('it is live again', async () => (await stateOf('given')) === 'live');
      // Where none comes, the viewers' responses end when the grace is over.
      await lost!.body;
      expect(performance.now() - stoppedAt).toBeLessThan(16_000);
      process.kill(hung.child.pid!, 'SIGCONT');
      await until('the node is back, without the stream', async () => {
        const back = await get<{ nodes: { name: string; streams: number }[] }>('/nodes');
        return back.nodes.length === nodes.length && (await stateOf('given')) === 'live';
      });
    } finally {
      process.kill(hung.child.pid!, 'SIGCONT');
    }
    await fetch(`${api}/api/v1/streams/given/stop`, { method: 'POST' });
    const { video } = await unitsOf(await given!.body);
    // Pictures of the second publisher have come: they are the source's first ones again.
    expect(video.filter(unit => unit.hash === video[0]?.hash)).toHaveLength(2);
  });

  it('say what is missing where nobody told them of the bus', async () => {
    const { code, stderr } = await new FluxProcess(['gateway'], {}).finished;
    expect(code).toBe(78);
    expect(stderr).toContain('bus.address');
  });
});
