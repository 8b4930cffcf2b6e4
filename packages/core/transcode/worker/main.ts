/**
 * A transcoder process: `node main.ts PROFILE` with a socket as descriptor 3. The source comes in and what is made of it
 * goes out in the format of the relay. A program of its own, for what it decodes is hostile. It ends when its parent does.
 */
import { Socket } from 'node:net';
import { RelayDemuxer } from '@flux-iot/media/format/relay/demuxer';
import { RelayMuxer } from '@flux-iot/media/format/relay/muxer';
import { ByteWriter } from '@flux-iot/media/model/byte-writer';
import type { TranscodeProfile } from '../profile.ts';
import { TranscodeSession } from './session.ts';

// Ctrl-C reaches the whole group of processes; when to end is the parent's to say.
process.on('SIGINT', () => {});

const socket = new Socket({ fd: 3, readable: true, writable: true });
socket.on('close', () => process.exit());
socket.on('error', () => process.exit());

const muxer = new RelayMuxer();

function send(write: (writer: ByteWriter) => void): void {
  const writer = new ByteWriter(4096);
  write(writer);
  const { slab, start, end } = writer.take();
  socket.write(slab.subarray(start, end));
}

const session = new TranscodeSession(JSON.parse(process.argv[2] ?? '') as TranscodeProfile, {
  setTracks: (tracks, metadata) => send(writer => muxer.update(tracks, metadata, writer)),
  write: (sample, track) => send(writer => muxer.write(sample, track, writer)),
});
const demuxer = new RelayDemuxer({
  onTracks: list => session.useTracks(list),
  onSample: sample => session.push(sample),
  onEnd: () => {
    send(writer => muxer.end(writer));
    socket.end();
  },
});

socket.on('data', data => {
  try {
    demuxer.push(data);
  } catch (error) {
    // The parent reads it, and says why the stream ended.
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`, () =>
      process.exit(1),
    );
  }
});
