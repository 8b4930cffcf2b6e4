/**
 * A decoder process: `node main.ts` with a socket as descriptor 3, by which jobs come one after the other. A program of
 * its own, for what it decodes is hostile: FFmpeg's faults end it and nothing else. It ends when its parent does.
 */
import { Socket } from 'node:net';
import { decodeNewest } from './decode.ts';
import { encodePicture } from './encode.ts';
import { encodeFrame, FrameReader } from './frame.ts';
import { type DecoderAnswer, type DecoderJob, MAX_JOB } from './job.ts';

// Ctrl-C reaches the whole group of processes; when to end is the parent's to say.
process.on('SIGINT', () => {});

const socket = new Socket({ fd: 3, readable: true, writable: true });
socket.on('close', () => process.exit());
socket.on('error', () => process.exit());

function perform(
  { codec, shape, isCoarse, isLastWanted, lengths }: DecoderJob,
  body: Buffer,
): { answer: DecoderAnswer; data: Buffer } {
  let at = 0;
  const units = lengths.map(length => {
    const unit = body.subarray(at, at + length);
    at += length;
    return unit;
  });
  try {
    using frame = decodeNewest(codec, units, { isCoarse, isLastWanted });
    const { data, width, height } = encodePicture(frame, shape);
    return { answer: { ok: true, width, height }, data };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { answer: { ok: false, reason }, data: Buffer.alloc(0) };
  }
}

const reader = new FrameReader(MAX_JOB, (header, body) => {
  const { answer, data } = perform(header as DecoderJob, body);
  for (const part of encodeFrame(answer, [data])) socket.write(part);
});
socket.on('data', data => reader.push(data));
