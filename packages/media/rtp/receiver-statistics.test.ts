import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUZZ } from '../codec/test-support.ts';
import { ntpTime } from './ntp-time.ts';
import { ReceiverStatistics } from './receiver-statistics.ts';
import { rtpPacket } from './test-support.ts';

const RATE = 8000;

function received(statistics: ReceiverStatistics, numbers: readonly number[], ssrc = 1): void {
  for (const number of numbers) {
    const packet = rtpPacket({ sequenceNumber: number % 65_536, timestamp: number * 160, ssrc });
    statistics.packet(packet, number * 20);
  }
}

describe('ReceiverStatistics', () => {
  it('has nothing to report before the first packet', () => {
    const statistics = new ReceiverStatistics(RATE);
    expect(statistics.reportBlock(0)).toBeUndefined();
    expect(statistics.ssrc).toBeUndefined();
  });

  it('reports what was lost, in all and since the last report', () => {
    const statistics = new ReceiverStatistics(RATE);
    received(statistics, [65_530, 65_531, 65_534, 65_535, 65_536, 65_539]);
    // Ten expected, six come.
    expect(statistics.reportBlock(0)).toEqual({
      ssrc: 1,
      fractionLost: Math.floor((4 * 256) / 10),
      cumulativeLost: 4,
      highestSequence: 0x10003,
      jitter: 0,
      lastSenderReport: 0,
      delaySinceLastSenderReport: 0,
    });
    received(statistics, [65_540, 65_541, 65_542, 65_543]);
    expect(statistics.reportBlock(0)).toMatchObject({ fractionLost: 0, cumulativeLost: 4 });
    // Duplicates make up for losses, in the numbers alone (RFC 3550 §A.3).
    received(statistics, Array(6).fill(65_543));
    expect(statistics.reportBlock(0)).toMatchObject({ fractionLost: 0, cumulativeLost: -2 });
    expect(statistics.packets).toBe(16);
    expect(statistics.bytes).toBe(
      16 * 12 + 16 * 5 - [65_536, 65_539, 65_540, 65_541, 65_542].length * 4 - 7 * 4,
    );
  });

  it('says that all was lost when nothing came between two reports', () => {
    const statistics = new ReceiverStatistics(RATE);
    received(statistics, [0]);
    statistics.reportBlock(0);
    expect(statistics.reportBlock(0)).toMatchObject({ fractionLost: 0 });
    received(statistics, [1000]);
    expect(statistics.reportBlock(0)).toMatchObject({ fractionLost: 255, cumulativeLost: 999 });
  });

  it('keeps what was lost within 24 bits', () => {
    const statistics = new ReceiverStatistics(RATE);
    for (let number = 0; number < 2 ** 23 + 10_000; number += 2999) received(statistics, [number]);
    const [block] = [statistics.reportBlock(0)];
    expect(block?.cumulativeLost).toBe(0x7fffff);
  });

  it('measures jitter as RFC 3550 §A.8 does', () => {
    const statistics = new ReceiverStatistics(RATE);
    let jitter = 0;
    // Packets of 20 ms; every second one is 5 ms, that is 40 ticks, late.
    for (let number = 0; number < 200; number++) {
      const late = number % 2 === 1 ? 5 : 0;
      // The time stamps wrap on the way.
      const timestamp = (number * 160 + 2 ** 32 - 8000) % 2 ** 32;
      statistics.packet(rtpPacket({ sequenceNumber: number, timestamp }), number * 20 + late);
      if (number > 0) jitter += (40 - jitter) / 16;
    }
    expect(statistics.jitter).toBeCloseTo((jitter * 1000) / RATE, 6);
    expect(statistics.reportBlock(0)?.jitter).toBe(Math.floor(jitter));
  });

  it('names the last sender report, and how long ago it came', () => {
    const statistics = new ReceiverStatistics(RATE);
    received(statistics, [1]);
    const sender = {
      ssrc: 1,
      ntp: ntpTime(1_700_000_000_500),
      rtpTimestamp: 0,
      packetCount: 1,
      octetCount: 1,
    };
    statistics.senderReport(sender, 10_000);
    const { seconds, fraction } = sender.ntp;
    const expected = (seconds % 65_536) * 65_536 + Math.floor(fraction / 65_536);
    expect(statistics.reportBlock(12_250)).toMatchObject({
      lastSenderReport: expected,
      delaySinceLastSenderReport: 2.25 * 65_536,
    });
    statistics.senderReport({ ...sender, ssrc: 2, ntp: ntpTime(0) }, 11_000);
    expect(statistics.reportBlock(12_250)).toMatchObject({ lastSenderReport: expected });
  });

  it('begins anew with a source that restarted', () => {
    const statistics = new ReceiverStatistics(RATE);
    received(statistics, [1, 2, 9]);
    received(statistics, [30_000, 30_001, 30_002], 7);
    expect(statistics.reportBlock(0)).toMatchObject({
      ssrc: 7,
      cumulativeLost: 0,
      fractionLost: 0,
      highestSequence: 30_002,
      lastSenderReport: 0,
    });
    expect(statistics.packets).toBe(6);
  });

  it('keeps every field of a report within its bits, whatever comes', () => {
    const uint32 = fc.nat(0xffffffff);
    const event = fc.record({
      number: fc.nat(0xffff),
      timestamp: uint32,
      ssrc: fc.nat(1),
      time: fc.nat(1e9),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 50 }), fc.boolean(), (events, isReliable) => {
        const statistics = new ReceiverStatistics(90_000, isReliable);
        for (const { number, timestamp, ssrc, time } of events) {
          statistics.packet(rtpPacket({ sequenceNumber: number, timestamp, ssrc }), time);
          const block = statistics.reportBlock(time)!;
          for (const value of [block.highestSequence, block.jitter, block.delaySinceLastSenderReport]) {
            expect(Number.isInteger(value) && value >= 0 && value < 2 ** 32).toBe(true);
          }
          expect(block.fractionLost).toBeGreaterThanOrEqual(0);
          expect(block.fractionLost).toBeLessThan(256);
        }
      }),
      { ...FUZZ, numRuns: 500 },
    );
  });
});
