/** Scenarios 1 and 11: what goes in comes out once, in order, byte for byte, on every output. */
import { describe, expect, it } from 'vitest';
import { clip } from './support/clips.ts';
import { TestGateway } from './support/gateway.ts';
import { difference, hashedUnits } from './support/packets.ts';
import { lacks, RunningProcess } from './support/processes.ts';

const OUTPUTS = [
  ['HTTP-FLV', 'flv', []],
  ['RTMP', 'rtmp', []],
  ['HLS', 'hls', ['-live_start_index', '0']],
] as const;

describe.skipIf(lacks('ffmpeg'))(
  'H.264 with B-frames and AAC, published by ffmpeg',
  { concurrent: true },
  () => {
    it.each(OUTPUTS)('comes out whole by %s', { timeout: 60_000 }, async (_name, format, options) => {
      await using gateway = await TestGateway.start({ 'protocols.hls.segment_duration': 2 });
      const source = await clip('h264-aac.flv');
      const expected = await hashedUnits(source, 'h264');
      const players = await gateway.expectPublisher('cam1');
      const reading = hashedUnits(gateway.playUrl(format, 'cam1'), 'h264', options);
      await players(1);
      await using _publisher = new RunningProcess('ffmpeg', [
        ...['-v', 'error', '-re', '-i', source, '-c', 'copy', '-f', 'flv', gateway.rtmpUrl('cam1')],
      ]);
      const actual = await reading;
      expect(expected.video.length).toBe(250);
      expect(difference(expected.video, actual.video)).toEqual([]);
      // Sound begins with the first picture.
      const first = expected.audio.findIndex(unit => unit.hash === actual.audio[0]?.hash);
      expect(first).toBeLessThan(5);
      expect(difference(expected.audio.slice(first), actual.audio)).toEqual([]);
    });
  },
);
