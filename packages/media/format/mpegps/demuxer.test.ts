import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AdtsWriter } from '../../codec/aac/adts.ts';
import { parseRtpPacket } from '../../rtp/packet.ts';
import {
  AAC_CONFIG,
  HEVC_PPS,
  HEVC_SPS,
  HEVC_VPS,
  lengthPrefixed,
  PPS,
  SPS_320X240,
  SPS_640X360,
} from '../flv/test-support.ts';
import { annexB, cut, demux, map, pack, pes } from './test-support.ts';

const VIDEO = 0xe0;
const AUDIO = 0xc0;
const STEP = 3600;

/** A slice with the first macroblock of a picture, or with a later one. */
function slice(key: boolean, size: number, isFirst = true): Buffer {
  const rest = Buffer.alloc(size, 0xab);
  rest[0] = isFirst ? 0x88 : 0x08;
  return Buffer.concat([Buffer.from([key ? 0x65 : 0x41]), rest]);
}

function slice265(key: boolean, size: number, isFirst = true): Buffer {
  const rest = Buffer.alloc(size, 0xab);
  rest[0] = isFirst ? 0x80 : 0x10;
  return Buffer.concat([Buffer.from(key ? [0x26, 0x01] : [0x02, 0x01]), rest]);
}

const KEY = [SPS_640X360, PPS, slice(true, 900)];
const frames = (count: number) =>
  Array.from({ length: count }, (_, index) => (index === 0 ? KEY : [slice(false, 100 + index)]));

/** A stream of one pack and one PES packet a frame. */
function stream(units: readonly (readonly Buffer[])[], start = 9000): Buffer {
  return Buffer.concat(
    units.flatMap((unit, index) => {
      const time = start + index * STEP;
      return [pack(time), pes(VIDEO, annexB(...unit), { pts: time })];
    }),
  );
}

function datas(found: ReturnType<typeof demux>): string[] {
  return found.recorder.video.map(sample => sample.data.toString('hex'));
}

function expected(units: readonly (readonly Buffer[])[]): string[] {
  return units.map(unit => lengthPrefixed(...unit).toString('hex'));
}

describe('PsDemuxer and what cameras send', () => {
  it('needs no system header and no stream map', () => {
    const units = frames(4);
    const found = demux([stream(units)]);
    expect(found).toMatchObject({ errors: [], codecs: ['h264'], packs: 1, refused: [] });
    expect(datas(found)).toEqual(expected(units));
    expect(found.recorder.video.map(({ dts, key }) => [dts, key])).toEqual([
      [9000, true],
      [12600, false],
      [16200, false],
      [19800, false],
    ]);
    expect(found.recorder.tracks).toMatchObject([
      { codec: 'h264', width: 640, height: 360, clockRate: 90_000 },
    ]);
  });

  it('takes a length of 0, and one of which only the lower bits are written', () => {
    const large = [SPS_640X360, PPS, slice(true, 70_000)];
    const units = [large, [slice(false, 200)], [slice(false, 66_000)], [slice(false, 50)]];
    for (const lengthOf of [() => 0, (size: number) => (size + 8) & 0xffff]) {
      const bytes = Buffer.concat(
        units.flatMap((unit, index) => {
          const payload = annexB(...unit);
          return [
            pack(index * STEP),
            pes(VIDEO, payload, { pts: index * STEP, length: lengthOf(payload.length) }),
          ];
        }),
      );
      for (const size of [bytes.length, 1400, 1, 7]) {
        if (size < 100 && lengthOf(1) !== 0) continue;
        const found = demux(cut(bytes, size));
        expect(found.errors).toEqual([]);
        expect(datas(found)).toEqual(expected(units));
      }
    }
  });

  it('puts a picture together that is in several packets, with and without times', () => {
    const slices = [slice(true, 3000), slice(true, 2000, false), slice(true, 1000, false)];
    const whole = [SPS_640X360, PPS, ...slices];
    const next = [slice(false, 500), slice(false, 400, false)];
    for (const repeated of [undefined, 9000]) {
      const packets = [
        pack(9000),
        pes(VIDEO, annexB(SPS_640X360), { pts: 9000 }),
        pes(VIDEO, annexB(PPS), { pts: repeated }),
        // A slice over two packets.
        pes(VIDEO, annexB(slices[0]!).subarray(0, 1001), { pts: repeated }),
        pes(VIDEO, annexB(slices[0]!).subarray(1001), { pts: repeated }),
        pes(VIDEO, annexB(slices[1]!, slices[2]!), { pts: repeated }),
        pack(12600),
        pes(VIDEO, annexB(next[0]!), { pts: 12600 }),
        pes(VIDEO, annexB(next[1]!), { pts: repeated && 12600 }),
      ];
      const found = demux(cut(Buffer.concat(packets), 333));
      expect(datas(found)).toEqual(expected([whole, next]));
      expect(found.recorder.video.map(({ dts }) => dts)).toEqual([9000, 12600]);
    }
  });

  it('tells pictures apart that share a packet, and gives them times', () => {
    const units = frames(8);
    const bytes = annexB(...units.flat());
    // All pictures in packets of 300 bytes; the first that begins in one has its time.
    const starts = units.map((_, index) => annexB(...units.slice(0, index).flat()).length);
    const packets = cut(bytes, 300).map((payload, index) => {
      const first = starts.findIndex(start => start >= index * 300 && start < (index + 1) * 300);
      return pes(VIDEO, payload, first === -1 ? {} : { pts: 9000 + first * STEP });
    });
    const found = demux(cut(Buffer.concat([pack(9000), ...packets]), 111));
    expect(datas(found)).toEqual(expected(units));
    expect(found.recorder.video.map(({ dts }) => dts)).toEqual(units.map((_, index) => 9000 + index * STEP));
  });

  it('uses the clock of the packs where no packet has a time', () => {
    const units = frames(4);
    const bytes = units.flatMap((unit, index) => [pack(9000 + index * STEP), pes(VIDEO, annexB(...unit))]);
    const found = demux([Buffer.concat(bytes)]);
    expect(found.recorder.video.map(({ dts }) => dts)).toEqual([9000, 12600, 16200, 19800]);
  });

  it.each([0x1b, 0x24, 0x10, 0x80, 0xff])('believes the pictures rather than a stream type of %i', type => {
    const h264 = demux([Buffer.concat([pack(0), map([type, VIDEO]), stream(frames(3))])]);
    expect(h264).toMatchObject({ codecs: ['h264'], refused: [] });
    const units = [
      [HEVC_VPS, HEVC_SPS, HEVC_PPS, slice265(true, 99)],
      [slice265(false, 9), slice265(false, 8, false)],
    ];
    const h265 = demux([
      Buffer.concat([pack(0), map([type, VIDEO]), stream([...units, [slice265(false, 5)]])]),
    ]);
    expect(h265.codecs).toEqual(['h265']);
    expect(datas(h265)).toEqual(expected([...units, [slice265(false, 5)]]));
  });

  it('refuses SVAC, and says so', () => {
    const svac = Buffer.concat([Buffer.from([0x67, 0x11]), Buffer.alloc(4000, 7)]);
    const bytes = Array.from({ length: 20 }, (_, index) =>
      Buffer.concat([
        pack(index * STEP),
        map([0x80, VIDEO]),
        pes(VIDEO, annexB(svac), { pts: index * STEP }),
      ]),
    );
    const found = demux(bytes);
    expect(found.refused).toEqual(['SVAC video']);
    expect(found.recorder.samples).toEqual([]);
  });

  it.each([
    [0x92, 'G.722.1'],
    [0x93, 'G.723.1'],
    [0x99, 'G.729'],
    [0x9b, 'SVAC audio'],
    [0x11, 'AAC in LATM'],
    [0x0f, 'AAC without ADTS headers'],
  ])('refuses sound of the type %i, %s, and goes on with the pictures', (type, name) => {
    const sound = pes(AUDIO, Buffer.alloc(80, 0x31), { pts: 9000 });
    const found = demux([
      Buffer.concat([map([0x1b, VIDEO], [type, AUDIO]), sound, sound, stream(frames(2))]),
    ]);
    expect(found.refused).toEqual([name]);
    expect(found.recorder.audio).toEqual([]);
    expect(found.recorder.video).toHaveLength(2);
    expect(found.recorder.expected).toEqual({ video: true, audio: name.startsWith('AAC w') });
  });

  it('says that a stream is encrypted', () => {
    const packet = pes(VIDEO, annexB(...KEY), { pts: 0 });
    packet[6] = 0x90;
    const found = demux([Buffer.concat([pack(0), packet, packet, stream(frames(2))])]);
    expect(found.refused).toEqual(['encrypted video']);
    expect(found.recorder.video).toHaveLength(2);
  });

  it('follows a camera that is set to another size or codec', () => {
    const changed = [[SPS_320X240, PPS, slice(true, 90)], [slice(false, 9)]];
    const h265 = [[HEVC_VPS, HEVC_SPS, HEVC_PPS, slice265(true, 99)], [slice265(false, 9)]];
    const units = [...frames(2), ...changed, ...h265, ...frames(2)];
    const found = demux([stream(units)]);
    expect(found.errors).toEqual([]);
    expect(datas(found)).toEqual(expected(units));
    expect(found.recorder.tracks).toMatchObject([
      { codec: 'h264', width: 640, version: 1 },
      { codec: 'h264', width: 320, version: 2 },
      { codec: 'h265', version: 3 },
      { codec: 'h264', width: 640, version: 4 },
    ]);
  });

  it('passes over private streams, and leaves delimiters and trailing zeros out', () => {
    const secret = Buffer.concat([Buffer.from('HK'), Buffer.alloc(200, 1), Buffer.from('000001e0', 'hex')]);
    const delimiter = Buffer.from([0x09, 0xf0]);
    const zeros = Buffer.alloc(5);
    const bytes = frames(3).flatMap((unit, index) => [
      pack(index * STEP, 6),
      pes(0xbd, secret, { pts: index * STEP }),
      Buffer.concat([Buffer.from([0, 0, 1, 0xbf, 0, secret.length]), secret]),
      pes(VIDEO, Buffer.concat([annexB(delimiter, ...unit), zeros]), { pts: index * STEP, stuffing: 3 }),
      Buffer.from([0, 0, 1, 0xbe, 0, 4, 0xff, 0xff, 0xff, 0xff]),
    ]);
    const found = demux(cut(Buffer.concat(bytes), 50));
    expect(datas(found)).toEqual(expected(frames(3)));
    expect(found.demuxer.skippedBytes).toBe(0);
  });

  it('follows times over their wrap, and decoding times that are not presentation times', () => {
    const start = 2 ** 33 - 2 * STEP;
    const bytes = frames(5).map((unit, index) => {
      const dts = (start + index * STEP) % 2 ** 33;
      return pes(VIDEO, annexB(...unit), { pts: (dts + 2 * STEP) % 2 ** 33, dts });
    });
    const { video } = demux(bytes).recorder;
    expect(video.map(({ dts }) => dts - video[0]!.dts)).toEqual([0, 1, 2, 3, 4].map(index => index * STEP));
    for (const { dts, pts } of video) expect(pts - dts).toBe(2 * STEP);
  });

  it('hands pictures on where they are marked, once marks have proved right', () => {
    const units = frames(40);
    const pieces = units.map((unit, index) => stream([unit], 9000 + index * STEP));
    const { recorder, demuxer } = demux([]);
    const counts = pieces.map(piece => {
      for (const part of cut(piece, 300)) demuxer.push(part);
      demuxer.mark();
      return recorder.video.length;
    });
    expect(counts).toEqual(units.map((_, index) => (index < 10 ? index : index + 1)));
    expect(recorder.video.map(({ data }) => data.toString('hex'))).toEqual(expected(units));
    expect(recorder.video.map(({ dts }) => dts)).toEqual(units.map((_, index) => 9000 + index * STEP));
  });

  it('does not believe marks of which one was wrong', () => {
    const units = Array.from({ length: 40 }, (_, index) => [
      ...(index ? [] : KEY),
      slice(false, 200),
      slice(false, 90, false),
    ]);
    const pieces = units.map((unit, index) => stream([unit], 9000 + index * STEP));
    const { recorder, demuxer } = demux([]);
    for (const piece of pieces) {
      // Marked within a slice, after the first of two, and at the end.
      for (const part of cut(piece, 100)) {
        demuxer.push(part);
        demuxer.mark();
      }
    }
    demuxer.flush();
    expect(recorder.video).toHaveLength(41);
    expect(recorder.video.slice(1).map(({ data }) => data.toString('hex'))).toEqual(
      expected([[slice(false, 200), slice(false, 90, false)], ...units.slice(1)]),
    );
  });

  it('waits for the next key frame where something is lost', () => {
    const units = [...frames(4), ...frames(3)];
    const pieces = units.map((unit, index) => stream([unit], 9000 + index * STEP));
    // The second half of the third picture.
    const damaged = pieces[2]!.subarray(0, 60);
    const found = demux([...pieces.slice(0, 2), damaged, undefined, ...pieces.slice(3)]);
    expect(datas(found)).toEqual(expected([...units.slice(0, 2), ...units.slice(4)]));
    expect(found.demuxer.droppedFrames).toBe(1);
  });

  it('finds its place behind junk', () => {
    const junk = Buffer.from('00000100000001b300000141ffff00', 'hex');
    const found = demux(cut(Buffer.concat([junk, stream(frames(3))]), 13));
    expect(datas(found)).toEqual(expected(frames(3)));
    expect(found.demuxer.skippedBytes).toBe(junk.length);
  });

  it('keeps no more than a header of what is none', () => {
    const found = demux(Array(200).fill(Buffer.alloc(65_536, 0)));
    expect(found.demuxer.skippedBytes).toBeGreaterThan(200 * 65_536 - 4);
    const unbounded = demux([
      pes(VIDEO, annexB(...KEY), { length: 0 }),
      ...Array(300).fill(Buffer.alloc(65_536, 1)),
    ]);
    expect(unbounded.errors[0]).toContain('frame of more than');
  });
});

describe('PsDemuxer and sound', () => {
  const alaw = Buffer.alloc(320, 0xd5);
  const mulaw = Buffer.alloc(320, 0xff);

  it('takes G.711 by the stream map', () => {
    for (const [type, codec] of [
      [0x90, 'g711a'],
      [0x91, 'g711u'],
    ] as const) {
      const found = demux([
        Buffer.concat([
          map([0x1b, VIDEO], [type, AUDIO]),
          pack(0),
          pes(AUDIO, alaw, { pts: 3600 }),
          stream(frames(1)),
        ]),
      ]);
      expect(found.codecs[0]).toBe(codec);
      expect(found.recorder.audio.map(({ dts, data }) => [dts, data.length])).toEqual([[3600, 320]]);
      expect(found.recorder.tracks[0]).toMatchObject({ codec, sampleRate: 8000, channels: 1 });
    }
  });

  it('tells µ-law and A-law apart by their silence, takes hints, and else assumes A-law', () => {
    expect(demux([pes(AUDIO, alaw, { pts: 0 })]).codecs).toEqual(['g711a?']);
    expect(demux([pes(AUDIO, mulaw, { pts: 0 })]).codecs).toEqual(['g711u?']);
    expect(demux([pes(AUDIO, mulaw, { pts: 0 })], 'g711a').codecs).toEqual(['g711a']);
    const loud = Buffer.from(Array.from({ length: 320 }, (_, index) => (index * 37) & 0xff));
    expect(demux([pes(AUDIO, loud, { pts: 0 })]).codecs).toEqual(['g711a?']);
  });

  it('counts on where G.711 has no times, beside the pictures', () => {
    const bytes = frames(50).flatMap((unit, index) => [
      pack(9000 + index * STEP),
      pes(VIDEO, annexB(...unit), { pts: 9000 + index * STEP }),
      pes(AUDIO, alaw),
    ]);
    const { audio } = demux(bytes).recorder;
    expect(audio).toHaveLength(50);
    for (const [index, { dts }] of audio.entries()) {
      expect(Math.abs(dts - 9000 - index * STEP)).toBeLessThanOrEqual(STEP);
    }
    expect(audio[1]!.dts - audio[0]!.dts).toBe(STEP);
  });

  it('tells AAC by its headers, whatever is said of it', () => {
    const adts = new AdtsWriter(AAC_CONFIG);
    const frame = (fill: number) => {
      const data = Buffer.alloc(107, fill);
      adts.write(data, 0, 100);
      return data;
    };
    for (const before of [Buffer.alloc(0), map([0x90, AUDIO]), map([0x0f, AUDIO]), map([0x92, AUDIO])]) {
      const found = demux([
        Buffer.concat([
          before,
          pes(AUDIO, Buffer.concat([frame(1), frame(2)]), { pts: 9000 }),
          pes(AUDIO, frame(3)),
        ]),
      ]);
      expect(found.codecs).toEqual(['aac']);
      expect(found.recorder.audio.map(({ dts, data }) => [dts, data[0]])).toEqual([
        [9000, 1],
        [10920, 2],
        [12840, 3],
      ]);
    }
  });

  it('takes sound that is in a private stream, where the map says so', () => {
    const found = demux([Buffer.concat([map([0x90, 0xbd]), pes(0xbd, alaw, { pts: 0 })])]);
    expect(found.recorder.audio).toHaveLength(1);
  });
});

describe('PsDemuxer and any bytes', () => {
  const seed = Buffer.concat([
    pack(0, 3),
    map([0x1b, VIDEO], [0x90, AUDIO]),
    stream(frames(6)),
    pes(AUDIO, Buffer.alloc(100, 0xd5), { pts: 20 }),
    stream(frames(2), 40_000),
  ]);

  it('comes to no harm', () => {
    const change = fc.tuple(fc.nat(seed.length - 1), fc.nat(255));
    const pieces = fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 50 }),
        pieces,
        fc.nat(20),
        fc.boolean(),
        (changes, sizes, lostAt, hasMarks) => {
          const damaged = Buffer.from(seed);
          for (const [at, value] of changes) damaged[at] = value;
          const parts: (Buffer | undefined)[] = [];
          let at = 0;
          for (const size of sizes) {
            parts.push(parts.length === lostAt ? undefined : damaged.subarray(at, at + size));
            at += size;
          }
          const { recorder } = demux([...parts, damaged.subarray(at)], undefined, hasMarks);
          let last = Number.NEGATIVE_INFINITY;
          for (const { dts } of recorder.video) {
            expect(dts).toBeGreaterThan(last);
            last = dts;
          }
        },
      ),
      { seed: 20_240_607, numRuns: 1500 },
    );
  });

  it('finds the same whatever the pieces', () => {
    const whole = demux([seed]);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), size => {
        const found = demux(cut(seed, size));
        expect(datas(found)).toEqual(datas(whole));
        expect(found.recorder.audio.map(({ data }) => data)).toEqual(
          whole.recorder.audio.map(({ data }) => data),
        );
      }),
      { seed: 20_240_607, numRuns: 200 },
    );
  });
});

const CAMERA = new URL('../../../../../shared/corpora/gb28181-camera-bytes/', import.meta.url);

describe.skipIf(!existsSync(CAMERA))('the bytes of a real camera', () => {
  const payloads = () =>
    readdirSync(CAMERA)
      .filter(name => name.endsWith('.bin'))
      .sort()
      .map(name => parseRtpPacket(readFileSync(new URL(name, CAMERA))));

  it('are taken apart: packs, a stream map, pictures and their times', () => {
    const packets = payloads();
    expect(packets).toHaveLength(10);
    const key = packets[9]!;
    const found = demux([key.payload]);
    expect(found).toMatchObject({ errors: [], codecs: ['h264'], packs: 1 });
    expect(found.recorder.expected).toEqual({ video: true, audio: true });
    expect(found.recorder.tracks).toMatchObject([{ codec: 'h264' }]);
    expect(found.recorder.video.map(({ key: isKey }) => isKey)).toEqual([true]);
  });

  it('are two pictures after a key frame, each of several packets', () => {
    const packets = payloads();
    const found = demux([packets[9]!.payload, ...packets.slice(0, 9).map(({ payload }) => payload)]);
    expect(found.errors).toEqual([]);
    expect(found.recorder.video.length).toBe(3);
    expect(found.demuxer.skippedBytes).toBe(0);
    const [first, second] = found.recorder.video.slice(1);
    expect(second!.dts - first!.dts).toBe(STEP);
  });
});
