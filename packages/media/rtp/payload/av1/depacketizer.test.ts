import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { obus } from '../../../codec/av1/obu.ts';
import { goCorpus, mutated } from '../../../codec/test-support.ts';
import type { RtpPayload } from '../../depacketizer.ts';
import { bytesOf, FUZZ, packet, packetsOfCorpus, Receiver } from '../test-support.ts';

const AV1 = { rtpMap: 'AV1/90000' };
/** OBUs without their sizes: a sequence header, frames of one byte, one with a layer. */
const SEQUENCE = '08 00';
const FRAME = '30 11';
const LAYER = '34 08 22';

function at(timestamp: number, payload: string, marker = false): RtpPayload {
  return packet(payload, { timestamp, marker });
}

function receive(packets: readonly RtpPayload[], isLost?: (index: number) => boolean): Receiver {
  return new Receiver(AV1).push(packets, isLost).flush();
}

function units(receiver: Receiver): string[] {
  return receiver.plain.map(({ timestamp, data, damaged }) => `${damaged ? '!' : ''}${timestamp}: ${data}`);
}

describe('Av1Depacketizer', () => {
  it('reads elements with and without lengths, and gives OBUs their sizes', () => {
    const receiver = receive([
      at(0, `28 02 ${SEQUENCE} ${FRAME}`, true), // W of 2, N
      at(1, `00 02 ${FRAME} 03 ${LAYER}`, true), // W of 0
      at(2, `10 ${FRAME}`),
      at(2, `30 02 ${FRAME} 02 ${FRAME} ${LAYER}`, true),
    ]);
    expect(receiver.errors).toEqual([]);
    expect(units(receiver)).toEqual(
      ['0: 0a0100320111', '1: 320111 36080122', '2: 320111320111320111 36080122'].map(unit =>
        unit.replace(/(?<!:) /g, ''),
      ),
    );
  });

  it('joins fragments, whatever their size turns out to be', () => {
    for (const size of [0, 1, 126, 127, 128, 200, 16_383, 16_384, 40_000]) {
      const obu = Buffer.concat([bytesOf('30'), Buffer.alloc(size, 9)]);
      const packets: RtpPayload[] = [packet(`18 ${SEQUENCE}`)];
      for (let from = 0; from < obu.length; from += 1000) {
        const flags = (from > 0 ? 0x80 : 0) | (from + 1000 < obu.length ? 0x40 : 0) | 0x10;
        packets.push(packet(Buffer.concat([Buffer.from([flags]), obu.subarray(from, from + 1000)])));
      }
      const receiver = receive(packets);
      expect(receiver.errors).toEqual([]);
      const [, { payload }] = [...obus(receiver.frames[0]!.data)] as [unknown, { payload: Buffer }];
      expect(payload).toEqual(Buffer.alloc(size, 9));
      // The shortest form of the size.
      const sizeLength = size < 128 ? 1 : size < 16_384 ? 2 : 3;
      expect(receiver.frames[0]!.data.length).toBe(3 + 1 + sizeLength + size);
    }
  });

  it('joins a header that is cut in two', () => {
    expect(
      units(receive([at(0, `28 02 ${SEQUENCE} ${FRAME}`), at(0, '50 34'), at(0, '90 08 22', true)])),
    ).toEqual(['0: 0a010032011136080122']);
  });

  it('keeps sizes that are there, drops temporal delimiters and tile lists', () => {
    const receiver = receive([at(0, '30 02 1200 03 0a0100 320111'), at(0, '20 02 4000 1000', true)]);
    expect(receiver.errors).toEqual([]);
    expect(units(receiver)).toEqual(['0: 0a0100320111']);
    expect(units(receive([at(0, `18 ${SEQUENCE}`), at(0, '50 36 08'), at(0, '90 0122', true)]))).toEqual([
      '0: 0a010036080122',
    ]);
  });

  it('ends a temporal unit at a change of the time stamp', () => {
    const receiver = new Receiver(AV1).push([
      at(0, `18 ${SEQUENCE}`),
      at(0, `10 ${FRAME}`),
      at(1, `10 ${FRAME}`),
    ]);
    expect(units(receiver)).toEqual(['0: 0a0100320111']);
    expect(units(receiver.flush())).toEqual(['0: 0a0100320111', '1: 320111']);
  });

  it.each([
    ['OBU element longer than its packet', '00 05 3011'],
    ['OBU size cut off', '00 85'],
    ['OBU size cut off', '10 32'],
    ['OBU with its forbidden bit set', '10 8011'],
    ['OBU with another size than its element', '10 320211'],
    ['OBU shorter than its header', '10 34'],
    ['fragment of an OBU without its start', '90 11'],
  ])('refuses: %s', (reason, payload) => {
    const receiver = receive([
      at(0, `28 02 ${SEQUENCE} ${FRAME}`, true),
      at(1, payload),
      at(2, `10 ${FRAME}`, true),
      at(3, `28 02 ${SEQUENCE} ${FRAME}`, true),
    ]);
    expect(receiver.errors.map(error => error.reason)).toEqual([reason]);
    expect(units(receiver)).toEqual([
      '0: 0a0100320111',
      expect.stringMatching(/^!?2: 320111$/),
      '3: 0a0100320111',
    ]);
  });

  it('damages the temporal unit that a packet is lost of', () => {
    const stream = [
      at(0, `28 02 ${SEQUENCE} ${FRAME}`, true),
      at(1, '50 3001'),
      at(1, '90 02'),
      at(1, `10 ${FRAME}`, true),
      at(2, `28 02 ${SEQUENCE} ${FRAME}`, true),
    ];
    expect(units(receive(stream))[1]).toBe('1: 32020102320111');
    for (const [lost, left] of [
      [1, '!1: 320111'],
      [2, '!1: 320111'],
      [3, '!1: 32020102'],
    ] as const) {
      expect(units(receive(stream, index => index === lost))).toEqual([
        '0: 0a0100320111',
        left,
        '2: 0a0100320111',
      ]);
    }
  });

  it('does not believe that a unit is whole of which the beginning may be lost', () => {
    const stream = [at(0, `18 ${SEQUENCE}`, true), at(1, `10 ${FRAME}`), at(1, `10 ${LAYER}`, true)];
    expect(units(receive(stream, index => index === 1))[1]).toBe('!1: 36080122');
  });

  it('bounds what it holds', () => {
    const receiver = new Receiver(AV1).push([at(0, `18 ${SEQUENCE}`), at(0, '50 3001')]);
    const middle = packet(Buffer.concat([Buffer.from([0xd0]), Buffer.alloc(60_000, 1)]));
    receiver.push(Array.from({ length: 600 }, () => middle));
    expect(receiver.errors.map(({ reason }) => reason)).toEqual(['frame of more than 16777216 bytes']);
    const many = packet(Buffer.concat([Buffer.from([0]), ...Array(5000).fill(bytesOf('02 3011'))]), {
      timestamp: 1,
    });
    receiver.push([many]);
    expect(receiver.errors.at(-1)!.reason).toBe('temporal unit of more than 4096 OBUs');
    receiver.push([at(2, `28 02 ${SEQUENCE} ${FRAME}`, true)]);
    expect(units(receiver).at(-1)).toBe('2: 0a0100320111');
  });

  it('throws nothing but ParseError, and makes nothing but temporal units', () => {
    const seeds = [
      `28 02 ${SEQUENCE} ${FRAME}`,
      `00 02 ${FRAME} 03 ${LAYER}`,
      '50 3001',
      '90 02',
      'd0 03',
      '10 320111',
    ];
    const payloads = fc.oneof(mutated(seeds.map(bytesOf)), fc.uint8Array({ maxLength: 60 }).map(Buffer.from));
    const packets = fc.array(
      fc.record({ payload: payloads, marker: fc.boolean(), timestamp: fc.integer({ min: 0, max: 3 }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(packets, fc.array(fc.nat(30)), (stream, lost) => {
        for (const { data } of receive(stream, index => lost.includes(index)).frames) {
          expect([...obus(data)].length).toBeGreaterThan(0);
        }
      }),
      { ...FUZZ, numRuns: 3000 },
    );
  });

  const corpus = goCorpus(fs, 'gortsplib/pkg/format/rtpav1/testdata/fuzz/FuzzDecoder');
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    expect(corpus.length).toBeGreaterThan(3);
    for (const input of corpus)
      for (const { data } of receive(packetsOfCorpus(input)).frames) [...obus(data)];
  });
});
