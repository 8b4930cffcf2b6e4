import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FluxError } from '../../errors/flux-error.ts';
import { dial } from '../../socket/dial.ts';
import { parseSocketAddress, type SocketAddress } from '../../socket/socket-address.ts';
import type { Bus } from '../bus.ts';
import { BusMember, type BusMemberOptions } from '../bus-member.ts';
import { parseHubMessage } from '../message.ts';
import { FrameLink, type FrameLinkOptions } from './frame-link.ts';

export interface ConnectBusOptions extends BusMemberOptions, FrameLinkOptions {
  /** `unix:/path` or `tcp:host:port`. */
  readonly address: string;
  readonly secret: string;
  readonly member: string;
  /** Ends the wait for the first connection. */
  readonly signal?: AbortSignal;
  /** Milliseconds that the hub may take to be there; 10,000 by default. */
  readonly connectTimeout?: number;
  /** Milliseconds before a lost link is tried again: at first, and at most. */
  readonly retryDelay?: { readonly first: number; readonly max: number };
}

const RETRY_DELAY = { first: 50, max: 1000 };

/** The part of a delay that is left to chance, so that members do not come back in step. */
const JITTER = 0.25;

/**
 * Joins the hub of a `BusServer`, and joins again, for ever, when the link is lost. Throws `CONFIG_INVALID` where the
 * address is wrong, `NOT_ALLOWED` where the name stays taken, `NOT_READY` where the hub cannot be reached in time.
 */
export async function connectBus(options: ConnectBusOptions): Promise<Bus> {
  const { signal, connectTimeout = 10_000 } = options;
  const address = parseSocketAddress(options.address);
  const bus = new BusMember(options.member, options);
  const connector = new Connector(bus, address, options);
  void connector.run();
  try {
    await bus.untilJoined(connectTimeout, signal);
    return bus;
  } catch (error) {
    await bus.close();
    throw signal?.aborted ? error : connector.explain(error);
  }
}

/** Makes the links of a member, one after the other. */
class Connector {
  readonly #bus: BusMember;
  readonly #address: SocketAddress;
  readonly #options: ConnectBusOptions;
  #failures = 0;
  #lastFault: unknown;

  constructor(bus: BusMember, address: SocketAddress, options: ConnectBusOptions) {
    this.#bus = bus;
    this.#address = address;
    this.#options = options;
  }

  async run(): Promise<void> {
    const { closing } = this.#bus;
    while (!closing.aborted) {
      try {
        const { secret } = this.#options;
        await this.#hold(await dial(this.#address, secret, closing));
      } catch (error) {
        if (!closing.aborted) this.#lastFault = error;
      }
      await sleep(this.#nextDelay(), undefined, { signal: closing }).catch(() => {});
    }
  }

  /** Why no link came about. */
  explain(cause: unknown): FluxError {
    const fault = this.#lastFault ?? cause;
    const code = fault instanceof FluxError && fault.code === 'NOT_ALLOWED' ? fault.code : 'NOT_READY';
    // Where a host has several addresses, the error of all has no message.
    const { message, code: reason } = fault as NodeJS.ErrnoException;
    return new FluxError(code, `The bus at ${this.#options.address} cannot be joined: ${message || reason}`, {
      cause: fault,
    });
  }

  /** Resolves or throws when the link has ended. */
  async #hold(socket: Socket): Promise<void> {
    const bus = this.#bus;
    if (bus.closing.aborted) {
      socket.destroy();
      return;
    }
    const receive = (text: string) => {
      bus.receive(parseHubMessage(text));
      if (bus.isConnected) this.#failures = 0;
    };
    const link = new FrameLink(socket, receive, this.#options);
    bus.attach(link);
    try {
      const fault = await link.closed;
      if (fault) throw fault;
    } finally {
      bus.detach();
    }
  }

  #nextDelay(): number {
    const { first, max } = this.#options.retryDelay ?? RETRY_DELAY;
    const delay = Math.min(max, first * 2 ** this.#failures++);
    return Math.round(delay * (1 - JITTER * Math.random()));
  }
}
