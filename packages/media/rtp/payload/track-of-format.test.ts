import { describe, expect, it } from 'vitest';
import { IDENTITY } from '../../codec/test-support.ts';
import { parseRtpMap } from './rtp-format.ts';
import { bytesOf } from './test-support.ts';
import { trackOfFormat } from './track-of-format.ts';

function track(rtpMap: string, formatParameters?: string) {
  return trackOfFormat(IDENTITY, parseRtpMap(rtpMap, formatParameters));
}

const SPS = 'Z0LAHtkAoC/5cBEAAAMAAQAAAwAyDxYuSA==';
const PPS = 'aMuDyyA=';

describe('trackOfFormat', () => {
  it('describes H.264 by its parameter sets, in any order', () => {
    const expected = { codec: 'h264', width: 640, height: 360, codecString: 'avc1.42c01e', ...IDENTITY };
    expect(track('H264/90000', `packetization-mode=1;sprop-parameter-sets=${SPS},${PPS}`)).toMatchObject(
      expected,
    );
    expect(track('h264/90000', `sprop-parameter-sets=${PPS}, ${SPS};`)).toMatchObject(expected);
    // A camera that puts start codes before them.
    const withStartCode = (set: string) =>
      Buffer.concat([bytesOf('00000001'), Buffer.from(set, 'base64')]).toString('base64');
    const mended = track('H264/90000', `sprop-parameter-sets=${withStartCode(SPS)},${withStartCode(PPS)}`);
    expect(mended).toMatchObject({ sps: [Buffer.from(SPS, 'base64')], pps: [Buffer.from(PPS, 'base64')] });
  });

  it.each([
    ['H264/90000', undefined],
    ['H264/90000', 'packetization-mode=1'],
    ['H264/90000', `sprop-parameter-sets=${SPS}`],
    ['H264/90000', 'sprop-parameter-sets=Z0L,aM4='],
    ['H264/90000', 'sprop-parameter-sets=,'],
    ['H265/90000', 'sprop-vps=QAE=; sprop-sps=QgE='],
    ['H265/90000', 'sprop-vps=QAE=; sprop-sps=QgE=; sprop-pps=RAE='],
    ['mpeg4-generic/48000/2', 'config=zz'],
    ['mpeg4-generic/12345/2', undefined],
    ['MP4A-LATM/48000/2', undefined],
    ['MPA/90000', undefined],
    ['AV1/90000', 'profile=0'],
    ['VP8/90000', undefined],
  ])('leaves %s with %s to the stream', (rtpMap, formatParameters) => {
    expect(track(rtpMap, formatParameters)).toBeUndefined();
  });

  it('describes AAC', () => {
    expect(track('mpeg4-generic/24000/2', 'mode=AAC-hbr; config=131056e598')).toMatchObject({
      codec: 'aac',
      codecString: 'mp4a.40.5',
      sampleRate: 48_000,
      config: bytesOf('131056e598'),
    });
    expect(track('MPEG4-GENERIC/16000')).toMatchObject({
      sampleRate: 16_000,
      channels: 1,
      codecString: 'mp4a.40.2',
    });
    expect(track('MP4A-LATM/24000/2', 'cpresent=0; config=400026203fc0')).toMatchObject({
      codec: 'aac',
      sampleRate: 24_000,
      channels: 2,
      config: bytesOf('1310'),
    });
  });

  it('describes Opus and G.711', () => {
    expect(track('opus/48000/2')).toMatchObject({ codec: 'opus', channels: 2, sampleRate: 48_000 });
    expect(track('opus/48000/2', 'sprop-stereo=0')).toMatchObject({ channels: 1 });
    expect(track('PCMA/8000')).toMatchObject({ codec: 'g711a', sampleRate: 8000, channels: 1 });
    expect(track('pcmu/16000/2')).toMatchObject({ codec: 'g711u', sampleRate: 16_000, channels: 2 });
  });
});
