import { describe, expect, it } from 'vitest';
import { en } from '../text/en.ts';
import { zh } from '../text/zh.ts';
import { bitrate, bytes, duration } from './format.ts';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('figures', () => {
  it.each([
    [0, '0 kbit/s'],
    [64_400, '64 kbit/s'],
    [1_540_000, '1.5 Mbit/s'],
    [2_340_000_000, '2.34 Gbit/s'],
  ])('%d bits a second are %s', (bits, text) => expect(plain(bitrate(bits))).toBe(text));

  it.each([
    [2_400, '2 kB'],
    [228_000_000, '228 MB'],
    [3_210_000_000, '3.2 GB'],
    [4_500_000_000_000, '4.5 TB'],
  ])('%d bytes are %s', (count, text) => expect(plain(bytes(count))).toBe(text));

  it.each([
    [-3, '0 s'],
    [59.9, '59 s'],
    [3600, '1 h'],
    [11_525, '3 h 12 min'],
    [90_000, '1 d 1 h'],
  ])('%d seconds are %s', (seconds, text) => expect(plain(duration(seconds, en.units))).toBe(text));
});

describe('the languages', () => {
  const shapeOf = (text: object, at = ''): string[] =>
    Object.entries(text).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null
        ? shapeOf(value, `${at}${name}.`)
        : [`${at}${name} ${typeof value}`],
    );

  it('say the same things', () => {
    // Types let catalogues by name differ. The API names steps in English itself.
    const own = shapeOf(zh).filter(name => !name.startsWith('diagnosis.stepNames.'));
    expect(own).toEqual(shapeOf(en));
  });
});
