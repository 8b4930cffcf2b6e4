import { lstat, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { FluxError } from '../../errors/flux-error.ts';
import { proveSharedSecret } from '../../socket/shared-secret.ts';
import type { BusHub } from '../hub.ts';
import { encodeHubMessage, parseMemberMessage, toWireError } from '../message.ts';
import { type BusAddress, formatBusAddress, parseBusAddress, socketOptions } from './bus-address.ts';
import { FrameLink, type FrameLinkOptions } from './frame-link.ts';

export interface BusServerOptions extends FrameLinkOptions {
  readonly hub: BusHub;
  /** `unix:/path` or `tcp:host:port`. */
  readonly address: string;
  readonly secret: string;
}

/** Connections that have not proven themselves yet; more are closed. */
const MAX_UNPROVEN = 64;

/** All but the owner's rights to read and write. */
const OWNER_ALONE = 0o177;

/** Lets the other programs of the product join a hub. */
export class BusServer {
  readonly #options: BusServerOptions;
  readonly #address: BusAddress;
  readonly #server: Server;
  readonly #unproven = new Set<Socket>();
  readonly #links = new Set<FrameLink>();
  #isClosed = false;

  /** Throws `CONFIG_INVALID` where the address is wrong. */
  constructor(options: BusServerOptions) {
    this.#options = options;
    this.#address = parseBusAddress(options.address);
    this.#server = createServer({ noDelay: true }, socket => void this.#accept(socket));
    // Accepting fails while the process has no file descriptor left; it goes on when it has.
    this.#server.on('error', () => {});
  }

  /** As it was given, with the port that is listened on. */
  get address(): string {
    if (this.#address.kind === 'unix') return formatBusAddress(this.#address);
    const port = (this.#server.address() as AddressInfo | null)?.port ?? this.#address.port;
    return formatBusAddress({ ...this.#address, port });
  }

  /** Throws `PORT_IN_USE`. */
  async start(): Promise<void> {
    const address = this.#address;
    if (address.kind === 'unix') await clearWay(address.path);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', cause => {
        const { code } = cause as NodeJS.ErrnoException;
        reject(code === 'EADDRINUSE' ? takenError(this.address, cause) : listenError(this.address, cause));
      });
      // Only what the file may never be is masked, in the one turn in which `listen` makes it.
      const mask = address.kind === 'unix' ? process.umask(OWNER_ALONE) : undefined;
      try {
        this.#server.listen(socketOptions(address), resolve);
      } finally {
        if (mask !== undefined) process.umask(mask);
      }
    });
  }

  /** Ends all links; the members come back if another server takes its place. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    // Node removes the file of a Unix socket.
    const closed = this.#server.listening
      ? new Promise<void>(resolve => this.#server.close(() => resolve()))
      : undefined;
    for (const socket of this.#unproven) socket.destroy();
    await Promise.all([...this.#links].map(link => link.close()));
    await closed;
  }

  async #accept(socket: Socket): Promise<void> {
    socket.on('error', () => {});
    if (this.#unproven.size >= MAX_UNPROVEN) {
      socket.destroy();
      return;
    }
    this.#unproven.add(socket);
    try {
      await proveSharedSecret(socket, 'server', this.#options.secret);
      if (this.#isClosed) socket.destroy();
      else this.#join(socket);
    } catch {
      // Not one of ours. The socket is destroyed.
    } finally {
      this.#unproven.delete(socket);
    }
  }

  #join(socket: Socket): void {
    const receive = (text: string) => {
      try {
        connection.receive(parseMemberMessage(text));
      } catch (error) {
        link.send(encodeHubMessage({ type: 'refused', error: toWireError(error) }));
        void link.close();
      }
    };
    const link = new FrameLink(socket, receive, this.#options);
    const connection = this.#options.hub.connect({
      deliver: message => link.send(encodeHubMessage(message)),
      cut: () => link.cut(),
    });
    this.#links.add(link);
    void link.closed.then(() => {
      this.#links.delete(link);
      connection.leave();
    });
  }
}

/** Removes the socket that a server left when it was killed. */
async function clearWay(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (!found) return;
  if (!found.isSocket())
    throw new FluxError('PORT_IN_USE', `${path} is there already and is no socket: remove it.`);
  if (await isAnswered(path)) throw takenError(`unix:${path}`);
  await rm(path, { force: true });
}

/** Codes that say that nobody listens; others may come of a server that is too busy to accept. */
const UNANSWERED: readonly unknown[] = ['ECONNREFUSED', 'ENOENT'];

function isAnswered(path: string): Promise<boolean> {
  return new Promise(resolve => {
    const probe = connect(path);
    const settle = (isThere: boolean) => {
      probe.destroy();
      resolve(isThere);
    };
    probe.once('connect', () => settle(true));
    probe.once('error', (error: NodeJS.ErrnoException) => settle(!UNANSWERED.includes(error.code)));
  });
}

function takenError(address: string, cause?: Error): FluxError {
  return new FluxError('PORT_IN_USE', `${address} is taken: another bus or program listens there already.`, {
    cause,
  });
}

function listenError(address: string, cause: Error): FluxError {
  return new FluxError('PORT_IN_USE', `The bus cannot listen on ${address}: ${cause.message}`, { cause });
}
