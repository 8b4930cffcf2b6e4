import * as fs from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FUZZ, goCorpus, survives } from '../../codec/test-support.ts';
import { ParseError } from '../../model/parse-error.ts';
import { mediaFormat } from '../format/media-format.ts';
import { formatSdp } from './formatter.ts';
import { parseSdp } from './parser.ts';
import { announcedSsrc, attributeValue, findAttribute, payloadTypeValues } from './session-description.ts';
import { DAHUA, GB28181, GSTREAMER } from './test-descriptions.ts';

describe('parseSdp', () => {
  it('reads a description of a camera', () => {
    const session = parseSdp(DAHUA);
    expect(session).toMatchObject({
      origin: { username: '-', sessionId: '2251938508', sessionVersion: '2251938508', address: '0.0.0.0' },
      name: 'Media Server',
      connection: { addressType: 'IP4', address: '0.0.0.0', ttl: undefined },
      times: ['0 0'],
    });
    expect(attributeValue(session, 'control')).toBe('*');
    expect(attributeValue(session, 'range')).toBe('npt=now-');
    const [video, audio] = session.media;
    expect(session.media).toHaveLength(2);
    expect(video).toMatchObject({ type: 'video', port: 0, protocol: 'RTP/AVP', formats: ['96'] });
    expect(attributeValue(video!, 'control')).toBe('trackID=0');
    expect(payloadTypeValues(video!, 'rtpmap', 96)).toEqual(['H264/90000']);
    expect(findAttribute(audio!, 'recvonly')).toEqual({ name: 'recvonly', value: undefined });
    expect(audio).toMatchObject({ type: 'audio', formats: ['8'] });
  });

  it('reads what others write', () => {
    const session = parseSdp(GSTREAMER);
    expect(session.otherLines).toEqual([{ type: 'i', value: 'rtsp-server' }]);
    expect(session.media[0]).toMatchObject({
      connection: { addressType: 'IP4', address: '232.1.2.3', ttl: 16 },
      bandwidths: [
        { type: 'AS', value: 2048 },
        { type: 'TIAS', value: 2_000_000 },
      ],
    });
    expect(announcedSsrc(session.media[0]!)).toBe(4_076_271_263);
    expect(announcedSsrc(session.media[1]!)).toBeUndefined();
  });

  it('keeps the lines of GB28181', () => {
    const session = parseSdp(GB28181);
    expect(session).toMatchObject({ name: 'Play', origin: { username: '34020000001320000001' } });
    expect(session.media[0]).toMatchObject({
      port: 30_000,
      protocol: 'TCP/RTP/AVP',
      formats: ['96', '98', '97'],
      otherLines: [
        { type: 'y', value: '0100000001' },
        { type: 'f', value: 'v/2/5/25/1/4096a///' },
      ],
    });
  });

  it.each([
    ['line feeds alone', DAHUA.replaceAll('\r\n', '\n')],
    ['carriage returns alone', DAHUA.replaceAll('\r\n', '\r')],
    ['spaces at the ends of lines', DAHUA.replaceAll('\r\n', '  \t\r\n')],
    ['empty lines and lines of nothing known', DAHUA.replaceAll('\r\n', '\r\n\r\nnonsense\r\n=\r\n?=1\r\n')],
    ['a zero byte at the end', `${DAHUA}\0`],
    ['no line end at the end', DAHUA.trimEnd()],
  ])('takes %s', (_name, text) => {
    expect(parseSdp(text)).toEqual(parseSdp(DAHUA));
  });

  it('takes lines in any order, and descriptions that lack nearly all', () => {
    const session = parseSdp(
      'a=control:*\no=[-2208991488 2208991488 IN IP4 10.255.1.119\nb=AS:5\nc=IN IP6 ff15::101/3\ns=x\n' +
        'm=video 0 RTP/AVP 96\n',
    );
    expect(session).toMatchObject({
      origin: { username: '-', sessionId: '[-2208991488', address: '10.255.1.119' },
      name: 'x',
      connection: { addressType: 'IP6', address: 'ff15::101', ttl: undefined },
      attributes: [{ name: 'control', value: '*' }],
    });
    expect(parseSdp('m=audio 49170/2 RTP/AVP 0\na=rtpmap:0 PCMU/8000').media).toMatchObject([
      { type: 'audio', port: 49_170, formats: ['0'], attributes: [{ name: 'rtpmap' }] },
    ]);
    expect(parseSdp('')).toMatchObject({ media: [], times: [], origin: undefined });
  });

  it('leaves the attributes of an unreadable media line with no other', () => {
    const session = parseSdp('m=video 99999 RTP/AVP\na=control:1\nm=\na=control:2');
    expect(session.media).toMatchObject([{ type: 'video', port: 0, formats: [] }]);
    expect(session.media[0]!.attributes).toEqual([{ name: 'control', value: '1' }]);
    expect(session.attributes).toEqual([]);
  });

  it('finds attributes whatever their case and the spaces in them', () => {
    const [media] = parseSdp('m=video 0 RTP/AVP 96\na=RTPMAP: 96  H264/90000 \na=Control : t1').media;
    expect(payloadTypeValues(media!, 'rtpmap', 96)).toEqual(['H264/90000']);
    expect(payloadTypeValues(media!, 'rtpmap', 9)).toEqual([]);
    expect(attributeValue(media!, 'control')).toBe('t1');
  });

  it('refuses what is beyond its caps', () => {
    expect(() => parseSdp('a'.repeat(65_537))).toThrow(ParseError);
    expect(() => parseSdp('a=x\n'.repeat(1001))).toThrow(/lines/);
    expect(() => parseSdp('m=video 0 RTP/AVP 96\n'.repeat(33))).toThrow(/media/);
  });

  it('throws nothing but ParseError, on this and what is made of it', () => {
    const pieces = ['a=rtpmap:96 ', 'a=fmtp:96 ', 'm=', 'c=IN ', 'b=', 'o=', 'video 0 RTP/AVP 96', 'a=ssrc:'];
    const names = [
      'H264/90000',
      'mpeg4-generic/',
      'MP4A-LATM/90000',
      'opus/48000/2',
      'config=',
      'sprop-sps=',
    ];
    const part = fc.oneof(
      fc.constantFrom(...pieces, ...names, '\r\n', '\n', ';', ' ', ':', '/'),
      fc.string({ maxLength: 8 }),
      fc.constantFrom(...[DAHUA, GSTREAMER].flatMap(text => text.split('\n'))),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 40 }), parts => survives(() => readAll(parts.join('')))),
      FUZZ,
    );
  });

  const corpus = goCorpus(
    fs,
    'gortsplib/pkg/sdpunmarshaler/testdata/fuzz/FuzzUnmarshal',
    'gortsplib/pkg/description/testdata/fuzz/FuzzSessionUnmarshal',
    'gortsplib/pkg/format/testdata/fuzz/FuzzUnmarshal',
  );
  it.skipIf(corpus.length === 0)('survives the collected bad inputs', () => {
    expect(corpus.length).toBeGreaterThan(100);
    for (const input of corpus) survives(() => readAll(input.toString()));
  });
});

describe('formatSdp', () => {
  it('writes the lines in the order of RFC 8866 §5', () => {
    const text = formatSdp({
      origin: { username: '-', sessionId: '1', sessionVersion: '2', addressType: 'IP4', address: '10.0.0.1' },
      name: 'cam\r\n1',
      connection: { addressType: 'IP4', address: '239.0.0.1', ttl: 32 },
      bandwidths: [{ type: 'AS', value: 500 }],
      times: [],
      attributes: [{ name: 'control', value: '*' }],
      otherLines: [
        { type: 'y', value: '1' },
        { type: 'i', value: 'information' },
      ],
      media: [
        {
          type: 'video',
          port: 5000,
          protocol: 'RTP/AVP',
          formats: ['96', '97'],
          connection: undefined,
          bandwidths: [],
          attributes: [{ name: 'recvonly', value: undefined }],
          otherLines: [],
        },
      ],
    });
    expect(text).toBe(
      'v=0\r\no=- 1 2 IN IP4 10.0.0.1\r\ns=cam1\r\ni=information\r\nc=IN IP4 239.0.0.1/32\r\nb=AS:500\r\n' +
        't=0 0\r\na=control:*\r\ny=1\r\nm=video 5000 RTP/AVP 96 97\r\na=recvonly\r\n',
    );
  });

  it('writes what it must where nothing is said', () => {
    expect(formatSdp(parseSdp(''))).toBe('v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns= \r\nt=0 0\r\n');
  });

  it('writes what parseSdp reads', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9.*=-]{1,12}$/);
    const value = fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/);
    const bandwidths = fc.array(fc.record({ type: word, value: fc.nat() }), { maxLength: 2 });
    const attributes = fc.array(fc.record({ name: word, value: fc.option(value, { nil: undefined }) }), {
      maxLength: 5,
    });
    const connection = fc.option(
      fc.record({
        addressType: fc.constant('IP4'),
        address: fc.ipV4(),
        ttl: fc.option(fc.nat(255), { nil: undefined }),
      }),
      { nil: undefined },
    );
    // In the order in which they are written.
    const otherLines = fc.record({ i: value, y: value }).map(({ i, y }) => [
      { type: 'i', value: i },
      { type: 'y', value: y },
    ]);
    const media = fc.record({
      type: fc.constantFrom('video', 'audio', 'application'),
      port: fc.nat(65_535),
      protocol: word,
      formats: fc.array(word, { maxLength: 4 }),
      connection,
      bandwidths,
      attributes,
      otherLines,
    });
    const session = fc.record({
      origin: fc.record({
        username: word,
        sessionId: word,
        sessionVersion: word,
        addressType: fc.constant('IP4'),
        address: fc.ipV4(),
      }),
      name: value,
      connection,
      bandwidths,
      times: fc.constant(['0 0']),
      attributes,
      otherLines,
      media: fc.array(media, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(session, description => {
        expect(parseSdp(formatSdp(description))).toEqual(description);
      }),
      { ...FUZZ, numRuns: 500 },
    );
  });
});

function readAll(text: string): void {
  const session = parseSdp(text);
  for (const media of session.media) {
    mediaFormat(media);
    announcedSsrc(media);
  }
  // What was read can be written, and read again.
  parseSdp(formatSdp(session));
}
