import type { Gb28181Channel } from '../api/types.ts';

/** An entry of a device's catalog, as far as the tree asks: a camera, or a place that holds others. */
export type Channel = Pick<Gb28181Channel, 'id' | 'parent_id'> &
  Partial<Pick<Gb28181Channel, 'name' | 'kind' | 'online' | 'stream_id'>>;

/** What the channel's picture is called, in an app of the device's tenant. */
export function liveIdOf(deviceId: string, channel: Channel): string {
  return channel.stream_id ?? `${deviceId}_${channel.id}`;
}

export interface ChannelNode {
  readonly channel: Channel;
  readonly children: readonly ChannelNode[];
}

/** The catalog as a tree. An entry whose parent is unknown, or that would be its own, is at the root. */
export function treeOf(channels: readonly Channel[]): readonly ChannelNode[] {
  const known = new Map(channels.map(channel => [channel.id, channel]));
  const isUnder = (channel: Channel, id: string): boolean => {
    const seen = new Set<string>();
    for (let at: Channel | undefined = channel; at && !seen.has(at.id); ) {
      if (at.parent_id === id) return true;
      seen.add(at.id);
      at = at.parent_id === undefined ? undefined : known.get(at.parent_id);
    }
    return false;
  };
  const isRoot = (channel: Channel) =>
    channel.parent_id === undefined || !known.has(channel.parent_id) || isUnder(channel, channel.id);
  const nodeOf = (channel: Channel): ChannelNode => ({
    channel,
    children: channels.filter(child => child.parent_id === channel.id && !isRoot(child)).map(nodeOf),
  });
  return channels.filter(isRoot).map(nodeOf);
}
