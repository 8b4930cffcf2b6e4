import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseSocketAddress, socketOptions } from '../socket/socket-address.ts';
import type { Bus } from './bus.ts';
import { BusMember, type BusMemberOptions } from './bus-member.ts';
import { BusHub } from './hub.ts';
import { linkLocally } from './local-bus.ts';
import { BusServer } from './socket/bus-server.ts';
import { type ConnectBusOptions, connectBus } from './socket/connect-bus.ts';
import type { BusLink } from './uplink.ts';

export const SECRET = 'what only ours know';

/** Members of one bus, whatever carries it. */
export interface TestCluster {
  join(member: string, options?: BusMemberOptions): Promise<Bus>;
  /** Breaks the member's link and keeps it broken. */
  part(member: string): Promise<void>;
  reunite(member: string): void;
  /** Another hub takes the place of this one, which is gone without a word. */
  restartHub(): Promise<void>;
  close(): Promise<void>;
}

export class LocalCluster implements TestCluster {
  readonly #members = new Map<string, { readonly bus: BusMember; link: BusLink }>();
  #hub = new BusHub();

  async join(member: string, options?: BusMemberOptions): Promise<Bus> {
    const bus = new BusMember(member, options);
    const link = linkLocally(bus, this.#hub);
    this.#members.set(member, { bus, link });
    await bus.untilJoined(1000);
    return bus;
  }

  async part(member: string): Promise<void> {
    await this.#members.get(member)?.link.close();
  }

  reunite(member: string): void {
    const found = this.#members.get(member);
    if (found) found.link = linkLocally(found.bus, this.#hub);
  }

  async restartHub(): Promise<void> {
    this.#hub = new BusHub();
    for (const member of this.#members.keys()) {
      await this.part(member);
      this.reunite(member);
    }
  }

  async close(): Promise<void> {
    for (const { bus } of this.#members.values()) await bus.close();
  }
}

export class SocketCluster implements TestCluster {
  readonly #members = new Map<string, { readonly bus: Bus; readonly gate: Gate }>();
  readonly #folder: string;
  #server: BusServer;

  private constructor(folder: string, server: BusServer) {
    this.#folder = folder;
    this.#server = server;
  }

  static async start(kind: 'unix' | 'tcp'): Promise<SocketCluster> {
    const folder = await mkdtemp(join(tmpdir(), 'flux-bus-'));
    const address = kind === 'unix' ? `unix:${join(folder, 'hub')}` : 'tcp:127.0.0.1:0';
    const server = new BusServer({ hub: new BusHub(), address, secret: SECRET });
    await server.start();
    return new SocketCluster(folder, server);
  }

  async join(member: string, options: Partial<ConnectBusOptions> = {}): Promise<Bus> {
    const gate = await Gate.open(join(this.#folder, `gate-${this.#members.size}`), this.#server.address);
    try {
      const bus = await connectBus({
        address: gate.address,
        secret: SECRET,
        member,
        connectTimeout: 1000,
        retryDelay: { first: 5, max: 20 },
        ...options,
      });
      this.#members.set(member, { bus, gate });
      return bus;
    } catch (error) {
      gate.close();
      throw error;
    }
  }

  async part(member: string): Promise<void> {
    const found = this.#members.get(member);
    found?.gate.shut();
    await until(() => !found?.bus.isConnected, 'the link is seen to be gone');
  }

  reunite(member: string): void {
    const gate = this.#members.get(member)?.gate;
    if (gate) gate.isShut = false;
  }

  async restartHub(): Promise<void> {
    const { address } = this.#server;
    await this.#server.close();
    this.#server = new BusServer({ hub: new BusHub(), address, secret: SECRET });
    await this.#server.start();
  }

  async close(): Promise<void> {
    for (const { bus, gate } of this.#members.values()) {
      await bus.close();
      gate.close();
    }
    await this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Stands between a member and the hub, to part them. */
class Gate {
  isShut = false;
  readonly address: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(path: string, target: string) {
    this.address = `unix:${path}`;
    this.#server = createServer(socket => {
      if (this.isShut) socket.destroy();
      else this.#pass(socket, connect(socketOptions(parseSocketAddress(target))));
    });
  }

  static async open(path: string, target: string): Promise<Gate> {
    const gate = new Gate(path, target);
    gate.#server.listen(path);
    await once(gate.#server, 'listening');
    return gate;
  }

  shut(): void {
    this.isShut = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.shut();
    this.#server.close();
  }

  #pass(one: Socket, other: Socket): void {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}

/** Every implementation of the bus. */
export const CLUSTERS: readonly (readonly [name: string, start: () => Promise<TestCluster>])[] = [
  ['local', async () => new LocalCluster()],
  ['Unix socket', () => SocketCluster.start('unix')],
  ['TCP', () => SocketCluster.start('tcp')],
];

/** What a watcher is told, as text. */
export function watched(bus: Bus, prefix = ''): string[] {
  const log: string[] = [];
  bus.directory.watch(prefix, (key, entry) => {
    log.push(entry ? `${key} ${entry.member} ${JSON.stringify(entry.value)}` : `${key} -`);
  });
  return log;
}

/** Resolves when it holds. */
export async function until(condition: () => boolean, what: string, timeout = 10_000): Promise<void> {
  const deadline = performance.now() + timeout;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`It took too long until ${what}.`);
    await sleep(2);
  }
}
