import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goCorpus, mutated } from '../../../codec/test-support.ts';
import { ParseError } from '../../../model/parse-error.ts';
import { bytesOf, FUZZ, packet, packetsOfCorpus, Receiver } from '../test-support.ts';

const HBR = {
  rtpMap: 'mpeg4-generic/48000/2',
  formatParameters:
    'streamtype=5; profile-level-id=16; mode=AAC-hbr; config=1190; sizeLength=13; indexLength=3; indexDeltaLength=3',
};

function format(parameters: string, rtpMap = HBR.rtpMap) {
  return { rtpMap, formatParameters: parameters };
}

/** AU-headers of 13 bits of size and 3 of index, after their length, before the data. */
function hbr(sizes: readonly number[], data: string): Buffer {
  const head = Buffer.alloc(2 + 2 * sizes.length);
  head.writeUInt16BE(16 * sizes.length);
  for (const [index, size] of sizes.entries()) head.writeUInt16BE(size << 3, 2 + 2 * index);
  return Buffer.concat([head, bytesOf(data)]);
}

function frames(receiver: Receiver): string[] {
  return receiver.plain.map(({ timestamp, data, damaged }) => `${damaged ? '!' : ''}${timestamp}: ${data}`);
}

describe('AacDepacketizer', () => {
  it('reads access units, each with a time stamp of its own', () => {
    const receiver = new Receiver(HBR).push([
      packet('0010 0018 010203', { timestamp: 2 ** 32 - 1024, marker: true }),
      packet(hbr([1, 2, 0, 3], 'aa bbbb cccccc'), { timestamp: 0, marker: true }),
    ]);
    expect(receiver.errors).toEqual([]);
    expect(frames(receiver)).toEqual(['4294966272: 010203', '0: aa', '1024: bbbb', '3072: cccccc']);
    expect(receiver.depacketizer.config).toEqual(bytesOf('1190'));
  });

  it.each([
    ['by the core of HE-AAC, at its own rate', 'config=131056e598', 'mpeg4-generic/24000/2', 1024],
    ['by the core of HE-AAC, at the rate of the sound', 'config=131056e598', 'mpeg4-generic/48000/2', 2048],
    ['of 960 samples', 'config=1194', HBR.rtpMap, 960],
    ['on another clock', 'config=1190', 'mpeg4-generic/90000/2', 1920],
    ['of 512 samples, low delay', 'config=B9988000', 'mpeg4-generic/48000/2', 512],
    ['as described', 'config=1190; constantDuration=1000', HBR.rtpMap, 1000],
    ['where nothing is described', '', HBR.rtpMap, 1024],
  ])('counts frames %s', (_name, parameters, rtpMap, ticks) => {
    const receiver = new Receiver(format(`mode=AAC-hbr; ${parameters}`, rtpMap));
    receiver.push([packet(hbr([1, 1], 'aabb'), { marker: true })]);
    expect(frames(receiver)).toEqual(['0: aa', `${ticks}: bb`]);
  });

  it('reads AAC-lbr, with headers of a byte', () => {
    const lbr = 'mode=AAC-lbr; config=1190; sizelength=6; indexlength=2; indexdeltalength=2';
    const receiver = new Receiver(format(lbr)).push([packet('0010 0408 aa bbbb', { marker: true })]);
    expect(frames(receiver)).toEqual(['0: aa', '1024: bbbb']);
  });

  it('reads sizes alone', () => {
    // As a server sent that says nothing of an index (AMS32).
    const receiver = new Receiver(format('streamtype=3; mode=AAC-hbr; config=1190; sizeLength=13'));
    receiver.push([packet('000d 0010 aabb', { marker: true })]);
    expect(frames(receiver)).toEqual(['0: aabb']);
  });

  it('passes over the other fields of headers, and auxiliary data', () => {
    const all =
      'mode=generic; config=1190; sizelength=12; indexlength=4; indexdeltalength=4; ctsdeltalength=7; ' +
      'dtsdeltalength=6; randomaccessindication=1; streamstateindication=3; auxiliarydatasizelength=8';
    const bits = [
      '000000000010',
      '0000',
      '1',
      '0000001',
      '0',
      '1',
      '000',
      '000000000001',
      '0000',
      '0',
      '1',
      '000001',
      '0',
      '000',
    ];
    const text = bits.join('');
    const headers = Buffer.from(
      (text.padEnd(64, '0').match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)),
    );
    const length = Buffer.from([0, text.length]);
    const receiver = new Receiver(format(all)).push([
      packet(Buffer.concat([length, headers, bytesOf('0c abc0 aabb cc')]), { marker: true }),
    ]);
    expect(receiver.errors).toEqual([]);
    expect(frames(receiver)).toEqual(['0: aabb', '1024: cc']);
  });

  it('reads access units of one size, and packets of one access unit', () => {
    const constant = new Receiver(format('mode=generic; config=1190; constantsize=2'));
    expect(frames(constant.push([packet('aabb ccdd', { marker: true })]))).toEqual(['0: aabb', '1024: ccdd']);
    const single = new Receiver(format('mode=generic; config=1190'));
    expect(frames(single.push([packet('aabb ccdd', { marker: true })]))).toEqual(['0: aabbccdd']);
  });

  it.each([
    ['CELP', 'mode=CELP-cbr; config=440E00; constantSize=27'],
    ['a length that can not be', 'mode=AAC-hbr; sizelength=64'],
    ['a configuration that is broken', 'mode=AAC-hbr; config=00'],
    ['a configuration that is none', 'mode=AAC-hbr; config=xyz'],
  ])('is not made for %s', (_name, parameters) => {
    expect(() => new Receiver(format(parameters))).toThrow(ParseError);
  });

  it.each([
    ['AU-headers-length cut off', '00'],
    ['AU-headers-length of 0 bits', '0000 aa'],
    ['AU-headers-length of 64 bits', '0040 0008 aa'],
    ['access unit longer than its packet', '0020 0008 0018 aa bb'],
    ['interleaved access units of AAC', '0020 0008 0009 aa bb'],
  ])('refuses: %s', (reason, payload) => {
    const receiver = new Receiver(HBR).push([packet(payload), packet(hbr([1], 'dd'), { timestamp: 9000 })]);
    expect(receiver.errors.map(error => error.reason)).toEqual([reason]);
    expect(frames(receiver).at(-1)).toBe('9000: dd');
  });

  describe('fragments', () => {
    const of5 = (data: string, marker = false) => packet(`0010 0028 ${data}`, { timestamp: 100, marker });
    const before = packet(hbr([1], 'ee'), { timestamp: 0, marker: true });
    const after = packet(hbr([1], 'ff'), { timestamp: 1124, marker: true });

    it('make an access unit', () => {
      const receiver = new Receiver(HBR).push([before, of5('0102'), of5('0304'), of5('05', true), after]);
      expect(frames(receiver)).toEqual(['0: ee', '100: 0102030405', '1124: ff']);
    });

    it('are believed without a marker', () => {
      const receiver = new Receiver(HBR).push([of5('0102'), of5('030405'), after]);
      expect(frames(receiver)).toEqual(['100: 0102030405', '1124: ff']);
    });

    it.each([
      ['first', 1, '!100: 0304 05'],
      ['middle', 2, '!100: 0102 05'],
      ['last', 3, '!100: 0102 0304'],
    ])('damage it if the %s is lost', (_name, index, damaged) => {
      const packets = [before, of5('0102'), of5('0304'), of5('05', true), after];
      const receiver = new Receiver(HBR).push(packets, lost => lost === index);
      expect(frames(receiver)).toEqual(['0: ee', damaged.replace(/(?<=\d{4}) /, ''), '1124: ff']);
    });

    it('may have sizes of their own', () => {
      const own = (data: string, marker = false) =>
        packet(hbr([bytesOf(data).length], data), { timestamp: 100, marker });
      const packets = [before, own('0102'), own('0304'), own('05', true), after];
      expect(frames(new Receiver(HBR).push(packets))).toEqual(['0: ee', '100: 0102030405', '1124: ff']);
      const lost = new Receiver(HBR).push([...packets, ...packets], index => index === 6 || index === 7);
      expect(frames(lost).slice(3)).toEqual(['0: ee', '!100: 05', '1124: ff']);
    });

    it('that are none: an access unit without a marker', () => {
      const receiver = new Receiver(HBR).push([before, packet(hbr([2], 'aabb'), { timestamp: 100 }), after]);
      expect(frames(receiver)).toEqual(['0: ee', '100: aabb', '1124: ff']);
    });

    it('are bounded', () => {
      const huge = packet(hbr([8191], 'aa'), { timestamp: 5 });
      const sized = new Receiver(format('mode=AAC-hbr; sizelength=32; config=1190')).push([
        packet('0020 7fffffff aabb', { timestamp: 5 }),
      ]);
      expect(sized.errors.map(({ reason }) => reason)).toEqual(['AAC frame of 2147483647 bytes']);
      const receiver = new Receiver(HBR).push([before, ...Array.from({ length: 100_000 }, () => huge)]);
      expect(Math.max(...receiver.frames.map(({ data }) => data.length))).toBeLessThan(10_000);
    });
  });

  describe('devices', () => {
    it('that count AU-headers-length in bytes are understood', () => {
      const receiver = new Receiver(HBR).push([packet('0002 0010 aabb', { marker: true })]);
      expect(receiver.errors).toEqual([]);
      expect(frames(receiver)).toEqual(['0: aabb']);
    });

    it('that put ADTS headers before the frames are understood', () => {
      const receiver = new Receiver(HBR).push([
        packet(hbr([9], 'fff1 4c80 013f fc aabb'), { marker: true }),
        packet(hbr([9, 9], 'fff14c80013ffc ccdd fff14c80013ffc eeff'), { timestamp: 1024, marker: true }),
      ]);
      expect(frames(receiver)).toEqual(['0: aabb', '1024: ccdd', '2048: eeff']);
    });

    it('that send ADTS alone are understood, and describe themselves by it', () => {
      const receiver = new Receiver({ rtpMap: 'MPEG4-GENERIC/48000' });
      expect(receiver.depacketizer.config).toBeUndefined();
      receiver.push([packet('fff14c80013ffc aabb fff14c80013ffc ccdd', { marker: true })]);
      expect(frames(receiver)).toEqual(['0: aabb', '1024: ccdd']);
      expect(receiver.depacketizer.config).toEqual(bytesOf('1190'));
      receiver.push([packet('fff14c8002bffc aabb')]);
      expect(receiver.errors.map(({ reason }) => reason)).toEqual(['ADTS frame longer than its packet']);
    });
  });

  it('throws nothing but ParseError', () => {
    const seeds = [
      hbr([1, 2], 'aabbbb'),
      hbr([5], '0102'),
      bytesOf('fff14c80013ffc aabb'),
      bytesOf('0002 0010 aabb'),
    ];
    const formats = fc.constantFrom(
      HBR.formatParameters,
      'mode=AAC-lbr; sizelength=6; indexlength=2; indexdeltalength=2',
      'mode=generic; constantsize=3',
      'mode=generic; sizelength=9; ctsdeltalength=5; dtsdeltalength=3; randomaccessindication=1; auxiliarydatasizelength=4',
    );
    const payloads = fc.oneof(mutated(seeds), fc.uint8Array({ maxLength: 40 }).map(Buffer.from));
    const packets = fc.array(
      fc.record({ payload: payloads, marker: fc.boolean(), timestamp: fc.integer({ min: 0, max: 3 }) }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(formats, packets, fc.array(fc.nat(30)), (parameters, stream, lost) => {
        const receiver = new Receiver(format(parameters)).push(stream, index => lost.includes(index)).flush();
        for (const { data } of receiver.frames) expect(data.length).toBeGreaterThan(0);
      }),
      { ...FUZZ, numRuns: 3000 },
    );
  });

  const corpus = goCorpus(fs, 'gortsplib/pkg/format/rtpmpeg4audio/testdata/fuzz/FuzzDecoder');
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    expect(corpus.length).toBeGreaterThan(5);
    for (const input of corpus) new Receiver(HBR).push(packetsOfCorpus(input)).flush();
  });
});
