import { describe, expect, it } from 'vitest';
import { arrange } from './places.ts';

const live = (id: string) => ({ stream_id: id, state: 'live' as const });

describe('arrange', () => {
  it('fills the wall with live streams', () => {
    const streams = [live('a'), { stream_id: 'b', state: 'waiting' as const }, live('c')];
    expect(arrange([], streams, 4)).toEqual(['a', 'c', '', '']);
  });

  it('leaves what was chosen at its place, and what was emptied empty', () => {
    expect(arrange(['c', ''], [live('a'), live('b'), live('c')], 4)).toEqual(['c', '', 'a', 'b']);
  });

  it('shows no stream twice', () => {
    expect(arrange(['a'], [live('a'), live('b')], 4)).toEqual(['a', 'b', '', '']);
  });
});
