import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, FUZZ, hex, mutated, survives } from '../codec/test-support.ts';
import { ParseError } from '../model/parse-error.ts';
import { isRtcp, parseRtpPacket, RtpPacket, writeRtpHeader } from './packet.ts';

const PLAIN = hex('80e0 1234 89abcdef 00c0ffee 616263');
/** Padding of three bytes, an extension of one word, two CSRCs. */
const FULL = hex('b2 08 0001 00000002 00000003 0000000a 0000000b abac 0001 01020304 5566 000003');

describe('parseRtpPacket', () => {
  it('reads the header, and the payload as a view', () => {
    const packet = parseRtpPacket(PLAIN);
    expect(packet).toMatchObject({
      marker: true,
      payloadType: 96,
      sequenceNumber: 0x1234,
      timestamp: 0x89abcdef,
      ssrc: 0xc0ffee,
      csrcs: [],
      extension: undefined,
      byteLength: 15,
    });
    expect(packet.payload).toEqual(Buffer.from('abc'));
    expect(packet.payload.buffer).toBe(PLAIN.buffer);
  });

  it('reads CSRCs and the extension, and leaves padding out', () => {
    const packet = parseRtpPacket(FULL);
    expect(packet).toMatchObject({ marker: false, payloadType: 8, csrcs: [10, 11] });
    expect(packet.extension).toEqual({ profile: 0xabac, data: hex('01020304') });
    expect(packet.payload).toEqual(hex('5566'));
  });

  it('fills the same instance anew, with nothing of the former packet left', () => {
    const packet = parseRtpPacket(FULL);
    expect(parseRtpPacket(PLAIN, packet)).toBe(packet);
    expect(packet).toMatchObject({ csrcs: [], extension: undefined, payload: Buffer.from('abc') });
  });

  it('takes packets of nothing but padding', () => {
    expect(parseRtpPacket(hex('a060 0001 00000002 00000003 00000004')).payload).toHaveLength(0);
  });

  it.each([
    ['nothing', '', /shorter than its header/],
    ['a header cut off', '8060 0001 00000002 000000', /shorter than its header/],
    ['another version', '4060 0001 00000002 00000003', /version 1/],
    ['CSRCs that are not there', '8360 0001 00000002 00000003 00000004', /list of CSRCs/],
    ['an extension without its header', '9060 0001 00000002 00000003 abac', /extension cut off/],
    ['an extension that is too long', '9060 0001 00000002 00000003 abac0002 01020304', /extension longer/],
    ['padding of no bytes', 'a060 0001 00000002 00000003 616200', /0 bytes of padding/],
    ['padding longer than the payload', 'a060 0001 00000002 00000003 616204', /4 bytes of padding/],
    ['padding in a packet without payload', 'a060 0001 00000002 00000001', /bytes of padding/],
  ])('refuses %s', (_name, packet, reason) => {
    expect(() => parseRtpPacket(hex(packet))).toThrow(ParseError);
    expect(() => parseRtpPacket(hex(packet))).toThrow(reason);
  });

  it('throws nothing but ParseError, and never hands out bytes from outside', () => {
    fc.assert(
      fc.property(fc.oneof(bytes(60), mutated([PLAIN, FULL])), data => {
        survives(() => {
          const { payload, extension } = parseRtpPacket(data);
          expect(payload.length + (extension?.data.length ?? 0)).toBeLessThanOrEqual(data.length - 12);
        });
      }),
      FUZZ,
    );
  });
});

describe('writeRtpHeader', () => {
  it('writes what parseRtpPacket reads', () => {
    const uint32 = fc.nat(0xffffffff);
    fc.assert(
      fc.property(
        fc.boolean(),
        fc.nat(127),
        fc.nat(0xffff),
        uint32,
        uint32,
        bytes(40),
        (marker, payloadType, sequenceNumber, timestamp, ssrc, payload) => {
          const header = { marker, payloadType, sequenceNumber, timestamp, ssrc };
          const data = Buffer.alloc(5 + 12 + payload.length, 0xff);
          const start = writeRtpHeader(header, data, 5);
          expect(start).toBe(17);
          payload.copy(data, start);
          const read = parseRtpPacket(data.subarray(5));
          expect(read).toMatchObject({ ...header, payload, byteLength: data.length - 5 });
        },
      ),
      FUZZ,
    );
  });
});

describe('RtpPacket', () => {
  it('copies itself out of the buffer it came in', () => {
    const received = Buffer.from(PLAIN);
    const copy = parseRtpPacket(received).copy();
    received.fill(0);
    expect(copy).toBeInstanceOf(RtpPacket);
    expect(copy).toMatchObject({ ...parseRtpPacket(PLAIN) });
  });
});

describe('isRtcp', () => {
  it('tells by the second byte', () => {
    expect(isRtcp(hex('80c8'))).toBe(true);
    expect(isRtcp(hex('81cf'))).toBe(true);
    for (const rtp of ['8060', '80e0', '80bf', '8008', '8088', '80', ''])
      expect(isRtcp(hex(rtp))).toBe(false);
  });
});
