import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { goCorpus, mutated } from '@flux-iot/media/codec/test-support';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeInterleaved } from './message-writer.ts';
import {
  bytes,
  CHANNELS,
  cut,
  FRAME,
  live555Requests,
  messagesIn,
  OPTIONS,
  ofSource,
  PLACES,
  RTP,
  readAll,
  SEED,
  SPLIT_ALL,
  text,
  type Unit,
  written,
} from './test-support.ts';

describe('junk', () => {
  /** Anything that does not say of itself that it is a frame. */
  const junk = bytes(1, 200).map(data => {
    if (data[0] === 0x24 || data[0] === 0x0d || data[0] === 0x0a) data[0] = 0xff;
    return data;
  });

  it('between frames is skipped, and nothing else is', () => {
    const parts = fc.array(fc.tuple(junk, FRAME), { minLength: 1, maxLength: 6 });
    const before = fc.uniqueArray(FRAME, { minLength: 4, maxLength: 4, selector: frame => frame.channel });
    const property = fc.property(before, parts, PLACES, (good, all, places) => {
      const pieces = all.flatMap(([noise, frame]) => [noise, written(frame)]);
      const input = Buffer.concat([...good.map(written), ...pieces]);
      const expected = [...good, ...all.flatMap(([noise, frame]) => [{ skipped: noise.length }, frame])];
      expect(readAll(cut(input, places), CHANNELS)).toEqual(expected);
    });
    fc.assert(property, { seed: SEED, numRuns: 400 });
  });

  it('from the start on, or before a source that is new, is skipped where frames follow each other', () => {
    const property = fc.property(junk, FRAME, FRAME, PLACES, (noise, one, second, places) => {
      const first = ofSource(one, 0x11223344);
      const input = Buffer.concat([noise, written(first), written(second)]);
      const expected = [{ skipped: noise.length }, first, second];
      expect(readAll(cut(input, places), CHANNELS)).toEqual(expected);
      expect(readAll(cut(Buffer.concat([written(one), input]), places), CHANNELS)).toEqual([
        one,
        ...expected,
      ]);
    });
    fc.assert(property, { seed: SEED, numRuns: 200 });
  });

  it('may be a frame without its header, before a message and frames', () => {
    const lost = writeInterleaved(0, Buffer.alloc(1400, 0x61)).subarray(4);
    const input = Buffer.concat([writeInterleaved(0, RTP), lost, OPTIONS, writeInterleaved(1, RTP)]);
    expect(readAll(SPLIT_ALL(input), CHANNELS)).toMatchObject([
      { channel: 0 },
      { skipped: 1400 },
      { message: { method: 'OPTIONS' } },
      { channel: 1 },
    ]);
  });

  it('may come of a frame that is shorter than it says', () => {
    const frame = writeInterleaved(0, Buffer.concat([RTP, Buffer.alloc(200, 0x41)]));
    const short = frame.subarray(0, 100);
    const input = Buffer.concat([short, ...Array(5).fill(frame)]);
    const units = readAll([input], CHANNELS);
    // The one that was cut takes the beginning of the next with it; those behind are whole.
    expect(units.map(unit => ('payload' in unit ? unit.payload.length : 'skipped' in unit))).toEqual([
      213,
      true,
      ...Array(4).fill(213),
    ]);
    expect(units.slice(2)).toEqual(Array(4).fill({ channel: 0, payload: frame.subarray(4) }));
  });

  it('that looks like the header of a long frame is seen through', () => {
    const decoy = Buffer.from('24004e2080', 'hex');
    const frames = Array.from({ length: 40 }, (_, index) => ({
      channel: index % 2,
      payload: Buffer.concat([RTP, Buffer.alloc(700, index)]),
    }));
    const input = Buffer.concat([Buffer.from([0xff]), decoy, ...frames.map(written), OPTIONS]);
    for (const pieces of [[input], cut(input, [3, 9, 5000, 15_000, 25_000])]) {
      const units = readAll(pieces, CHANNELS);
      expect(units.slice(0, -1)).toEqual([{ skipped: 6 }, ...frames]);
    }
  });

  it('of another channel is no junk where a frame of it fits', () => {
    const stray = { channel: 9, payload: Buffer.from('whatever') };
    const input = Buffer.concat([stray, stray, { channel: 0, payload: RTP }].map(written));
    const expected = [stray, stray, { channel: 0, payload: RTP }];
    expect(readAll([input], CHANNELS)).toEqual(expected);
    expect(readAll(SPLIT_ALL(input), CHANNELS)).toEqual(expected);
    // Where it does not, its bytes are searched for what fits.
    const wrong = Buffer.from('2409ffff', 'hex');
    const frames = Array<Unit>(5000).fill({ channel: 1, payload: RTP.subarray(0, 12) });
    const found = readAll([wrong, Buffer.concat(frames.map(written))], CHANNELS);
    expect(found).toEqual([{ skipped: 4 }, ...frames]);
  });

  it('without an end is given up', () => {
    const noise = Buffer.alloc(70_000, 0x80);
    expect(readAll([noise], CHANNELS)).toEqual([{ refused: 'neither message nor frame in 65537 bytes' }]);
    expect(readAll(SPLIT_ALL(noise), CHANNELS)).toEqual([
      { refused: 'neither message nor frame in 65537 bytes' },
    ]);
    // Nor do decoys make it keep more than a frame: each is refused when as much as it claims has come.
    const decoys = Buffer.concat([
      Buffer.from([0xff]),
      Buffer.alloc(300_000, Buffer.from('2400f00080', 'hex')),
    ]);
    for (const pieces of [[decoys], cut(decoys, [1000, 61_000, 61_010, 62_000, 200_000]), SPLIT_ALL(decoys)])
      expect(readAll(pieces, CHANNELS)).toEqual([{ refused: expect.stringContaining('neither') }]);
  });

  it('of beginnings of messages costs no more than other junk', () => {
    const line = Buffer.alloc(60_000, 'PLAY RTSP/1.0 ');
    const started = performance.now();
    const units = readAll(cut(line, [4000, 4100, 8000, 30_000]), CHANNELS);
    expect(units).toEqual([]);
    expect(readAll([line, line, line], CHANNELS)).toEqual([{ refused: expect.any(String) }]);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

describe('whatever comes', () => {
  const base = '../shared/corpora/gortsplib/pkg/base/testdata/fuzz';
  const folders = ['FuzzRequestUnmarshal', 'FuzzResponseUnmarshal', 'FuzzInterleavedFrameUnmarshal'];
  const files = { existsSync, readdirSync, readFileSync };
  const collected = goCorpus(files, ...folders.map(folder => `gortsplib/pkg/base/testdata/fuzz/${folder}`));
  const seeds = [
    ...collected,
    ...live555Requests(),
    Buffer.concat([
      OPTIONS,
      writeInterleaved(0, RTP),
      text('RTSP/1.0 200 OK', 'Content-Length: 3', '', 'abc'),
    ]),
    Buffer.concat([
      writeInterleaved(0, RTP),
      Buffer.from([0xff, 0x24, 0]),
      writeInterleaved(1, RTP),
      OPTIONS,
    ]),
  ].filter(seed => seed.length > 0);

  it('is read the same, wherever it is cut', () => {
    const property = fc.property(mutated(seeds), PLACES, fc.boolean(), (data, places, known) => {
      const channels = known ? CHANNELS : [];
      const whole = readAll([data], channels);
      expect(readAll(cut(data, places), channels)).toEqual(whole);
      expect(readAll(SPLIT_ALL(data), channels)).toEqual(whole);
    });
    fc.assert(property, { seed: SEED, numRuns: 1500 });
  });

  it('of pure noise is read the same, wherever it is cut', () => {
    // Few values, so that frames, lines and beginnings of both come about.
    const alphabet = [0x24, 0x00, 0x01, 0x80, 0x0a, 0x0d, 0x20, ...Buffer.from('PLAYRTSP/1.0*:')];
    const noise = fc
      .array(fc.constantFrom(...alphabet), { maxLength: 300 })
      .map(values => Buffer.from(values));
    const property = fc.property(noise, PLACES, (data, places) => {
      const whole = readAll([data], CHANNELS);
      expect(readAll(cut(data, places), CHANNELS)).toEqual(whole);
      expect(readAll(SPLIT_ALL(data), CHANNELS)).toEqual(whole);
    });
    fc.assert(property, { seed: SEED, numRuns: 3000 });
  });

  it.skipIf(live555Requests().length === 0)('live555 says is understood', () => {
    for (const conversation of live555Requests()) {
      const messages = messagesIn(readAll([conversation]));
      const methods = messages.map(message => message.kind === 'request' && message.method);
      expect(methods.slice(0, 2)).toEqual(['DESCRIBE', 'SETUP']);
      expect(messages.length).toBeGreaterThanOrEqual(3);
    }
  });

  it.skipIf(!existsSync(base))('others collected is refused or understood', () => {
    expect(collected.length).toBeGreaterThan(15);
    for (const input of collected) readAll([input]);
  });
});
