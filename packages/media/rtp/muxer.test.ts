import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { aacTrack } from '../codec/aac/track.ts';
import { g711Track } from '../codec/g711/track.ts';
import { parseAvcConfigurationRecord } from '../codec/h264/configuration-record.ts';
import { H264_CLIPS } from '../codec/h264/test-clips.ts';
import { h264Track } from '../codec/h264/track.ts';
import { opusHead } from '../codec/opus/opus-head.ts';
import { opusTrack } from '../codec/opus/track.ts';
import { FUZZ, hex } from '../codec/test-support.ts';
import { ByteWriter } from '../model/byte-writer.ts';
import { AudioSample, DataSample, type Sample, VideoSample } from '../model/sample.ts';
import type { Track, Vp9Track } from '../model/track.ts';
import { RtpMuxer, type RtpMuxerOptions } from './muxer.ts';
import { millisecondsOf } from './ntp-time.ts';
import { parseRtpPacket } from './packet.ts';
import { depacketizerFor } from './payload/depacketizer-for.ts';
import { parseRtpMap } from './payload/rtp-format.ts';
import { parseRtcp } from './rtcp/parser.ts';

const [LARGE, SMALL] = [H264_CLIPS[2], H264_CLIPS[0]].map(clip =>
  parseAvcConfigurationRecord(hex(clip.record)),
);
const VIDEO = h264Track({ id: 1, version: 1, clockRate: 1000 }, LARGE!.sps, LARGE!.pps);
const AUDIO = aacTrack({ id: 2, version: 1, clockRate: 1000 }, hex('1190'));
const SPEECH = g711Track({ id: 3, version: 1, clockRate: 8000 }, 'g711a', 8000, 1);
const MUSIC = opusTrack(
  { id: 4, version: 1, clockRate: 48_000 },
  opusHead({ channels: 2, preSkip: 0, inputSampleRate: 48_000 }),
);
const EPOCH = Date.UTC(2024, 5, 7, 12);

/** All that was written since the last call. */
class Reader {
  readonly writer = new ByteWriter(512);

  frames(): { channel: number; payload: Buffer }[] {
    const { slab, start, end } = this.writer.take();
    const frames = [];
    for (let at = start; at < end; ) {
      expect(slab[at]).toBe(0x24);
      const size = slab.readUInt16BE(at + 2);
      frames.push({ channel: slab[at + 1]!, payload: slab.subarray(at + 4, at + 4 + size) });
      at += 4 + size;
      expect(at).toBeLessThanOrEqual(end);
    }
    return frames;
  }

  packets(channel: number) {
    return this.frames()
      .filter(frame => frame.channel === channel)
      .map(frame => parseRtpPacket(frame.payload).copy());
  }
}

function makeMuxer(options: Partial<RtpMuxerOptions> = {}): RtpMuxer {
  let next = 0xffff_fff0;
  // Numbers near their wrap.
  const random = () => next++ >>> 0;
  return new RtpMuxer({ epoch: EPOCH, canonicalName: 'server', random, ...options });
}

/** `milliseconds` of the stream; a picture is shown `delay` after it is decoded. */
function picture(milliseconds: number, key = false, size = 100, delay = 0): VideoSample {
  const nalUnit = Buffer.alloc(size, 0x5a);
  nalUnit[0] = key ? 0x65 : 0x41;
  return VideoSample.fromNalUnits(1, milliseconds, milliseconds + delay, key, [nalUnit]);
}

describe('RtpMuxer', () => {
  let muxer: RtpMuxer;
  let reader: Reader;

  const write = (sample: Sample, track: Track | undefined) => muxer.write(sample, track, reader.writer);

  beforeEach(() => {
    muxer = makeMuxer();
    reader = new Reader();
    expect(muxer.init([VIDEO, AUDIO, SPEECH, MUSIC], {})).toHaveLength(0);
  });

  it('gives each track a pair of channels, a source, and a payload type', () => {
    write(picture(0, true), VIDEO);
    write(new AudioSample(2, 0, Buffer.from('aac')), AUDIO);
    write(new AudioSample(3, 0, Buffer.from('g711')), SPEECH);
    write(new AudioSample(4, 0, Buffer.from([0xfc])), MUSIC);
    const packets = reader
      .frames()
      .filter(({ channel }) => channel % 2 === 0)
      .map(({ channel, payload }) => ({ channel, ...parseRtpPacket(payload) }));
    expect(packets.map(({ channel, payloadType }) => [channel, payloadType])).toEqual([
      // The parameter sets, and the picture.
      [0, 96],
      [0, 96],
      [2, 97],
      [4, 8],
      [6, 97],
    ]);
    expect(new Set(packets.map(packet => packet.ssrc)).size).toBe(4);
    expect([...muxer.layout].map(([id, { channel }]) => [id, channel])).toEqual([
      [1, 0],
      [2, 2],
      [3, 4],
      [4, 6],
    ]);
  });

  it('counts packets one by one through the wrap, and stamps them with the time of presentation', () => {
    const samples = Array.from({ length: 50 }, (_, index) =>
      picture(index * 40, false, 3000, index % 3 === 1 ? 120 : 40),
    );
    for (const sample of samples) write(sample, VIDEO);
    const packets = reader.packets(0);
    expect(packets).toHaveLength(150);
    const first = packets[0]!;
    packets.forEach((packet, index) => {
      expect(packet.sequenceNumber).toBe((first.sequenceNumber + index) & 0xffff);
      expect(packet.ssrc).toBe(first.ssrc);
      const sample = samples[Math.floor(index / 3)]!;
      const ticks = 90 * (sample.pts - samples[0]!.pts);
      expect(packet.timestamp).toBe((first.timestamp + ticks) >>> 0);
      expect(packet.marker).toBe(index % 3 === 2);
    });
  });

  it('brings every sample back through a depacketiser, key frames with parameter sets', () => {
    const sample = fc.record({
      kind: fc.constantFrom('video', 'aac', 'g711'),
      key: fc.boolean(),
      size: fc.integer({ min: 1, max: 6000 }),
    });
    const property = fc.property(fc.array(sample, { maxLength: 20 }), samples => {
      muxer = makeMuxer();
      reader = new Reader();
      muxer.init([VIDEO, AUDIO, SPEECH], {});
      const sent: Buffer[][] = [[], [], []];
      for (const [index, { kind, key, size }] of samples.entries()) {
        const time = index * 40;
        if (kind === 'video') {
          const one = picture(time, key, size + 1);
          const sets = key ? [...LARGE!.sps, ...LARGE!.pps] : [];
          sent[0]!.push(VideoSample.fromNalUnits(1, 0, 0, key, [...sets, ...one.nalUnits]).data);
          write(one, VIDEO);
        } else {
          const data = Buffer.alloc(size, index);
          sent[kind === 'aac' ? 1 : 2]!.push(data);
          const [track, ticks] = kind === 'aac' ? [AUDIO, time] : [SPEECH, 8 * time];
          write(new AudioSample(track.id, ticks, data), track);
        }
      }
      const received: Buffer[][] = [[], [], []];
      const depacketizers = [...muxer.layout.values()].map(({ outgoing }, index) => {
        const { rtpMap, formatParameters } = outgoing.packetizer;
        const format = parseRtpMap(rtpMap, formatParameters);
        return depacketizerFor(format, frame => received[index]!.push(frame.data))!;
      });
      for (const { channel, payload } of reader.frames()) {
        if (channel % 2 === 0) depacketizers[channel / 2]!.push(parseRtpPacket(payload), false);
      }
      for (const depacketizer of depacketizers) depacketizer.flush();
      expect(received.slice(0, 2)).toEqual(sent.slice(0, 2));
      // A long run of G.711 comes in pieces.
      expect(Buffer.concat(received[2]!)).toEqual(Buffer.concat(sent[2]!));
    });
    fc.assert(property, { ...FUZZ, numRuns: 200 });
  });

  it('reports before key frames and every five seconds, each time the same clock for all tracks', () => {
    const firstOf = new Map<number, { timestamp: number; seconds: number }>();
    const reports: { at: number; channels: number[] }[] = [];
    for (let time = 0; time < 20_000; time += 40) {
      const isKey = time % 7000 === 0;
      write(picture(time, isKey), VIDEO);
      write(new AudioSample(2, time + 3, Buffer.from('aac')), AUDIO);
      const channels: number[] = [];
      let isBehindPacket = false;
      for (const { channel, payload } of reader.frames()) {
        if (channel % 2 === 0) {
          isBehindPacket = true;
          const { timestamp } = parseRtpPacket(payload);
          const seconds = channel === 0 ? time / 1000 : (time + 3) / 1000;
          if (!firstOf.has(channel)) firstOf.set(channel, { timestamp, seconds });
          continue;
        }
        expect(isKey && isBehindPacket).toBe(false);
        channels.push(channel);
        const [report, description] = parseRtcp(payload);
        if (report?.type !== 'sender-report') throw new Error('no sender report');
        expect(description).toMatchObject({ sources: [{ cname: 'server', ssrc: report.ssrc }] });
        const first = firstOf.get(channel - 1);
        if (!first) continue;
        const rate = channel === 1 ? 90_000 : 48_000;
        const streamSeconds = (millisecondsOf(report.ntp) - EPOCH) / 1000;
        expect(streamSeconds).toBeCloseTo(time / 1000, 1);
        const ticks = Math.round((streamSeconds - first.seconds) * rate);
        expect((report.rtpTimestamp - first.timestamp) | 0).toBeCloseTo(ticks, -1);
      }
      if (channels.length > 0) reports.push({ at: time, channels });
    }
    expect(reports.map(report => report.at)).toEqual([0, 5000, 7000, 12_000, 14_000, 19_000]);
    for (const { channels } of reports) expect(channels).toEqual([1, 3, 5, 7]);
  });

  it('counts in its reports what it has sent', () => {
    write(picture(0, true, 200), VIDEO);
    reader.frames();
    write(picture(2000, true), VIDEO);
    const [report] = parseRtcp(reader.frames()[0]!.payload);
    const sets = [...LARGE!.sps, ...LARGE!.pps].reduce((sum, set) => sum + 2 + set.length, 1);
    expect(report).toMatchObject({ packetCount: 2, octetCount: sets + 200 });
  });

  it('does not report before each of many key frames', () => {
    for (let time = 0; time < 3000; time += 40) write(picture(time, true), VIDEO);
    const reports = reader.frames().filter(({ channel }) => channel === 1);
    expect(reports).toHaveLength(3);
  });

  it('says where tracks are, now and before the last key frame, at one instant for all', () => {
    expect(muxer.keyPosition(1)).toBeUndefined();
    write(new AudioSample(2, 1990, Buffer.from('aac')), AUDIO);
    const before = reader.packets(2);
    write(picture(2013, true, 100, 80), VIDEO);
    write(new AudioSample(2, 2011, Buffer.from('aac')), AUDIO);
    write(picture(2053, false, 100), VIDEO);
    const frames = reader.frames();
    for (const [trackId, channel, time, rate] of [
      [1, 0, 2013 + 80, 90_000],
      [2, 2, 2011, 48_000],
    ] as const) {
      const { payload } = frames.find(frame => frame.channel === channel)!;
      const { sequenceNumber, timestamp } = parseRtpPacket(payload);
      const position = muxer.keyPosition(trackId)!;
      expect(position.sequence).toBe(sequenceNumber);
      // The instant is 2.0 s.
      expect((timestamp - position.rtpTime) | 0).toBe(((time - 2000) * rate) / 1000);
    }
    expect(muxer.keyPosition(2)?.sequence).toBe((before[0]!.sequenceNumber + 1) & 0xffff);
    const next = muxer.position(2)!;
    write(new AudioSample(2, 2032, Buffer.from('aac')), AUDIO);
    expect(reader.packets(2)[0]!.sequenceNumber).toBe(next.sequence);
    expect(muxer.position(99)).toBeUndefined();
  });

  it('goes on as the same source where receivers need not be told of what changed', () => {
    write(picture(0, true), VIDEO);
    const [before] = reader.packets(0);
    const layout = muxer.layout;
    muxer.update([VIDEO, AUDIO, SPEECH, MUSIC], {}, reader.writer);
    expect(muxer.layout).toBe(layout);
    const changed = h264Track({ id: 1, version: 2, clockRate: 1000 }, SMALL!.sps, SMALL!.pps);
    muxer.update([changed, AUDIO, SPEECH, MUSIC], {}, reader.writer);
    expect(muxer.layout).not.toBe(layout);
    expect(muxer.layout.get(1)!.outgoing.signature).toBe(layout.get(1)!.outgoing.signature);
    write(picture(40, true), changed);
    const after = reader.packets(0);
    expect(after[0]!.ssrc).toBe(before!.ssrc);
    expect(after[0]!.payload.includes(SMALL!.sps[0]!)).toBe(true);
    expect(after[0]!.sequenceNumber).toBe((before!.sequenceNumber + 2) & 0xffff);
  });

  it('is another source on the same channel where the session description would be another', () => {
    write(new AudioSample(2, 0, Buffer.from('aac')), AUDIO);
    const [before] = reader.packets(2);
    const signature = muxer.layout.get(2)!.outgoing.signature;
    const changed = aacTrack({ id: 2, version: 2, clockRate: 1000 }, hex('1210'));
    muxer.update([VIDEO, changed], {}, reader.writer);
    expect(muxer.layout.get(2)!.outgoing.signature).not.toBe(signature);
    write(new AudioSample(2, 40, Buffer.from('aac')), changed);
    expect(reader.packets(2)[0]!.ssrc).not.toBe(before!.ssrc);
    // Of a track that is gone nothing is written any more; when it comes back it has its channel again.
    write(new AudioSample(3, 0, Buffer.from('g711')), SPEECH);
    expect(reader.frames()).toEqual([]);
    muxer.update([MUSIC, SPEECH], {}, reader.writer);
    expect([...muxer.layout].map(([id, { channel }]) => [id, channel])).toEqual([
      [4, 6],
      [3, 4],
    ]);
  });

  it('carries what RTP has a form for', () => {
    const vp9: Vp9Track = {
      ...{ id: 9, version: 1, clockRate: 90_000, kind: 'video', codec: 'vp9' },
      ...{ width: 640, height: 360, codecString: 'vp09', config: Buffer.alloc(8) },
    };
    expect([VIDEO, AUDIO, SPEECH, MUSIC].every(track => muxer.carries(track))).toBe(true);
    expect(muxer.carries(vp9)).toBe(false);
    expect(muxer.carries({ ...MUSIC, config: Buffer.from('no OpusHead') })).toBe(false);
  });

  it('has channels for so many tracks and no more', () => {
    const tracks = Array.from({ length: 130 }, (_, index) =>
      g711Track({ id: 100 + index, version: 1, clockRate: 8000 }, 'g711u', 8000, 1),
    );
    muxer = makeMuxer();
    muxer.init(tracks, {});
    expect(muxer.layout.size).toBe(128);
    expect(Math.max(...[...muxer.layout.values()].map(lane => lane.channel))).toBe(254);
    expect(muxer.carries(tracks[0]!)).toBe(true);
    expect(muxer.carries(tracks[129]!)).toBe(false);
  });

  it('leaves out what cannot be sent, without a gap in the numbers', () => {
    write(new AudioSample(4, 0, Buffer.alloc(10)), MUSIC);
    const [before] = reader.packets(6);
    write(new AudioSample(4, 960, Buffer.alloc(70_000)), MUSIC);
    write(new AudioSample(2, 20, Buffer.alloc(9000)), AUDIO);
    write(VideoSample.fromData(1, 40, 40, false, hex('00000009 41')), VIDEO);
    write(new DataSample(40, 'onTextData', []), undefined);
    write(
      new AudioSample(99, 0, Buffer.alloc(10)),
      g711Track({ id: 99, version: 1, clockRate: 8000 }, 'g711a', 8000, 1),
    );
    expect(reader.frames()).toEqual([]);
    write(new AudioSample(4, 1920, Buffer.alloc(10)), MUSIC);
    expect(reader.packets(6)[0]!.sequenceNumber).toBe((before!.sequenceNumber + 1) & 0xffff);
  });

  it('says goodbye for each source at the end', () => {
    muxer.end(reader.writer);
    const frames = reader.frames();
    expect(frames.map(({ channel }) => channel)).toEqual([1, 3, 5, 7]);
    for (const { payload } of frames) {
      expect(parseRtcp(payload).map(packet => packet.type)).toEqual([
        'receiver-report',
        'source-description',
        'goodbye',
      ]);
    }
  });

  it('goes on when it serves another output, with the same pictures again', () => {
    write(picture(10_000, true), VIDEO);
    write(picture(10_040), VIDEO);
    const before = reader.packets(0);
    reader = new Reader();
    muxer.init([VIDEO, AUDIO, SPEECH, MUSIC], {});
    write(picture(10_000, true), VIDEO);
    const [again] = reader.packets(0);
    expect(again!.ssrc).toBe(before[0]!.ssrc);
    expect(again!.timestamp).toBe(before[0]!.timestamp);
    expect(again!.sequenceNumber).toBe((before.at(-1)!.sequenceNumber + 1) & 0xffff);
  });

  it('writes whole frames whatever the samples hold', () => {
    const data = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array));
    const tracks = [VIDEO, AUDIO, SPEECH, MUSIC];
    const property = fc.property(fc.array(fc.tuple(fc.nat(3), fc.boolean(), data, fc.nat(1e9))), samples => {
      reader = new Reader();
      for (const [which, key, bytes, time] of samples) {
        const track = tracks[which]!;
        const sample =
          track.kind === 'video'
            ? VideoSample.fromData(track.id, time, time, key, bytes)
            : new AudioSample(track.id, time, bytes);
        write(sample, track);
      }
      for (const { channel, payload } of reader.frames()) {
        if (channel % 2 === 0) parseRtpPacket(payload);
        else expect(parseRtcp(payload)).toHaveLength(2);
      }
    });
    fc.assert(property, FUZZ);
  });
});
