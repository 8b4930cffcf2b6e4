import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { decodeAmf0, encodeAmf0 } from './amf0.ts';
import { ChunkReader, toChunks } from './chunks.ts';
import { monotonicClock } from './clock.ts';
import { loadContext } from './connection.ts';
import { type PreparedClip, type PreparedMessage, PUBLISHER_CHUNK_SIZE } from './prepared-clip.ts';
import { Publisher } from './publisher.ts';
import { blankStamp, findStamp, stampCounter } from './stamp.ts';
import { COMMAND, SET_CHUNK_SIZE, VIDEO } from './tag.ts';
import { Tally } from './tally.ts';
import { Viewer } from './viewer.ts';

const servers: Server[] = [];
const sockets: Socket[] = [];

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map(server => new Promise(resolve => server.close(resolve))));
});

async function listen(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer(socket => {
    sockets.push(socket);
    socket.on('error', () => {});
    onSocket(socket);
  });
  servers.push(server);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** A clip of one frame each millisecond. */
function clipOf(frames: number): PreparedClip {
  const media = Array.from({ length: frames }, (_, timestamp): PreparedMessage => {
    const payload = Buffer.concat([
      Buffer.of(0x17, 1, 0, 0, 0),
      blankStamp(),
      Buffer.alloc(60_000, timestamp),
    ]);
    const message = { chunkStreamId: 6, type: VIDEO, streamId: 0, timestamp, payload };
    return { bytes: toChunks(message, PUBLISHER_CHUNK_SIZE), timestamp, stampOffset: 12 + 5 };
  });
  return { setup: [], media, duration: frames, frames };
}

/** The least of an RTMP server: agrees to everything, and hands on what is published. */
function agree(socket: Socket, onVideo: (bytes: Buffer, start: number, end: number) => void): void {
  let left = 1 + 2 * 1536;
  const reader = new ChunkReader({
    onMedia: (_type, bytes, start, end) => onVideo(bytes, start, end),
    onControl: (type, payload) => {
      if (type === SET_CHUNK_SIZE) reader.chunkSize = payload.readUInt32BE(0);
      if (type !== COMMAND) return;
      const [name, transaction] = decodeAmf0(payload);
      const answers: Record<string, Buffer> = {
        connect: encodeAmf0('_result', transaction, null, { code: 'NetConnection.Connect.Success' }),
        createStream: encodeAmf0('_result', transaction, null, 1),
        publish: encodeAmf0('onStatus', 0, null, { code: 'NetStream.Publish.Start' }),
      };
      const answer = answers[String(name)];
      if (answer) {
        socket.write(
          toChunks({ chunkStreamId: 3, type: COMMAND, streamId: 0, timestamp: 0, payload: answer }, 128),
        );
      }
    },
  });
  socket.once('data', () => socket.write(Buffer.alloc(1 + 2 * 1536, 3)));
  socket.on('data', bytes => {
    const handshake = Math.min(left, bytes.length);
    left -= handshake;
    reader.push(bytes, handshake, bytes.length, 0);
  });
}

describe('Publisher', () => {
  it('sends every frame once and unmixed, though two share the clip and the server reads late', async () => {
    const seen: { connection: number; counter: number; fill: number | undefined }[] = [];
    let reading = false;
    let connections = 0;
    let publishing = 0;
    const port = await listen(socket => {
      const connection = connections++;
      agree(socket, (bytes, start, end) => {
        seen.push({
          connection,
          counter: stampCounter(bytes, findStamp(bytes, start + 5, end)),
          fill: bytes[end - 1],
        });
        if (!reading) socket.pause();
      });
    });
    const context = loadContext('127.0.0.1', monotonicClock(), () => {});
    const tally = new Tally();
    const clip = clipOf(40);
    const events = { onPublishing: () => publishing++, onLost: () => {} };
    const publishers = [0, 1].map(
      n => new Publisher(context, { port, app: 'live', name: `s${n}` }, clip, tally, events),
    );
    await expect.poll(() => publishing).toBe(2);
    const pump = setInterval(() => {
      for (const publisher of publishers) publisher.pump(context.clock());
    }, 5);
    await new Promise(resolve => setTimeout(resolve, 300));
    clearInterval(pump);
    expect(publishers.every(publisher => publisher.backlog > 0)).toBe(true);
    reading = true;
    for (const socket of sockets) socket.resume();
    await expect.poll(() => seen.length, { timeout: 10_000 }).toBe(tally.frames);
    for (const publisher of publishers) publisher.close();
    expect(tally.frames).toBeGreaterThan(40);
    for (const connection of [0, 1]) {
      const counters = seen.filter(frame => frame.connection === connection).map(frame => frame.counter);
      expect(counters).toEqual([...new Set(counters)].sort((a, b) => a - b));
    }
    expect(seen.map(frame => frame.fill)).toEqual(seen.map(frame => frame.counter % clip.frames));
  });
});

describe('Viewer', () => {
  it('counts frames, finds the lost one and notes the first picture', async () => {
    const tag = (frameType: number, counter: number): Buffer => {
      const stamp = blankStamp();
      stamp.write(counter.toString(16).padStart(8, '0'), stamp.length - 9, 'latin1');
      const body = Buffer.concat([Buffer.of((frameType << 4) | 7, 1, 0, 0, 0), stamp, Buffer.alloc(300)]);
      const header = Buffer.alloc(11);
      header[0] = VIDEO;
      header.writeUIntBE(body.length, 1, 3);
      return Buffer.concat([header, body, Buffer.alloc(4)]);
    };
    const port = await listen(socket => {
      const frames = [tag(2, 7), tag(1, 8), tag(2, 9), tag(2, 11), tag(2, 11)];
      const flv = Buffer.concat([Buffer.from('464c5601050000000900000000', 'hex'), ...frames]);
      socket.once('data', () => socket.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\n\r\n'), flv])));
    });
    const tally = new Tally();
    const pictures: number[] = [];
    let lost = '';
    const context = loadContext('127.0.0.1', monotonicClock(), length => {
      tally.bytes += length;
    });
    const target = { transport: 'flv', url: `http://127.0.0.1:${port}/live/a.flv` } as const;
    new Viewer(context, target, tally, {
      onPicture: milliseconds => pictures.push(milliseconds),
      onLost: reason => {
        lost = reason;
      },
    });
    await expect.poll(() => lost).toBe('closed by the server');
    expect(tally).toMatchObject({ frames: 5, lost: 1, repeated: 1, unstamped: 0 });
    expect(tally.bytes).toBeGreaterThan(5 * 300);
    expect(pictures).toHaveLength(1);
  });
});
