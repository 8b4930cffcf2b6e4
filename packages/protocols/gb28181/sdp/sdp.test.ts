import { ParseError } from '@flux-iot/media/model/parse-error';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSessionDescription } from './answer.ts';
import { writeOffer } from './offer.ts';
import { SsrcPool, ssrcNumber } from './ssrc.ts';

const OFFER = {
  ownerId: '34020000002000000001',
  channelId: '34020000001320000001',
  purpose: 'Play',
  address: '192.0.2.1',
  port: 9000,
  transport: 'udp',
  ssrc: '0200000001',
} as const;

function answer(...lines: string[]): Buffer {
  return Buffer.from(lines.join('\r\n'));
}

describe('what devices answer', () => {
  it('is read from a Hikvision platform, which names its own SSRC', () => {
    const description = parseSessionDescription(
      answer(
        ...['v=0', 'o=34020000001320000001 0 0 IN IP4 192.0.2.9', 's=Play', 'c=IN IP4 192.0.2.9', 't=0 0'],
        ...[
          'm=video 5490 RTP/AVP 96',
          'a=rtpmap:96 PS/90000',
          'a=sendonly',
          'a=filesize:-1',
          'y=0703001718',
          '',
        ],
      ),
    );
    expect(description).toMatchObject({
      ...{
        name: 'Play',
        address: '192.0.2.9',
        port: 5490,
        isTcp: false,
        ssrc: '0703001718',
        fileSize: undefined,
      },
    });
    expect([...description.encodings]).toEqual([[96, 'PS']]);
  });

  it('is read with both media, line ends of LF and the address of the medium', () => {
    const description = parseSessionDescription(
      Buffer.from(
        's=Download\nc=IN IP4 10.0.0.1\nt=1714521600 1714522200\nm=video 6000 TCP/RTP/AVP 96 97\nc=IN IP4 192.0.2.9\n' +
          'a=setup:ACTIVE\na=connection:new\na=filesize:1048576\nm=audio 6002 RTP/AVP 8\ny=1200001 \nf=v/2/5/25/1/4000a/1/8/1',
      ),
    );
    expect(description).toMatchObject({
      ...{ address: '192.0.2.9', port: 6000, isTcp: true, setup: 'active', media: 'video', ssrc: '1200001' },
      ...{ fileSize: 1_048_576, from: 1_714_521_600, to: 1_714_522_200 },
    });
  });

  it.each([[''], ['v=0\r\ns=Play'], ['m=text 1 x'], ['m=video x RTP/AVP 96']])('%j is none', text => {
    expect(() => parseSessionDescription(Buffer.from(text))).toThrow(ParseError);
  });

  it('is read or refused, whatever bytes come', () => {
    const real = writeOffer({ ...OFFER, transport: 'tcp-active', stream: 'sub' });
    const changes = fc.array(fc.tuple(fc.nat(real.length - 1), fc.nat(255)), { maxLength: 10 });
    const property = fc.property(changes, all => {
      const copy = Buffer.from(real);
      for (const [at, byte] of all) copy[at] = byte;
      try {
        parseSessionDescription(copy);
      } catch (cause) {
        expect(cause).toBeInstanceOf(ParseError);
      }
    });
    fc.assert(property, { seed: 3, numRuns: 2000 });
  });
});

describe('what devices are offered', () => {
  it.each(['udp', 'tcp-passive', 'tcp-active'] as const)('is read back, by %s', transport => {
    const setup = { udp: undefined, 'tcp-passive': 'passive', 'tcp-active': 'active' }[transport];
    expect(parseSessionDescription(writeOffer({ ...OFFER, transport }))).toMatchObject({
      ...{
        name: 'Play',
        address: '192.0.2.1',
        port: 9000,
        isTcp: transport !== 'udp',
        setup,
        ssrc: '0200000001',
      },
    });
  });

  it('is a recording with its time and how fast it is wanted', () => {
    const text = writeOffer({ ...OFFER, purpose: 'Download', from: 1, to: 2, downloadSpeed: 4 }).toString();
    expect(text).toContain('s=Download\r\nu=34020000001320000001:0\r\n');
    expect(text).toContain('t=1 2\r\n');
    expect(text).toContain('a=downloadspeed:4\r\ny=');
  });
});

describe('SSRCs', () => {
  it('are digits as the standard puts them together, each once', () => {
    const pool = new SsrcPool('34020000002000000001');
    const live = pool.take('live');
    const history = pool.take('history');
    expect(live).toMatch(/^020000\d{4}$/);
    expect(history).toMatch(/^120000\d{4}$/);
    expect(live.slice(6)).not.toBe(history.slice(6));
    pool.release(live);
    expect(pool.taken).toBe(1);
    const all = new Set(Array.from({ length: 9998 }, () => pool.take('live')));
    expect(all.size).toBe(9998);
    expect(() => pool.take('live')).toThrowError(expect.objectContaining({ code: 'STREAM_LIMIT' }));
  });

  it('are numbers in the packets', () => {
    expect(ssrcNumber('0200000001')).toBe(200_000_001);
    expect(ssrcNumber('4294967296')).toBeUndefined();
    expect(ssrcNumber('x')).toBeUndefined();
    expect(ssrcNumber(undefined)).toBeUndefined();
  });
});
