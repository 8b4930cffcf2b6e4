import type { Socket } from 'node:net';
import type { Bus } from '../bus/bus.ts';
import { FluxError } from '../errors/flux-error.ts';
import { writeLine } from '../relay/relay-request.ts';
import { dial } from '../socket/dial.ts';
import { parseSocketAddress } from '../socket/socket-address.ts';
import { nodeEntry } from './node-entry.ts';

/** Where a node is reached by others. Throws `UPSTREAM_FAILED` where it is gone. */
export function linkOf({ directory }: Bus, node: string): string {
  const entry = nodeEntry(directory, node);
  if (entry) return entry.link;
  throw new FluxError('UPSTREAM_FAILED', `The media node ${node} is gone.`);
}

/** Opens a connection to a node on which HTTP will be spoken. */
export async function dialHttp(bus: Bus, secret: string, node: string): Promise<Socket> {
  const socket = await dial(parseSocketAddress(linkOf(bus, node)), secret);
  writeLine(socket, { kind: 'http', node: bus.member });
  return socket;
}
