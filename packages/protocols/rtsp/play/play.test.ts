import { setTimeout as sleep } from 'node:timers/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { Authorizer } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { aacTrack } from '@flux-iot/media/codec/aac/track';
import { opusHead } from '@flux-iot/media/codec/opus/opus-head';
import { opusTrack } from '@flux-iot/media/codec/opus/track';
import { parseRtpPacket } from '@flux-iot/media/rtp/packet';
import { depacketizerFor } from '@flux-iot/media/rtp/payload/depacketizer-for';
import { parseRtpMap } from '@flux-iot/media/rtp/payload/rtp-format';
import { parseRtcp } from '@flux-iot/media/rtp/rtcp/parser';
import { parseSdp } from '@flux-iot/media/rtp/sdp/parser';
import { attributeValue } from '@flux-iot/media/rtp/sdp/session-description';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Authenticator } from '../../authentication/client.ts';
import { AuthenticationServer } from '../../authentication/server.ts';
import { parseRtpInfo } from '../headers/rtp-info.ts';
import { parseTransports } from '../headers/transport.ts';
import {
  AUDIO,
  picture,
  type ReceivedFrame,
  sound,
  TestClient,
  TestPorts,
  TestServer,
  until,
  VIDEO,
} from '../server-test-support.ts';

/** The first letters of the pictures and runs of sound in the frames of a channel, or in datagrams. */
function texts(packets: readonly Buffer[], kind: 'video' | 'audio'): string[] {
  const found: string[] = [];
  const format = parseRtpMap(kind === 'video' ? 'H264/90000' : 'PCMA/8000', 'packetization-mode=1');
  const depacketizer = depacketizerFor(format, ({ data }) => {
    found.push(kind === 'audio' ? data.toString() : data.subarray(-2).toString());
  });
  for (const packet of packets) depacketizer?.push(parseRtpPacket(packet), false);
  depacketizer?.flush();
  return found;
}

function on(frames: readonly ReceivedFrame[], channel: number): Buffer[] {
  return frames.filter(frame => frame.channel === channel).map(frame => frame.payload);
}

describe('playing', () => {
  let server: TestServer;
  let client: TestClient;
  let url: string;

  beforeEach(async () => {
    server = await TestServer.start();
    client = await TestClient.open(server.adapter.port);
    url = server.url('cam1');
  });

  afterEach(async () => {
    client.socket.destroy();
    await server[Symbol.asyncDispose]();
  });

  const pictures = (channel = 0, from = client) => texts(on(from.frames, channel), 'video');
  const sounds = (channel = 2) => texts(on(client.frames, channel), 'audio');

  it('offers what there is', async () => {
    const answer = await client.ask('OPTIONS', '*');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Public')).toContain('GET_PARAMETER');
  });

  it('describes the stream, with URLs in full', async () => {
    await server.publish('cam1');
    const answer = await client.ask('DESCRIBE', `${url}?token=a`, { Accept: 'application/sdp' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Content-Type')).toBe('application/sdp');
    expect(answer.headers.get('Content-Base')).toBe(`${url}?token=a/`);
    const session = parseSdp(answer.body.toString());
    expect(session.name).toBe('cam1');
    expect(session.origin?.address).toBe('127.0.0.1');
    expect(attributeValue(session, 'control')).toBe(`${url}?token=a`);
    const media = session.media.map(one => [
      one.type,
      attributeValue(one, 'rtpmap'),
      attributeValue(one, 'control'),
    ]);
    expect(media).toEqual([
      ['video', '96 H264/90000', `${url}/trackID=1?token=a`],
      ['audio', '8 PCMA/8000', `${url}/trackID=2?token=a`],
    ]);
  });

  it('sends the cached pictures and what follows by TCP, from where RTP-Info says', async () => {
    const publication = await server.publish('cam1');
    publication.write(picture(40, false, 'P1'));
    await client.setUpByTcp(url);
    const answer = await client.ask('PLAY', url, { Range: 'npt=0.000-' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('Range')).toBe('npt=now-');
    publication.write(picture(80, false, 'P2'));
    publication.write(sound(80, 'a2'));
    await until(() => sounds().includes('a2'), 'the sound came');
    expect(pictures()).toEqual(['I0', 'P1', 'P2']);
    expect(sounds()).toEqual(['a0', 'a2']);
    const info = parseRtpInfo(answer.headers.all('RTP-Info'));
    expect(info.map(one => one.url)).toEqual([`${url}/trackID=1`, `${url}/trackID=2`]);
    for (const [index, channel] of [0, 2].entries()) {
      const first = parseRtpPacket(on(client.frames, channel)[0]!);
      expect(info[index]).toMatchObject({ sequence: first.sequenceNumber, rtpTime: first.timestamp });
    }
    expect(server.adapter.stats()).toMatchObject({ connections: 1, viewers: 1, publishers: 0 });
  });

  it('sends all players the same packets', async () => {
    const publication = await server.publish('cam1');
    await using other = await TestClient.open(server.adapter.port);
    for (const one of [client, other]) {
      await one.setUpByTcp(url);
      await one.ask('PLAY', url);
    }
    publication.write(picture(40, false, 'P1'));
    await until(() => pictures().includes('P1') && pictures(0, other).includes('P1'), 'both have it');
    expect(other.frames).toEqual(client.frames);
  });

  it('sends a player what it asked for on the channels that it asked for', async () => {
    const publication = await server.publish('cam1');
    await client.setUpByTcp(url, { 2: '8-9', 1: '3-7' });
    await client.ask('PLAY', url);
    await using listener = await TestClient.open(server.adapter.port);
    await listener.setUpByTcp(url, { 2: '0-1' });
    await listener.ask('PLAY', url);
    publication.write(picture(40, false, 'P1'));
    publication.write(sound(40, 'a1'));
    await until(() => texts(on(listener.frames, 0), 'audio').includes('a1'), 'the sound came');
    await until(() => sounds(8).includes('a1'), 'the sound came to the other');
    expect(pictures(3)).toEqual(['I0', 'P1']);
    expect(sounds(8)).toEqual(['a0', 'a1']);
    expect(new Set(client.frames.map(frame => frame.channel))).toEqual(new Set([3, 7, 8, 9]));
    expect(new Set(listener.frames.map(frame => frame.channel))).toEqual(new Set([0, 1]));
  });

  it('gives each track its own channels where a client asks for the same ones, or for none', async () => {
    await server.publish('cam1');
    const interleaved = [];
    for (const [track, transport] of [
      [1, 'RTP/AVP/TCP;unicast;interleaved=0-1'],
      [2, 'RTP/AVP/TCP;unicast;interleaved=0-1'],
    ] as const) {
      const answer = await client.ask('SETUP', `${url}/trackID=${track}`, { Transport: transport });
      interleaved.push(parseTransports(answer.headers.all('Transport'))[0]?.interleaved);
    }
    expect(interleaved).toEqual([
      [0, 1],
      [2, 3],
    ]);
    const again = await client.ask('SETUP', `${url}/trackID=2`, { Transport: 'RTP/AVP/TCP;unicast' });
    expect(parseTransports(again.headers.all('Transport'))[0]?.interleaved).toEqual([2, 3]);
  });

  it('sends by UDP, reports too, and only to the client', async () => {
    const publication = await server.publish('cam1');
    await using ports = await TestPorts.open();
    await using soundPorts = await TestPorts.open();
    for (const [track, own] of [
      [1, ports],
      [2, soundPorts],
    ] as const) {
      const answer = await client.ask('SETUP', `${url}/trackID=${track}`, {
        Transport: `RTP/AVP;unicast;destination=192.0.2.1;client_port=${own.clientPort}`,
      });
      expect(answer.status).toBe(200);
      const [transport] = parseTransports(answer.headers.all('Transport'));
      expect(transport).toMatchObject({ lower: 'udp', delivery: 'unicast', destination: undefined });
      expect(transport?.clientPort?.join('-')).toBe(own.clientPort);
      const [rtp, rtcp] = transport?.serverPort ?? [0, 0];
      expect(rtp % 2).toBe(0);
      expect(rtcp).toBe(rtp + 1);
    }
    expect((await client.ask('PLAY', url)).status).toBe(200);
    publication.write(picture(40, false, 'P1'));
    publication.write(sound(40, 'a1'));
    await until(() => texts(soundPorts.rtp, 'audio').includes('a1'), 'the sound came');
    expect(texts(ports.rtp, 'video')).toEqual(['I0', 'P1']);
    expect(parseRtcp(ports.rtcp[0]!)[0]).toMatchObject({ type: 'sender-report' });
    expect(server.adapter.stats()).toMatchObject({ viewers: 1, portPairs: 2 });
    await client.ask('TEARDOWN', url);
    await until(() => server.adapter.stats().portPairs === 0, 'the ports are given back');
    expect(server.adapter.stats().bytesOut).toBeGreaterThan(server.adapter.stats().bytesIn);
  });

  it('sends to the port that the client sends from', async () => {
    const publication = await server.publish('cam1');
    await using said = await TestPorts.open();
    await using real = await TestPorts.open();
    const answer = await client.ask('SETUP', `${url}/trackID=1`, {
      Transport: `RTP/AVP/UDP;unicast;client_port=${said.clientPort}`,
    });
    const [transport] = parseTransports(answer.headers.all('Transport'));
    const [rtp = 0] = transport?.serverPort ?? [];
    await client.ask('PLAY', url);
    await until(() => said.rtp.length > 0, 'it came to where it was to come');
    real.send(0, Buffer.from([0x80, 0]), rtp);
    await until(() => {
      publication.write(picture(40 + performance.now(), false, 'Px'));
      return real.rtp.length > 0;
    }, 'it comes to where the client is');
  });

  it.each([
    ['UDP where TCP is offered', ['tcp'], 'RTP/AVP;unicast;client_port=5000-5001'],
    ['TCP where UDP is offered', ['udp'], 'RTP/AVP/TCP;unicast;interleaved=0-1'],
    ['multicast', ['tcp', 'udp'], 'RTP/AVP;multicast'],
    ['encrypted media', ['tcp', 'udp'], 'RTP/SAVP/TCP;unicast;interleaved=0-1'],
    ['UDP to nowhere', ['tcp', 'udp'], 'RTP/AVP;unicast'],
    ['nothing', ['tcp', 'udp'], ''],
  ] as const)('refuses %s by 461', async (_name, transports, transport) => {
    await using other = await TestServer.start({}, { transports });
    await other.publish('cam1');
    await using player = await TestClient.open(other.adapter.port);
    const track = `${other.url('cam1')}/trackID=1`;
    expect(await player.status('SETUP', track, { Transport: transport })).toBe(461);
    expect(player.session).toBeUndefined();
  });

  it('takes the first transport of several that is offered, and another where the ports are used up', async () => {
    await using other = await TestServer.start({}, { portRange: [22_000, 22_001] });
    await other.publish('cam1');
    await using player = await TestClient.open(other.adapter.port);
    const lower = async (track: number) => {
      const answer = await player.ask('SETUP', `${other.url('cam1')}/trackID=${track}`, {
        Transport: 'RTP/SAVP;unicast;client_port=1-2,RTP/AVP/UDP;unicast;client_port=5000-5001',
      });
      return [answer.status, parseTransports(answer.headers.all('Transport'))[0]?.lower];
    };
    const [first] = [await lower(1)];
    expect(first).toEqual([200, 'udp']);
    expect(await lower(2)).toEqual([461, undefined]);
  });

  it('does not mix TCP and UDP in one session', async () => {
    await server.publish('cam1');
    await client.setUpByTcp(url, { 1: '0-1' });
    const udp = { Transport: 'RTP/AVP;unicast;client_port=5000-5001' };
    expect(await client.status('SETUP', `${url}/trackID=2`, udp)).toBe(461);
    // The only track may change its mind.
    expect(await client.status('SETUP', `${url}/trackID=1`, udp)).toBe(200);
  });

  it('pauses, and goes on at the next key frame as the same source', async () => {
    const publication = await server.publish('cam1');
    await client.setUpByTcp(url);
    await client.ask('PLAY', url);
    await until(() => pictures().length > 0, 'it plays');
    expect(await client.status('PAUSE', url)).toBe(200);
    publication.write(picture(40, false, 'P1'));
    await sleep(50);
    const resumed = await client.ask('PLAY', url);
    expect(resumed.status).toBe(200);
    publication.write(picture(80, false, 'P2'));
    publication.write(picture(120, true, 'I3'));
    publication.write(picture(160, false, 'P4'));
    await until(() => pictures().includes('P4'), 'it goes on');
    expect(pictures()).toEqual(['I0', 'I3', 'P4']);
    const packets = on(client.frames, 0).map(packet => parseRtpPacket(packet).copy());
    expect(new Set(packets.map(packet => packet.ssrc)).size).toBe(1);
    // No number can be said of a picture that is not there yet.
    const [info] = parseRtpInfo(resumed.headers.all('RTP-Info'));
    expect(info?.sequence).toBeUndefined();
    expect(info?.rtpTime).toBeDefined();
    expect(await client.status('PLAY', url)).toBe(200);
  });

  it('stops the datagrams that wait when a player pauses', async () => {
    const publication = await server.publish('cam1');
    await using ports = await TestPorts.open();
    await client.ask('SETUP', `${url}/trackID=1`, {
      Transport: `RTP/AVP;unicast;client_port=${ports.clientPort}`,
    });
    await client.ask('PLAY', url);
    expect(await client.status('PAUSE', url)).toBe(200);
    const count = ports.rtp.length;
    publication.write(picture(40, true, 'I1'));
    await sleep(50);
    expect(ports.rtp.length).toBe(count);
    expect(await client.status('PLAY', url)).toBe(200);
    publication.write(picture(80, true, 'I2'));
    await until(() => texts(ports.rtp, 'video').includes('I2'), 'it goes on');
  });

  it('says goodbye when the stream ends, and closes the connection when the player has had time for its own', async () => {
    const publication = await server.publish('cam1');
    await client.setUpByTcp(url);
    await client.ask('PLAY', url);
    publication.close({ code: 'unpublished', message: 'Over.' });
    const isGoodbye = (packet: Buffer) => parseRtcp(packet).some(({ type }) => type === 'goodbye');
    for (const channel of [1, 3]) {
      await until(() => on(client.frames, channel).some(isGoodbye), `a goodbye came on ${channel}`);
    }
    expect(await client.status('PLAY', url)).toBe(404);
    expect(await client.status('TEARDOWN', url)).toBe(200);
    await until(() => client.isClosed, 'the connection is closed');
  });

  it('ends a paused player with its stream', async () => {
    const publication = await server.publish('cam1');
    await client.setUpByTcp(url);
    await client.ask('PLAY', url);
    await client.ask('PAUSE', url);
    publication.close({ code: 'unpublished', message: 'Over.' });
    await until(() => client.isClosed, 'the connection is closed');
  });

  it('goes on where a track changes in a way that its packets tell, and ends where they do not', async () => {
    const aac = aacTrack({ id: 3, version: 1, clockRate: 1000 }, Buffer.from('1190', 'hex'));
    const publication = await server.publish('cam1');
    publication.setTrack(aac);
    await client.setUpByTcp(url, { 1: '0-1', 3: '2-3' });
    await client.ask('PLAY', url);
    await until(() => pictures().length > 0, 'it plays');
    publication.setTrack({ ...VIDEO, version: 2 });
    publication.write(picture(40, true, 'I1'));
    await until(() => pictures().includes('I1'), 'it goes on');
    publication.setTrack(aacTrack({ id: 3, version: 2, clockRate: 1000 }, Buffer.from('1210', 'hex')));
    publication.write(picture(80, true, 'I2'));
    await until(() => client.isClosed, 'it ends');
    expect(pictures()).not.toContain('I2');
  });

  it('keeps a track that comes later from players that do not know of it', async () => {
    const publication = await server.publish('cam1', [VIDEO]);
    await client.setUpByTcp(url, { 1: '0-1' });
    await client.ask('PLAY', url);
    await until(() => pictures().length > 0, 'it plays');
    publication.setTrack(AUDIO);
    publication.write(sound(40, 'a1'));
    publication.write(picture(80, false, 'P2'));
    await until(() => pictures().includes('P2'), 'it goes on');
    expect(client.frames.every(({ channel }) => channel < 2)).toBe(true);
    await using later = await TestClient.open(server.adapter.port);
    await later.setUpByTcp(url);
    expect(await later.status('PLAY', url)).toBe(200);
  });

  it('plays sound alone, from now on', async () => {
    const publication = await server.publish('cam1', [AUDIO]);
    await client.setUpByTcp(url, { 2: '0-1' });
    const answer = await client.ask('PLAY', url);
    publication.write(sound(40, 'a1'));
    await until(() => sounds(0).includes('a1'), 'it plays');
    const [info] = parseRtpInfo(answer.headers.all('RTP-Info'));
    expect(info?.sequence).toBe(parseRtpPacket(on(client.frames, 0)[0]!).sequenceNumber);
  });

  it('leaves out what RTP cannot carry, and says so', async () => {
    const surround = opusHead({ channels: 2, preSkip: 0, inputSampleRate: 48_000 });
    surround[18] = 1;
    const opus = {
      ...opusTrack(
        { id: 3, version: 1, clockRate: 48_000 },
        opusHead({ channels: 2, preSkip: 0, inputSampleRate: 48_000 }),
      ),
      config: surround,
    };
    const publication = await server.publish('cam1');
    publication.setTrack(opus);
    const { body } = await client.ask('DESCRIBE', url);
    expect(parseSdp(body.toString()).media).toHaveLength(2);
    expect(await client.status('SETUP', `${url}/trackID=3`, { Transport: 'RTP/AVP/TCP;unicast' })).toBe(404);
    await client.setUpByTcp(url);
    await client.ask('PLAY', url);
    expect(server.orchestrator.getStreamStatus('cam1')?.notes).toEqual([
      'RTSP cannot carry opus: audio is left out there',
    ]);
  });

  it('waits for a stream that is about to come', async () => {
    const publication = await server.orchestrator.registerStream('cam1', {
      protocol: 'test',
      peer: 'here',
      close: () => {},
    });
    const answer = client.ask('DESCRIBE', url);
    await sleep(20);
    publication.expect({ video: true, audio: false });
    publication.setTrack(VIDEO);
    publication.write(picture(0, true, 'I0'));
    expect((await answer).status).toBe(200);
  });

  it('takes nothing for a stream that has brought nothing in time', async () => {
    await server.orchestrator.registerStream('cam1', { protocol: 'test', peer: 'here', close: () => {} });
    expect(await client.status('DESCRIBE', url)).toBe(504);
    expect(await client.status('OPTIONS', url)).toBe(200);
  });

  it.each([
    ['DESCRIBE of a stream that is not there', 404, 'DESCRIBE', 'rtsp://h/live/other', {}],
    ['DESCRIBE of what can be no stream', 400, 'DESCRIBE', 'rtsp://h/live/..%2fa', {}],
    ['DESCRIBE for a client that wants another format', 406, 'DESCRIBE', undefined, { Accept: 'text/html' }],
    ['SETUP of a track that is not there', 404, 'SETUP', 'rtsp://h/live/cam1/trackID=9', {}],
    ['SETUP of all tracks at once', 459, 'SETUP', 'rtsp://h/live/cam1', {}],
    ['PLAY without a session', 454, 'PLAY', undefined, {}],
    ['PLAY of a session of nobody', 454, 'PLAY', undefined, { Session: 'abc' }],
    ['PAUSE without a session', 454, 'PAUSE', undefined, {}],
    ['TEARDOWN without a session', 454, 'TEARDOWN', undefined, {}],
    ['RECORD without a session', 454, 'RECORD', undefined, {}],
    ['GET_PARAMETER of a session of nobody', 454, 'GET_PARAMETER', undefined, { Session: 'abc' }],
    ['an unknown method', 501, 'DANCE', undefined, {}],
    ['a feature that is not there', 551, 'PLAY', undefined, { Require: 'teleportation' }],
    ['GET_PARAMETER as a ping', 200, 'GET_PARAMETER', undefined, {}],
    ['SET_PARAMETER as a ping', 200, 'SET_PARAMETER', undefined, {}],
  ])('answers %s by %d', async (_name, status, method, at, fields) => {
    await server.publish('cam1');
    expect(await client.status(method, at ?? url, fields)).toBe(status);
    // It goes on.
    expect(await client.status('DESCRIBE', url)).toBe(200);
  });

  it('answers by 455 what is not for the state, 457 times that have no place, 451 parameters', async () => {
    await server.publish('cam1');
    await client.setUpByTcp(url);
    expect(await client.status('PAUSE', url)).toBe(455);
    expect(await client.status('RECORD', url)).toBe(455);
    expect(await client.status('PLAY', url, { Range: 'clock=19961108T142300Z-' })).toBe(457);
    expect(await client.status('PLAY', url, { Range: 'nonsense' })).toBe(457);
    expect(await client.status('GET_PARAMETER', url, {}, Buffer.from('jitter\r\n'))).toBe(451);
    expect(await client.status('PLAY', url)).toBe(200);
    const tcp = { Transport: 'RTP/AVP/TCP;unicast' };
    expect(await client.status('SETUP', `${url}/trackID=1`, tcp)).toBe(455);
    expect(await client.status('ANNOUNCE', server.url('cam2'), {}, Buffer.from('v=0\r\n'))).toBe(455);
  });

  it('plays one stream in a session, and another in the next', async () => {
    await server.publish('cam1');
    await server.publish('cam2');
    await client.setUpByTcp(url);
    const other = server.url('cam2');
    const tcp = { Transport: 'RTP/AVP/TCP;unicast;interleaved=4-5' };
    expect(await client.status('SETUP', `${other}/trackID=1`, tcp)).toBe(455);
    expect(await client.status('TEARDOWN', url)).toBe(200);
    client.session = undefined;
    await client.setUpByTcp(other);
    expect(await client.status('PLAY', other)).toBe(200);
    await until(() => pictures().length > 0, 'it plays');
  });

  it('sets the only track up by the URL of the stream', async () => {
    await server.publish('cam1', [VIDEO]);
    expect(await client.status('SETUP', url, { Transport: 'RTP/AVP/TCP;unicast' })).toBe(200);
    expect(await client.status('PLAY', url)).toBe(200);
  });

  it('knows the version that it speaks', async () => {
    client.socket.write('OPTIONS * RTSP/2.0\r\nCSeq: 1\r\n\r\n');
    const answer = client.ask('OPTIONS', '*');
    expect((await answer).status).toBe(505);
  });
});

describe('a session', () => {
  const SHORT = { sessionTimeout: 300 };

  it('by UDP ends without a sign of life, and gives its ports back', async () => {
    await using server = await TestServer.start({}, SHORT);
    await server.publish('cam1');
    await using client = await TestClient.open(server.adapter.port);
    await using ports = await TestPorts.open();
    const url = server.url('cam1');
    const transport = { Transport: `RTP/AVP;unicast;client_port=${ports.clientPort}` };
    await client.ask('SETUP', `${url}/trackID=1`, transport);
    await client.ask('PLAY', url);
    expect(server.adapter.stats()).toMatchObject({ portPairs: 1, viewers: 1 });
    await until(() => server.adapter.stats().portPairs === 0, 'the ports are given back');
    expect(server.adapter.stats().viewers).toBe(0);
    expect(server.errors.map(error => error.code)).toEqual(['TIMED_OUT']);
    expect(server.orchestrator.getStreamStatus('cam1')?.viewers.count).toBe(0);
  });

  it.each(['requests', 'reports'])('by UDP is kept alive by %s', async by => {
    await using server = await TestServer.start({}, SHORT);
    await server.publish('cam1');
    await using client = await TestClient.open(server.adapter.port);
    await using ports = await TestPorts.open();
    const url = server.url('cam1');
    const answer = await client.ask('SETUP', `${url}/trackID=1`, {
      Transport: `RTP/AVP;unicast;client_port=${ports.clientPort}`,
    });
    const [, rtcp = 0] = parseTransports(answer.headers.all('Transport'))[0]?.serverPort ?? [];
    await client.ask('PLAY', url);
    for (let count = 0; count < 10; count++) {
      await sleep(60);
      if (by === 'requests') await client.ask('GET_PARAMETER', url);
      else ports.send(1, Buffer.from('80c9000111223344', 'hex'), rtcp);
    }
    expect(server.adapter.stats().viewers).toBe(1);
  });

  it('by TCP lives by its connection, while it plays', async () => {
    await using server = await TestServer.start({}, SHORT);
    await server.publish('cam1');
    await using client = await TestClient.open(server.adapter.port);
    const url = server.url('cam1');
    await client.setUpByTcp(url);
    await client.ask('PLAY', url);
    await sleep(500);
    expect(server.adapter.stats().viewers).toBe(1);
    client.socket.destroy();
    await until(() => server.adapter.stats().viewers === 0, 'it ended');
    await using idle = await TestClient.open(server.adapter.port);
    await idle.setUpByTcp(url);
    await until(
      () => idle.isClosed || server.adapter.stats().refused.TIMED_OUT === 1,
      'one that does not play ends',
    );
  });

  it('by UDP goes on by another connection of the same client', async () => {
    await using server = await TestServer.start();
    const publication = await server.publish('cam1');
    await using ports = await TestPorts.open();
    const url = server.url('cam1');
    const first = await TestClient.open(server.adapter.port);
    await first.ask('SETUP', `${url}/trackID=1`, {
      Transport: `RTP/AVP;unicast;client_port=${ports.clientPort}`,
    });
    await first.ask('PLAY', url);
    first.socket.destroy();
    await until(() => server.adapter.stats().connections === 0, 'the connection is gone');
    publication.write(picture(40, false, 'P1'));
    await until(() => texts(ports.rtp, 'video').includes('P1'), 'it goes on');
    expect(server.adapter.stats().viewers).toBe(1);
    await using second = await TestClient.open(server.adapter.port);
    second.session = first.session;
    expect(await second.status('GET_PARAMETER', url)).toBe(200);
    expect(await second.status('TEARDOWN', url)).toBe(200);
    await until(() => server.adapter.stats().portPairs === 0, 'the ports are given back');
  });

  it('is not for somebody else while its connection is there', async () => {
    await using server = await TestServer.start();
    await server.publish('cam1');
    const url = server.url('cam1');
    await using client = await TestClient.open(server.adapter.port);
    await client.setUpByTcp(url);
    await using thief = await TestClient.open(server.adapter.port);
    thief.session = client.session;
    expect(await thief.status('TEARDOWN', url)).toBe(454);
    expect(await client.status('PLAY', url)).toBe(200);
  });
});

describe('who may play', () => {
  /** Lets anybody publish. */
  const authorize: Authorizer = (action, _id, { token, user }) => {
    if (action === 'play' && token !== 'right' && user !== 'admin')
      throw new FluxError('NOT_ALLOWED', 'Not for you.');
  };

  it('is asked by token: 403 without a right one', async () => {
    await using server = await TestServer.start({ authorize });
    await server.publish('cam1');
    await using client = await TestClient.open(server.adapter.port);
    const url = server.url('cam1');
    expect(await client.status('DESCRIBE', url)).toBe(403);
    expect(await client.status('SETUP', `${url}/trackID=1`, { Transport: 'RTP/AVP/TCP' })).toBe(403);
    expect(server.adapter.stats().refused).toEqual({ NOT_ALLOWED: 2 });
  });

  it('is let in by token, and by the connection that was let in', async () => {
    await using server = await TestServer.start({ authorize });
    await server.publish('cam1');
    await using client = await TestClient.open(server.adapter.port);
    const url = server.url('cam1');
    expect(await client.status('DESCRIBE', `${url}?token=right`)).toBe(200);
    // Some clients leave the query out of what follows.
    await client.setUpByTcp(url);
    expect(await client.status('PLAY', url)).toBe(200);
    await using other = await TestClient.open(server.adapter.port);
    expect(await other.status('SETUP', `${url}/trackID=1`, { Transport: 'RTP/AVP/TCP' })).toBe(403);
    await other.setUpByTcp(`${url}?token=right`);
  });

  it.each(['basic', 'MD5', 'SHA-256'] as const)('is challenged, and let in by %s', async scheme => {
    const authentication = new AuthenticationServer({
      realm: 'flux',
      schemes: [scheme],
      passwordOf: user => (user === 'admin' ? 'secret' : undefined),
    });
    await using server = await TestServer.start({ authorize }, { authentication });
    await server.publish('cam1');
    await using client = await TestClient.open(server.adapter.port);
    const url = server.url('cam1');
    const challenge = await client.ask('DESCRIBE', url);
    expect(challenge.status).toBe(401);
    expect(server.adapter.stats().refused).toEqual({});
    for (const [password, status] of [
      ['wrong', 401],
      ['secret', 200],
    ] as const) {
      const credentials = new Authenticator({ user: 'admin', password });
      expect(credentials.challenge(challenge.headers.all('WWW-Authenticate'))).toBeTruthy();
      const answer = await client.ask('DESCRIBE', url, {
        Authorization: credentials.authorize('DESCRIBE', url),
      });
      expect(answer.status).toBe(status);
    }
    expect(server.adapter.stats().refused).toEqual({ NOT_ALLOWED: 1 });
    await client.setUpByTcp(url);
  });
});
