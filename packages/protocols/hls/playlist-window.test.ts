import { describe, expect, it } from 'vitest';
import { PlaylistWindow } from './playlist-window.ts';

const HEAD = { programDateTime: Date.UTC(2026, 0, 2), discontinuity: false, independent: true, init: 100 };

/** Segments of two seconds in four parts. */
function windowOf(segments: number, openParts: number, length = 4): PlaylistWindow {
  const window = new PlaylistWindow({
    extension: 'm4s',
    hasParts: true,
    length,
    numbering: { sequence: 100, part: 1000, discontinuity: 0, isContinued: false },
  });
  const addParts = (count: number) => {
    for (let index = 0; index < count; index++) {
      window.addPart(HEAD, { duration: 0.5, independent: index === 0 }, 0.5);
    }
  };
  for (let segment = 0; segment < segments; segment++) {
    addParts(4);
    window.add({ ...HEAD, duration: 2, byteLength: 1000 }, 2);
  }
  addParts(openParts);
  return window;
}

describe('PlaylistWindow', () => {
  it('writes parts near the end, the segment at hand and a hint', () => {
    const lines = windowOf(6, 2).format('', false).split('\n');
    const date = '#EXT-X-PROGRAM-DATE-TIME:2026-01-02T00:00:00.000Z';
    const part = (number: number, isKey = false) =>
      `#EXT-X-PART:DURATION=0.50000,URI="part_${number}.m4s"${isKey ? ',INDEPENDENT=YES' : ''}`;
    const parts = (first: number) => [part(first, true), part(first + 1), part(first + 2), part(first + 3)];
    expect(lines).toEqual([
      '#EXTM3U',
      '#EXT-X-VERSION:6',
      '#EXT-X-TARGETDURATION:2',
      '#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.50000,HOLD-BACK=6.00000',
      '#EXT-X-PART-INF:PART-TARGET=0.50000',
      '#EXT-X-MEDIA-SEQUENCE:102',
      '#EXT-X-INDEPENDENT-SEGMENTS',
      '#EXT-X-MAP:URI="init_100.mp4"',
      ...[date, '#EXTINF:2.00000,', 'segment_102.m4s'],
      ...[date, ...parts(1012), '#EXTINF:2.00000,', 'segment_103.m4s'],
      ...[date, ...parts(1016), '#EXTINF:2.00000,', 'segment_104.m4s'],
      ...[date, ...parts(1020), '#EXTINF:2.00000,', 'segment_105.m4s'],
      ...[date, part(1024, true), part(1025)],
      '#EXT-X-PRELOAD-HINT:TYPE=PART,URI="part_1026.m4s"',
      '',
    ]);
  });

  it('hints at nothing when it has ended', () => {
    const window = windowOf(3, 0);
    window.isEnded = true;
    const text = window.format('', false);
    expect(text).not.toContain('PRELOAD-HINT');
    expect(text.endsWith('segment_102.m4s\n#EXT-X-ENDLIST\n')).toBe(true);
  });

  it('knows what is there: segments, parts, and the part behind a segment’s last', () => {
    const window = windowOf(6, 2);
    for (const there of [
      {},
      { sequence: 1 },
      { sequence: 105 },
      { sequence: 105, part: 3 },
      { sequence: 105, part: 4 },
      { sequence: 104, part: 99 },
      { sequence: 106, part: 1 },
    ]) {
      expect(window.has(there)).toBe(true);
    }
    for (const later of [
      { sequence: 106 },
      { sequence: 106, part: 2 },
      { sequence: 107 },
      { sequence: 107, part: 0 },
    ]) {
      expect(window.has(later)).toBe(false);
    }
    const whole = windowOf(6, 0);
    expect(whole.has({ sequence: 105, part: 3 })).toBe(true);
    expect(whole.has({ sequence: 105, part: 4 })).toBe(false);
    expect(windowOf(0, 3).has({})).toBe(false);
  });

  it('knows what is too far: two segments, and three seconds of parts', () => {
    const window = windowOf(6, 2);
    for (const near of [
      { sequence: 107 },
      { sequence: 106, part: 7 },
      { sequence: 107, part: 5 },
      { sequence: 1, part: 500 },
    ]) {
      expect(window.isTooFar(near)).toBe(false);
    }
    for (const far of [{ sequence: 108 }, { sequence: 106, part: 8 }, { sequence: 107, part: 6 }]) {
      expect(window.isTooFar(far)).toBe(true);
    }
  });

  it('says how far it has come, for the reports of others', () => {
    expect(windowOf(6, 2).position).toEqual({ lastSequence: 106, lastPart: 1 });
    expect(windowOf(6, 0).position).toEqual({ lastSequence: 105, lastPart: 3 });
    expect(windowOf(0, 2).position).toBeUndefined();
  });

  it('skips what a client has, where the list is long enough for that', () => {
    const window = windowOf(12, 1, 10);
    const whole = window.format('', false);
    expect(whole).toContain('CAN-SKIP-UNTIL=12.00000');
    expect(whole.match(/#EXTINF/g)).toHaveLength(10);
    const update = window.format('', true);
    expect(update).toContain('#EXT-X-VERSION:9\n');
    expect(update).toContain('#EXT-X-MEDIA-SEQUENCE:102\n');
    expect(update).toContain('#EXT-X-SKIP:SKIPPED-SEGMENTS=4\n');
    expect(update).not.toContain('segment_105.m4s');
    // What was not skipped is there as it was.
    expect(update.slice(update.indexOf('#EXT-X-PROGRAM'))).toBe(
      whole.slice(whole.indexOf('#EXT-X-PROGRAM', whole.indexOf('segment_105'))),
    );
    window.isEnded = true;
    expect(window.format('', true)).not.toContain('SKIP:');
    expect(windowOf(6, 2).format('', true)).toBe(windowOf(6, 2).format('', false));
  });

  it('goes on counting after a restart, also where parts of a segment were told of', () => {
    const window = windowOf(3, 2);
    expect(window.numbering).toEqual({ sequence: 104, part: 1014, discontinuity: 0, isContinued: true });
    expect(window.restart().map(({ sequence }) => sequence)).toEqual([100, 101, 102]);
    window.addPart(HEAD, { duration: 0.5, independent: true }, 0.5);
    window.add({ ...HEAD, duration: 0.5, byteLength: 10 }, 2);
    expect(window.listed.map(({ sequence, discontinuity }) => [sequence, discontinuity])).toEqual([
      [104, true],
    ]);
    expect(window.format('', false)).toContain('#EXT-X-DISCONTINUITY\n#EXT-X-MAP');
  });
});
