import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, FUZZ, goCorpus, hex, mutated, survives } from '../../codec/test-support.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { ReportBlock, SenderInfo } from './packet.ts';
import { parseRtcp } from './parser.ts';
import { goodbye, receiverReport, senderReport } from './writer.ts';

const SENDER: SenderInfo = {
  ssrc: 0x01020304,
  ntp: { seconds: 0xe9000000, fraction: 0x80000000 },
  rtpTimestamp: 0xfffffff0,
  packetCount: 25,
  octetCount: 30_000,
};
const BLOCK: ReportBlock = {
  ssrc: 0x0a0b0c0d,
  fractionLost: 12,
  cumulativeLost: -3,
  highestSequence: 0x0001fffe,
  jitter: 40,
  lastSenderReport: 0xb7052000,
  delaySinceLastSenderReport: 0x00054000,
};

/** As GStreamer's rtspsrc sends them: a sender report with CNAME and TOOL; a receiver report of one block. */
const SENT = hex(
  '80c80006 01020304 e900000080000000 fffffff0 00000019 00007530' +
    '81ca0007 01020304 01 08 75736572406b6c6d 06 09 4753747265616d6572 00000000',
);

describe('parseRtcp', () => {
  it('reads a compound packet', () => {
    expect(parseRtcp(SENT)).toEqual([
      { type: 'sender-report', ...SENDER, blocks: [] },
      { type: 'source-description', sources: [{ ssrc: 0x01020304, cname: 'user@klm' }] },
    ]);
  });

  it('reads packets that come alone', () => {
    expect(parseRtcp(hex('81c90007 00000001 0a0b0c0d 0cfffffd 0001fffe 00000028 b7052000 00054000'))).toEqual(
      [{ type: 'receiver-report', ssrc: 1, blocks: [BLOCK] }],
    );
    expect(parseRtcp(hex('82cb0003 00000001 00000002 03627965'))).toEqual([
      { type: 'goodbye', ssrcs: [1, 2], reason: 'bye' },
    ]);
    expect(parseRtcp(hex('81cb0001 00000001'))).toEqual([{ type: 'goodbye', ssrcs: [1], reason: undefined }]);
  });

  it('keeps feedback, and leaves application-defined and unknown packets out', () => {
    const nack = '81cd0003 00000001 00000002 00640001';
    const app = '80cc0002 00000001 6e616d65';
    const extended = '80cf0001 00000001';
    expect(parseRtcp(hex(app + nack + extended))).toEqual([
      {
        type: 'feedback',
        packetType: 205,
        format: 1,
        senderSsrc: 1,
        mediaSsrc: 2,
        information: hex('00640001'),
      },
    ]);
  });

  it('reads what it can of a packet that is cut off', () => {
    const report = senderReport(SENDER, 'name', [BLOCK, BLOCK]);
    const cut = report.subarray(0, 28 + 24 + 7);
    expect(parseRtcp(cut)).toEqual([{ type: 'sender-report', ...SENDER, blocks: [BLOCK] }]);
    expect(parseRtcp(report.subarray(0, 27))).toEqual([]);
    expect(parseRtcp(hex('81c9ffff 00000001'))).toEqual([{ type: 'receiver-report', ssrc: 1, blocks: [] }]);
  });

  it('leaves padding out, and garbage behind the last packet', () => {
    expect(parseRtcp(hex('a1cb0003 00000001 03627965 00000004 0102'))).toEqual([
      { type: 'goodbye', ssrcs: [1], reason: 'bye' },
    ]);
  });

  it('refuses what is no RTCP', () => {
    for (const bad of ['', '80c8', '00c80001 00000001', 'ffffffff']) {
      expect(() => parseRtcp(hex(bad))).toThrow(ParseError);
    }
  });

  it('throws nothing but ParseError', () => {
    const seeds = [SENT, senderReport(SENDER, 'name', [BLOCK]), goodbye(1, 'name', 'reason')];
    fc.assert(
      fc.property(fc.oneof(bytes(80), mutated(seeds)), data => survives(() => parseRtcp(data))),
      FUZZ,
    );
  });

  const corpus = goCorpus(fs, 'gortsplib/pkg/rtcpunmarshaler/testdata/fuzz/FuzzUnmarshal');
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    for (const input of corpus) survives(() => parseRtcp(input));
  });
});

describe('the writer', () => {
  const uint32 = fc.nat(0xffffffff);
  const block: fc.Arbitrary<ReportBlock> = fc.record({
    ssrc: uint32,
    fractionLost: fc.nat(255),
    cumulativeLost: fc.integer({ min: -0x800000, max: 0x7fffff }),
    highestSequence: uint32,
    jitter: uint32,
    lastSenderReport: uint32,
    delaySinceLastSenderReport: uint32,
  });
  const sender: fc.Arbitrary<SenderInfo> = fc.record({
    ssrc: uint32,
    ntp: fc.record({ seconds: uint32, fraction: uint32 }),
    rtpTimestamp: uint32,
    packetCount: uint32,
    octetCount: uint32,
  });
  const blocks = fc.array(block, { maxLength: 5 });
  const name = fc.string({ maxLength: 40 });

  it('builds reports that the parser reads', () => {
    fc.assert(
      fc.property(sender, blocks, name, (info, reports, cname) => {
        const description = { type: 'source-description', sources: [{ ssrc: info.ssrc, cname }] };
        const sent = senderReport(info, cname, reports);
        expect(sent.length % 4).toBe(0);
        expect(parseRtcp(sent)).toEqual([{ type: 'sender-report', ...info, blocks: reports }, description]);
        const received = receiverReport(info.ssrc, cname, reports);
        expect(received.length % 4).toBe(0);
        expect(parseRtcp(received)).toEqual([
          { type: 'receiver-report', ssrc: info.ssrc, blocks: reports },
          description,
        ]);
      }),
      { ...FUZZ, numRuns: 500 },
    );
  });

  it('builds a goodbye behind an empty report', () => {
    fc.assert(
      fc.property(uint32, name, fc.string({ minLength: 1, maxLength: 80 }), (ssrc, cname, reason) => {
        const built = goodbye(ssrc, cname, reason);
        expect(built.length % 4).toBe(0);
        expect(parseRtcp(built)).toEqual([
          { type: 'receiver-report', ssrc, blocks: [] },
          { type: 'source-description', sources: [{ ssrc, cname }] },
          { type: 'goodbye', ssrcs: [ssrc], reason },
        ]);
      }),
      { ...FUZZ, numRuns: 500 },
    );
  });

  it('lets counters wrap and cuts off texts that are too long', () => {
    const sent = senderReport({ ...SENDER, packetCount: 2 ** 32 + 5, octetCount: 2 ** 33 }, 'n'.repeat(300));
    expect(parseRtcp(sent)).toMatchObject([
      { packetCount: 5, octetCount: 0 },
      { sources: [{ cname: 'n'.repeat(255) }] },
    ]);
  });

  it('writes as many blocks as a report holds', () => {
    const [report] = parseRtcp(receiverReport(1, 'name', Array(40).fill(BLOCK)));
    expect(report).toMatchObject({ blocks: Array(31).fill(BLOCK) });
  });
});
