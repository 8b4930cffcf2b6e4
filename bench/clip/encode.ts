/**
 * Makes the clip with the FFmpeg inside node-av, for a machine without an ffmpeg program: `node encode.ts GOP FILE`.
 * A program of its own, so that native code cannot end the benchmark.
 */
import { renameSync } from 'node:fs';
import { PICTURE, SOUND, x264 } from './recipe.ts';

async function encode(gop: number, path: string): Promise<void> {
  const { AV_LOG_ERROR, FF_ENCODER_AAC, FF_ENCODER_LIBX264 } = await import('node-av/constants');
  const { Log } = await import('node-av/lib');
  const { Decoder, Demuxer, Encoder, Muxer } = await import('node-av/api');
  Log.setLevel(AV_LOG_ERROR);
  using demuxer = Demuxer.openSync(`${PICTURE},format=yuv420p[out0];${SOUND}[out1]`, { format: 'lavfi' });
  const [video, audio] = demuxer.streams;
  if (!video || !audio) throw new Error('the test picture has no picture or no sound');
  using pictures = Decoder.createSync(video);
  using sounds = Decoder.createSync(audio);
  using pictureEncoder = Encoder.createSync(FF_ENCODER_LIBX264, {
    decoder: pictures,
    options: { preset: 'veryfast', profile: 'main', 'x264-params': x264(gop) },
  });
  using soundEncoder = Encoder.createSync(FF_ENCODER_AAC, {
    decoder: sounds,
    bitrate: '64k',
    autoResample: true,
  });
  using muxer = Muxer.openSync(path, { format: 'flv', options: { flvflags: 'no_duration_filesize' } });
  const paths = [
    {
      decoder: pictures,
      encoder: pictureEncoder,
      output: muxer.addStream(pictureEncoder, { inputStream: video }),
    },
    { decoder: sounds, encoder: soundEncoder, output: muxer.addStream(soundEncoder, { inputStream: audio }) },
  ];
  const write = (encoded: ReturnType<typeof pictureEncoder.encodeAllSync>, output: number): void => {
    for (const packet of encoded) {
      muxer.writePacketSync(packet, output);
      packet.free();
    }
  };
  for (const packet of demuxer.packetsSync()) {
    const path = packet && paths[packet.streamIndex];
    if (!path) break;
    for (const frame of path.decoder.decodeAllSync(packet)) {
      write(path.encoder.encodeAllSync(frame), path.output);
      frame.free();
    }
    packet.free();
  }
  for (const { encoder, output } of paths) write(encoder.encodeAllSync(null), output);
}

async function main(gop: number, path: string): Promise<void> {
  const unfinished = `${path}.part`;
  await encode(gop, unfinished);
  // The file's name tells that it is whole: node-av may fall over while the process ends, so its exit code does not.
  renameSync(unfinished, path);
}

if (import.meta.main) await main(Number(process.argv[2]), process.argv[3] ?? '');
