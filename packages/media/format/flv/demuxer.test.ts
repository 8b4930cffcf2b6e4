import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { avcConfigurationRecord } from '../../codec/h264/configuration-record.ts';
import { ParseError } from '../../model/parse-error.ts';
import type { DataValue } from '../../model/sample.ts';
import { writeAmf0 } from '../amf/amf0.ts';
import { FlvDemuxer } from './demuxer.ts';
import { audioConfigBody, videoConfigBody } from './tag-body.ts';
import { TAG_TYPE } from './tag-header.ts';
import {
  AAC_CONFIG,
  AUDIO_TRACKS,
  AV1_CONFIG,
  framePayload,
  hex,
  lengthPrefixed,
  MP3_FRAME,
  PPS,
  RecordingReceiver,
  SPS_320X240,
  SPS_640X360,
  VIDEO_TRACKS,
  VP9_CONFIG,
} from './test-support.ts';

const { AUDIO, VIDEO, DATA, DATA_AMF3 } = TAG_TYPE;
const IDR = hex('6588');
const SLICE = hex('419a');

function open() {
  const receiver = new RecordingReceiver();
  return { receiver, demuxer: new FlvDemuxer(receiver) };
}

function avc(packetType: number, data: Buffer, frameType = 2): Buffer {
  return Buffer.concat([Buffer.from([(frameType << 4) | 7, packetType, 0, 0, 0]), data]);
}

function data(...values: DataValue[]): Buffer {
  return writeAmf0(values, 'ecma-array');
}

describe('FLV demuxer: video', () => {
  it('makes no second version of a track for the same configuration', () => {
    const { receiver, demuxer } = open();
    for (const track of Object.values(VIDEO_TRACKS)) {
      demuxer.tag(VIDEO, 0, videoConfigBody(track));
      demuxer.tag(VIDEO, 0, videoConfigBody(track));
    }
    expect(receiver.tracks.map(({ codec, version }) => `${codec} ${version}`)).toEqual([
      'h264 1',
      'h265 2',
      'av1 3',
      'vp9 4',
    ]);
  });

  it('makes the next version for another configuration', () => {
    const { receiver, demuxer } = open();
    demuxer.tag(VIDEO, 0, videoConfigBody(VIDEO_TRACKS.h264));
    demuxer.tag(VIDEO, 40, avc(0, avcConfigurationRecord({ sps: [SPS_320X240], pps: [PPS] })));
    expect(receiver.tracks).toMatchObject([
      { version: 1, width: 640, height: 360 },
      { version: 2, width: 320, height: 240 },
    ]);
  });

  it('takes parameter sets from the stream where they differ from the track’s, before the sample', () => {
    const { receiver, demuxer } = open();
    demuxer.tag(VIDEO, 0, videoConfigBody(VIDEO_TRACKS.h264));
    demuxer.tag(VIDEO, 0, avc(1, lengthPrefixed(SPS_640X360, PPS, IDR), 1));
    demuxer.tag(VIDEO, 40, avc(1, lengthPrefixed(PPS, SLICE)));
    expect(receiver.tracks).toHaveLength(1);
    const written: number[] = [];
    receiver.write = () => written.push(receiver.tracks.length);
    demuxer.tag(VIDEO, 80, avc(1, lengthPrefixed(SPS_320X240, IDR), 1));
    expect(written).toEqual([2]);
    expect(receiver.tracks[1]).toMatchObject({ version: 2, width: 320, sps: [SPS_320X240], pps: [PPS] });
  });

  it('does without a configuration where the stream has its parameter sets', () => {
    const { receiver, demuxer } = open();
    expect(() => demuxer.tag(VIDEO, 0, avc(1, lengthPrefixed(SLICE)))).toThrow('before its configuration');
    demuxer.tag(VIDEO, 40, avc(1, lengthPrefixed(SPS_640X360, PPS, IDR)));
    expect(receiver.tracks).toEqual([VIDEO_TRACKS.h264]);
    expect(receiver.video).toMatchObject([{ dts: 3600, key: true }]);
  });

  it('waits for the stream’s parameter sets where the configuration has none', () => {
    const { receiver, demuxer } = open();
    demuxer.tag(VIDEO, 0, avc(0, hex('01 4d401e ff e0 00')));
    expect(receiver.tracks).toEqual([]);
    demuxer.tag(VIDEO, 0, avc(1, lengthPrefixed(SPS_640X360, PPS, IDR)));
    expect(receiver.tracks).toEqual([VIDEO_TRACKS.h264]);
  });

  it('finds key frames that the tag does not mark, and believes the tag', () => {
    const { receiver, demuxer } = open();
    demuxer.tag(VIDEO, 0, videoConfigBody(VIDEO_TRACKS.h264));
    demuxer.tag(VIDEO, 0, avc(1, lengthPrefixed(IDR), 2));
    demuxer.tag(VIDEO, 40, avc(1, lengthPrefixed(SLICE), 1));
    demuxer.tag(VIDEO, 80, avc(1, lengthPrefixed(SLICE), 2));
    expect(receiver.video.map(sample => sample.key)).toEqual([true, true, false]);
  });

  it('converts two-byte lengths', () => {
    const { receiver, demuxer } = open();
    const record = avcConfigurationRecord({ sps: [SPS_640X360], pps: [PPS] });
    record[4] = 0xfd;
    demuxer.tag(VIDEO, 0, avc(0, record));
    demuxer.tag(VIDEO, 0, avc(1, hex('0002 6588 0001 06'), 1));
    expect(receiver.video[0]!.data).toEqual(lengthPrefixed(IDR, hex('06')));
  });

  it('reads HEVC under the legacy CodecID 12', () => {
    const { receiver, demuxer } = open();
    const enhanced = videoConfigBody(VIDEO_TRACKS.h265);
    demuxer.tag(VIDEO, 0, Buffer.concat([hex('1c 00 000000'), enhanced.subarray(5)]));
    demuxer.tag(VIDEO, 0, Buffer.concat([hex('2c 01 000028'), framePayload('h265', true, 9)]));
    expect(receiver.tracks).toEqual([VIDEO_TRACKS.h265]);
    expect(receiver.video).toMatchObject([{ dts: 0, pts: 3600, key: true }]);
  });

  it('reads the VP9 record with and without the header of its MP4 box', () => {
    const { receiver, demuxer } = open();
    demuxer.tag(VIDEO, 0, Buffer.concat([hex('90 76703039'), VP9_CONFIG]));
    demuxer.tag(VIDEO, 0, Buffer.concat([hex('90 76703039 01000000'), VP9_CONFIG]));
    expect(receiver.tracks).toEqual([VIDEO_TRACKS.vp9]);
  });

  it('takes temporal delimiters off AV1', () => {
    const { receiver, demuxer } = open();
    demuxer.tag(VIDEO, 0, Buffer.concat([hex('90 61763031'), AV1_CONFIG]));
    const key = framePayload('av1', true, 0);
    demuxer.tag(VIDEO, 0, Buffer.concat([hex('a1 61763031 1200'), key]));
    expect(receiver.video).toMatchObject([{ key: true, data: key }]);
  });

  it('adds nanoseconds to the time stamp', () => {
    const { receiver, demuxer } = open();
    demuxer.tag(VIDEO, 0, videoConfigBody(VIDEO_TRACKS.h265));
    const body = Buffer.concat([hex('97 02 07a120 01 68766331 000028'), framePayload('h265', true, 3)]);
    demuxer.tag(VIDEO, 10, body);
    expect(receiver.video).toMatchObject([{ dts: 945, pts: 945 + 3600 }]);
  });

  it('stays usable after a damaged tag', () => {
    const { receiver, demuxer } = open();
    demuxer.tag(VIDEO, 0, videoConfigBody(VIDEO_TRACKS.h264));
    demuxer.tag(VIDEO, 0, avc(1, lengthPrefixed(IDR), 1));
    expect(() => demuxer.tag(VIDEO, 40, avc(1, hex('000000ff 41')))).toThrow(ParseError);
    expect(() => demuxer.tag(VIDEO, 40, avc(0, hex('0164')))).toThrow(ParseError);
    expect(() => demuxer.tag(VIDEO, 40, avc(1, lengthPrefixed(hex('6764'), IDR)))).toThrow(ParseError);
    demuxer.tag(VIDEO, 80, avc(1, lengthPrefixed(SLICE)));
    expect(receiver.video.map(sample => sample.dts)).toEqual([0, 7200]);
    expect(receiver.tracks).toHaveLength(1);
  });

  it('refuses parameter sets that no configuration record can hold', () => {
    const { receiver, demuxer } = open();
    const long = Buffer.concat([PPS, Buffer.alloc(0x10000)]);
    expect(() => demuxer.tag(VIDEO, 0, avc(1, lengthPrefixed(SPS_640X360, long, IDR)))).toThrow(ParseError);
    const many = Array.from({ length: 300 }, (_, index) =>
      Buffer.concat([PPS, Buffer.from([index, index >> 8])]),
    );
    expect(() => demuxer.tag(VIDEO, 0, avc(1, lengthPrefixed(SPS_640X360, ...many, IDR)))).toThrow(
      ParseError,
    );
    expect(receiver.tracks).toEqual([]);
  });

  it('goes on through the wrap of the time stamp and puts audio beside video', () => {
    const { receiver, demuxer } = open();
    demuxer.tag(VIDEO, 0, videoConfigBody(VIDEO_TRACKS.h264));
    const first = 2 ** 32 - 5000;
    for (let time = 0; time < 10_000; time += 1000) {
      demuxer.tag(VIDEO, (first + time) % 2 ** 32, avc(1, lengthPrefixed(IDR), 1));
      demuxer.tag(AUDIO, (first + time + 10) % 2 ** 32, hex('72 d5'));
    }
    expect(receiver.video.map(sample => sample.dts)).toEqual(
      Array.from({ length: 10 }, (_, s) => s * 90_000),
    );
    expect(receiver.audio.map(sample => sample.dts)).toEqual(
      Array.from({ length: 10 }, (_, s) => s * 90_000 + 900),
    );
    expect(receiver.mends.map(({ kind }) => kind)).toEqual(['wrap', 'wrap']);
  });
});

describe('FLV demuxer: audio', () => {
  it('makes a version for each configuration that is new', () => {
    const { receiver, demuxer } = open();
    const body = audioConfigBody(AUDIO_TRACKS.aac)!;
    demuxer.tag(AUDIO, 0, body);
    demuxer.tag(AUDIO, 0, body);
    demuxer.tag(AUDIO, 0, Buffer.concat([hex('90 6d703461'), AAC_CONFIG]));
    demuxer.tag(AUDIO, 0, hex('af 00 1210'));
    demuxer.tag(AUDIO, 0, audioConfigBody(AUDIO_TRACKS.opus)!);
    expect(receiver.tracks.map(track => track.codec)).toEqual(['aac', 'aac', 'opus']);
  });

  it('makes MP3 and G.711 tracks from their first frame, and again where it changes', () => {
    const { receiver, demuxer } = open();
    demuxer.tag(AUDIO, 0, Buffer.concat([hex('2f'), MP3_FRAME]));
    demuxer.tag(AUDIO, 24, Buffer.concat([hex('2f'), MP3_FRAME]));
    demuxer.tag(AUDIO, 48, Buffer.concat([hex('2f'), hex('fffb9464').fill(0xd4, 3), Buffer.alloc(4)]));
    demuxer.tag(AUDIO, 72, hex('72 d5d5'));
    demuxer.tag(AUDIO, 92, hex('82 ffff'));
    expect(receiver.tracks).toMatchObject([
      { codec: 'mp3', sampleRate: 48_000, channels: 2 },
      { codec: 'mp3', sampleRate: 48_000, channels: 1 },
      { codec: 'g711a', sampleRate: 8000, channels: 1 },
      { codec: 'g711u', version: 4 },
    ]);
    expect(receiver.audio).toHaveLength(5);
  });

  it('drops what it cannot use', () => {
    const { receiver, demuxer } = open();
    expect(() => demuxer.tag(AUDIO, 0, hex('af 01 21'))).toThrow('aac frame before its configuration');
    expect(() => demuxer.tag(AUDIO, 0, hex('af 00'))).toThrow(ParseError);
    expect(() => demuxer.tag(AUDIO, 0, hex('2f 0000'))).toThrow(ParseError);
    demuxer.tag(AUDIO, 0, hex('af 01'));
    demuxer.tag(AUDIO, 0, Buffer.alloc(0));
    expect(receiver.samples).toEqual([]);
  });
});

describe('FLV demuxer: data', () => {
  it.each([
    ['onMetaData', [], DATA],
    ['@setDataFrame', ['onMetaData'], DATA],
    ['@setDataFrame', ['onMetaData'], DATA_AMF3],
  ])('keeps the publisher’s own fields of %s %j (type %d)', (name, rest, type) => {
    const { receiver, demuxer } = open();
    const fields = {
      Width: 640,
      height: 360,
      videocodecid: 'avc1',
      audiocodecid: 0,
      title: 'gate',
      encoder: 'obs',
    };
    const body = data(name, ...rest, fields);
    demuxer.tag(type, 0, type === DATA_AMF3 ? Buffer.concat([hex('00'), body]) : body);
    expect(receiver.metadata).toEqual({ title: 'gate', encoder: 'obs' });
    expect(receiver.expected).toEqual({ video: true, audio: false });
  });

  it('keeps no more of the metadata than every viewer can be sent', () => {
    const { receiver, demuxer } = open();
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, index]));
    demuxer.tag(
      DATA,
      0,
      data('onMetaData', { nested: { a: 1 }, list: [1], long: 'x'.repeat(2000), ...many }),
    );
    expect(Object.keys(receiver.metadata!)).toEqual(Array.from({ length: 64 }, (_, index) => `f${index}`));
  });

  it.each([
    [
      { videocodecid: 7, audiocodecid: 10 },
      { video: true, audio: true },
    ],
    [
      { videocodecid: 0x68766331, audiocodecid: 'Opus' },
      { video: true, audio: true },
    ],
    [{ audiosamplerate: 44_100 }, { video: false, audio: true }],
    [
      { width: 0, videocodecid: 0, audiocodecid: 10 },
      { video: false, audio: true },
    ],
    [
      { hasVideo: true, hasAudio: false, audiocodecid: 10 },
      { video: true, audio: false },
    ],
    [{ title: 'no word of tracks' }, undefined],
  ])('sees which tracks %j announces', (fields, expected) => {
    const { receiver, demuxer } = open();
    demuxer.tag(DATA, 0, data('onMetaData', fields));
    expect(receiver.expected).toEqual(expected);
  });

  it('passes other messages on with the time of the stream', () => {
    const { receiver, demuxer } = open();
    const text = data('onTextData', { text: 'a' });
    demuxer.tag(DATA, 0, text);
    const start = 2 ** 32 - 1000;
    demuxer.tag(AUDIO, start, hex('72 d5'));
    demuxer.tag(DATA, start + 20, text);
    demuxer.tag(DATA, 5, text);
    demuxer.tag(DATA, 2 ** 31, text);
    demuxer.tag(DATA, start, data('|RtmpSampleAccess', true, true));
    expect(receiver.data.map(sample => sample.dts)).toEqual([20, 1005, 0]);
    expect(receiver.data[0]).toMatchObject({ name: 'onTextData', values: [{ text: 'a' }] });
  });

  it('forgets the metadata when told so, and refuses what is no data message', () => {
    const { receiver, demuxer } = open();
    demuxer.tag(DATA, 0, data('onMetaData', { title: 'x' }));
    demuxer.tag(DATA, 0, data('@clearDataFrame', 'onMetaData'));
    expect(receiver.metadata).toEqual({});
    expect(() => demuxer.tag(DATA, 0, data(5))).toThrow(ParseError);
    expect(() => demuxer.tag(DATA, 0, data('onMetaData', 5))).toThrow(ParseError);
    expect(() => demuxer.tag(DATA, 0, data('onMetaData', { text: 'x'.repeat(300_000) }))).toThrow(ParseError);
  });

  it('ignores other types', () => {
    const { receiver, demuxer } = open();
    demuxer.tag(22, 0, hex('00'));
    expect(receiver.samples).toEqual([]);
  });
});

it('tags of any bytes throw nothing but ParseError, and what follows is read', () => {
  const track = fc.constantFrom(
    ...Object.values(VIDEO_TRACKS).map(videoConfigBody),
    audioConfigBody(AUDIO_TRACKS.aac)!,
    audioConfigBody(AUDIO_TRACKS.opus)!,
    avc(1, lengthPrefixed(SPS_640X360, PPS, IDR), 1),
    data('onMetaData', { width: 5, title: 'x' }),
  );
  const damaged = fc.tuple(track, fc.nat(), fc.nat(255), fc.nat(40)).map(([body, at, byte, cut]) => {
    const copy = Buffer.from(body);
    copy[at % copy.length] = byte;
    return copy.subarray(0, copy.length - (cut > 20 ? 0 : cut));
  });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(AUDIO, VIDEO, DATA), fc.nat(2 ** 32 - 1), damaged), {
        maxLength: 10,
      }),
      tags => {
        const { receiver, demuxer } = open();
        for (const [type, timestamp, body] of tags) {
          try {
            demuxer.tag(type, timestamp, body);
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError);
          }
        }
        const before = receiver.video.length;
        demuxer.tag(VIDEO, 0, videoConfigBody(VIDEO_TRACKS.h264));
        demuxer.tag(VIDEO, 0, avc(1, lengthPrefixed(IDR), 1));
        expect(receiver.video.length).toBe(before + 1);
        // Whatever tracks were made, they can be written again.
        for (const made of receiver.tracks) {
          if (made.kind === 'video') videoConfigBody(made);
          else audioConfigBody(made);
        }
      },
    ),
    { seed: 11, numRuns: 3000 },
  );
});
