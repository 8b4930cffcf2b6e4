import { describe, expect, it } from 'vitest';
import { type ChannelNode, treeOf } from './device.ts';

const names = (nodes: readonly ChannelNode[]): unknown[] =>
  nodes.map(({ channel, children }) =>
    children.length > 0 ? [channel.channel_id, names(children)] : channel.channel_id,
  );

describe('treeOf', () => {
  it('puts channels under their groups', () => {
    const tree = treeOf([
      { channel_id: 'gate', parent_id: 'hall' },
      { channel_id: 'hall', parent_id: 'device' },
      { channel_id: 'roof' },
      { channel_id: 'door', parent_id: 'hall' },
    ]);
    expect(names(tree)).toEqual([['hall', ['gate', 'door']], 'roof']);
  });

  it('bears circles and parents that are not there', () => {
    const tree = treeOf([
      { channel_id: 'a', parent_id: 'b' },
      { channel_id: 'b', parent_id: 'a' },
      { channel_id: 'c', parent_id: 'c' },
      { channel_id: 'd', parent_id: 'nowhere' },
    ]);
    expect(names(tree)).toEqual(['a', 'b', 'c', 'd']);
  });
});
