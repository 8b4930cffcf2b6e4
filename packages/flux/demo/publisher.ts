/**
 * Publishes the test picture to an RTMP address, in real time, until it is ended: `node publisher.ts URL`. A program
 * of its own, so that a fault in FFmpeg's native code cannot touch the server. Exits with `UNAVAILABLE` where FFmpeg
 * cannot be loaded, and when its parent is gone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { UNAVAILABLE } from './exit-code.ts';
import { FRAME_RATE, testPicture } from './test-picture.ts';

const GOP_SECONDS = 2;
/** Behind by more than this (the machine slept), the lost time is left out instead of caught up. */
const MAX_LAG = 2000;

process.once('disconnect', () => process.exit());
// Ctrl-C reaches the whole group of processes; when to end is the parent's to say.
process.on('SIGINT', () => {});

async function loadFfmpeg() {
  try {
    const { AV_LOG_ERROR, FF_ENCODER_AAC, FF_ENCODER_LIBX264 } = await import('node-av/constants');
    const { Log } = await import('node-av/lib');
    Log.setLevel(AV_LOG_ERROR);
    return { ...(await import('node-av/api')), FF_ENCODER_AAC, FF_ENCODER_LIBX264 };
  } catch (error) {
    console.error(error instanceof Error ? error.message.split('\n')[0] : error);
    process.exit(UNAVAILABLE);
  }
}

async function publish(url: string): Promise<void> {
  const { Decoder, Demuxer, Encoder, FF_ENCODER_AAC, FF_ENCODER_LIBX264, Muxer } = await loadFfmpeg();
  using demuxer = Demuxer.openSync(testPicture(), { format: 'lavfi' });
  const [video, audio] = demuxer.streams;
  if (!video || !audio) throw new Error('The test picture has no picture or no sound.');
  using pictures = Decoder.createSync(video);
  using sounds = Decoder.createSync(audio);
  using pictureEncoder = Encoder.createSync(FF_ENCODER_LIBX264, {
    decoder: pictures,
    bitrate: '1.5M',
    context: { gopSize: FRAME_RATE * GOP_SECONDS, maxBFrames: 0, threadCount: 1 },
    options: { preset: 'ultrafast', tune: 'zerolatency' },
  });
  using soundEncoder = Encoder.createSync(FF_ENCODER_AAC, {
    decoder: sounds,
    bitrate: '96k',
    autoResample: true,
  });
  using muxer = Muxer.openSync(url, { format: 'flv', options: { flvflags: 'no_duration_filesize' } });
  const paths = [
    {
      decoder: pictures,
      encoder: pictureEncoder,
      output: muxer.addStream(pictureEncoder, { inputStream: video }),
    },
    { decoder: sounds, encoder: soundEncoder, output: muxer.addStream(soundEncoder, { inputStream: audio }) },
  ];

  let start = performance.now();
  // The synchronous forms: the asynchronous ones keep a core busy with asking whether there is room.
  for (const packet of demuxer.packetsSync()) {
    if (!packet) break;
    const path = paths[packet.streamIndex];
    if (packet.streamIndex === video.index) {
      const due = (Number(packet.dts) * video.timeBase.num * 1000) / video.timeBase.den;
      const wait = start + due - performance.now();
      if (wait < -MAX_LAG) start -= wait;
      if (wait > 0) await sleep(wait);
    }
    for (const frame of path?.decoder.decodeAllSync(packet) ?? []) {
      for (const encoded of path?.encoder.encodeAllSync(frame) ?? []) {
        muxer.writePacketSync(encoded, path?.output ?? 0);
        encoded.free();
      }
      frame.free();
    }
    packet.free();
  }
}

await publish(process.argv[2] ?? '');
