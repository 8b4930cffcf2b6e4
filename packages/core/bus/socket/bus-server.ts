import type { Socket } from 'node:net';
import { ProvenServer } from '../../socket/proven-server.ts';
import type { BusHub } from '../hub.ts';
import { encodeHubMessage, parseMemberMessage, toWireError } from '../message.ts';
import { FrameLink, type FrameLinkOptions } from './frame-link.ts';

export interface BusServerOptions extends FrameLinkOptions {
  readonly hub: BusHub;
  /** `unix:/path` or `tcp:host:port`. */
  readonly address: string;
  readonly secret: string;
}

/** Lets the other programs of the product join a hub. */
export class BusServer {
  readonly #options: BusServerOptions;
  readonly #server: ProvenServer;
  readonly #links = new Set<FrameLink>();

  /** Throws `CONFIG_INVALID` where the address is wrong. */
  constructor(options: BusServerOptions) {
    this.#options = options;
    const { address, secret } = options;
    this.#server = new ProvenServer({ address, secret, onSocket: socket => this.#join(socket) });
  }

  /** As it was given, with the port that is listened on. */
  get address(): string {
    return this.#server.address;
  }

  /** Throws `PORT_IN_USE`. */
  start(): Promise<void> {
    return this.#server.start();
  }

  /** Ends all links; the members come back if another server takes its place. Idempotent. */
  async close(): Promise<void> {
    const closed = this.#server.close();
    await Promise.all([...this.#links].map(link => link.close()));
    await closed;
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
