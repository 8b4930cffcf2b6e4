import { parseRtpPacket, writeRtpHeader } from '@flux-iot/media/rtp/packet';
import { describe, expect, it } from 'vitest';
import { PacketMending } from './packet-mending.ts';

function packet(timestamp: number, ssrc = 7): Buffer {
  const data = Buffer.alloc(13);
  writeRtpHeader({ marker: true, payloadType: 96, sequenceNumber: 1, timestamp, ssrc }, data, 0);
  return data;
}

/** Time stamps of packets that come at `arrivals`, in milliseconds. */
function mended(mending: PacketMending, packets: readonly (readonly [timestamp: number, arrival: number])[]) {
  return packets.map(([timestamp, arrival]) => {
    const data = packet(timestamp);
    mending.mend(data, arrival);
    return parseRtpPacket(data).timestamp;
  });
}

describe('the mending of packets', () => {
  it('is not needed for most cameras', () => {
    expect(PacketMending.for({ ssrc: 'one', time: 'rtp' }, 90_000)).toBeUndefined();
  });

  it('makes one source of many, and nothing else', () => {
    const mending = PacketMending.for({ ssrc: 'any', time: 'rtp' }, 90_000)!;
    const found = [1, 2, 0xffff_ffff].map(ssrc => {
      const data = packet(1000, ssrc);
      mending.mend(data, 5);
      return parseRtpPacket(data);
    });
    expect(new Set(found.map(({ ssrc }) => ssrc)).size).toBe(1);
    expect(found.map(({ timestamp }) => timestamp)).toEqual([1000, 1000, 1000]);
    expect(mending.takesReports).toBe(true);
  });

  it('gives all packets of a frame the time at which the first came', () => {
    const mending = PacketMending.for({ ssrc: 'one', time: 'arrival' }, 90_000)!;
    expect(mending.takesReports).toBe(false);
    const times = mended(mending, [
      ...([
        [5, 1000],
        [5, 1001],
        [9_000_000, 1040],
        [5, 1041],
        [9_000_000, 1042],
      ] as const),
      // Read together, and hours back.
      ...([
        [77, 1080],
        [78, 1080],
      ] as const),
    ]);
    expect(times.map(time => time - 90_000)).toEqual([0, 0, 3600, 0, 3600, 7200, 7290]);
  });

  it('counts on beyond 32 bits', () => {
    const mending = PacketMending.for({ ssrc: 'one', time: 'arrival' }, 90_000)!;
    const days = 3 * 86_400_000;
    expect(mended(mending, [[1, days]])).toEqual([(days * 90) % 2 ** 32]);
  });

  it('leaves what is no packet to the parser', () => {
    const mending = PacketMending.for({ ssrc: 'any', time: 'arrival' }, 90_000)!;
    const data = Buffer.alloc(11, 1);
    mending.mend(data, 0);
    expect(data).toEqual(Buffer.alloc(11, 1));
  });
});
