import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goCorpus, mutated } from '../../../codec/test-support.ts';
import { splitLengthPrefixed } from '../../../model/sample.ts';
import type { RtpPayload } from '../../depacketizer.ts';
import { bytesOf, FUZZ, packet, packetsOfCorpus, Receiver } from '../test-support.ts';

const H265 = { rtpMap: 'H265/90000' };
const NUMBERED = { rtpMap: 'H265/90000', formatParameters: 'sprop-max-don-diff=2; sprop-depack-buf-nalus=1' };
const VPS = '4001 0c';
const SPS = '4201 01';
const PPS = '4401 c1';
/** IDR_W_RADL and TRAIL_R, which begin a picture and go on with it. */
const IDR = '2601 80aa';
const IDR_2 = '2601 40bb';
const SLICE = '0201 80cc';
const SLICE_2 = '0201 40dd';
const SETS = `6001 0003 ${VPS} 0003 ${SPS} 0003 ${PPS}`;

function at(timestamp: number, payload: string, marker = false): RtpPayload {
  return packet(payload, { timestamp, marker });
}

function receive(packets: readonly RtpPayload[], format = H265): Receiver {
  return new Receiver(format).push(packets).flush();
}

function units(receiver: Receiver): string[] {
  return receiver.frames.map(({ timestamp, data, damaged }) => {
    const nalUnits = splitLengthPrefixed(data).map(nalUnit => nalUnit.toString('hex'));
    return `${damaged ? '!' : ''}${timestamp}: ${nalUnits.join(' ')}`;
  });
}

describe('H265Depacketizer', () => {
  it('reads the payloads of RFC 7798: single NAL units, aggregations and fragments', () => {
    const receiver = receive([
      at(100, SETS), // figure 4
      at(100, '6201 93 8001'), // figure 8: type 49, the header's layer and temporal identifier, S and type 19
      at(100, '6201 13 02'),
      at(100, '6201 53 03', true),
      at(3700, SLICE, true),
    ]);
    expect(receiver.errors).toEqual([]);
    expect(units(receiver)).toEqual(['100: 40010c 420101 4401c1 260180010203', '3700: 020180cc']);
  });

  it('restores layer and temporal identifier of what comes in fragments', () => {
    const receiver = receive([at(0, IDR), at(0, '632b 81 80'), at(0, '632b 41 01', true)]);
    expect(units(receiver)).toEqual(['0: 260180aa 032b8001']);
  });

  it('reads decoding order numbers, and past them', () => {
    const receiver = receive(
      [
        at(0, `6001 fffd 0003 ${VPS} 00 0003 ${SPS} 00 0003 ${PPS}`), // figure 5: DONL, then DOND
        at(0, '2601 0000 80aa'), // figure 2
        at(0, '6201 93 0001 40', false), // figure 8 with DONL
        at(0, '6201 53 bb', true),
        at(3600, '0201 0002 80cc', true),
      ],
      NUMBERED,
    );
    expect(receiver.errors).toEqual([]);
    expect(units(receiver)).toEqual(['0: 40010c 420101 4401c1 260180aa 260140bb', '3600: 020180cc']);
  });

  it('says so when NAL units come in another order than that of decoding', () => {
    const receiver = receive(
      [at(0, '2601 0001 80aa', true), at(3600, '0201 0003 80cc', true), at(7200, '0201 0002 80cc', true)],
      NUMBERED,
    );
    expect(receiver.errors.map(({ reason }) => reason)).toEqual([
      'H.265 NAL units in another than the decoding order',
    ]);
    expect(units(receiver)).toEqual(['0: 260180aa', '3600: 020180cc']);
  });

  it.each([
    ['PACI packet', '6401 00 00'],
    ['H.265 payload of type 51', '6601 00'],
    ['H.265 payload cut off', '26'],
    ['fragmentation unit cut off', '6201'],
    ['size of an aggregated NAL unit cut off', '6001 00'],
    ['NAL unit longer than its packet', '6001 0009 2601'],
    ['aggregation within an aggregation packet', '6001 0004 6001 0000'],
    ['fragment of a NAL unit without its start', '6201 13 02'],
  ])('refuses: %s', (reason, payload) => {
    const receiver = receive([at(0, IDR, true), at(3600, payload), at(7200, SLICE, true)]);
    expect(receiver.errors.map(error => error.reason)).toEqual([reason]);
    expect(units(receiver)).toEqual(['0: 260180aa', '7200: 020180cc']);
  });

  it('reads devices that set the marker on every NAL unit, or never', () => {
    const nalUnits = [at(0, SETS), at(0, IDR), at(0, IDR_2), at(3600, SLICE), at(3600, SLICE_2)];
    const expected = ['0: 40010c 420101 4401c1 260180aa 260140bb', '3600: 020180cc 020140dd'];
    expect(units(receive(nalUnits))).toEqual(expected);
    expect(units(receive(nalUnits.map(one => ({ ...one, marker: true }))))).toEqual(expected);
  });

  it('takes the pictures of other layers to that of the base layer', () => {
    const receiver = receive([
      at(0, IDR, true),
      at(0, '2609 80ee', true),
      at(3600, SLICE, true),
      at(3600, '0209 80ff', true),
    ]);
    expect(units(receiver)).toEqual(['0: 260180aa 260980ee', '3600: 020180cc 020980ff']);
  });

  it('takes start codes off', () => {
    const all = `00000001 ${VPS} 00000001 ${SPS} 00000001 ${PPS} 000001 ${IDR}`;
    expect(units(receive([at(0, all, true)]))).toEqual(['0: 40010c 420101 4401c1 260180aa']);
  });

  it('keeps suffixes with their picture, and drops them once it was handed on', () => {
    const suffix = '5001 84';
    const receiver = receive([
      at(0, IDR),
      at(0, suffix, true),
      at(3600, SLICE, true),
      at(3600, suffix, true),
    ]);
    expect(units(receiver)).toEqual(['0: 260180aa 500184', '3600: 020180cc']);
  });

  it.each([H265, NUMBERED])('throws nothing but ParseError ($formatParameters)', format => {
    const seeds = [
      SETS,
      IDR,
      '6201 93 8001',
      '6201 53 03',
      `6001 fffd 0003 ${VPS} 00 0003 ${SPS}`,
      '000001 2601',
    ];
    const payloads = fc.oneof(mutated(seeds.map(bytesOf)), fc.uint8Array({ maxLength: 60 }).map(Buffer.from));
    const packets = fc.array(
      fc.record({ payload: payloads, marker: fc.boolean(), timestamp: fc.integer({ min: 0, max: 5 }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(packets, fc.array(fc.nat(30)), (stream, lost) => {
        const { frames } = new Receiver(format).push(stream, index => lost.includes(index)).flush();
        for (const { data } of frames) expect(splitLengthPrefixed(data).length).toBeGreaterThan(0);
      }),
      { ...FUZZ, numRuns: 2000 },
    );
  });

  const corpus = goCorpus(fs, 'gortsplib/pkg/format/rtph265/testdata/fuzz/FuzzDecoder');
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    expect(corpus.length).toBeGreaterThan(5);
    for (const input of corpus) {
      for (const format of [H265, NUMBERED]) {
        for (const { data } of receive(packetsOfCorpus(input), format).frames) splitLengthPrefixed(data);
      }
    }
  });
});
