import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAvcConfigurationRecord } from '../../codec/h264/configuration-record.ts';
import { H264_CLIPS } from '../../codec/h264/test-clips.ts';
import { FUZZ, hex } from '../../codec/test-support.ts';
import {
  AAC_CONFIG,
  framePayload,
  HEVC_PPS,
  HEVC_SPS,
  HEVC_VPS,
  lengthPrefixed,
  MP3_FRAME,
  RecordingReceiver,
  SPS_320X240,
} from '../../format/flv/test-support.ts';
import type { ParseError } from '../../model/parse-error.ts';
import type { ReceivableFormat } from '../format/media-format.ts';
import { ntpTime } from '../ntp-time.ts';
import { parseRtpPacket, type RtpPacket } from '../packet.ts';
import { rtpBytes, rtpPacket } from '../test-support.ts';
import { MediaSynchronizer } from './media-synchronizer.ts';
import { BAD_PAYLOAD, TestDepacketizer, TestSender } from './test-support.ts';
import { RtpTrackReceiver, type RtpTrackReceiverOptions } from './track-receiver.ts';

const RATE = 90_000;
const FRAME = 3600;
/** The first frame's stream time in ticks. */
const START = RATE;
/** Of an encoder without B-frames. */
const { sps: SPS_LIST, pps: PPS_LIST } = parseAvcConfigurationRecord(hex(H264_CLIPS[0].record));
const SPS = SPS_LIST[0]!;
const PPS = PPS_LIST[0]!;
const PAYLOAD = { payloadType: 96, clockRate: RATE, channels: 1, formatParameters: undefined };
const NO_SETS = { vps: [], sps: [], pps: [] };
const SETS = { vps: [], sps: [SPS], pps: [PPS] };
const H264: ReceivableFormat = { ...PAYLOAD, encoding: 'H264', codec: 'h264', parameterSets: SETS };
const H264_IN_BAND: ReceivableFormat = { ...H264, parameterSets: NO_SETS };
const AAC: ReceivableFormat = {
  ...PAYLOAD,
  payloadType: 97,
  encoding: 'mpeg4-generic',
  codec: 'aac',
  clockRate: 48_000,
  channels: 2,
  config: AAC_CONFIG,
};
const PCMA: ReceivableFormat = {
  ...PAYLOAD,
  payloadType: 8,
  encoding: 'PCMA',
  codec: 'g711a',
  clockRate: 8000,
};
const KEY = framePayload('h264', true, 350);
const DELTA = framePayload('h264', false, 150);

/** What a receiver makes of packets. */
class Setup {
  readonly found = new RecordingReceiver();
  readonly errors: ParseError[] = [];
  readonly track: RtpTrackReceiver;

  constructor(format: ReceivableFormat, options: Partial<RtpTrackReceiverOptions> = {}) {
    this.track = new RtpTrackReceiver({
      receiver: this.found,
      trackId: 1,
      format,
      createDepacketizer: (_format, receive) => new TestDepacketizer(receive),
      synchronizer: new MediaSynchronizer(this.found.clock),
      isReliable: false,
      onBadMedia: error => this.errors.push(error),
      ...options,
    });
  }

  push(packets: readonly RtpPacket[], now = 0): void {
    for (const packet of packets) this.track.packet(packet, now);
  }

  /** The samples that came out, by their times in frames and the bytes of their last NAL unit's end. */
  get samples(): string[] {
    return this.found.video.map(({ dts, pts, key }) => {
      const decoded = (dts - START) / FRAME;
      return `${key ? 'K' : ''}${decoded}${pts === dts ? '' : `/${(pts - START) / FRAME}`}`;
    });
  }
}

/** Pictures of 25 a second, a key frame every `interval`. */
function pictures(sender: TestSender, count: number, interval = 10, first = 0): RtpPacket[][] {
  return Array.from({ length: count }, (_, index) =>
    sender.packets((first + index) * FRAME, index % interval === 0 ? KEY : DELTA),
  );
}

/** Frames come 40 ms apart. */
function play(setup: Setup, frames: readonly RtpPacket[][], start = 0): void {
  for (const [index, packets] of frames.entries()) setup.push(packets, start + index * 40);
}

describe('RtpTrackReceiver, video', () => {
  it('makes samples of frames, with the track before them', () => {
    const setup = new Setup(H264);
    setup.track.announce();
    expect(setup.found.tracks).toMatchObject([{ id: 1, version: 1, codec: 'h264', width: 640 }]);
    setup.track.announce();
    play(setup, pictures(new TestSender(), 12));
    expect(setup.found.tracks).toHaveLength(1);
    expect(setup.samples).toEqual(['K0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'K10', '11']);
    expect(setup.found.video[0]!.data).toEqual(KEY);
    expect(setup.track.counters).toMatchObject({ frames: 12, packets: 28, lost: 0, droppedFrames: 0 });
    expect(setup.track.counters.bytes).toBe(28 * 13 + 2 * KEY.length + 10 * DELTA.length);
    expect(setup.errors).toEqual([]);
  });

  it('takes parameter sets from the stream, and nothing before them (scenario 23)', () => {
    const setup = new Setup(H264_IN_BAND);
    const sender = new TestSender();
    setup.track.announce();
    setup.push(sender.packets(0, DELTA));
    setup.push(sender.packets(FRAME, KEY));
    expect(setup.found.tracks).toEqual([]);
    const described = Buffer.concat([lengthPrefixed(SPS, PPS), KEY]);
    setup.push(sender.packets(2 * FRAME, described));
    setup.push(sender.packets(3 * FRAME, DELTA));
    expect(setup.found.tracks).toMatchObject([{ version: 1, width: 640 }]);
    expect(setup.samples).toEqual(['K0', '1']);
    expect(setup.track.counters).toMatchObject({ frames: 2, droppedFrames: 2, damagedFrames: 0 });
  });

  it('takes parameter sets that come one by one, and makes no samples of them', () => {
    const setup = new Setup(H264_IN_BAND);
    const sender = new TestSender();
    setup.push(sender.packets(0, lengthPrefixed(SPS)));
    setup.push(sender.packets(0, lengthPrefixed(PPS)));
    setup.push(sender.packets(0, KEY));
    expect(setup.found.tracks).toHaveLength(1);
    expect(setup.samples).toEqual(['K0']);
  });

  it('takes H.265, once it has all three sets', () => {
    const setup = new Setup({ ...PAYLOAD, encoding: 'H265', codec: 'h265', parameterSets: NO_SETS });
    const sender = new TestSender();
    const key = framePayload('h265', true, 50);
    setup.push(sender.packets(0, Buffer.concat([lengthPrefixed(HEVC_SPS, HEVC_PPS), key])));
    expect(setup.found.tracks).toEqual([]);
    setup.push(sender.packets(FRAME, Buffer.concat([lengthPrefixed(HEVC_VPS), key])));
    expect(setup.found.tracks).toMatchObject([{ codec: 'h265' }]);
    expect(setup.found.video).toHaveLength(1);
  });

  it('takes AV1 by its sequence headers', () => {
    const setup = new Setup({ ...PAYLOAD, encoding: 'AV1', codec: 'av1' });
    const sender = new TestSender();
    setup.track.announce();
    const units = [false, true, false, true].map(isKey => framePayload('av1', isKey, 20));
    play(
      setup,
      units.map((unit, index) => sender.packets(index * FRAME, unit)),
    );
    expect(setup.found.tracks).toMatchObject([{ codec: 'av1', version: 1 }]);
    expect(setup.samples).toEqual(['K0', '1', 'K2']);
  });

  it('publishes the next version of a track before the key frame that needs it', () => {
    const setup = new Setup(H264);
    const sender = new TestSender();
    setup.push(sender.packets(0, KEY));
    setup.push(sender.packets(FRAME, Buffer.concat([lengthPrefixed(SPS_320X240, PPS), KEY])));
    expect(setup.found.tracks).toMatchObject([
      { version: 1, width: 640 },
      { version: 2, width: 320 },
    ]);
    expect(setup.samples).toEqual(['K0', 'K1']);
  });

  it('does without parameter sets of the session description that are wrong', () => {
    const setup = new Setup({ ...H264, parameterSets: { vps: [], sps: [hex('674200')], pps: [PPS] } });
    setup.track.announce();
    expect(setup.errors).toHaveLength(1);
    const sender = new TestSender();
    setup.push(sender.packets(0, KEY));
    setup.push(sender.packets(FRAME, Buffer.concat([lengthPrefixed(SPS, PPS), KEY])));
    expect(setup.samples).toEqual(['K0']);
  });

  it('makes decoding times where there are B-frames, with the depth that the SPS says', () => {
    const { sps, pps } = parseAvcConfigurationRecord(hex(H264_CLIPS[1].record));
    const setup = new Setup({ ...H264, parameterSets: { vps: [], sps, pps } });
    const sender = new TestSender();
    // From where the time stamps wrap.
    const start = 2 ** 32 - 4 * FRAME;
    [0, 4, 2, 1, 3, 8, 6, 5, 7].forEach((number, index) => {
      setup.push(sender.packets(start + number * FRAME, index === 0 ? KEY : DELTA), index * 40);
    });
    expect(setup.samples).toEqual(['K-2/0', '-1/4', '0/2', '1', '2/3', '3/8', '4/6', '5', '6/7']);
  });
});

describe('RtpTrackReceiver, loss', () => {
  it('puts packets in order and drops doubles', () => {
    const setup = new Setup(H264);
    const packets = pictures(new TestSender(), 10).flat();
    const mixed = [...packets];
    for (let index = 1; index + 4 < mixed.length; index += 5) {
      mixed.splice(index, 4, mixed[index + 3]!, mixed[index]!, mixed[index + 2]!, mixed[index + 1]!);
    }
    const doubled = mixed.flatMap((packet, index) => (index % 3 === 0 ? [packet, packet] : [packet]));
    setup.push(doubled);
    expect(setup.samples).toEqual(['K0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    const { lost, duplicates, reordered, damagedFrames } = setup.track.counters;
    expect({ lost, damagedFrames }).toEqual({ lost: 0, damagedFrames: 0 });
    expect(duplicates).toBe(doubled.length - packets.length);
    expect(reordered).toBeGreaterThan(5);
  });

  it('drops a damaged frame and all up to the next key frame', () => {
    const setup = new Setup(H264);
    const frames = pictures(new TestSender(), 15, 5);
    frames[7]!.splice(1, 1);
    setup.push(frames.flat());
    setup.track.advance(1000);
    expect(setup.samples).toEqual(['K0', '1', '2', '3', '4', 'K5', '6', 'K10', '11', '12', '13', '14']);
    expect(setup.track.counters).toMatchObject({ lost: 1, damagedFrames: 1, droppedFrames: 3, frames: 12 });
  });

  it('drops what refers to a frame that is missing altogether', () => {
    const setup = new Setup(H264);
    const frames = pictures(new TestSender(), 12, 5);
    frames[6] = [];
    setup.push(frames.flat());
    setup.track.advance(1000);
    expect(setup.samples).toEqual(['K0', '1', '2', '3', '4', 'K5', 'K10', '11']);
    expect(setup.track.counters).toMatchObject({ damagedFrames: 0, droppedFrames: 3 });
  });

  it('passes damaged frames where that is wanted', () => {
    const setup = new Setup(H264, { damage: 'pass' });
    const frames = pictures(new TestSender(), 10, 5);
    // The payload stays one of whole NAL units: the middle of a frame of several.
    const two = Buffer.concat([DELTA, DELTA]);
    frames[2] = [];
    setup.push(frames.flat());
    const sender = new TestSender(
      { sequenceNumber: (frames[9]!.at(-1)!.sequenceNumber + 1) & 0xffff },
      DELTA.length,
    );
    const [kept] = sender.packets(10 * FRAME, two);
    setup.push([kept!]);
    sender.sequenceNumber = (sender.sequenceNumber + 1) & 0xffff;
    setup.push(sender.packets(11 * FRAME, DELTA));
    setup.track.advance(1000);
    expect(setup.samples).toEqual(['K0', '1', '3', '4', 'K5', '6', '7', '8', '9', '10', '11']);
    expect(setup.track.counters).toMatchObject({ damagedFrames: 1, droppedFrames: 0, frames: 11 });
  });

  it('keeps what was complete before a loss, and drops what comes behind it', () => {
    const setup = new Setup(H264, {
      createDepacketizer: (_format, receive) => new TestDepacketizer(receive, true),
    });
    const frames = pictures(new TestSender(), 7, 3);
    // The key frame before the gap comes out with the first packet behind it.
    frames[1] = [];
    frames[4] = [];
    setup.push(frames.flat());
    setup.track.advance(1000);
    setup.track.flush();
    expect(setup.samples).toEqual(['K0', 'K3', 'K6']);
    expect(setup.track.counters).toMatchObject({ damagedFrames: 0, droppedFrames: 2 });
  });

  it('takes every gap of a reliable transport for a loss at once', () => {
    const setup = new Setup(H264, { isReliable: true });
    const frames = pictures(new TestSender(), 8, 5);
    frames[2]!.pop();
    setup.push(frames.flat());
    expect(setup.track.deadline).toBeUndefined();
    expect(setup.samples).toEqual(['K0', '1', 'K5', '6', '7']);
  });

  it('tells when packets are given up', () => {
    const setup = new Setup(H264, { limits: { maxDelay: 60 } });
    const frames = pictures(new TestSender(), 3, 1);
    setup.push(frames[0]!.slice(0, 1), 0);
    setup.push(frames[0]!.slice(2), 10);
    setup.push(frames[1]!, 40);
    expect(setup.track.deadline).toBe(70);
    setup.track.advance(70);
    expect(setup.samples).toEqual(['K0']);
    expect(setup.track.deadline).toBeUndefined();
  });

  it('survives bad payloads and broken frames, and takes them for losses', () => {
    const setup = new Setup(H264);
    const sender = new TestSender();
    setup.push(sender.packets(0, KEY));
    const bad = rtpPacket({ sequenceNumber: sender.sequenceNumber, timestamp: FRAME, ssrc: 1 }, BAD_PAYLOAD);
    sender.sequenceNumber = (sender.sequenceNumber + 1) & 0xffff;
    setup.push([bad]);
    setup.push(sender.packets(2 * FRAME, DELTA));
    setup.push(sender.packets(3 * FRAME, KEY));
    setup.push(sender.packets(4 * FRAME, hex('000000ff01')));
    setup.push(sender.packets(5 * FRAME, DELTA));
    setup.push(sender.packets(6 * FRAME, KEY));
    expect(setup.samples).toEqual(['K0', 'K3', 'K6']);
    expect(setup.errors.map(({ reason }) => reason)).toEqual([
      'bad payload',
      'NAL unit longer than its access unit',
    ]);
    expect(setup.track.counters).toMatchObject({ badPackets: 1, droppedFrames: 3, frames: 3 });
  });

  it('leaves other payload types and padding out, without taking them for losses', () => {
    const setup = new Setup(H264);
    const sender = new TestSender();
    setup.push([rtpPacket({ payloadType: 13, ssrc: 9, sequenceNumber: 1 })]);
    setup.push(sender.packets(0, KEY));
    setup.push([
      rtpPacket({ payloadType: 101, ssrc: 1, sequenceNumber: sender.sequenceNumber }),
      rtpPacket(
        { payloadType: 96, ssrc: 1, sequenceNumber: (sender.sequenceNumber + 1) & 0xffff },
        Buffer.alloc(0),
      ),
      rtpPacket({ payloadType: 99, ssrc: 77, sequenceNumber: 5 }),
      rtpPacket({ payloadType: 99, ssrc: 77, sequenceNumber: 6 }),
    ]);
    sender.sequenceNumber = (sender.sequenceNumber + 2) & 0xffff;
    setup.push(sender.packets(FRAME, DELTA));
    expect(setup.samples).toEqual(['K0', '1']);
    expect(setup.track.counters).toMatchObject({ ignored: 5, lost: 0 });
    expect(setup.track.ssrc).toBe(1);
  });

  it('goes on in time when the camera restarts with other numbers', () => {
    const setup = new Setup(H264);
    play(setup, pictures(new TestSender(), 10));
    const again = new TestSender({ ssrc: 2, sequenceNumber: 30_000 });
    play(setup, pictures(again, 10, 10, 500_000), 2000);
    expect(setup.samples).toHaveLength(20);
    expect(setup.samples.slice(9, 12)).toEqual(['9', 'K50', '51']);
    expect(setup.track.ssrc).toBe(2);
    expect(setup.found.mends).toEqual([]);
    expect(setup.track.counters).toMatchObject({ lost: 0, damagedFrames: 0 });
  });

  it('reports to the sender what it received', () => {
    const setup = new Setup(H264);
    expect(setup.track.reportBlock(0)).toBeUndefined();
    const frames = pictures(new TestSender(), 10);
    frames[3]!.pop();
    setup.push(frames.flat());
    setup.track.senderReport(
      { ssrc: 1, ntp: ntpTime(1e12), rtpTimestamp: 0, packetCount: 0, octetCount: 0 },
      1000,
    );
    expect(setup.track.reportBlock(2000)).toMatchObject({
      ssrc: 1,
      cumulativeLost: 1,
      highestSequence: 0x10000 + frames[9]!.at(-1)!.sequenceNumber,
      delaySinceLastSenderReport: 65_536,
    });
  });

  it('makes of a lossy network what it would make of the frames that came whole, up to each loss', () => {
    const network = fc.array(
      fc.record({
        isLost: fc.integer({ min: 0, max: 49 }).map(value => value === 0),
        copies: fc.constantFrom(1, 1, 1, 1, 2),
        delay: fc.constantFrom(0, 0, 0, 0, 3, 25, 90),
      }),
      { minLength: 200, maxLength: 200 },
    );
    fc.assert(
      fc.property(network, fc.nat(0xffff), fc.nat(0xffffffff), (fates, sequenceNumber, start) => {
        const setup = new Setup(H264);
        const sender = new TestSender({ sequenceNumber });
        const arriving: { packet: RtpPacket; time: number }[] = [];
        /** Which frames can be shown: those that came whole, with all before them since a key frame. */
        const whole: string[] = [];
        let canDecode = true;
        let number = 0;
        for (let index = 0; number < 190; index++) {
          const packets = sender.packets(start + index * FRAME, index % 8 === 0 ? KEY : DELTA);
          let isWhole = true;
          for (const packet of packets) {
            const { isLost, copies, delay } = fates[number % 200]!;
            number++;
            // What comes before all others is put first by no one.
            if (index === 0) arriving.push({ packet, time: 0 });
            else if (isLost) isWhole = false;
            else {
              for (let copy = 0; copy < copies; copy++) {
                arriving.push({ packet, time: index * 40 + delay + copy });
              }
            }
          }
          canDecode = isWhole && (canDecode || index % 8 === 0);
          if (canDecode) whole.push(`${index % 8 === 0 ? 'K' : ''}${index}`);
        }
        arriving.sort((a, b) => a.time - b.time);
        for (const { packet, time } of arriving) {
          setup.track.advance(time);
          setup.track.packet(packet, time);
        }
        setup.track.flush();
        expect(setup.samples).toEqual(whole);
        const { frames, droppedFrames, duplicates, late, packets } = setup.track.counters;
        expect(frames).toBe(whole.length);
        expect(packets).toBe(arriving.length);
        expect(droppedFrames).toBeGreaterThanOrEqual(setup.track.counters.damagedFrames);
        expect(duplicates + late).toBe(arriving.length - new Set(arriving.map(({ packet }) => packet)).size);
      }),
      { ...FUZZ, numRuns: 200 },
    );
  });

  it('survives whatever packets come, with increasing times', () => {
    const packet = fc.record({
      sequenceNumber: fc.nat(200),
      timestamp: fc.oneof(
        fc.nat(100).map(number => number * FRAME),
        fc.nat(0xffffffff),
      ),
      ssrc: fc.constantFrom(1, 1, 1, 2),
      payloadType: fc.constantFrom(96, 96, 96, 8),
      marker: fc.boolean(),
    });
    const payload = fc.oneof(
      fc
        .constantFrom(KEY, DELTA, lengthPrefixed(SPS_320X240, PPS), lengthPrefixed(SPS))
        .map(frame => Buffer.concat([Buffer.from([1]), frame])),
      fc.uint8Array({ maxLength: 30 }).map(array => Buffer.from(array)),
    );
    const event = fc.tuple(packet, payload, fc.nat(100));
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 80 }),
        fc.boolean(),
        fc.boolean(),
        (events, isReliable, drops) => {
          const setup = new Setup(H264_IN_BAND, { isReliable, damage: drops ? 'drop' : 'pass' });
          let now = 0;
          for (const [header, content, wait] of events) {
            now += wait;
            const received = parseRtpPacket(rtpBytes(rtpPacket(header, content)));
            setup.track.packet(received, now);
            // A datagram's memory is not the receiver's.
            received.payload.fill(0xee);
          }
          setup.track.flush();
          let last = -1;
          for (const { dts, pts } of setup.found.video) {
            expect(dts).toBeGreaterThan(last);
            expect(pts).toBeGreaterThanOrEqual(dts);
            last = dts;
          }
          const { frames, droppedFrames } = setup.track.counters;
          expect(setup.found.samples).toHaveLength(frames);
          expect(droppedFrames).toBeGreaterThanOrEqual(0);
        },
      ),
      { ...FUZZ, numRuns: 1000 },
    );
  });
});

describe('RtpTrackReceiver, audio', () => {
  const audio = (setup: Setup) => setup.found.audio.map(({ dts }) => dts);

  it('makes samples of AAC', () => {
    const setup = new Setup(AAC);
    setup.track.announce();
    setup.track.announce();
    const sender = new TestSender({ payloadType: 97 });
    const frames = [1, 2, 3].map(byte => Buffer.alloc(50, byte));
    play(
      setup,
      frames.map((frame, index) => sender.packets(index * 1024, frame)),
    );
    expect(setup.found.tracks).toMatchObject([
      { id: 1, codec: 'aac', clockRate: 48_000, config: AAC_CONFIG },
    ]);
    expect(setup.found.audio.map(({ data }) => data)).toEqual(frames);
    expect(audio(setup)).toEqual([48_000, 49_024, 50_048]);
  });

  it('takes the configuration of AAC from its depacketiser, where that knows it', () => {
    let config: Buffer | undefined;
    const createDepacketizer: RtpTrackReceiverOptions['createDepacketizer'] = (_format, receive) => {
      const depacketizer = new TestDepacketizer(receive);
      return {
        push: (packet, lost) => depacketizer.push(packet, lost),
        flush: () => depacketizer.flush(),
        get config() {
          return config;
        },
      };
    };
    const setup = new Setup({ ...AAC, config: undefined }, { createDepacketizer });
    const sender = new TestSender({ payloadType: 97 });
    setup.track.announce();
    setup.push(sender.packets(0, Buffer.alloc(10)));
    expect(setup.found.tracks).toEqual([]);
    config = hex('1190');
    setup.push(sender.packets(1024, Buffer.alloc(10)));
    config = hex('1210');
    setup.push(sender.packets(2048, Buffer.alloc(10)));
    config = Buffer.from(config);
    setup.push(sender.packets(3072, Buffer.alloc(10)));
    expect(setup.found.tracks).toMatchObject([
      { codec: 'aac', version: 1, sampleRate: 48_000 },
      { version: 2, sampleRate: 44_100 },
    ]);
    expect(setup.track.counters).toMatchObject({ frames: 3, droppedFrames: 1 });
  });

  it.each([
    [{ ...PCMA, channels: 2 } as ReceivableFormat, { codec: 'g711a', sampleRate: 8000, channels: 2 }],
    [{ ...PCMA, codec: 'g711u' } as ReceivableFormat, { codec: 'g711u', sampleRate: 8000, channels: 1 }],
    [
      { ...PCMA, codec: 'opus', clockRate: 48_000, channels: 2 } as ReceivableFormat,
      { codec: 'opus', sampleRate: 48_000, channels: 2 },
    ],
  ])('describes the track %#', (format, expected) => {
    const setup = new Setup(format);
    setup.push(new TestSender({ payloadType: 8 }).packets(0, Buffer.alloc(30)));
    expect(setup.found.tracks).toMatchObject([expected]);
    expect(setup.found.audio).toHaveLength(1);
  });

  it('describes MP3 by its frames', () => {
    const setup = new Setup({ ...PCMA, codec: 'mp3', encoding: 'MPA', clockRate: RATE });
    setup.track.announce();
    expect(setup.found.tracks).toEqual([]);
    const sender = new TestSender({ payloadType: 8 });
    setup.push(sender.packets(0, MP3_FRAME));
    setup.push(sender.packets(2351, MP3_FRAME));
    const mono = Buffer.from(MP3_FRAME);
    mono[3] = 0xc0;
    setup.push(sender.packets(4702, mono));
    expect(setup.found.tracks).toMatchObject([
      { codec: 'mp3', version: 1, channels: 2 },
      { version: 2, channels: 1 },
    ]);
    const layerTwo = Buffer.from(MP3_FRAME);
    layerTwo[1] = 0xfd;
    setup.push(sender.packets(7053, layerTwo));
    expect(setup.errors).toMatchObject([{ reason: 'MPEG audio that is not MP3' }]);
    expect(setup.track.counters).toMatchObject({ frames: 3, droppedFrames: 1 });
  });

  it('loses the damaged frame and no other', () => {
    const setup = new Setup(AAC);
    const frames = [0, 1, 2, 3].map(index =>
      new TestSender({ payloadType: 97, sequenceNumber: 3 * index }, 20).packets(
        index * 1024,
        Buffer.alloc(60, index),
      ),
    );
    frames[1]!.splice(1, 1);
    setup.push(frames.flat());
    setup.track.advance(1000);
    expect(audio(setup)).toEqual([48_000, 48_000 + 2048, 48_000 + 3072]);
    expect(setup.track.counters).toMatchObject({ damagedFrames: 1, droppedFrames: 1, frames: 3 });
  });

  it('is brought together with its picture by the reports of both', () => {
    const found = new RecordingReceiver();
    const synchronizer = new MediaSynchronizer(found.clock);
    const options = { receiver: found, synchronizer };
    const video = new Setup(H264, { ...options, trackId: 1 });
    const sound = new Setup(PCMA, { ...options, trackId: 2 });
    const videoSender = new TestSender();
    const soundSender = new TestSender({ payloadType: 8, ssrc: 2 });
    const offset = 3_000_000_000;
    // The sound of an instant comes 100 ms after its picture.
    for (let now = 0; now < 6000; now += 20) {
      if (now % 40 === 0) video.push(videoSender.packets(now * 90, now % 400 === 0 ? KEY : DELTA), now);
      sound.push(soundSender.packets(offset + (now - 100) * 8, Buffer.alloc(160)), now);
      if (now === 3000) {
        const ntp = ntpTime(Date.UTC(2024, 0, 1) + now);
        const counts = { packetCount: 0, octetCount: 0 };
        video.track.senderReport({ ssrc: 1, ntp, rtpTimestamp: now * 90, ...counts }, now);
        sound.track.senderReport({ ssrc: 2, ntp, rtpTimestamp: offset + now * 8, ...counts }, now);
      }
    }
    const seconds = (sample: { dts: number } | undefined, rate: number) => (sample?.dts ?? 0) / rate;
    expect(seconds(found.video.at(-1), RATE)).toBeCloseTo(1.1 + 5.96, 6);
    expect(seconds(found.audio.at(-1), 8000)).toBeCloseTo(1 + 5.98, 6);
    expect(found.samples).toHaveLength(150 + 300);
  });

  it('has no use for a sender report without a wall clock', () => {
    const setup = new Setup(PCMA);
    setup.push(new TestSender({ payloadType: 8 }).packets(0, Buffer.alloc(160)));
    const ntp = { seconds: 0, fraction: 0 };
    setup.track.senderReport({ ssrc: 1, ntp, rtpTimestamp: 0, packetCount: 0, octetCount: 0 }, 0);
    expect(setup.track.reportBlock(1)).toMatchObject({ lastSenderReport: 0, delaySinceLastSenderReport: 0 });
  });
});
