import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mutated } from '../../../codec/test-support.ts';
import { ParseError } from '../../../model/parse-error.ts';
import type { RtpPayload } from '../../depacketizer.ts';
import { bytesOf, FUZZ, packet, Receiver } from '../test-support.ts';

const RTP_MAP = 'MP4A-LATM/24000/2';
/** The example of RFC 6416 §7.4.1: AAC-LC of 24 kHz, two channels. */
const DESCRIBED = {
  rtpMap: RTP_MAP,
  formatParameters: 'profile-level-id=1; bitrate=64000; cpresent=0; object=2; config=400026203fc0',
};
const IN_BAND = { rtpMap: RTP_MAP };

/** Bits, `0` and `1`, with zeros to the end of the last byte. */
function bits(...fields: readonly string[]): Buffer {
  const text = fields.join('').replaceAll(' ', '');
  return Buffer.from((text.match(/.{1,8}/g) ?? []).map(byte => Number.parseInt(byte.padEnd(8, '0'), 2)));
}

function bitsOf(data: string): string {
  return [...bytesOf(data)].map(byte => byte.toString(2).padStart(8, '0')).join('');
}

/** StreamMuxConfig of AAC-LC, 24 kHz, one channel. */
const MUX = '0 1 000000 0000 000 00010 0110 0001 0 0 0 000 11111111 0 0';

/** AudioSpecificConfig of AAC-LC, 24 kHz, one channel, with SBR at 48 kHz behind it. */
const EXTENDED = '00010 0110 0001 0 0 0 01010110111 00101 1 0011';

function frames(receiver: Receiver): string[] {
  return receiver.plain.map(({ timestamp, data, damaged }) => `${damaged ? '!' : ''}${timestamp}: ${data}`);
}

function receive(
  format: { rtpMap: string; formatParameters?: string },
  packets: readonly RtpPayload[],
): Receiver {
  return new Receiver(format).push(packets).flush();
}

describe('LatmDepacketizer', () => {
  it('reads frames whose configuration is described', () => {
    const receiver = receive(DESCRIBED, [
      packet('03 aabbcc', { timestamp: 0, marker: true }),
      packet(Buffer.concat([bytesOf('ff 01'), Buffer.alloc(256, 7)]), { timestamp: 1024, marker: true }),
    ]);
    expect(receiver.errors).toEqual([]);
    expect(receiver.depacketizer.config).toEqual(bytesOf('1310'));
    expect(frames(receiver)).toEqual(['0: aabbcc', `1024: ${'07'.repeat(256)}`]);
  });

  it.each([
    ['without what comes behind it', '400023103fc0', '1188'],
    ['without anything behind the AudioSpecificConfig, as GStreamer has it', '40002310', '1188'],
    ['with an extension, as GStreamer has it of FFmpeg', '40002310adca00', '118856e500'],
    [
      'with an extension that has a rate',
      bits('0 1 000000 0000 000', EXTENDED, '000 11111111 0 0').toString('hex'),
      bits(EXTENDED).toString('hex'),
    ],
  ])('reads a description %s', (_name, config, expected) => {
    const format = { rtpMap: 'MP4A-LATM/48000/1', formatParameters: `cpresent=0; config=${config}` };
    const receiver = receive(format, [packet('03 aabbcc', { timestamp: 0, marker: true })]);
    expect(receiver.errors).toEqual([]);
    expect(receiver.depacketizer.config).toEqual(bytesOf(expected));
    expect(frames(receiver)).toEqual(['0: aabbcc']);
  });

  it('reads several frames in an element', () => {
    // numSubFrames of 2.
    const format = { ...DESCRIBED, formatParameters: 'cpresent=0; config=410026203fc0' };
    const receiver = receive(format, [packet('01 aa 02 bbbb', { timestamp: 2 ** 32 - 1024, marker: true })]);
    expect(receiver.errors).toHaveLength(0);
    expect(frames(receiver)).toEqual(['4294966272: aa', '0: bbbb']);
  });

  it('reads the configuration that comes with the frames, which lie across the bytes then', () => {
    const receiver = new Receiver(IN_BAND).push([
      packet(bits('1', bitsOf('01 aa')), { timestamp: 0, marker: true }),
      packet(bits('0', MUX, bitsOf('02 aabb')), { timestamp: 1024, marker: true }),
      packet(bits('1', bitsOf('03 010203')), { timestamp: 2048, marker: true }),
    ]);
    expect(receiver.errors.map(({ reason }) => reason)).toEqual(['LATM element before its configuration']);
    expect(receiver.depacketizer.config).toEqual(bytesOf('1308'));
    expect(frames(receiver)).toEqual(['1024: aabb', '2048: 010203']);
  });

  it('reads the second version of the configuration, fixed sizes and other data', () => {
    // taraBufferFullness; ascLen of 16 bits; frameLengthType 1 of 20 + 1 bytes; otherDataLenBits.
    const sized =
      '1 0 00 00000000 1 000000 0000 000 00 00010000 0001001100001000 001 000000001 1 00 00001000 0';
    const data = '11'.repeat(21);
    const receiver = receive(IN_BAND, [packet(bits('0', sized, bitsOf(data)), { marker: true })]);
    expect(receiver.errors).toEqual([]);
    expect(receiver.depacketizer.config).toEqual(bytesOf('1308'));
    expect(frames(receiver)).toEqual([`0: ${data}`]);
  });

  it('joins elements that come in fragments', () => {
    const fragments = [
      packet('05 0102', { timestamp: 0 }),
      packet('03', { timestamp: 0 }),
      packet('0405', { timestamp: 0, marker: true }),
    ];
    const after = packet('01 aa', { timestamp: 1024, marker: true });
    expect(frames(receive(DESCRIBED, [...fragments, after]))).toEqual(['0: 0102030405', '1024: aa']);
    // A device without markers.
    const unmarked = [...fragments, after].map(one => ({ ...one, marker: false }));
    expect(frames(receive(DESCRIBED, unmarked))).toEqual(['0: 0102030405', '1024: aa']);
    for (const lost of [0, 1, 2]) {
      const receiver = new Receiver(DESCRIBED).push([...fragments, after], index => index === lost).flush();
      expect(frames(receiver)).toEqual(['1024: aa']);
    }
  });

  it.each([
    ['without a configuration', 'cpresent=0'],
    ['of several programs', 'cpresent=0; config=400426203fc0'],
    ['of CELP frames', 'cpresent=0; config=40002620ffc0'],
    ['that is cut off', 'cpresent=0; config=4000'],
    ['of an unknown version', 'cpresent=0; config=c00026203fc0'],
  ])('is not made for a description %s', (_name, formatParameters) => {
    expect(() => new Receiver({ rtpMap: RTP_MAP, formatParameters })).toThrow(ParseError);
  });

  it('refuses frames longer than their element, and bounds elements', () => {
    const receiver = receive(DESCRIBED, [packet('05 aabb', { marker: true })]);
    expect(receiver.errors.map(({ reason }) => reason)).toEqual(['bitstream cut off']);
    const part = packet(Buffer.alloc(60_000, 0xff), { timestamp: 9 });
    receiver.push(Array.from({ length: 6 }, () => part));
    expect(receiver.errors.at(-1)!.reason).toBe('frame of more than 262144 bytes');
  });

  it.each([DESCRIBED, IN_BAND])('throws nothing but ParseError ($formatParameters)', format => {
    const seeds = [bytesOf('03 aabbcc'), bits('0', MUX, bitsOf('02 aabb')), bits('1', bitsOf('03 010203'))];
    const payloads = fc.oneof(mutated(seeds), fc.uint8Array({ maxLength: 40 }).map(Buffer.from));
    const packets = fc.array(
      fc.record({ payload: payloads, marker: fc.boolean(), timestamp: fc.integer({ min: 0, max: 3 }) }),
      { maxLength: 20 },
    );
    fc.assert(
      fc.property(packets, fc.array(fc.nat(20)), (stream, lost) => {
        const receiver = new Receiver(format).push(stream, index => lost.includes(index)).flush();
        for (const { data } of receiver.frames) expect(data.length).toBeGreaterThan(0);
      }),
      { ...FUZZ, numRuns: 2000 },
    );
  });
});

describe.skipIf(spawnSync('ffmpeg', ['-version']).status !== 0)('LATM and FFmpeg', () => {
  function run(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync('ffmpeg', ['-v', 'error', ...args], { encoding: 'utf8' });
    if (status !== 0) throw new Error(`ffmpeg failed: ${stderr}`);
    return stdout;
  }

  it('agree on elements with their configuration', () => {
    const directory = mkdtempSync(join(tmpdir(), 'latm-'));
    try {
      const [source, loas] = [join(directory, 'a.m4a'), join(directory, 'a.latm')];
      const tone = 'sine=sample_rate=44100:duration=1,aformat=channel_layouts=stereo';
      run('-f', 'lavfi', '-i', tone, '-c:a', 'aac', source);
      run('-i', source, '-c', 'copy', '-f', 'latm', loas);
      // LOAS: elements, each after a sync word and its size in 13 bits.
      const stream = readFileSync(loas);
      const packets: RtpPayload[] = [];
      for (let at = 0; at < stream.length; ) {
        const end = at + 3 + (stream.readUInt16BE(at + 1) & 0x1fff);
        packets.push(
          packet(stream.subarray(at + 3, end), { timestamp: packets.length * 1024, marker: true }),
        );
        at = end;
      }
      const receiver = receive({ rtpMap: 'MP4A-LATM/44100/2' }, packets);
      expect(receiver.errors).toEqual([]);
      expect(receiver.depacketizer.config).toEqual(bytesOf('1210'));
      const lines = run('-i', source, '-c', 'copy', '-f', 'framemd5', '-').split('\n');
      const hashes = lines.filter(line => /^\d/.test(line)).map(line => line.split(',')[5]?.trim());
      expect(receiver.frames.map(({ data }) => createHash('md5').update(data).digest('hex'))).toEqual(hashes);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
