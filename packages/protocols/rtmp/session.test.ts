import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { readAmf0, writeAmf0 } from '@flux-iot/media/format/amf/amf0';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { MESSAGE } from './message.ts';
import { CONFIGURATION, frameBody, TestPeer, TestServer, until } from './test-support.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A publisher with a first group of pictures sent. */
async function publishing(server: TestServer, name = 'cam1'): Promise<TestPeer> {
  const publisher = await TestPeer.publish(server, name);
  publisher.configure();
  publisher.frame(0, true, 'key 0');
  publisher.frame(40, false, 'frame 1');
  await server.untilLive(name);
  return publisher;
}

describe('connect', () => {
  it('is answered with windows, chunk size and the enhanced codecs', async () => {
    await using server = await TestServer.start();
    using peer = await TestPeer.open(server);
    peer.conn.command(0, ['connect', 1, { app: 'live', objectEncoding: 3 }]);
    const [name, , properties, information] = await peer.answer(1);
    expect(name).toBe('_result');
    expect(properties).toMatchObject({ capabilities: 31 });
    expect(information).toMatchObject({
      level: 'status',
      code: 'NetConnection.Connect.Success',
      objectEncoding: 3,
      fourCcList: expect.arrayContaining(['hvc1', 'av01', 'Opus']),
      capsEx: expect.any(Number),
    });
  });

  it('comes before every other command, and once', async () => {
    await using server = await TestServer.start();
    using early = await TestPeer.open(server);
    early.conn.command(0, ['createStream', 1, null]);
    await early.untilClosed();
    using twice = await TestPeer.connect(server);
    twice.conn.command(0, ['connect', 3, { app: 'live' }]);
    await twice.untilClosed();
    expect(server.errors.map(error => error.code)).toEqual(['PROTOCOL_ERROR', 'PROTOCOL_ERROR']);
  });

  it('is followed by answers to the small questions, and an error to the unknown', async () => {
    await using server = await TestServer.start();
    using peer = await TestPeer.connect(server);
    peer.conn.command(0, ['releaseStream', 3, null, 'cam1']);
    peer.conn.command(0, ['getStreamLength', 4, null, 'cam1']);
    peer.conn.command(0, ['_checkbw', 5, null]);
    peer.conn.command(0, ['makeCoffee', 6, null]);
    expect((await peer.answer(3))[0]).toBe('_result');
    expect((await peer.answer(4))[3]).toBe(0);
    expect((await peer.answer(5))[0]).toBe('_result');
    expect((await peer.answer(6))[0]).toBe('_error');
  });

  it('may speak AMF3', async () => {
    await using server = await TestServer.start();
    using peer = await TestPeer.open(server);
    const values = writeAmf0(['connect', 1, { app: 'live' }]);
    peer.conn.send(3, MESSAGE.COMMAND_AMF3, 0, 0, Buffer.concat([Buffer.from([0]), values]));
    expect((await peer.answer(1))[0]).toBe('_result');
  });

  it('is refused beyond the number of connections', async () => {
    await using server = await TestServer.start({}, { maxConnections: 1 });
    using first = await TestPeer.connect(server);
    const second = connect(server.adapter.port, '127.0.0.1');
    await once(second, 'close');
    expect(server.adapter.stats()).toMatchObject({ connections: 1, refused: { STREAM_LIMIT: 1 } });
    expect(first.closed).toBe(false);
  });
});

describe('a publisher', () => {
  it('brings its frames to a player, who is told first what comes', async () => {
    await using server = await TestServer.start();
    using publisher = await publishing(server);
    using player = await TestPeer.play(server, 'cam1');
    await until(() => player.frames.length === 2, 'the cached pictures come');
    publisher.frame(80, false, 'frame 2');
    await until(() => player.frames.length === 3, 'the next picture comes');
    expect(player.frames).toEqual(['key 0', 'frame 1', 'frame 2']);
    expect(player.codes).toEqual(['NetStream.Play.Reset', 'NetStream.Play.Start']);
    const started = player.messages.findIndex(({ payload }) => payload.includes('NetStream.Play.Start'));
    const [access, metadata, configuration] = player.messages.slice(started + 1);
    expect(readAmf0(access!.payload)).toEqual(['|RtmpSampleAccess', true, true]);
    expect(readAmf0(metadata!.payload)).toMatchObject(['onMetaData', { width: 64, title: 'a test' }]);
    expect(configuration!.payload).toEqual(CONFIGURATION);
    const times = player.messages.filter(({ type }) => type === MESSAGE.VIDEO).map(one => one.timestamp);
    expect(times).toEqual([0, 0, 40, 80]);
    expect(server.adapter.stats()).toMatchObject({ connections: 2, publishers: 1, viewers: 1 });
  });

  it('is refused where somebody publishes already, who goes on unharmed', async () => {
    await using server = await TestServer.start();
    using first = await publishing(server);
    using second = await TestPeer.publish(server, 'cam1');
    expect(await second.status('NetStream.Publish.')).toMatchObject({
      level: 'error',
      code: 'NetStream.Publish.BadName',
      description: expect.stringContaining('cam1'),
    });
    await second.untilClosed();
    using player = await TestPeer.play(server, 'cam1');
    first.frame(80, false, 'frame 2');
    await until(() => player.frames.includes('frame 2'), 'the first goes on');
    expect(server.adapter.stats().refused).toEqual({ STREAM_BUSY: 1 });
  });

  it('is sent away where another may take over', async () => {
    await using server = await TestServer.start({ takeover: true });
    using first = await publishing(server);
    using second = await TestPeer.publish(server, 'cam1');
    expect(await first.status('NetStream.Unpublish.')).toMatchObject({ level: 'status' });
    await first.untilClosed();
    expect(second.closed).toBe(false);
    expect(server.orchestrator.getStreamStatus('cam1')?.publisher?.peer).toContain('127.0.0.1');
  });

  it('that says goodbye ends the stream, and its players are told', async () => {
    await using server = await TestServer.start({ publisherGrace: 60_000 });
    using publisher = await publishing(server);
    using player = await TestPeer.play(server, 'cam1');
    publisher.conn.command(0, ['deleteStream', 4, null, 1]);
    await player.status('NetStream.Play.UnpublishNotify');
    await player.untilClosed();
    expect(server.orchestrator.findStream('cam1')).toBeUndefined();
    // The connection is still there, and may publish again.
    publisher.conn.command(0, ['createStream', 5, null]);
    await publisher.answer(5);
    publisher.conn.command(2, ['publish', 6, null, 'cam2']);
    await until(() => server.orchestrator.findStream('cam2') !== undefined, 'it publishes again');
  });

  it('that is lost leaves the stream to come back', async () => {
    await using server = await TestServer.start({ publisherGrace: 60_000 });
    using publisher = await publishing(server);
    publisher.socket.destroy();
    await until(() => server.orchestrator.findStream('cam1')?.state === 'interrupted', 'it is waited for');
    expect(server.steps('cam1', 'publisher-closed')[0]).toContain('publisher-lost');
  });

  it('may send media before it was answered, even large', async () => {
    let admit = () => {};
    const admitted = new Promise<void>(resolve => {
      admit = resolve;
    });
    await using server = await TestServer.start({ authorize: () => admitted });
    using publisher = await TestPeer.connect(server);
    publisher.conn.command(1, ['publish', 3, null, 'cam1', 'live']);
    publisher.configure();
    publisher.frame(0, true, 'x'.repeat(500_000));
    await sleep(50);
    admit();
    await server.untilLive('cam1');
    expect(server.orchestrator.getStreamStatus('cam1')?.tracks[0]?.bytes).toBeGreaterThan(500_000);
  });

  it('whose media is bad loses that media alone', async () => {
    await using server = await TestServer.start();
    using publisher = await publishing(server);
    publisher.media(MESSAGE.VIDEO, 50, Buffer.from([0x27, 1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 1]));
    publisher.media(MESSAGE.DATA_AMF0, 60, Buffer.from([0x02, 0xff]));
    publisher.frame(80, false, 'frame 2');
    using player = await TestPeer.play(server, 'cam1');
    await until(() => player.frames.includes('frame 2'), 'the rest comes');
    expect(server.steps('cam1', 'bad-media').length).toBeGreaterThan(0);
  });

  it('may send several frames in one aggregate message', async () => {
    await using server = await TestServer.start();
    using publisher = await TestPeer.publish(server, 'cam1');
    publisher.configure();
    const tags = [frameBody(true, 'key 0'), frameBody(false, 'frame 1')].map((body, index) => {
      const tag = Buffer.alloc(11 + body.length + 4);
      tag[0] = MESSAGE.VIDEO;
      tag.writeUIntBE(body.length, 1, 3);
      tag.writeUIntBE(500 + 40 * index, 4, 3);
      body.copy(tag, 11);
      return tag;
    });
    publisher.media(MESSAGE.AGGREGATE, 1000, Buffer.concat(tags));
    await server.untilLive('cam1');
    using player = await TestPeer.play(server, 'cam1');
    await until(() => player.frames.length === 2, 'both come');
    const times = player.messages.filter(({ type }) => type === MESSAGE.VIDEO).map(one => one.timestamp);
    expect(times.slice(1)).toEqual([1000, 1040]);
  });

  it('is let in by the token in the name, the app or the tcUrl', async () => {
    const tokens: unknown[] = [];
    await using server = await TestServer.start({
      authorize: (_action, _id, { token, address }) => {
        tokens.push(token);
        expect(address).toBe('127.0.0.1');
        if (token !== 'right') throw new FluxError('NOT_ALLOWED', 'No.');
      },
    });
    const codes: unknown[] = [];
    for (const [app, name, tcUrl] of [
      ['live', 'a?token=right', ''],
      ['live?token=right', 'b', ''],
      ['live', 'c', 'rtmp://h/live?token=right'],
      ['live', 'd', ''],
    ] as const) {
      const peer = await TestPeer.connect(server, app, { tcUrl });
      peer.conn.command(1, ['publish', 3, null, name]);
      codes.push((await peer.status('NetStream.Publish.')).code);
      peer.socket.destroy();
    }
    expect(tokens).toEqual(['right', 'right', 'right', undefined]);
    expect(codes.slice(0, 3)).toEqual(Array(3).fill('NetStream.Publish.Start'));
    expect(codes[3]).toBe('NetStream.Publish.Denied');
  });

  it.each(['../../etc/passwd', 'a/b', '', '%', 'a b', '..%2f..'])('cannot have the name %j', async name => {
    await using server = await TestServer.start();
    using publisher = await TestPeer.publish(server, name);
    expect(await publisher.status('NetStream.Publish.')).toMatchObject({ level: 'error' });
    await publisher.untilClosed();
    expect(server.orchestrator.listStreams()).toEqual([]);
  });
});

describe('a player', () => {
  it('is told where there is no such stream', async () => {
    await using server = await TestServer.start();
    using player = await TestPeer.play(server, 'nothing');
    expect(await player.status('NetStream.Play.')).toMatchObject({
      level: 'error',
      code: 'NetStream.Play.StreamNotFound',
    });
    await player.untilClosed();
  });

  it('may pause, and goes on at the next key frame', async () => {
    await using server = await TestServer.start();
    using publisher = await publishing(server);
    using player = await TestPeer.play(server, 'cam1');
    await until(() => player.frames.length === 2, 'it plays');
    player.conn.command(1, ['pause', 4, null, true, 0]);
    await player.status('NetStream.Pause.Notify');
    publisher.frame(80, false, 'frame 2');
    publisher.frame(120, true, 'key 3');
    await sleep(50);
    player.conn.command(1, ['pause', 5, null, false, 0]);
    await player.status('NetStream.Unpause.Notify');
    publisher.frame(160, false, 'frame 4');
    publisher.frame(200, true, 'key 5');
    await until(() => player.frames.length === 3, 'it goes on');
    expect(player.frames).toEqual(['key 0', 'frame 1', 'key 5']);
  });

  it('that pauses is told of the end too', async () => {
    await using server = await TestServer.start();
    using publisher = await publishing(server);
    using player = await TestPeer.play(server, 'cam1');
    player.conn.command(1, ['pause', 4, null, true, 0]);
    await player.status('NetStream.Pause.Notify');
    publisher.conn.command(0, ['FCUnpublish', 4, null, 'cam1']);
    await player.status('NetStream.Play.UnpublishNotify');
    await player.untilClosed();
  });

  it('may close its stream and play another', async () => {
    await using server = await TestServer.start();
    using _first = await publishing(server, 'cam1');
    using _second = await publishing(server, 'cam2');
    using player = await TestPeer.play(server, 'cam1');
    player.conn.command(1, ['closeStream', 0, null]);
    player.conn.command(1, ['play', 5, null, 'cam2']);
    await until(() => player.codes.length === 4, 'it plays again');
    expect(server.orchestrator.findStream('cam1')?.viewerCount).toBe(0);
    expect(server.orchestrator.findStream('cam2')?.viewerCount).toBe(1);
  });

  it('cannot have an output of its own by naming a message stream', async () => {
    await using server = await TestServer.start();
    using _publisher = await publishing(server);
    using player = await TestPeer.connect(server);
    player.conn.command(123_456, ['play', 3, null, 'cam1']);
    await player.untilClosed();
    expect(server.errors[0]?.code).toBe('PROTOCOL_ERROR');
  });

  it('that gives up waiting leaves nothing behind', async () => {
    await using server = await TestServer.start({ openTimeout: 60_000 });
    using _publisher = await TestPeer.publish(server, 'cam1'); // and nothing more
    using player = await TestPeer.connect(server);
    player.conn.command(1, ['play', 3, null, 'cam1']);
    const stream = server.orchestrator.findStream('cam1');
    await until(() => stream?.listenerCount('state') === 1, 'it waits');
    player.conn.command(1, ['closeStream', 0, null]);
    await until(() => stream?.listenerCount('state') === 0, 'it no longer waits');
    expect(player.closed).toBe(false);
  });
});

describe('time-outs', () => {
  // Sockets go on in real time; only the timers are the test's.
  const advance = async (milliseconds: number) => {
    await sleep(30);
    vi.advanceTimersByTime(milliseconds);
  };

  it('end a connection that never shakes hands, or never says what it wants', async () => {
    await using server = await TestServer.start();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const silent = connect(server.adapter.port, '127.0.0.1');
    await once(silent, 'connect');
    const closed = once(silent, 'close');
    await new Promise(resolve => setImmediate(resolve));
    while (server.adapter.stats().connections === 0) await new Promise(resolve => setImmediate(resolve));
    vi.advanceTimersByTime(10_001);
    await closed;
    vi.useRealTimers();
    expect(server.errors.map(error => error.code)).toEqual(['TIMED_OUT']);
  });

  it('end a player that answers no pings', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await using server = await TestServer.start();
    using _publisher = await publishing(server);
    using mute = await TestPeer.play(server, 'cam1');
    using answering = await TestPeer.play(server, 'cam1');
    // This one never writes again.
    mute.socket.write = () => true;
    for (let round = 0; round < 6; round++) await advance(30_000);
    await mute.untilClosed();
    expect(answering.closed).toBe(false);
    expect(server.errors.map(error => error.code)).toEqual(['TIMED_OUT']);
  });
});

describe('a hostile client', () => {
  it('may send anything: it is closed, and others go on', async () => {
    await using server = await TestServer.start();
    using publisher = await publishing(server);
    using player = await TestPeer.play(server, 'cam1');
    const handshake = Buffer.concat([Buffer.from([3]), Buffer.alloc(2 * 1536)]);
    const attacks = [
      randomBytes(5000).fill(4, 0, 1),
      Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      Buffer.concat([handshake, Buffer.alloc(5000, 0xff)]),
      // A message of 16 MiB before anything else.
      Buffer.concat([handshake, Buffer.from('03000000ffffff1400000000', 'hex')]),
    ];
    for (const bytes of attacks) {
      const socket = connect(server.adapter.port, '127.0.0.1').on('error', () => {});
      const closed = new Promise(resolve => socket.once('close', resolve));
      socket.resume().write(bytes);
      await closed;
    }
    expect(server.errors.map(error => error.code)).toEqual(attacks.map(() => 'PROTOCOL_ERROR'));
    publisher.frame(80, false, 'frame 2');
    await until(() => player.frames.includes('frame 2'), 'the others go on');
    expect(server.adapter.stats()).toMatchObject({ connections: 2, publishers: 1, viewers: 1 });
  });

  it('that nests AMF without end is closed', async () => {
    await using server = await TestServer.start();
    using peer = await TestPeer.open(server);
    const nested = Buffer.concat([
      Buffer.from([2, 0, 7]),
      Buffer.from('connect'),
      Buffer.from([0, 0x3f, 0xf0, 0, 0, 0, 0, 0, 0]),
      Buffer.alloc(60_000, Buffer.from([3, 0, 1, 0x61])),
    ]);
    peer.conn.send(3, MESSAGE.COMMAND_AMF0, 0, 0, nested);
    await peer.untilClosed();
    expect(server.errors[0]?.code).toBe('PROTOCOL_ERROR');
  });

  it('that asks and never reads is closed', async () => {
    await using server = await TestServer.start();
    const socket = connect(server.adapter.port, '127.0.0.1').on('error', () => {});
    socket.write(Buffer.concat([Buffer.from([3]), Buffer.alloc(2 * 1536)]));
    // Ping requests; nothing reads the responses.
    const ping = Buffer.from('020000000000060400000000000600000001', 'hex');
    const pings = Buffer.concat(Array.from({ length: 4000 }, () => ping));
    for (let round = 0; round < 2000 && server.errors.length === 0; round++) {
      socket.write(pings);
      await until(() => socket.writableLength < 2 ** 20 || server.errors.length > 0, 'it reads or gives up');
    }
    socket.destroy();
    expect(server.errors.map(error => error.code)).toEqual(['PROTOCOL_ERROR']);
  });
});
