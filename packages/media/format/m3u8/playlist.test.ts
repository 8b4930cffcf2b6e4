import { describe, expect, it } from 'vitest';
import { formatMasterPlaylist, formatMediaPlaylist } from './playlist.ts';

describe('formatMediaPlaylist', () => {
  const segment = {
    uri: 'segment_7.ts',
    duration: 6.006,
    programDateTime: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    discontinuity: false,
  };

  it('writes the tags of a live playlist', () => {
    const text = formatMediaPlaylist({
      targetDuration: 7,
      mediaSequence: 7,
      discontinuitySequence: 2,
      independentSegments: true,
      canBlockReload: true,
      ended: false,
      segments: [segment, { ...segment, uri: 'segment_8.ts', duration: 2, discontinuity: true }],
    });
    expect(text.split('\n')).toEqual([
      '#EXTM3U',
      '#EXT-X-VERSION:3',
      '#EXT-X-TARGETDURATION:7',
      '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES',
      '#EXT-X-MEDIA-SEQUENCE:7',
      '#EXT-X-DISCONTINUITY-SEQUENCE:2',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.678Z',
      '#EXTINF:6.00600,',
      'segment_7.ts',
      '#EXT-X-DISCONTINUITY',
      '#EXT-X-PROGRAM-DATE-TIME:2026-01-02T03:04:05.678Z',
      '#EXTINF:2.00000,',
      'segment_8.ts',
      '',
    ]);
  });

  it('leaves out what does not hold and ends the list', () => {
    const text = formatMediaPlaylist({
      targetDuration: 6,
      mediaSequence: 0,
      discontinuitySequence: 0,
      independentSegments: false,
      canBlockReload: false,
      ended: true,
      segments: [segment],
    });
    expect(text).not.toMatch(/DISCONTINUITY|INDEPENDENT|SERVER-CONTROL/);
    expect(text.endsWith('segment_7.ts\n#EXT-X-ENDLIST\n')).toBe(true);
  });
});

describe('formatMasterPlaylist', () => {
  it('describes a variant, and only what is known of it', () => {
    const variant = { uri: 'index.m3u8', bandwidth: 1_000_000.4, codecs: ['avc1.64001e', 'mp4a.40.2'] };
    expect(
      formatMasterPlaylist([{ ...variant, resolution: { width: 640, height: 360 }, frameRate: 25 }]),
    ).toBe(
      '#EXTM3U\n#EXT-X-VERSION:3\n' +
        '#EXT-X-STREAM-INF:BANDWIDTH=1000001,CODECS="avc1.64001e,mp4a.40.2",RESOLUTION=640x360,FRAME-RATE=25.000\n' +
        'index.m3u8\n',
    );
    expect(formatMasterPlaylist([variant])).not.toMatch(/RESOLUTION|FRAME-RATE/);
  });
});
