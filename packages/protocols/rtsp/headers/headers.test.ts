import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { goCorpus, survives } from '@flux-iot/media/codec/test-support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEED } from '../test-support.ts';
import { formatMethods, parseMethods } from './methods.ts';
import { formatRange, parseRange, type Range } from './range.ts';
import { formatRtpInfo, parseRtpInfo } from './rtp-info.ts';
import { formatSession, parseSession } from './session.ts';
import { formatTransport, parseTransports, type Transport } from './transport.ts';

/** An alternative without what it does not say. */
function transports(...values: string[]): Partial<Transport>[] {
  return parseTransports(values).map(transport =>
    Object.fromEntries(Object.entries(transport).filter(([, value]) => value !== undefined)),
  );
}

const AVP = { profile: 'RTP/AVP' } as const;

describe('Transport', () => {
  it.each<[sender: string, value: string, expected: Partial<Transport>]>([
    [
      'VLC',
      'RTP/AVP;unicast;client_port=53006-53007',
      { ...AVP, lower: 'udp', delivery: 'unicast', clientPort: [53006, 53007] },
    ],
    [
      'ffmpeg',
      'RTP/AVP/TCP;unicast;interleaved=0-1;mode=record',
      { ...AVP, lower: 'tcp', delivery: 'unicast', interleaved: [0, 1], mode: 'record' },
    ],
    [
      "ffmpeg's server side",
      'RTP/AVP/UDP;unicast;mode=receive;client_port=5004',
      { ...AVP, lower: 'udp', delivery: 'unicast', mode: 'record', clientPort: [5004, 5005] },
    ],
    [
      'live555',
      'RTP/AVP;unicast;destination=10.0.0.7;source=10.0.0.9;client_port=4588-4589;server_port=6970-6971',
      {
        ...AVP,
        lower: 'udp',
        delivery: 'unicast',
        clientPort: [4588, 4589],
        serverPort: [6970, 6971],
        source: '10.0.0.9',
        destination: '10.0.0.7',
      },
    ],
    [
      'Hikvision',
      'RTP/AVP/TCP;unicast;interleaved=0-1;ssrc= d6d6627;mode="play"',
      { ...AVP, lower: 'tcp', delivery: 'unicast', interleaved: [0, 1], ssrc: 0x0d6d6627, mode: 'play' },
    ],
    [
      'Dahua',
      'RTP/AVP/UDP;unicast;client_port=49292-49293;server_port=43670-43671;ssrc=7CB694B4',
      {
        ...AVP,
        lower: 'udp',
        delivery: 'unicast',
        clientPort: [49292, 49293],
        serverPort: [43670, 43671],
        ssrc: 0x7cb694b4,
      },
    ],
    [
      'Escam, which forgets /TCP',
      'RTP/AVP;unicast;destination=10.0.0.7;source=10.0.0.9;interleaved=0-1',
      {
        ...AVP,
        lower: 'tcp',
        delivery: 'unicast',
        interleaved: [0, 1],
        source: '10.0.0.9',
        destination: '10.0.0.7',
      },
    ],
    [
      'a camera with one channel',
      'RTP/AVP/TCP;interleaved=10',
      { ...AVP, lower: 'tcp', interleaved: [10, 11] },
    ],
    [
      'Luckfox',
      'RTP/AVP/TCP;ssrc=22345684;interleaved=0-1',
      { ...AVP, lower: 'tcp', interleaved: [0, 1], ssrc: 0x22345684 },
    ],
    [
      'an XiongMai recorder',
      'RTP/AVP;unicast;mode=PLAY;source=127.0.0.1;client_port=18714-18715;server_port=40004-40005;ssrc=0',
      {
        ...AVP,
        lower: 'udp',
        delivery: 'unicast',
        mode: 'play',
        source: '127.0.0.1',
        clientPort: [18714, 18715],
        serverPort: [40004, 40005],
        ssrc: 0,
      },
    ],
    [
      "ibaRTSPServer, whose SSRC's digits are decimal",
      'RTP/AVP/UDP;unicast;ssrc=937239728',
      { ...AVP, lower: 'udp', delivery: 'unicast', ssrc: 937239728 },
    ],
    [
      'a multicast server',
      'rtp/avp;multicast;destination=239.0.0.1;port=5000-5001;ttl=16',
      { ...AVP, lower: 'udp', delivery: 'multicast', destination: '239.0.0.1', port: [5000, 5001], ttl: 16 },
    ],
  ])('is understood from %s', (_sender, value, expected) => {
    expect(transports(value)).toEqual([expected]);
  });

  it('has alternatives, best first; those that are unknown are left out', () => {
    const value = 'RAW/RAW/UDP;unicast,RTP/AVP;unicast;client_port=2-3;mode="PLAY,RECORD" , RTP/AVPF/TCP';
    expect(transports(value, 'RTP/SAVP;interleaved=4-5;client_port=6-7')).toEqual([
      { ...AVP, lower: 'udp', delivery: 'unicast', clientPort: [2, 3], mode: 'record' },
      { profile: 'RTP/AVPF', lower: 'tcp' },
      { profile: 'RTP/SAVP', lower: 'udp', interleaved: [4, 5], clientPort: [6, 7] },
    ]);
    expect(transports('', 'RTP', 'x;unicast', 'RTP/AVP/SCTP')).toEqual([]);
    expect(transports(Array(1000).fill('RTP/AVP').join(','))).toHaveLength(16);
  });

  it('loses what is wrong in it, and nothing else', () => {
    const wrong =
      'client_port=0-1;server_port=70000;interleaved=255-256;port=a-b;ttl=x;ssrc=zz;mode=fly;=;source=';
    expect(transports(`RTP/AVP;${wrong};unicast`)).toEqual([{ ...AVP, lower: 'udp', delivery: 'unicast' }]);
    expect(transports('RTP/AVP/TCP;interleaved=255')).toEqual([{ ...AVP, lower: 'tcp' }]);
    expect(transports('RTP/AVP;ssrc=1ffffffff')).toEqual([{ ...AVP, lower: 'udp' }]);
    expect(transports('RTP/AVP;ssrc=9999999999')).toEqual([{ ...AVP, lower: 'udp' }]);
  });

  it('is written as it is read', () => {
    const pair = (maximum: number) =>
      fc.integer({ min: 1, max: maximum - 1 }).map((first): [number, number] => [first, first + 1]);
    const host = fc.option(fc.constantFrom('10.0.0.1', '::1', 'camera.example'), { nil: undefined });
    const transport = fc.record({
      profile: fc.constantFrom('RTP/AVP', 'RTP/SAVP', 'RTP/AVPF', 'RTP/SAVPF'),
      lower: fc.constantFrom('tcp' as const, 'udp' as const),
      delivery: fc.constantFrom('unicast' as const, 'multicast' as const, undefined),
      interleaved: fc.option(pair(255), { nil: undefined }),
      clientPort: pair(65_535),
      serverPort: fc.option(pair(65_535), { nil: undefined }),
      port: fc.option(pair(65_535), { nil: undefined }),
      ttl: fc.option(fc.nat(255), { nil: undefined }),
      ssrc: fc.option(fc.nat(0xffffffff), { nil: undefined }),
      mode: fc.constantFrom('play' as const, 'record' as const, undefined),
      source: host,
      destination: host,
    });
    const property = fc.property(fc.array(transport, { minLength: 1, maxLength: 4 }), all => {
      expect(parseTransports(all.map(formatTransport))).toEqual(all);
      expect(parseTransports([all.map(formatTransport).join(',')])).toEqual(all);
    });
    fc.assert(property, { seed: SEED });
  });
});

describe('Session', () => {
  it.each([
    ['        708345999;timeout=60', '708345999', 60],
    ['9a90de54; timeout=120', '9a90de54', 120],
    ['121.254.102.120+7789+937239728', '121.254.102.120+7789+937239728', undefined],
    ['1;TIMEOUT = 8', '1', 8],
    ['1;timeout=0', '1', undefined],
    ['1;timeout=99999999999999999999', '1', undefined],
    ['1;timeout', '1', undefined],
    ['1;x=y;', '1', undefined],
  ])('%j', (value, id, timeout) => {
    expect(parseSession(value)).toEqual({ id, timeout });
  });

  it('without an id is none', () => {
    expect([undefined, '', ' ;timeout=60', ';="'].map(parseSession)).toEqual(Array(4).fill(undefined));
  });

  it('is written as it is read', () => {
    expect(formatSession({ id: 'a', timeout: undefined })).toBe('a');
    expect(parseSession(formatSession({ id: 'a', timeout: 30 }))).toEqual({ id: 'a', timeout: 30 });
  });
});

describe('RTP-Info', () => {
  it.each([
    [
      'Dahua',
      'url=trackID=0;seq=47121;rtptime=3475222385,url=trackID=1;seq=45186;rtptime=2234446919',
      [
        { url: 'trackID=0', sequence: 47121, rtpTime: 3475222385, ssrc: undefined },
        { url: 'trackID=1', sequence: 45186, rtpTime: 2234446919, ssrc: undefined },
      ],
    ],
    [
      'Hikvision',
      'url=rtsp://10.0.0.9:554/Streaming/Channels/101/trackID=1?transportmode=unicast&profile=a,b;c;seq=24104;rtptime=1270711678',
      [
        {
          url: 'rtsp://10.0.0.9:554/Streaming/Channels/101/trackID=1?transportmode=unicast&profile=a,b;c',
          sequence: 24104,
          rtpTime: 1270711678,
          ssrc: undefined,
        },
      ],
    ],
    [
      'Reolink',
      'url=trackID=1;seq=16852;rtptime=1070938629;ssrc=dcc4a0d8',
      [{ url: 'trackID=1', sequence: 16852, rtpTime: 1070938629, ssrc: 0xdcc4a0d8 }],
    ],
    [
      'Laureii',
      'url=rtsp://10.0.0.9:554/0/main/trackID=0;seq=0;rtptime=0;',
      [{ url: 'rtsp://10.0.0.9:554/0/main/trackID=0', sequence: 0, rtpTime: 0, ssrc: undefined }],
    ],
    [
      'a server whose numbers are wrong',
      'url="a";seq=65536;rtptime=-1, url=b',
      [
        { url: 'a', sequence: undefined, rtpTime: undefined, ssrc: undefined },
        { url: 'b', sequence: undefined, rtpTime: undefined, ssrc: undefined },
      ],
    ],
  ])('is understood from %s', (_sender, value, expected) => {
    expect(parseRtpInfo([value])).toEqual(expected);
  });

  it('may be nothing of the kind', () => {
    expect(['', ';', '="', '0', 'seq=1', ','].flatMap(value => parseRtpInfo([value]))).toEqual([]);
  });

  it('is written as it is read', () => {
    const entry = fc.record({
      url: fc.constantFrom('rtsp://host/a/trackID=1', 'rtsp://h/a?x=1,2;y=3', 'track1'),
      sequence: fc.option(fc.nat(0xffff), { nil: undefined }),
      rtpTime: fc.option(fc.nat(0xffffffff), { nil: undefined }),
      ssrc: fc.constant(undefined),
    });
    const property = fc.property(fc.array(entry, { minLength: 1 }), all => {
      expect(parseRtpInfo([formatRtpInfo(all)])).toEqual(all);
    });
    fc.assert(property, { seed: SEED });
  });
});

describe('Range', () => {
  it.each<[string, Range]>([
    ['npt=0.000-', { unit: 'npt', start: 0, end: undefined }],
    ['npt=now-', { unit: 'npt', start: 'now', end: undefined }],
    ['npt = 10 - 20.5;time=19970123T143720Z', { unit: 'npt', start: 10, end: 20.5 }],
    ['npt=-20', { unit: 'npt', start: undefined, end: 20 }],
    ['NPT=1:02:03.5-', { unit: 'npt', start: 3723.5, end: undefined }],
    [
      'clock=19961108T142300.25Z-19961108T143520Z',
      { unit: 'clock', start: Date.UTC(1996, 10, 8, 14, 23, 0, 250), end: Date.UTC(1996, 10, 8, 14, 35, 20) },
    ],
    ['clock=20240229t000000z-', { unit: 'clock', start: Date.UTC(2024, 1, 29), end: undefined }],
    [
      'smpte=10:07:00-10:07:33:05.01',
      { unit: 'smpte', start: { seconds: 36_420, frames: 0 }, end: { seconds: 36_453, frames: 5.01 } },
    ],
    ['smpte-25=0:0:0:24-', { unit: 'smpte-25', start: { seconds: 0, frames: 24 }, end: undefined }],
  ])('%s', (value, expected) => {
    expect(parseRange(value)).toEqual(expected);
    expect(parseRange(formatRange(expected))).toEqual(expected);
  });

  it.each([
    '',
    'npt',
    'npt=',
    'npt=-',
    'npt=:-',
    'npt=::-',
    'npt=1:60:00-',
    'npt=0-A',
    'npt=1e9-',
    'clock=-',
    'clock=20240230T000000Z-0',
    'clock=20241301T000000Z-',
    'clock=00000101T000000-',
    'smpte=-',
    'smpte=0:0:A-',
    'smpte=0:0:0-0',
    'smpte-30=0:0:0-',
    'bytes=0-',
  ])('%j is none', value => {
    expect(() => parseRange(value)).toThrow(expect.objectContaining({ name: 'ParseError' }));
  });
});

describe('Public', () => {
  it('is a list of methods, however it is written', () => {
    const values = ['OPTIONS, describe,PLAY,,', 'GET_PARAMETER SETUP', '', '<x>'];
    expect([...parseMethods(values)]).toEqual(['OPTIONS', 'DESCRIBE', 'PLAY', 'GET_PARAMETER', 'SETUP']);
    expect(formatMethods(parseMethods(values))).toBe('OPTIONS, DESCRIBE, PLAY, GET_PARAMETER, SETUP');
  });
});

describe('whatever stands in a header', () => {
  const read = (value: string) => {
    parseTransports([value]);
    parseSession(value);
    parseRtpInfo([value]);
    parseMethods([value]);
    survives(() => parseRange(value));
  };
  const base = 'gortsplib/pkg/headers/testdata/fuzz';
  const names = ['Transports', 'Session', 'RTPInfo', 'Range'];
  const folders = names.map(name => `${base}/Fuzz${name}Unmarshal`);
  const collected = goCorpus({ existsSync, readdirSync, readFileSync }, ...folders).map(String);

  it('is understood or left out', () => {
    const pieces = [
      'RTP/AVP;unicast;client_port=1-2',
      'url=a;seq=1;rtptime=2',
      'npt=1:00:00-',
      'clock=19961108T142300Z-',
      'smpte=1:2:3:4.5-',
      'x;timeout=9',
      '"',
      '\\',
      ';',
      ',',
      '=',
      '-',
    ];
    const nearly = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), {
      maxLength: 8,
    });
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      nearly.map(parts => parts.join('')),
    );
    fc.assert(fc.property(value, read), { seed: SEED, numRuns: 3000 });
  });

  it('takes time in proportion to its length', () => {
    const started = performance.now();
    for (const piece of ['"', ';', ',', 'url=', '\\"', ' ', '=', ';seq=1', ':', '1', 'RTP/AVP,'])
      read(piece.repeat(16_000 / piece.length));
    expect(performance.now() - started).toBeLessThan(1000);
  });

  it.skipIf(collected.length === 0)('as others collected it is understood or left out', () => {
    expect(collected.length).toBeGreaterThan(20);
    for (const value of collected) read(value);
  });
});
