import type { BusValue, Directory } from '../bus/bus.ts';
import { NODE_PREFIX } from '../control/cluster-keys.ts';

/** What a media node says of itself in the directory. */
export interface NodeEntry {
  readonly name: string;
  /** Where other nodes reach it: `unix:/path` or `tcp:host:port`. */
  readonly link: string;
  /** The port of its HTTP media server, if it has one. */
  readonly mediaPort: number | undefined;
  readonly protocols: readonly string[];
}

export function nodeEntries(directory: Directory): NodeEntry[] {
  return directory.entries(NODE_PREFIX).map(({ member, value }) => readEntry(member, value));
}

export function nodeEntry(directory: Directory, name: string): NodeEntry | undefined {
  const entry = directory.get(NODE_PREFIX + name);
  return entry && readEntry(name, entry.value);
}

/** Written by the same program on another node. */
function readEntry(name: string, value: BusValue): NodeEntry {
  return { ...(value as unknown as Omit<NodeEntry, 'name'>), name };
}
