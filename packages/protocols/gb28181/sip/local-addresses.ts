import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { plainAddress } from '@flux-iot/core/socket/plain-address';

const MAX_KNOWN = 10_000;
/** Routes change: what was found is looked for again after this, in milliseconds. */
const LIFETIME = 60_000;

/** Which of this host's addresses a peer is reached from, where it listens on all of them. */
export class LocalAddresses {
  readonly #known = new Map<string, { readonly address: string; readonly until: number }>();

  /** What was found last; undefined before `find`. */
  get(peer: string): string | undefined {
    return this.#known.get(peer)?.address;
  }

  /** Asks the routing table by connecting a socket, which sends nothing. Undefined where there is no route. */
  async find(peer: string): Promise<string | undefined> {
    const known = this.#known.get(peer);
    if (known && known.until > performance.now()) return known.address;
    const address = await ownAddressToward(peer);
    if (address === undefined) return known?.address;
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.set(peer, { address, until: performance.now() + LIFETIME });
    return address;
  }
}

function ownAddressToward(peer: string): Promise<string | undefined> {
  const socket = createSocket(isIPv6(peer) ? 'udp6' : 'udp4');
  return new Promise(resolve => {
    const finish = (address: string | undefined) => {
      socket.close();
      resolve(address);
    };
    socket.once('error', () => finish(undefined));
    socket.connect(9, peer, () => finish(plainAddress(socket.address().address)));
  });
}
