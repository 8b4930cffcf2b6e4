import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goCorpus, mutated } from '../../../codec/test-support.ts';
import { bytesOf, FUZZ, packet, packetsOfCorpus, Receiver } from '../test-support.ts';

const MPA = { rtpMap: 'MPA/90000' };

/** A frame of 48 kHz, 64 kbit/s, which has 192 bytes. */
function frame(fill: number): Buffer {
  const data = Buffer.alloc(192, fill);
  bytesOf('fffb54c4').copy(data);
  return data;
}

function mpa(offset: number, ...data: readonly Buffer[]): Buffer {
  const header = Buffer.alloc(4);
  header.writeUInt16BE(offset, 2);
  return Buffer.concat([header, ...data]);
}

function frames(receiver: Receiver): string[] {
  return receiver.frames.map(
    ({ timestamp, data, damaged }) => `${damaged ? '!' : ''}${timestamp}: ${data.length} of ${data[4]}`,
  );
}

describe('Mp3Depacketizer', () => {
  it('reads the frames of a packet, each with a time stamp of its own', () => {
    const receiver = new Receiver(MPA).push([
      packet(mpa(0, frame(1), frame(2)), { timestamp: 2 ** 32 - 2160 }),
    ]);
    expect(frames(receiver)).toEqual(['4294965136: 192 of 1', '0: 192 of 2']);
  });

  it('reads frames in fragments', () => {
    const whole = frame(1);
    const parts = [whole.subarray(0, 100), whole.subarray(100, 150), whole.subarray(150)];
    const packets = [
      ...[0, 100, 150].map((offset, index) => packet(mpa(offset, parts[index]!), { timestamp: 5 })),
      packet(mpa(0, frame(2)), { timestamp: 2165 }),
    ];
    expect(frames(new Receiver(MPA).push(packets))).toEqual(['5: 192 of 1', '2165: 192 of 2']);
    const without = (lost: number) => frames(new Receiver(MPA).push(packets, index => index === lost));
    expect(without(0)).toEqual(['2165: 192 of 2']);
    expect(without(1)).toEqual(['!5: 100 of 1', '2165: 192 of 2']);
    expect(without(2)).toEqual(['!5: 150 of 1', '2165: 192 of 2']);
  });

  it('hands on what is left of a frame at the end', () => {
    const receiver = new Receiver(MPA).push([packet(mpa(0, frame(1).subarray(0, 99)))]).flush();
    expect(frames(receiver)).toEqual(['!0: 99 of 1']);
  });

  it('takes a packet of the free format for a frame', () => {
    const free = Buffer.concat([bytesOf('fffb04c4'), Buffer.alloc(50, 3)]);
    expect(frames(new Receiver(MPA).push([packet(mpa(0, free))]))).toEqual(['0: 54 of 3']);
  });

  it.each([
    ['MPA payload cut off', '00000000'],
    ['MPEG audio frame without its sync word', '00000000 01020304'],
    ['MPEG audio of layer 2', '00000000 fffd54c4'],
    ['MPEG audio frame cut off', '00000000 fffb'],
    ['MPA fragment at 7 that does not follow the one before', '00000007 0102'],
  ])('refuses: %s', (reason, payload) => {
    const receiver = new Receiver(MPA).push([
      packet(mpa(0, frame(1))),
      packet(payload),
      packet(mpa(0, frame(2))),
    ]);
    expect(receiver.errors.map(error => error.reason)).toEqual([reason]);
    expect(frames(receiver)).toEqual(['0: 192 of 1', '0: 192 of 2']);
  });

  it('throws nothing but ParseError', () => {
    const seeds = [
      mpa(0, frame(1), frame(2)),
      mpa(0, frame(1).subarray(0, 100)),
      mpa(100, frame(1).subarray(100)),
    ];
    const payloads = fc.oneof(mutated(seeds), fc.uint8Array({ maxLength: 40 }).map(Buffer.from));
    fc.assert(
      fc.property(fc.array(payloads, { maxLength: 20 }), fc.array(fc.nat(20)), (stream, lost) => {
        const packets = stream.map(payload => packet(payload));
        new Receiver(MPA).push(packets, index => lost.includes(index)).flush();
      }),
      { ...FUZZ, numRuns: 2000 },
    );
  });

  const corpus = goCorpus(fs, 'gortsplib/pkg/format/rtpmpeg1audio/testdata/fuzz/FuzzDecoder');
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    expect(corpus.length).toBeGreaterThan(5);
    for (const input of corpus) new Receiver(MPA).push(packetsOfCorpus(input)).flush();
  });
});
