/** A GB28181 device, as the API shows it. */
export interface Device {
  readonly id: string;
  readonly name?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly online: boolean;
  readonly address?: string;
  readonly channels?: number;
}

/** An entry of a device's catalog: a camera, or a place that holds others. */
export interface Channel {
  readonly id: string;
  readonly name?: string;
  /** What its picture is called. */
  readonly stream_id?: string;
  readonly parent_id?: string;
  readonly kind?: string;
  readonly online?: boolean;
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
