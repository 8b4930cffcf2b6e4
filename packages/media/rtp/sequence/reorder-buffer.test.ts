import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUZZ } from '../../codec/test-support.ts';
import type { RtpPacket } from '../packet.ts';
import { rtpPacket } from '../test-support.ts';
import { ReorderBuffer, type ReorderLimits } from './reorder-buffer.ts';

/** Notes what comes out: a packet's number, `~` before it after a loss, and where the source began anew. */
class Recorder {
  readonly buffer: ReorderBuffer;
  events: string[] = [];
  readonly handedOn: RtpPacket[] = [];

  constructor(limits: ReorderLimits = {}, isReliable = false) {
    const receiver = {
      packet: (packet: RtpPacket, lost: boolean) => {
        expect(packet.payload.toString()).toBe(String(packet.sequenceNumber));
        this.handedOn.push(packet);
        this.events.push(`${lost ? '~' : ''}${packet.sequenceNumber}`);
      },
      restart: () => this.events.push('restart'),
    };
    this.buffer = new ReorderBuffer(receiver, isReliable, limits);
  }

  push(now: number, ...numbers: readonly number[]): void {
    for (const sequenceNumber of numbers) this.buffer.push(rtpPacket({ sequenceNumber }), now);
  }

  /** What came out since the last call. */
  take(): string {
    const events = this.events.join(' ');
    this.events = [];
    return events;
  }
}

describe('ReorderBuffer', () => {
  it('hands packets in order on as they are, at once', () => {
    const recorder = new Recorder();
    const packet = rtpPacket({ sequenceNumber: 7 });
    recorder.buffer.push(packet, 0);
    expect(recorder.handedOn[0]).toBe(packet);
    recorder.push(1, 8, 9);
    expect(recorder.take()).toBe('7 8 9');
    expect(recorder.buffer.deadline).toBeUndefined();
  });

  it('puts packets in order, around the wrap too', () => {
    const recorder = new Recorder();
    recorder.push(0, 65_533, 65_535, 1, 0, 65_534, 2);
    expect(recorder.take()).toBe('65533 65534 65535 0 1 2');
    expect(recorder.buffer).toMatchObject({ reordered: 2, lost: 0, duplicates: 0, late: 0 });
  });

  it('owns the packets that wait', () => {
    const recorder = new Recorder();
    const received = Buffer.from('123');
    recorder.push(0, 121);
    recorder.buffer.push(rtpPacket({ sequenceNumber: 123 }, received), 0);
    received.fill(0);
    recorder.push(0, 122);
    expect(recorder.take()).toBe('121 122 123');
  });

  it('gives up what does not come in time', () => {
    const recorder = new Recorder({ maxDelay: 100 });
    recorder.push(0, 1);
    recorder.push(10, 3);
    recorder.push(50, 5);
    expect(recorder.buffer.deadline).toBe(110);
    recorder.buffer.advance(109);
    expect(recorder.take()).toBe('1');
    recorder.buffer.advance(110);
    expect(recorder.take()).toBe('~3');
    expect(recorder.buffer.deadline).toBe(150);
    // Packets that come look at the time, too.
    recorder.push(151, 7);
    expect(recorder.take()).toBe('~5');
    recorder.buffer.flush();
    expect(recorder.take()).toBe('~7');
    expect(recorder.buffer.lost).toBe(3);
  });

  it('drops what comes too late and what comes twice, and tells them apart', () => {
    const recorder = new Recorder({ maxDelay: 100 });
    recorder.push(0, 1, 1, 3, 3);
    recorder.buffer.advance(100);
    recorder.push(101, 2, 2, 3, 1, 0);
    expect(recorder.take()).toBe('1 ~3');
    expect(recorder.buffer).toMatchObject({ lost: 0, late: 2, duplicates: 5, reordered: 0 });
  });

  it('waits for no more packets than its limit', () => {
    const recorder = new Recorder({ maxPackets: 4 });
    recorder.push(0, 10, 12, 13);
    expect(recorder.take()).toBe('10');
    recorder.push(0, 14);
    expect(recorder.take()).toBe('');
    recorder.push(0, 15);
    expect(recorder.take()).toBe('~12 13 14 15');
    // The gap alone is wider than the limit: only the nearest of it may still come.
    recorder.push(0, 26, 23, 24, 25);
    expect(recorder.take()).toBe('~23 24 25 26');
    expect(recorder.buffer.lost).toBe(1 + 7);
  });

  it('waits with no more bytes than its limit', () => {
    const recorder = new Recorder({ maxBytes: 59 });
    recorder.push(0, 100, 102, 103, 104, 105);
    expect(recorder.take()).toBe('100 ~102 103 104 105');
    expect(recorder.buffer.deadline).toBeUndefined();
  });

  it('begins anew behind a jump that a second packet confirms', () => {
    const recorder = new Recorder();
    recorder.push(0, 100, 102, 40_000);
    expect(recorder.take()).toBe('100');
    recorder.push(0, 40_001, 40_002);
    expect(recorder.take()).toBe('~102 restart ~40000 40001 40002');
    expect(recorder.buffer.lost).toBe(1);
  });

  it('begins anew where another source takes over, and owns its first packet', () => {
    const recorder = new Recorder();
    recorder.push(0, 100);
    const received = Buffer.from('65535');
    recorder.buffer.push(rtpPacket({ sequenceNumber: 65_535, ssrc: 2 }, received), 0);
    received.fill(0);
    recorder.buffer.push(rtpPacket({ sequenceNumber: 0, ssrc: 2 }), 0);
    recorder.push(0, 101);
    recorder.buffer.push(rtpPacket({ sequenceNumber: 1, ssrc: 2 }), 0);
    expect(recorder.take()).toBe('100 restart ~65535 0 1');
    expect(recorder.buffer.ssrc).toBe(2);
  });

  it('lets a single stray packet pass by', () => {
    const recorder = new Recorder();
    recorder.push(0, 100, 40_000, 101, 40_001, 102);
    expect(recorder.take()).toBe('100 101 102');
  });

  it('makes nothing wait with a reliable transport', () => {
    const recorder = new Recorder({}, true);
    recorder.push(0, 1, 2, 5, 4, 6, 50_000, 50_001);
    expect(recorder.take()).toBe('1 2 ~5 6 restart ~50000 50001');
    expect(recorder.buffer).toMatchObject({ lost: 1, late: 1 });
  });

  it('hands on whatever order, loss and doubling leave of a stream: in order, once, with every loss said', () => {
    const fate = fc.record({
      isLost: fc.integer({ min: 0, max: 19 }).map(value => value === 0),
      copies: fc.constantFrom(1, 1, 1, 1, 2, 3),
      delay: fc.constantFrom(0, 0, 0, 1, 2, 5, 20),
    });
    fc.assert(
      fc.property(fc.nat(0xffff), fc.array(fate, { maxLength: 400 }), (start, fates) => {
        const recorder = new Recorder({ maxDelay: 50 });
        const arriving = fates.flatMap(({ isLost, copies, delay }, index) =>
          Array.from({ length: isLost ? 0 : copies }, (_, copy) => ({ index, time: index + delay + copy })),
        );
        arriving.sort((a, b) => a.time - b.time);
        if (arriving.length === 0) return;
        // What comes before the very first packet has no chance.
        const first = arriving[0]!.index;
        for (const { index, time } of arriving) recorder.push(time, (start + index) % 65_536);
        recorder.buffer.flush();

        const expected: string[] = [];
        let missing = 0;
        let lost = 0;
        for (let index = first; index < fates.length; index++) {
          if (fates[index]!.isLost) {
            missing++;
            continue;
          }
          expected.push(`${missing > 0 ? '~' : ''}${(start + index) % 65_536}`);
          lost += missing;
          missing = 0;
        }
        expect(recorder.events).toEqual(expected);
        const { buffer } = recorder;
        expect(buffer.lost).toBe(lost);
        expect(buffer.late + buffer.duplicates + recorder.events.length).toBe(arriving.length);
      }),
      { ...FUZZ, numRuns: 300 },
    );
  });

  it('stays in order and within its bounds whatever comes', () => {
    const step = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -70_000, max: 70_000 }));
    const event = fc.record({
      step,
      ssrc: fc.constantFrom(1, 1, 1, 2),
      wait: fc.nat(30),
      advances: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 200 }), fc.boolean(), (events, isReliable) => {
        let before: number | undefined;
        let count = 0;
        const receiver = {
          packet(packet: RtpPacket, lost: boolean) {
            count++;
            if (before !== undefined) {
              const distance = (packet.sequenceNumber - before + 65_536) % 65_536;
              expect(distance).toBeGreaterThan(0);
              expect(distance).toBeLessThan(8000);
              if (distance !== 1) expect(lost).toBe(true);
            }
            before = packet.sequenceNumber;
          },
          restart() {
            before = undefined;
          },
        };
        const buffer = new ReorderBuffer(receiver, isReliable, { maxPackets: 16, maxDelay: 40 });
        let now = 0;
        let sequenceNumber = 0;
        for (const { step, ssrc, wait, advances } of events) {
          now += wait;
          sequenceNumber = (((sequenceNumber + step) % 65_536) + 65_536) % 65_536;
          if (advances) buffer.advance(now);
          buffer.push(rtpPacket({ sequenceNumber, ssrc }), now);
          if (buffer.deadline !== undefined) expect(buffer.deadline).toBeGreaterThan(now);
        }
        buffer.advance(now + 40);
        expect(buffer.deadline).toBeUndefined();
        expect(count + buffer.duplicates + buffer.late).toBeLessThanOrEqual(events.length);
      }),
      { ...FUZZ, numRuns: 1000 },
    );
  });
});
