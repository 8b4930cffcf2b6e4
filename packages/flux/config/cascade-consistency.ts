import { isStreamId } from '@flux-iot/core/stream/stream-id';
import { assignedId } from '@flux-iot/protocols/gb28181/cascade/shared-channel';
import type { Contradiction } from './consistency.ts';
import type { Config } from './schema.ts';

const PLATFORMS = ['protocols', 'gb28181', 'platforms'];
const SHARED = ['protocols', 'gb28181', 'shared'];

/** What does not go together of the platforms above and of what is shared with them. */
export function cascadeContradictions({ protocols }: Config): Contradiction[] {
  const { platforms, shared, sip_domain } = protocols.gb28181;
  const names = platforms.map(({ name }) => name);
  const found: Contradiction[] = [];
  const complain = (path: readonly string[], message: string) => found.push({ paths: [path], message });
  for (const name of twice(names)) complain(PLATFORMS, `two platforms are called "${name}"`);
  for (const { stream, platforms: chosen } of shared) {
    if (!isStreamId(stream)) complain(SHARED, `"${stream}" cannot be the id of a stream`);
    const unknown = chosen.find(name => !names.includes(name));
    if (unknown !== undefined)
      complain(
        SHARED,
        `"${stream}" is shared with "${unknown}", which is none of protocols.gb28181.platforms`,
      );
  }
  const ids = shared.map(({ channel_id, stream }) => channel_id || assignedId(sip_domain, stream));
  for (const id of twice(ids))
    complain(SHARED, `two shared streams have the channel id ${id}: give one of them another channel_id`);
  return found;
}

function twice(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
