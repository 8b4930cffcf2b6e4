import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goCorpus, mutated } from '../../../codec/test-support.ts';
import { splitLengthPrefixed } from '../../../model/sample.ts';
import type { RtpPayload } from '../../depacketizer.ts';
import { bytesOf, FUZZ, packet, packetsOfCorpus, Receiver } from '../test-support.ts';

const H264 = { rtpMap: 'H264/90000', formatParameters: 'packetization-mode=1' };
const SPS = '6742c00d';
const PPS = '68cb83cb';
/** Slices: of an IDR picture and another, that begin it and that go on with it. */
const IDR = '6588 aa';
const IDR_2 = '6508 bb';
const SLICE = '419a cc';
const SLICE_2 = '411a dd';

function receive(packets: readonly RtpPayload[], isLost?: (index: number) => boolean): Receiver {
  return new Receiver(H264).push(packets, isLost).flush();
}

/** Access units as lists of NAL units in hexadecimal, `!` before those that are damaged. */
function units(receiver: Receiver): string[] {
  return receiver.frames.map(({ timestamp, data, damaged }) => {
    const nalUnits = splitLengthPrefixed(data).map(nalUnit => nalUnit.toString('hex'));
    return `${damaged ? '!' : ''}${timestamp}: ${nalUnits.join(' ')}`;
  });
}

function at(timestamp: number, payload: string, marker = false): RtpPayload {
  return packet(payload, { timestamp, marker });
}

/** A FU-A packet of a NAL unit that begins with `header`. */
function fragment(
  timestamp: number,
  header: number,
  flags: number,
  data: string,
  marker = false,
): RtpPayload {
  const start = Buffer.from([(header & 0xe0) | 28, flags | (header & 0x1f)]);
  return packet(Buffer.concat([start, bytesOf(data)]), { timestamp, marker });
}

const START = 0x80;
const END = 0x40;

describe('H264Depacketizer', () => {
  it('takes parameter sets between the slices of a picture for none of the next', () => {
    const receiver = receive([
      ...[at(100, SPS), at(100, PPS), at(100, IDR), at(100, SPS), at(100, PPS), at(100, IDR_2, true)],
      ...[at(200, SLICE), at(200, SLICE_2, true)],
      ...[at(300, SPS), at(300, PPS), at(300, IDR), at(300, PPS), at(300, IDR_2, true)],
      at(400, SLICE, true),
    ]);
    expect(units(receiver)).toEqual([
      '100: 6742c00d 68cb83cb 6588aa 6508bb',
      '200: 419acc 411add',
      '300: 6742c00d 68cb83cb 6588aa 6508bb',
      '400: 419acc',
    ]);
  });

  it('keeps parameter sets of the time stamp before for their picture, also without markers', () => {
    const receiver = receive([
      ...[at(100, SPS), at(100, PPS), at(100, IDR), at(100, SPS), at(100, PPS)],
      ...[at(200, IDR), at(200, SPS), at(200, PPS), at(200, IDR), at(300, SLICE), at(300, PPS)],
    ]);
    expect(units(receiver)).toEqual([
      '100: 6742c00d 68cb83cb 6588aa',
      '200: 6742c00d 68cb83cb 6588aa',
      '200: 6742c00d 68cb83cb 6588aa',
      '300: 419acc',
    ]);
  });

  it('reads the payloads of RFC 6184: single NAL units, STAP-A and FU-A', () => {
    const receiver = receive([
      at(100, `78 0004 ${SPS} 0004 ${PPS}`), // figure 7, with its NRI of 3
      fragment(100, 0x65, START, '88 01'), // figure 15
      fragment(100, 0x65, 0, '02'),
      fragment(100, 0x65, END, '03', true),
      at(3700, SLICE, true),
    ]);
    expect(receiver.errors).toEqual([]);
    expect(units(receiver)).toEqual(['100: 6742c00d 68cb83cb 6588010203', '3700: 419acc']);
  });

  it.each([
    ['STAP-B', '79 0000 0004 67 42 c0 0d'],
    ['MTAP16', '7a 0000 0004 00 0000 67'],
    ['MTAP24', '7b 0000 0004 00 000000 67'],
    ['FU-B', '7d 85 0000 88'],
  ])('names %s, which is of the interleaved mode', (name, payload) => {
    const receiver = receive([
      at(0, IDR, true),
      at(3600, payload),
      at(3600, SLICE_2, true),
      at(7200, SLICE, true),
    ]);
    expect(receiver.errors.map(({ reason }) => reason)).toEqual([`${name} packet of the interleaved mode`]);
    expect(units(receiver)).toEqual(['0: 6588aa', '!3600: 411add', '7200: 419acc']);
  });

  it.each([
    ['an empty FU-A', '7c'],
    ['a cut size', '78 00'],
    ['a NAL unit longer than its STAP-A', '78 0005 6742c00d'],
    ['an aggregation within one', '78 0002 7800'],
    ['undefined types', '00 01 02 03'],
    ['undefined types', '7e 01 02'],
    ['undefined types', '7f 01 02'],
    ['a fragment without its start', '7c 05 88'],
  ])('refuses %s, and reads on', (_what, payload) => {
    const receiver = receive([at(0, IDR, true), at(3600, payload), at(7200, SLICE, true)]);
    expect(receiver.errors).toHaveLength(1);
    expect(units(receiver)).toEqual(['0: 6588aa', '7200: 419acc']);
  });

  it('passes over padding, and packets without a payload', () => {
    const receiver = receive([at(0, `78 0003 ${IDR} 0000 0000`), at(0, '', true), at(3600, SLICE, true)]);
    expect(receiver.errors).toEqual([]);
    expect(units(receiver)).toEqual(['0: 6588aa', '3600: 419acc']);
  });

  it('takes a NAL unit in one fragment', () => {
    const receiver = receive([fragment(0, 0x65, START | END, '88 aa', true)]);
    expect(units(receiver)).toEqual(['0: 6588aa']);
  });

  it('hands on at the marker, once that has shown to be right', () => {
    const receiver = new Receiver(H264).push([at(0, IDR, true)]);
    expect(receiver.frames).toHaveLength(0);
    receiver.push([at(3600, SLICE, true)]);
    expect(receiver.frames).toHaveLength(2);
    receiver.push([at(7200, SLICE), at(7200, SLICE_2)]);
    expect(receiver.frames).toHaveLength(2);
    receiver.push([at(7200, SLICE_2, true)]);
    expect(units(receiver)[2]).toBe('7200: 419acc 411add 411add');
  });

  it('reads devices that never set the marker', () => {
    const receiver = new Receiver(H264).push([
      at(0, SPS),
      at(0, PPS),
      at(0, IDR),
      at(0, IDR_2),
      at(3600, SLICE),
    ]);
    expect(units(receiver)).toEqual(['0: 6742c00d 68cb83cb 6588aa 6508bb']);
    receiver.push([at(7200, SLICE)]).flush();
    expect(units(receiver).slice(1)).toEqual(['3600: 419acc', '7200: 419acc']);
  });

  it('reads devices that set the marker on every NAL unit', () => {
    const receiver = new Receiver(H264).push([
      ...[SPS, PPS, IDR, IDR_2].map(nalUnit => at(0, nalUnit, true)),
      ...[SLICE, SLICE_2, SLICE_2].map(nalUnit => at(3600, nalUnit, true)),
    ]);
    expect(units(receiver)).toEqual(['0: 6742c00d 68cb83cb 6588aa 6508bb']);
    receiver.push([at(7200, SLICE, true)]).flush();
    expect(units(receiver).slice(1)).toEqual(['3600: 419acc 411add 411add', '7200: 419acc']);
  });

  it('reads devices that set the marker on every packet', () => {
    const receiver = receive([
      at(0, SPS, true),
      at(0, PPS, true),
      fragment(0, 0x65, START, '88 01', true),
      fragment(0, 0x65, END, '02', true),
      fragment(0, 0x65, START, '08 03', true),
      fragment(0, 0x65, END, '04', true),
      at(3600, SLICE, true),
      at(3600, SLICE_2, true),
    ]);
    expect(receiver.errors).toEqual([]);
    expect(units(receiver)).toEqual(['0: 6742c00d 68cb83cb 65880102 65080304', '3600: 419acc 411add']);
  });

  it('says so when the marker turns wrong only later', () => {
    const receiver = receive([
      at(0, IDR, true),
      at(3600, SLICE, true),
      at(7200, SLICE, true),
      at(7200, SLICE_2, true),
      at(10800, SLICE, true),
      at(10800, SLICE_2, true),
    ]);
    expect(units(receiver)).toEqual([
      '0: 6588aa',
      '3600: 419acc',
      '7200: 419acc',
      '!7200: 411add',
      '10800: 419acc 411add',
    ]);
  });

  it('takes parameter sets to the picture behind them, whatever their time stamp', () => {
    const reolink = receive([
      at(0, SPS, true),
      at(0, PPS, true),
      at(100, IDR, true),
      at(3700, SLICE, true),
      at(3700, SPS, true),
      at(3700, PPS, true),
      at(7300, IDR, true),
    ]);
    const expected = ['100: 6742c00d 68cb83cb 6588aa', '3700: 419acc', '7300: 6742c00d 68cb83cb 6588aa'];
    expect(units(reolink)).toEqual(expected);
    const withoutMarkers = receive([
      at(50, SPS),
      at(51, PPS),
      at(100, IDR),
      at(3700, SLICE),
      at(3700, SPS),
      at(3700, PPS),
      at(7300, IDR),
    ]);
    expect(units(withoutMarkers)).toEqual(expected);
  });

  it('keeps delimiters, and drops what trails a picture that was handed on', () => {
    const receiver = receive([
      at(0, '09 10'),
      at(0, IDR, true),
      at(3600, '09 30'),
      at(3600, SLICE, true),
      at(3600, '0c ff 80'), // filler data
      at(3600, '0b'),
      at(7200, SLICE),
      at(7200, '0c ff 80', true),
    ]);
    expect(units(receiver)).toEqual(['0: 0910 6588aa', '3600: 0930 419acc', '7200: 419acc 0cff80']);
  });

  it('tells pictures with one time stamp apart by the marker', () => {
    const receiver = receive([
      at(0, IDR, true),
      at(3600, SLICE, true),
      at(3600, SLICE, true),
      at(7200, SLICE, true),
    ]);
    expect(units(receiver)).toEqual(['0: 6588aa', '3600: 419acc', '3600: 419acc', '7200: 419acc']);
  });

  describe('start codes where there should be none', () => {
    it('are taken off', () => {
      const receiver = receive([
        at(0, `00000001 ${SPS}`),
        at(0, `000001 ${PPS}`),
        at(0, `00000001 ${IDR}`, true),
      ]);
      expect(receiver.errors).toEqual([]);
      expect(units(receiver)).toEqual(['0: 6742c00d 68cb83cb 6588aa']);
    });

    it('part NAL units of one payload, of one fragmented NAL unit, of one that is aggregated', () => {
      const expected = ['0: 6742c00d 68cb83cb 6588aa 6508bb'];
      const all = `${SPS} 00000001 ${PPS} 000001 ${IDR} 00000001 ${IDR_2} 00`;
      expect(units(receive([at(0, all, true)]))).toEqual(expected);
      const size = bytesOf(all).length.toString(16).padStart(4, '0');
      expect(units(receive([at(0, `78 ${size} ${all}`, true)]))).toEqual(expected);
      const rest = bytesOf(all).subarray(1).toString('hex');
      const fragments = [
        fragment(0, 0x67, START, rest.slice(0, 10)), // cuts the first start code in two
        fragment(0, 0x67, 0, rest.slice(10, 30)),
        fragment(0, 0x67, END, rest.slice(30), true),
      ];
      expect(units(receive(fragments))).toEqual(expected);
    });

    it('are found in slices of later frames, if there were any at first', () => {
      const packets = Array.from({ length: 60 }, (_, index) =>
        at(3600 * index, index % 2 ? `${SLICE} 000001 ${SLICE_2}` : `${SLICE} 00000001 ${SLICE_2}`, true),
      );
      expect(units(receive(packets))[59]).toBe('212400: 419acc 411add');
    });
  });

  describe('loss', () => {
    const stream = [
      at(0, `78 0004 ${SPS} 0004 ${PPS}`),
      at(0, IDR, true),
      at(3600, SLICE),
      at(3600, SLICE_2, true),
      fragment(7200, 0x41, START, '9a 01'),
      fragment(7200, 0x41, 0, '02'),
      fragment(7200, 0x41, END, '03', true),
      at(10800, `78 0004 ${SPS} 0004 ${PPS}`),
      at(10800, IDR, true),
      at(14400, SLICE, true),
    ];
    const whole = [
      '0: 6742c00d 68cb83cb 6588aa',
      '3600: 419acc 411add',
      '7200: 419a010203',
      '10800: 6742c00d 68cb83cb 6588aa',
      '14400: 419acc',
    ];

    it.each([
      ['a first slice', 2, '!3600: 411add'],
      ['a last slice', 3, '!3600: 419acc'],
      ['a start of a NAL unit', 4, undefined],
      ['a middle', 5, '!7200: 419a01'],
      ['an end', 6, '!7200: 419a0102'],
      ['parameter sets', 7, '!10800: 6588aa'],
      ['a picture, whose parameter sets go with it', 8, undefined],
      ['a frame in one packet', 9, undefined],
    ])('of %s damages its frame alone', (_what, index, left) => {
      const receiver = receive(stream, lost => lost === index);
      const timestamp = `${stream[index]!.timestamp}:`;
      const expected = whole.flatMap(unit => (unit.startsWith(timestamp) ? (left ?? []) : unit));
      expect(units(receiver)).toEqual(expected);
      expect(receiver.errors).toEqual([]);
    });

    it('damages the frame that a stream is joined in', () => {
      const receiver = receive(stream.slice(5));
      expect(receiver.errors).toEqual([]);
      expect(units(receiver)).toEqual(whole.slice(3));
      expect(units(receive(stream.slice(3)))[0]).toBe('!3600: 411add');
    });

    it('of the first packet after one that was held damages only its own frame', () => {
      const receiver = receive(
        [at(0, IDR, true), at(3600, SLICE), at(3600, SLICE_2, true)],
        index => index === 1,
      );
      expect(units(receiver)).toEqual(['0: 6588aa', '!3600: 411add']);
      const wrong = [at(0, IDR, true), at(0, IDR_2, true), at(0, IDR_2, true), at(3600, SLICE, true)];
      expect(units(receive(wrong, index => index === 1))).toEqual(['!0: 6588aa 6508bb', '3600: 419acc']);
    });
  });

  it('damages what ends within a NAL unit without a word', () => {
    const receiver = receive([
      at(0, IDR, true),
      fragment(3600, 0x41, START, '9a 01'),
      fragment(7200, 0x41, START, '9a 02'),
      at(7200, SLICE_2, true),
      fragment(10800, 0x67, START, '42'),
      at(10800, IDR, true),
    ]);
    expect(units(receiver)).toEqual(['0: 6588aa', '!3600: 419a01', '!7200: 419a02 411add', '!10800: 6588aa']);
  });

  it('bounds what it holds', () => {
    const receiver = new Receiver(H264).push([at(0, IDR, true), fragment(3600, 0x41, START, '9a')]);
    const middle = packet(Buffer.concat([Buffer.from([0x5c, 0x01]), Buffer.alloc(60_000, 1)]), {
      timestamp: 3600,
    });
    receiver.push(Array.from({ length: 600 }, () => middle));
    expect(receiver.errors.map(({ reason }) => reason)).toEqual(['frame of more than 16777216 bytes']);
    receiver.push([at(7200, SLICE, true)]);
    expect(units(receiver)).toEqual(['0: 6588aa', '7200: 419acc']);

    // Parameter sets without end, and NAL units without number.
    receiver.push(Array.from({ length: 200_000 }, (_, index) => at(index * 3600, SPS, true)));
    receiver.push([at(7300, SLICE, true)]);
    expect(receiver.frames.at(-1)!.data.length).toBeLessThan(300_000);
    const many = packet(Buffer.concat([Buffer.from([0x78]), ...Array(4000).fill(bytesOf('0003 411add'))]));
    receiver.push([at(0, SLICE), many, many]);
    expect(receiver.errors.at(-1)!.reason).toBe('access unit of more than 4096 NAL units');
  });

  it('throws nothing but ParseError, and makes nothing but access units', () => {
    const seeds = [
      '7804',
      `78 0004 ${SPS} 0004 ${PPS}`,
      IDR,
      '7c 85 88',
      '7c 05 01',
      '7c 45 02',
      '00000001 6588',
    ];
    const payloads = fc.oneof(mutated(seeds.map(bytesOf)), fc.uint8Array({ maxLength: 60 }).map(Buffer.from));
    const packets = fc.array(
      fc.record({ payload: payloads, marker: fc.boolean(), timestamp: fc.integer({ min: 0, max: 5 }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(packets, fc.array(fc.nat(30)), (stream, lost) => {
        const { frames } = receive(stream, index => lost.includes(index));
        for (const { data } of frames) expect(splitLengthPrefixed(data).length).toBeGreaterThan(0);
      }),
      { ...FUZZ, numRuns: 3000 },
    );
  });

  const corpus = goCorpus(fs, 'gortsplib/pkg/format/rtph264/testdata/fuzz/FuzzDecoder');
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    expect(corpus.length).toBeGreaterThan(5);
    for (const input of corpus) {
      for (const { data } of receive(packetsOfCorpus(input)).frames) splitLengthPrefixed(data);
    }
  });
});
