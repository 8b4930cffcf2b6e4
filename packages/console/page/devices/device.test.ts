import { describe, expect, it } from 'vitest';
import { type ChannelNode, treeOf } from './device.ts';

const names = (nodes: readonly ChannelNode[]): unknown[] =>
  nodes.map(({ channel, children }) => (children.length > 0 ? [channel.id, names(children)] : channel.id));

describe('treeOf', () => {
  it('puts channels under their groups', () => {
    const tree = treeOf([
      { id: 'gate', parent_id: 'hall' },
      { id: 'hall', parent_id: 'device' },
      { id: 'roof' },
      { id: 'door', parent_id: 'hall' },
    ]);
    expect(names(tree)).toEqual([['hall', ['gate', 'door']], 'roof']);
  });

  it('bears circles and parents that are not there', () => {
    const tree = treeOf([
      { id: 'a', parent_id: 'b' },
      { id: 'b', parent_id: 'a' },
      { id: 'c', parent_id: 'c' },
      { id: 'd', parent_id: 'nowhere' },
    ]);
    expect(names(tree)).toEqual(['a', 'b', 'c', 'd']);
  });
});
