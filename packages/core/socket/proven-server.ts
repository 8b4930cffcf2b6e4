import { lstat, rm } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { FluxError } from '../errors/flux-error.ts';
import { proveSharedSecret } from './shared-secret.ts';
import {
  formatSocketAddress,
  parseSocketAddress,
  type SocketAddress,
  socketOptions,
} from './socket-address.ts';

export interface ProvenServerOptions {
  /** `unix:/path` or `tcp:host:port`. */
  readonly address: string;
  readonly secret: string;
  /** Takes a socket whose peer has proven that it is one of ours. */
  readonly onSocket: (socket: Socket) => void;
}

/** Connections that have not proven themselves yet; more are closed. */
const MAX_UNPROVEN = 64;

/** All but the owner's rights to read and write. */
const OWNER_ALONE = 0o177;

/** Listens for the product's own programs, on a Unix socket of its user's or on TCP. */
export class ProvenServer {
  readonly #options: ProvenServerOptions;
  readonly #address: SocketAddress;
  readonly #server: Server;
  readonly #unproven = new Set<Socket>();
  #isClosed = false;

  /** Throws `CONFIG_INVALID` where the address is wrong. */
  constructor(options: ProvenServerOptions) {
    this.#options = options;
    this.#address = parseSocketAddress(options.address);
    this.#server = createServer({ noDelay: true }, socket => void this.#accept(socket));
    // Accepting fails while the process has no file descriptor left; it goes on when it has.
    this.#server.on('error', () => {});
  }

  /** As it was given, with the port that is listened on. */
  get address(): string {
    if (this.#address.kind === 'unix') return formatSocketAddress(this.#address);
    const port = (this.#server.address() as AddressInfo | null)?.port ?? this.#address.port;
    return formatSocketAddress({ ...this.#address, port });
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

  /** Takes no more connections, and resolves when those that the owner took are closed. Idempotent. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const socket of this.#unproven) socket.destroy();
    // Node removes the file of a Unix socket.
    if (this.#server.listening) await new Promise<void>(resolve => this.#server.close(() => resolve()));
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
      else this.#options.onSocket(socket);
    } catch {
      // Not one of ours. The socket is destroyed.
    } finally {
      this.#unproven.delete(socket);
    }
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
  return new FluxError('PORT_IN_USE', `${address} is taken: another program listens there already.`, {
    cause,
  });
}

function listenError(address: string, cause: Error): FluxError {
  return new FluxError('PORT_IN_USE', `${address} cannot be listened on: ${cause.message}`, { cause });
}
