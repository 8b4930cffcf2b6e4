import { FluxError } from '@flux-iot/core/errors/flux-error';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEED } from '../test-support.ts';
import { parseDescription } from './description.ts';

const parse = (...lines: string[]) => parseDescription(Buffer.from(lines.join('\r\n')));

describe('what a camera describes', () => {
  it('is one video and one audio, and reasons for the rest', () => {
    const found = parse(
      ...['v=0', 'a=control:*', 'a=tool:Acme', 'm=video 0 RTP/AVP 26', 'm=video 0 RTP/AVP 96'],
      ...['a=rtpmap:96 H265/90000', 'a=control:v', 'm=audio 0 RTP/AVP 8', 'a=recvonly', 'a=control:a'],
      ...['m=audio 0 RTP/AVP 0', 'm=audio 0 RTP/AVP 0', 'a=sendonly'],
      ...['m=application 0 RTP/AVP 107', 'a=rtpmap:107 vnd.onvif.metadata/90000'],
    );
    expect(found.media).toMatchObject([
      { trackId: 1, control: 'v', format: { codec: 'h265' } },
      { trackId: 2, control: 'a', format: { codec: 'g711a' } },
    ]);
    expect(found).toMatchObject({ sessionControl: '*', tool: 'Acme' });
    expect(found.leftOut).toEqual([
      'video: JPEG is not supported',
      'audio g711u: the camera has another before it',
      'audio: it is for sound to the camera',
      expect.stringMatching(/^application: .*onvif/),
    ]);
  });

  it.each([
    [[''], 'PROTOCOL_ERROR'],
    [['v=0', 's=nothing'], 'PROTOCOL_ERROR'],
    [['x'.repeat(70_000)], 'PROTOCOL_ERROR'],
    [['m=video 0 RTP/AVP 26'], 'CODEC_UNSUPPORTED'],
  ])('is refused where nothing can be made of it', (lines, code) => {
    expect(() => parse(...lines)).toThrow(expect.objectContaining({ code }));
  });

  it('may be anything', () => {
    const line = fc.tuple(
      fc.constantFrom('m=video ', 'm=audio 0 RTP/AVP ', 'a=rtpmap:', 'a=fmtp:', ''),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), lines => {
        try {
          expect(parse(...lines.map(([start, rest]) => start + rest)).media.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(FluxError);
        }
      }),
      { seed: SEED, numRuns: 500 },
    );
  });
});
