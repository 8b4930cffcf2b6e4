import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aacTrack } from '../../codec/aac/track.ts';
import { av1Track } from '../../codec/av1/track.ts';
import { g711Track } from '../../codec/g711/track.ts';
import { parseAvcConfigurationRecord } from '../../codec/h264/configuration-record.ts';
import { H264_CLIPS } from '../../codec/h264/test-clips.ts';
import { h264Track } from '../../codec/h264/track.ts';
import { parseHevcConfigurationRecord } from '../../codec/h265/configuration-record.ts';
import { H265_CLIPS } from '../../codec/h265/test-clips.ts';
import { h265Track } from '../../codec/h265/track.ts';
import { mp3Track } from '../../codec/mp3/track.ts';
import { opusHead } from '../../codec/opus/opus-head.ts';
import { opusTrack } from '../../codec/opus/track.ts';
import { IDENTITY } from '../../codec/test-support.ts';
import { AudioSample, type MediaSample, VideoSample } from '../../model/sample.ts';
import type { Track } from '../../model/track.ts';
import { packetizerFor } from './packetizer-for.ts';
import { bytesOf, FUZZ, packetize, Receiver, STEP } from './test-support.ts';

const H264 = parseAvcConfigurationRecord(bytesOf(H264_CLIPS[2].record));
const H265 = parseHevcConfigurationRecord(bytesOf(H265_CLIPS[0].record));
const AV1_CONFIG = bytesOf('81010c000a0b0000000cc4ff6700be0010');

const TRACKS = {
  h264: h264Track(IDENTITY, H264.sps, H264.pps),
  h265: h265Track(IDENTITY, H265.vps, H265.sps, H265.pps),
  av1: av1Track(IDENTITY, AV1_CONFIG),
  aac: aacTrack(IDENTITY, bytesOf('1190')),
  opus: opusTrack(IDENTITY, opusHead({ channels: 2, preSkip: 312, inputSampleRate: 48_000 })),
  mp3: mp3Track(IDENTITY, bytesOf('fffb9464')),
  g711a: g711Track(IDENTITY, 'g711a', 8000, 1),
  g711u: g711Track(IDENTITY, 'g711u', 8000, 2),
} satisfies Record<string, Track>;

/** Bytes of a payload that no start code can hide in. */
function noise(maxLength: number): fc.Arbitrary<Buffer> {
  return fc
    .tuple(fc.integer({ min: 1, max: maxLength }), fc.integer({ min: 1, max: 255 }))
    .map(([length, seed]) => Buffer.from(Array.from({ length }, (_, at) => 1 + ((at * 7 + seed) % 254))));
}

/** An access unit: slices that say whether they begin a picture, with parameter sets before those of a key frame. */
function accessUnit(codec: 'h264' | 'h265', isKey: fc.Arbitrary<boolean>): fc.Arbitrary<VideoSample> {
  const [keyHeader, header] = codec === 'h264' ? ['65', '41'] : ['2601', '0201'];
  const track = TRACKS[codec];
  const sets = [...(track.codec === 'h265' ? track.vps : []), ...track.sps, ...track.pps];
  const slices = fc.array(noise(400), { minLength: 1, maxLength: 4 });
  return fc.tuple(slices, isKey).map(([parts, key]) => {
    const nalUnits = parts.map((part, index) => {
      const begins = bytesOf(index === 0 ? '80' : '40');
      return Buffer.concat([bytesOf(key ? keyHeader! : header!), begins, part]);
    });
    return VideoSample.fromNalUnits(1, 0, 0, key, key ? [...sets, ...nalUnits] : nalUnits);
  });
}

/** A temporal unit of frames, before that of a key frame the sequence header. */
function temporalUnit(isKey: fc.Arbitrary<boolean>): fc.Arbitrary<VideoSample> {
  return fc.tuple(fc.array(noise(400), { minLength: 1, maxLength: 5 }), isKey).map(([parts, key]) => {
    const obus = parts.map((part, index) => {
      const payload = Buffer.concat([bytesOf(key && index === 0 ? '10' : '30'), part]);
      const { length } = payload;
      const size = length < 128 ? [length] : [0x80 | (length & 0x7f), length >> 7];
      // Some have a layer, which is the same for all.
      return Buffer.concat([bytesOf(index % 2 ? '3600' : '32'), Buffer.from(size), payload]);
    });
    return VideoSample.fromData(1, 0, 0, key, Buffer.concat(key ? [AV1_CONFIG.subarray(4), ...obus] : obus));
  });
}

const audioFrame = noise(900).map(data => new AudioSample(1, 0, data));
/** Of 192 bytes, or of 1440, which takes several packets where these are small. */
const mp3Frame = fc.constantFrom('fffb54c4', 'fffbe464').map(header => {
  const data = Buffer.alloc(header === 'fffb54c4' ? 192 : 960, 0x11);
  bytesOf(header).copy(data);
  return new AudioSample(1, 0, data);
});
/** 20 ms of CELT. */
const opusFrame = noise(500).map(data => new AudioSample(1, 0, Buffer.concat([bytesOf('fc'), data])));

const SAMPLES: Readonly<Record<keyof typeof TRACKS, fc.Arbitrary<MediaSample>>> = {
  h264: accessUnit('h264', fc.boolean()),
  h265: accessUnit('h265', fc.boolean()),
  av1: temporalUnit(fc.boolean()),
  aac: audioFrame,
  opus: opusFrame,
  mp3: mp3Frame,
  g711a: audioFrame,
  g711u: audioFrame,
};

/** What a stream begins with. */
const FIRST: typeof SAMPLES = {
  ...SAMPLES,
  h264: accessUnit('h264', fc.constant(true)),
  h265: accessUnit('h265', fc.constant(true)),
  av1: temporalUnit(fc.constant(true)),
};

function stream(codec: keyof typeof TRACKS) {
  return fc.record({
    samples: fc
      .tuple(FIRST[codec], fc.array(SAMPLES[codec], { minLength: 2, maxLength: 12 }))
      .map(([key, rest]) => [key, ...rest]),
    maxPayloadSize: fc.integer({ min: 64, max: 1500 }),
    first: fc.constantFrom(0, 2 ** 32 - 3 * STEP),
  });
}

function packetizerOf(codec: keyof typeof TRACKS, maxPayloadSize: number) {
  const packetizer = packetizerFor(TRACKS[codec], { maxPayloadSize });
  if (!packetizer) throw new Error(codec);
  return packetizer;
}

const FRAMED = ['h264', 'h265', 'av1', 'aac', 'opus', 'mp3'] as const;

describe('what a packetiser writes, a depacketiser reads', () => {
  it.each(FRAMED)('%s', codec => {
    fc.assert(
      fc.property(stream(codec), ({ samples, maxPayloadSize, first }) => {
        const packetizer = packetizerOf(codec, maxPayloadSize);
        const packets = packetize(packetizer, samples, first);
        if (codec !== 'opus') {
          expect(Math.max(...packets.map(({ payload }) => payload.length))).toBeLessThanOrEqual(
            maxPayloadSize,
          );
        }
        const receiver = new Receiver(packetizer).push(packets).flush();
        expect(receiver.errors).toEqual([]);
        expect(receiver.plain).toEqual(
          samples.map(({ data }, index) => ({
            timestamp: (first + index * STEP) >>> 0,
            data: data.toString('hex'),
            damaged: false,
          })),
        );
      }),
      FUZZ,
    );
  });

  it.each(['g711a', 'g711u'] as const)('%s, in packets as long as they may be', codec => {
    fc.assert(
      fc.property(noise(5000), fc.integer({ min: 64, max: 1500 }), (data, maxPayloadSize) => {
        const packetizer = packetizerOf(codec, maxPayloadSize);
        const packets = packetize(packetizer, [new AudioSample(1, 0, data)]);
        const { frames } = new Receiver(packetizer).push(packets).flush();
        expect(Buffer.concat(frames.map(frame => frame.data))).toEqual(data);
        let at = 0;
        for (const frame of frames) {
          expect(frame.timestamp).toBe(at / TRACKS[codec].channels);
          at += frame.data.length;
        }
      }),
      FUZZ,
    );
  });
});

describe('a packet that is lost', () => {
  it.each(FRAMED)('damages the frame of %s that it is a part of, and no other', codec => {
    const losses = fc.array(fc.nat(), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(stream(codec), losses, ({ samples, maxPayloadSize, first }, picks) => {
        const packetizer = packetizerOf(codec, maxPayloadSize);
        const packets = packetize(packetizer, samples, first);
        // Of the first two samples none, for these show how the device sets markers.
        const from = packets.findIndex(({ sample }) => sample === 2);
        const lost = new Set(picks.map(pick => from + (pick % (packets.length - from))));
        const damaged = new Set([...lost].map(index => packets[index]!.sample));
        const receiver = new Receiver(packetizer).push(packets, index => lost.has(index)).flush();
        expect(receiver.errors).toEqual([]);
        const seen = new Set<number>();
        for (const frame of receiver.frames) {
          const index = ((frame.timestamp - first) >>> 0) / STEP;
          seen.add(index);
          if (damaged.has(index)) {
            expect(frame.damaged).toBe(true);
          } else {
            expect(frame.data).toEqual(samples[index]!.data);
            expect(frame.damaged && !mayLackBeginning(samples[index]!, damaged.has(index - 1))).toBe(false);
          }
        }
        for (const index of samples.keys()) expect(seen.has(index) || damaged.has(index)).toBe(true);
      }),
      FUZZ,
    );

    /** A temporal unit of AV1 that is no key frame does not show that it is there from its beginning. */
    function mayLackBeginning(sample: MediaSample, isAfterDamaged: boolean): boolean {
      return codec === 'av1' && isAfterDamaged && sample.kind === 'video' && !sample.key;
    }
  });
});
