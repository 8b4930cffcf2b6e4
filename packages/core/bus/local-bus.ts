import type { Bus } from './bus.ts';
import { BusMember, type BusMemberOptions } from './bus-member.ts';
import type { BusHub } from './hub.ts';
import { encodeHubMessage, parseHubMessage, parseMemberMessage } from './message.ts';
import type { BusLink } from './uplink.ts';

/**
 * A member in the hub's own process. It may be used at once: what is asked waits until it has joined, a moment later.
 * Throws `NOT_ALLOWED` where there is a member of this name.
 */
export function createLocalBus(hub: BusHub, member: string, options?: BusMemberOptions): Bus {
  const bus = new BusMember(member, options);
  linkLocally(bus, hub);
  return bus;
}

/**
 * Joins a member and a hub of the same process; closing the link parts them. Messages are written and parsed as those
 * by a socket are, and reach the member in a later turn, so that nobody comes to depend on the difference.
 */
export function linkLocally(bus: BusMember, hub: BusHub): BusLink {
  let isOpen = true;
  const end = () => {
    if (!isOpen) return;
    isOpen = false;
    connection.leave();
    bus.detach();
  };
  const connection = hub.connect({
    deliver: message => {
      const text = encodeHubMessage(message);
      queueMicrotask(() => {
        if (isOpen) bus.receive(parseHubMessage(text));
      });
    },
    cut: () => queueMicrotask(end),
  });
  const link: BusLink = {
    send: text => {
      if (isOpen) connection.receive(parseMemberMessage(text));
    },
    close: async () => end(),
  };
  bus.attach(link);
  return link;
}
