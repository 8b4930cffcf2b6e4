import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { g711Track } from '../../codec/g711/track.ts';
import { ByteWriter } from '../../model/byte-writer.ts';
import { AudioSample, type MediaSample, VideoSample } from '../../model/sample.ts';
import type { Track } from '../../model/track.ts';
import { AUDIO_TRACKS, lengthPrefixed, VIDEO_TRACKS } from '../flv/test-support.ts';
import { PsMuxer } from './muxer.ts';
import { readProgramMap } from './program-map.ts';
import { cut, demux } from './test-support.ts';

const SOUNDS = {
  aac: AUDIO_TRACKS.aac,
  g711a: AUDIO_TRACKS.g711a,
  g711u: g711Track({ id: 2, version: 1, clockRate: 8000 }, 'g711u', 8000, 1),
};

function mux(tracks: readonly Track[], samples: readonly MediaSample[]): Buffer {
  const muxer = new PsMuxer();
  const writer = new ByteWriter();
  const pieces = [muxer.init(tracks, {})];
  for (const sample of samples) {
    muxer.write(
      sample,
      tracks.find(({ id }) => id === sample.trackId),
      writer,
    );
    const { slab, start, end } = writer.take();
    pieces.push(slab.subarray(start, end));
  }
  return Buffer.concat(pieces);
}

function samplesOf(codec: 'h264' | 'h265', audio: Track, sizes: readonly number[]): MediaSample[] {
  const track = VIDEO_TRACKS[codec];
  const sets = 'vps' in track ? [...track.vps, ...track.sps, ...track.pps] : [...track.sps, ...track.pps];
  return sizes.flatMap((size, index) => {
    const key = index % 4 === 0;
    const header = codec === 'h264' ? [key ? 0x65 : 0x41, 0x88] : [key ? 0x26 : 0x02, 0x01, 0x80];
    const unit = Buffer.concat([Buffer.from(header), Buffer.alloc(size, 0xab)]);
    const time = 90_000 + index * 3600;
    return [
      VideoSample.fromData(
        1,
        time,
        time + (index % 3) * 3600,
        key,
        lengthPrefixed(...(key ? sets : []), unit),
      ),
      new AudioSample(2, ((time + 100) * audio.clockRate) / 90_000, Buffer.alloc(1 + (size % 500), 0xd5)),
    ];
  });
}

describe('PsMuxer', () => {
  it.each([
    ['h264', 'aac'],
    ['h264', 'g711a'],
    ['h265', 'g711u'],
    ['h265', 'aac'],
  ] as const)('writes what PsDemuxer reads: %s and %s, in pieces of any size', (codec, sound) => {
    const size = fc.oneof({ weight: 5, arbitrary: fc.nat(3000) }, fc.integer({ min: 60_000, max: 200_000 }));
    fc.assert(
      fc.property(
        fc.array(size, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 2000 }),
        (sizes, pieceSize) => {
          const audio = SOUNDS[sound];
          const samples = samplesOf(codec, audio, sizes);
          const bytes = mux([VIDEO_TRACKS[codec], audio], samples);
          const { recorder, errors, codecs, demuxer } = demux(
            cut(bytes, sizes.some(one => one > 3000) ? 1400 : pieceSize),
          );
          expect(errors).toEqual([]);
          expect(demuxer.skippedBytes).toBe(0);
          expect([...codecs].sort()).toEqual([codec, sound].sort());
          const plain = ({ dts, pts, data }: MediaSample, rate: number) => [
            Math.round((dts * 90_000) / rate),
            Math.round((pts * 90_000) / rate),
            data.toString('hex'),
          ];
          expect(recorder.video.map(sample => plain(sample, 90_000))).toEqual(
            samples.filter(({ kind }) => kind === 'video').map(sample => plain(sample, 90_000)),
          );
          expect(recorder.audio.map(sample => plain(sample, 90_000))).toEqual(
            samples.filter(({ kind }) => kind === 'audio').map(sample => plain(sample, audio.clockRate)),
          );
        },
      ),
      { seed: 20_240_607, numRuns: 25 },
    );
  });

  it('has the system header and a map with its checksum before key frames alone', () => {
    const samples = samplesOf('h264', SOUNDS.g711a, [10, 10, 10, 10, 10]);
    const bytes = mux([VIDEO_TRACKS.h264, SOUNDS.g711a], samples);
    const starts = (id: number) =>
      bytes.toString('latin1').split(String.fromCharCode(0, 0, 1, id)).length - 1;
    expect([0xba, 0xbb, 0xbc, 0xe0, 0xc0].map(starts)).toEqual([10, 2, 2, 5, 5]);
    const at = bytes.indexOf(Buffer.from([0, 0, 1, 0xbc]));
    const map = bytes.subarray(at, at + 6 + bytes.readUInt16BE(at + 4));
    expect(map.toString('hex')).toBe(
      `000001bc0012e0ff000000081be0000090c00000${map.toString('hex', map.length - 4)}`,
    );
    expect(readProgramMap(map)).toEqual([
      { streamType: 0x1b, streamId: 0xe0 },
      { streamType: 0x90, streamId: 0xc0 },
    ]);
  });

  it('repeats the map where there is sound alone, and has no place for other codecs', () => {
    const track = SOUNDS.g711a;
    const sound = Array.from(
      { length: 60 },
      (_, index) => new AudioSample(2, index * 1800, Buffer.alloc(160, 0xd5)),
    );
    const found = demux([mux([track], sound)]);
    expect(found.codecs).toEqual(['g711a']);
    expect(found.recorder.expected).toEqual({ video: false, audio: true });
    expect(found.recorder.audio).toHaveLength(60);
    const muxer = new PsMuxer();
    expect(muxer.carries(AUDIO_TRACKS.opus)).toBe(false);
    expect(muxer.carries(VIDEO_TRACKS.av1)).toBe(false);
    expect(muxer.carries(AUDIO_TRACKS.g711u)).toBe(false);
    expect(muxer.carries(VIDEO_TRACKS.h265)).toBe(true);
  });

  it('says what has changed by the version of its map', () => {
    const muxer = new PsMuxer();
    const writer = new ByteWriter();
    const versions = [[VIDEO_TRACKS.h264], [VIDEO_TRACKS.h264, SOUNDS.g711a], [VIDEO_TRACKS.h265]].map(
      tracks => {
        muxer.update(tracks, {}, writer);
        const [sample] = samplesOf(tracks[0] === VIDEO_TRACKS.h264 ? 'h264' : 'h265', SOUNDS.aac, [10]);
        muxer.write(sample!, tracks[0], writer);
        const { slab, start, end } = writer.take();
        const bytes = slab.subarray(start, end);
        return bytes[bytes.indexOf(Buffer.from([0, 0, 1, 0xbc])) + 6]! & 0x1f;
      },
    );
    expect(versions).toEqual([0, 1, 2]);
  });
});
