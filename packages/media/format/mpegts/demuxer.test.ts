import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { opusHead } from '../../codec/opus/opus-head.ts';
import { opusTrack } from '../../codec/opus/track.ts';
import { ByteWriter } from '../../model/byte-writer.ts';
import type { ParseError } from '../../model/parse-error.ts';
import { AudioSample, type MediaSample, type Sample, VideoSample } from '../../model/sample.ts';
import type { Track } from '../../model/track.ts';
import { AUDIO_TRACKS, lengthPrefixed, RecordingReceiver, VIDEO_TRACKS } from '../flv/test-support.ts';
import { annexBToLengthPrefixed } from './annex-b.ts';
import { TsDemuxer } from './demuxer.ts';
import { TsMuxer } from './muxer.ts';
import { readOpusControlHeader, writeOpusControlHeader } from './opus.ts';
import { PacketWriter } from './packet-writer.ts';
import { writePesHeader } from './pes-header.ts';
import { programAssociation, programMap } from './tables.ts';

function demux(stream: Buffer, pieceSize = stream.length): { recorder: RecordingReceiver; errors: string[] } {
  const recorder = new RecordingReceiver();
  const errors: string[] = [];
  const demuxer = new TsDemuxer(recorder, (error: ParseError) => errors.push(error.reason));
  for (let at = 0; at < stream.length; at += pieceSize) demuxer.push(stream.subarray(at, at + pieceSize));
  demuxer.flush();
  return { recorder, errors };
}

function mux(tracks: readonly Track[], samples: readonly MediaSample[]): Buffer {
  const muxer = new TsMuxer();
  const writer = new ByteWriter(1 << 20);
  muxer.init(tracks, {});
  for (const sample of samples) {
    muxer.write(
      sample,
      tracks.find(track => track.id === sample.trackId),
      writer,
    );
  }
  const { slab, start, end } = writer.take();
  return slab.subarray(start, end);
}

const LEAD = 63_000;
const OPUS = opusTrack(
  { id: 2, version: 1, clockRate: 90_000 },
  opusHead({ channels: 2, preSkip: 0, inputSampleRate: 48_000 }),
);
/** A whole MP3 frame of 128 kbit/s at 48 kHz. */
const MP3_FRAME = Buffer.concat([Buffer.from('fffb9464', 'hex'), Buffer.alloc(380, 7)]);

const AUDIOS = { aac: AUDIO_TRACKS.aac, mp3: AUDIO_TRACKS.mp3, opus: OPUS };

function samplesOf(
  video: 'h264' | 'h265',
  audio: keyof typeof AUDIOS,
  sizes: readonly number[],
): MediaSample[] {
  return sizes.flatMap((size, index) => {
    const time = index * 3600;
    const isKey = index % 5 === 0;
    const sets = VIDEO_TRACKS[video];
    const header = video === 'h264' ? (isKey ? '65' : '41') : isKey ? '2601' : '0201';
    // No unit ends with a zero byte.
    const unit = Buffer.concat([Buffer.from(header, 'hex'), Buffer.alloc(size, 0xab)]);
    const before = isKey
      ? 'vps' in sets
        ? [...sets.vps, ...sets.sps, ...sets.pps]
        : [...sets.sps, ...sets.pps]
      : [];
    const data = lengthPrefixed(...before, unit);
    const sound =
      audio === 'mp3' ? MP3_FRAME : Buffer.concat([Buffer.from([0xfc]), Buffer.alloc(size % 1000, 3)]);
    return [
      VideoSample.fromData(1, time, time + (index % 3) * 3600, isKey, data),
      new AudioSample(2, time + 100, sound),
    ];
  });
}

function plain(samples: readonly Sample[], lead: number): unknown[] {
  return samples
    .filter(sample => sample.kind !== 'data')
    .map(({ kind, dts, pts, data }) => ({
      kind,
      dts: dts + lead,
      pts: pts + lead,
      data: data.toString('hex'),
    }))
    .sort((a, b) => a.dts - b.dts);
}

describe('TsDemuxer', () => {
  it.each([
    ['h264', 'aac'],
    ['h265', 'mp3'],
    ['h264', 'opus'],
  ] as const)('reads what TsMuxer writes: %s and %s, in pieces of any size', (video, audio) => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 1500 }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 1000 }),
        (sizes, pieceSize) => {
          const tracks = [VIDEO_TRACKS[video], AUDIOS[audio]];
          const samples = samplesOf(video, audio, sizes);
          const { recorder, errors } = demux(mux(tracks, samples), pieceSize);
          expect(errors).toEqual([]);
          expect(recorder.expected).toEqual({ video: true, audio: true });
          expect(recorder.tracks.map(track => track.codec)).toEqual([video, audio]);
          expect(recorder.tracks[0]).toMatchObject({ width: VIDEO_TRACKS[video].width, version: 1 });
          expect(plain(recorder.samples, 0)).toEqual(plain(samples, LEAD));
        },
      ),
      { seed: 1, numRuns: 40 },
    );
  });

  it('drops what a lost packet was part of, and goes on behind it', () => {
    const samples = samplesOf('h264', 'aac', Array(10).fill(900));
    const stream = mux([VIDEO_TRACKS.h264, AUDIO_TRACKS.aac], samples);
    // Not the first key frame, without which there is no track.
    for (let lost = 10; lost < stream.length / 188 - 1; lost++) {
      const damaged = Buffer.concat([stream.subarray(0, lost * 188), stream.subarray((lost + 1) * 188)]);
      const found = plain(demux(damaged).recorder.samples, 0);
      const wanted = plain(samples, LEAD);
      expect(found.length).toBeGreaterThanOrEqual(wanted.length - 2);
      for (const sample of found) expect(wanted).toContainEqual(sample);
    }
  });

  it('finds its place again after bytes that are none of its own', () => {
    const stream = mux(
      [AUDIO_TRACKS.aac],
      [0, 1, 2].map(n => new AudioSample(2, n * 1920, Buffer.alloc(100, n))),
    );
    const rubbish = Buffer.from('47'.repeat(50) + '00'.repeat(150), 'hex');
    const { recorder } = demux(
      Buffer.concat([rubbish, stream.subarray(0, 376), rubbish, stream.subarray(376)]),
      97,
    );
    expect(recorder.samples.length).toBeGreaterThanOrEqual(2);
  });

  it('reads several frames of sound from one PES packet, cut anywhere', () => {
    const frames = [0, 1, 2, 3].map(n =>
      mux([AUDIO_TRACKS.aac], [new AudioSample(2, 0, Buffer.alloc(50, n + 1))]),
    );
    const adts = frames.map(frame => frame.subarray(-(50 + 7)));
    const bytes = Buffer.concat(adts);
    const packets = new PacketWriter();
    const writer = new ByteWriter();
    packets.writeSection(writer, 0, programAssociation(0x1000));
    packets.writeSection(writer, 0x1000, programMap(0, 0x100, [{ pid: 0x100, track: AUDIO_TRACKS.aac }]));
    const times = [1000, 1000 + 3 * 1920];
    // The third frame begins in the first packet and ends in the second, whose time is the fourth's.
    for (const [index, part] of [bytes.subarray(0, 150), bytes.subarray(150)].entries()) {
      const head = Buffer.alloc(19);
      const size = writePesHeader(head, 0xc0, part.length, times[index] as number, times[index] as number);
      packets.writePes(writer, 0x100, [head.subarray(0, size), part], size + part.length, false, undefined);
    }
    const { slab, start, end } = writer.take();
    const { recorder, errors } = demux(slab.subarray(start, end));
    expect(errors).toEqual([]);
    expect(recorder.samples.map(sample => sample.dts)).toEqual([1000, 2920, 4840, 6760]);
    expect(recorder.samples.map(sample => sample.kind === 'audio' && sample.data[0])).toEqual([1, 2, 3, 4]);
  });

  it('follows times over their wrap', () => {
    const wrap = 2 ** 33;
    const samples = [wrap - 2000 - LEAD, wrap - 80 - LEAD, wrap + 1840 - LEAD].map(
      time => new AudioSample(2, time, Buffer.alloc(50, 1)),
    );
    const times = demux(mux([AUDIO_TRACKS.aac], samples)).recorder.samples.map(sample => sample.dts);
    expect(times.map(time => time - (times[0] as number))).toEqual([0, 1920, 3840]);
  });

  it('comes to no harm by any bytes', () => {
    const stream = mux(
      [VIDEO_TRACKS.h264, AUDIO_TRACKS.aac],
      samplesOf('h264', 'aac', [400, 10, 900, 3, 300]),
    );
    const change = fc.tuple(fc.nat(stream.length - 1), fc.nat(255));
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 60 }),
        fc.integer({ min: 1, max: 400 }),
        (changes, pieceSize) => {
          const damaged = Buffer.from(stream);
          for (const [at, value] of changes) damaged[at] = value;
          demux(damaged, pieceSize);
        },
      ),
      { seed: 3, numRuns: 500 },
    );
  });
});

describe('annexBToLengthPrefixed', () => {
  it('takes start codes of three and four bytes, and leaves zeros behind units out', () => {
    const stream = Buffer.from('000001410200000001090000000141000001650300', 'hex');
    const units = annexBToLengthPrefixed(stream, firstByte => firstByte === 0x09).toString('hex');
    expect(units).toBe('000000024102' + '0000000141' + '000000026503');
    expect(annexBToLengthPrefixed(Buffer.from('0000'), () => false).length).toBe(0);
  });
});

describe('Opus control header', () => {
  it.each([0, 1, 254, 255, 256, 509, 510, 1275])('says the size %i', size => {
    const header = Buffer.alloc(16);
    const end = writeOpusControlHeader(header, 0, size);
    expect(readOpusControlHeader(header.subarray(0, end))).toEqual({ start: end, size });
    expect(readOpusControlHeader(header.subarray(0, end - 1))).toBeUndefined();
  });

  it('passes over trims and an extension', () => {
    expect(readOpusControlHeader(Buffer.from('7ffc0500010002020909aa', 'hex'))).toEqual({
      start: 10,
      size: 5,
    });
  });
});

const CORPORA = [
  'astits/testdata/fuzz/FuzzDemuxer',
  'mediacommon/pkg/formats/mpegts/testdata/fuzz/FuzzReader',
].map(folder => resolve(import.meta.dirname, '../../../../../shared/corpora', folder));

describe.each(CORPORA)('the inputs of %s', folder => {
  it.skipIf(!existsSync(folder))('end in no exception', () => {
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const [, literal = ''] = readFileSync(join(folder, file), 'latin1').split('\n');
      const bytes = goBytes(literal);
      demux(bytes);
      demux(bytes, 7);
      // The same behind valid tables, and as the payload of a valid stream's packets.
      demux(Buffer.concat([mux([VIDEO_TRACKS.h264], samplesOf('h264', 'aac', [9]).slice(0, 1)), bytes]));
    }
  });
});

/** The bytes of a Go literal `[]byte("…")`. */
function goBytes(literal: string): Buffer {
  const text = literal.slice(literal.indexOf('"') + 1, literal.lastIndexOf('"'));
  const SIMPLE: Record<string, number> = {
    n: 10,
    r: 13,
    t: 9,
    a: 7,
    b: 8,
    f: 12,
    v: 11,
    '\\': 92,
    '"': 34,
    "'": 39,
  };
  const parts: Buffer[] = [];
  for (const [whole, hex, octal, unicode, simple] of text.matchAll(
    /\\x([0-9a-f]{2})|\\([0-7]{3})|\\u([0-9a-f]{4})|\\(.)|[^\\]/g,
  )) {
    if (hex) parts.push(Buffer.from(hex, 'hex'));
    else if (octal) parts.push(Buffer.from([Number.parseInt(octal, 8)]));
    else if (unicode) parts.push(Buffer.from(String.fromCodePoint(Number.parseInt(unicode, 16))));
    else if (simple) parts.push(Buffer.from([SIMPLE[simple] ?? 0]));
    else parts.push(Buffer.from(whole, 'latin1'));
  }
  return Buffer.concat(parts);
}
