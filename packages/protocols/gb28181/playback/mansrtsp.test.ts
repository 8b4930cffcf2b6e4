import type { PlaybackAction } from '@flux-iot/core/control/gb28181-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMansrtsp, writeMansrtsp } from './mansrtsp.ts';

const SEED = 20_282;

describe('what is said in a session of playback', () => {
  it.each<Exclude<PlaybackAction, { action: 'stop' }>>([
    { action: 'pause' },
    { action: 'resume' },
    { action: 'seek', seconds: 100 },
    { action: 'seek', seconds: 0.5 },
    { action: 'speed', scale: 2 },
    { action: 'speed', scale: -0.25 },
  ])('is read as it was written: %o', action => {
    expect(parseMansrtsp(writeMansrtsp(action, 7))).toEqual([action]);
  });

  it('may be two things at once, by another name', () => {
    const text = 'PLAY RTSP/1.0\r\nCSeq: 3\r\nScale: 4.0\r\nRange: npt=30-\r\n\r\n';
    expect(parseMansrtsp(Buffer.from(text))).toEqual([
      { action: 'speed', scale: 4 },
      { action: 'seek', seconds: 30 },
    ]);
    expect(parseMansrtsp(Buffer.from('TEARDOWN MANSRTSP/1.0\r\n\r\n'))).toEqual([{ action: 'stop' }]);
  });

  it('is read or refused, whatever bytes come', () => {
    const pieces = [
      'PLAY ',
      'PAUSE ',
      'MANSRTSP/1.0',
      '\r\n',
      'Scale:',
      'Range: npt=',
      'now-',
      '1e999',
      '-',
      ' ',
    ];
    const noise = fc.uint8Array({ maxLength: 5 }).map(bytes => Buffer.from(bytes).toString('latin1'));
    const texts = fc.array(fc.oneof(fc.constantFrom(...pieces), noise)).map(parts => parts.join(''));
    const property = fc.property(texts, text => {
      try {
        for (const action of parseMansrtsp(Buffer.from(text, 'latin1')))
          if (action.action === 'seek') expect(action.seconds).toBeGreaterThanOrEqual(0);
          else if (action.action === 'speed') expect(Number.isFinite(action.scale)).toBe(true);
      } catch (cause) {
        expect(cause).toBeInstanceOf(FluxError);
      }
    });
    fc.assert(property, { seed: SEED, numRuns: 1000 });
  });
});
