import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';

/** Addresses that are not of the public Internet (RFC 6890 and its registry), and those of clouds' metadata. */
const NOT_PUBLIC_V4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // Link-local; most clouds have their metadata there.
  '169.254.0.0/16',
  // Azure's metadata has a public address.
  '168.63.129.16/32',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** All else of IPv6 is private, local, multicast, or has an IPv4 address in it: `::ffff:127.0.0.1`. */
const PUBLIC_V6 = ['2000::/3'];
/** Of these, special purposes, documentation, and 6to4, which has an IPv4 address in it. */
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const NETWORK = /^([0-9A-Fa-f:.]{2,45})\/(\d{1,3})$/;

/** Whether the text is a network, `10.0.0.0/8` or `fd00::/8`. */
export function isNetwork(text: string): boolean {
  const match = NETWORK.exec(text);
  const version = isIP(match?.[1] ?? '');
  return version !== 0 && Number(match?.[2]) <= (version === 4 ? 32 : 128);
}

/**
 * To which addresses hooks may be: who may make hooks may not thereby reach what only this host can. A name is resolved
 * once; all its addresses have to be allowed, and the connection goes to one of these, so that a name that changes its
 * addresses in between gains nothing.
 */
export class AddressPolicy {
  readonly #publicV6 = blockList(PUBLIC_V6);
  readonly #notPublic = blockList([...NOT_PUBLIC_V4, ...NOT_PUBLIC_V6]);
  readonly #allowed: BlockList;

  /** `allowed`: networks that hooks may be in although they are not public. */
  constructor(allowed: readonly string[]) {
    this.#allowed = blockList(allowed);
  }

  isAllowed(address: string): boolean {
    const version = isIP(address);
    // A zone, `fe80::1%eth0`, is of link-local addresses alone.
    if (version === 0 || address.includes('%')) return false;
    const family = version === 4 ? 'ipv4' : 'ipv6';
    if (this.#allowed.check(address, family)) return true;
    if (version === 6 && !this.#publicV6.check(address, family)) return false;
    return !this.#notPublic.check(address, family);
  }

  /** Throws `URL_INVALID` for what is no address of a hook, as far as can be seen without resolving its name. */
  check(text: string): URL {
    const url = URL.parse(text);
    if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
      throw new FluxError('URL_INVALID', 'A hook has an address of http: or https:.');
    if (url.username !== '' || url.password !== '')
      throw new FluxError('URL_INVALID', 'A user and a password are not sent to hooks; requests are signed.');
    const literal = literalOf(url);
    if (literal !== undefined && !this.isAllowed(literal)) throw forbidden(url.hostname);
    return url;
  }

  /** For connections: resolves a name to addresses that are all allowed. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error) callback(error, []);
      else if (!first || !addresses.every(({ address }) => this.isAllowed(address)))
        callback(forbidden(hostname), []);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** The host where it is an address and no name: those are not looked up. */
function literalOf({ hostname }: URL): string | undefined {
  const bare = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
  return isIP(bare) === 0 ? undefined : bare;
}

function forbidden(host: string): FluxError {
  return new FluxError(
    'URL_INVALID',
    `${host} is not on the public Internet; server.hook_networks names the networks that hooks may be in besides.`,
  );
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [, address = '', prefix] = NETWORK.exec(network) ?? [];
    list.addSubnet(address, Number(prefix), isIP(address) === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
