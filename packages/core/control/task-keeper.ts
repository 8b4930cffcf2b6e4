import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '../bus/bus.ts';
import { FluxError } from '../errors/flux-error.ts';
import type { StreamId } from '../stream/stream-id.ts';
import { NODE_PREFIX, STREAM_PREFIX } from './cluster-keys.ts';
import type { MediaControl, NodeReport } from './media-control.ts';
import { PlacedTask } from './placed-task.ts';
import { remoteControl } from './remote-control.ts';
import type { IngestTask, PushTask, TaskStore } from './task.ts';

/** In milliseconds. */
export interface TaskTimes {
  /** Between looks at what no node has. */
  readonly interval: number;
  /** After the last node that came since the server's start: each has its share, and brings what it does already. */
  readonly settling: number;
}

const TIMES: TaskTimes = { interval: 1000, settling: 1500 };
/** Between two tasks that are given to nodes, on average: a thousand cameras are not connected to at once. */
const SPACING = 20;
/** Of each kind. Each is kept until somebody takes it back. */
const MAX_TASKS = 20_000;

type Placed = PlacedTask<IngestTask> | PlacedTask<PushTask>;

/**
 * Sees that what was asked for is done: by the node that took it, by another when that is gone, and after a restart by
 * the nodes that there are then. What is in the store is what is wanted; what the nodes do follows it.
 */
export class TaskKeeper {
  readonly #bus: Bus;
  readonly #store: TaskStore;
  readonly #times: TaskTimes;
  readonly #ingests = new Map<StreamId, PlacedTask<IngestTask>>();
  /** By the push's id. */
  readonly #pushes = new Map<string, PlacedTask<PushTask>>();
  readonly #unwatch: () => void;
  readonly #timer: NodeJS.Timeout;
  readonly #closing = new AbortController();
  #isPlacing = false;
  /** Milliseconds since 1970; endless while there has been no node. */
  #settledAt = Number.POSITIVE_INFINITY;

  constructor(bus: Bus, store: TaskStore, times = TIMES) {
    this.#bus = bus;
    this.#times = times;
    this.#store = store;
    this.#unwatch = bus.directory.watch(NODE_PREFIX, (key, entry) => {
      if (entry) {
        this.#settle();
        return;
      }
      const node = key.slice(NODE_PREFIX.length);
      for (const placed of this.#all()) if (placed.node === node) placed.lost();
      void this.#place();
    });
    this.#timer = setInterval(() => void this.#place(), times.interval).unref();
    if (this.#nodes().length > 0) this.#settle();
  }

  /** Takes up what was wanted before the program was started. */
  async restore(): Promise<void> {
    for (const task of await this.#store.load('ingest'))
      this.#ingests.set(task.streamId, new PlacedTask(task));
    for (const task of await this.#store.load('push')) this.#pushes.set(task.id, new PlacedTask(task));
  }

  ingest(streamId: StreamId): PlacedTask<IngestTask> | undefined {
    return this.#ingests.get(streamId);
  }

  get ingests(): readonly PlacedTask<IngestTask>[] {
    return [...this.#ingests.values()];
  }

  push(id: string): PlacedTask<PushTask> | undefined {
    return this.#pushes.get(id);
  }

  /** All where no stream is named. */
  pushesOf(streamId?: StreamId): PlacedTask<PushTask>[] {
    return [...this.#pushes.values()].filter(
      ({ task }) => streamId === undefined || task.streamId === streamId,
    );
  }

  /** A node has it. When it resolves, it outlives the program; `isPassing`: it does not, but outlives its node. */
  async add(task: IngestTask | PushTask, node: string, isPassing = false): Promise<void> {
    if (!isPassing) await this.#store.save(task);
    if (task.kind === 'ingest') this.#ingests.set(task.streamId, new PlacedTask(task, node));
    else this.#pushes.set(task.id, new PlacedTask(task, node));
    // It may have gone meanwhile.
    if (!this.#nodes().includes(node)) this.#find(task)?.lost();
  }

  /** Throws `STREAM_LIMIT`. */
  requireRoom(kind: 'ingest' | 'push'): void {
    if ((kind === 'ingest' ? this.#ingests : this.#pushes).size < MAX_TASKS) return;
    throw new FluxError('STREAM_LIMIT', `${MAX_TASKS} are the most that is kept.`);
  }

  /** Wants it no longer; what its node does is the caller's to end. Whether it was wanted. */
  async remove(kind: 'ingest' | 'push', id: string): Promise<boolean> {
    await this.#store.remove(kind, id);
    return (kind === 'ingest' ? this.#ingests : this.#pushes).delete(id);
  }

  /** Idempotent. The tasks stay in the store. */
  close(): void {
    this.#unwatch();
    clearInterval(this.#timer);
    this.#closing.abort();
  }

  #all(): Placed[] {
    return [...this.#ingests.values(), ...this.#pushes.values()];
  }

  #find({ kind, id }: IngestTask | PushTask): Placed | undefined {
    return kind === 'ingest' ? this.#ingests.get(id) : this.#pushes.get(id);
  }

  #nodes(): string[] {
    return this.#bus.directory.entries(NODE_PREFIX).map(({ member }) => member);
  }

  #settle(): void {
    const now = Date.now();
    if (now < this.#settledAt) this.#settledAt = now + this.#times.settling;
  }

  /** Gives what no node has to those that there are, in no order, for one recorder's cameras come one after another. */
  async #place(): Promise<void> {
    const now = Date.now();
    if (this.#isPlacing || now < this.#settledAt || this.#nodes().length === 0) return;
    const due = this.#all().filter(placed => placed.isDue(now) && this.#hasPlace(placed));
    if (due.length === 0) return;
    this.#isPlacing = true;
    try {
      const nodes = await this.#adopt();
      for (const placed of shuffled(due)) {
        if (placed.node !== undefined || this.#find(placed.task) !== placed) continue;
        await this.#begin(placed, nodes);
        await sleep(Math.random() * 2 * SPACING, undefined, { signal: this.#closing.signal });
      }
    } catch {
      // The program ends.
    } finally {
      this.#isPlacing = false;
    }
  }

  /** A push goes where its stream is; while that is nowhere, it waits. */
  #hasPlace({ task }: Placed): boolean {
    return task.kind === 'ingest' || this.#placeOf(task) !== undefined;
  }

  #placeOf({ streamId }: PushTask): string | undefined {
    return this.#bus.directory.get(STREAM_PREFIX + streamId)?.member ?? this.#ingests.get(streamId)?.node;
  }

  /** What a node does already, because the server alone was away, stays with it. Returns how the nodes fare. */
  async #adopt(): Promise<NodeLoad[]> {
    const loads: NodeLoad[] = [];
    await Promise.all(
      this.#nodes().map(async name => {
        try {
          const node = remoteControl(this.#bus, name);
          const [ingests, pushes, reports] = await Promise.all([node.ingests(), node.pushes(), node.nodes()]);
          for (const { streamId } of ingests) this.#adopted(this.#ingests.get(streamId), name);
          for (const { id } of pushes) this.#adopted(this.#pushes.get(id), name);
          loads.push(...reports.map(loadOf));
        } catch {
          // It is just ending, or has just come.
        }
      }),
    );
    return loads;
  }

  #adopted(placed: Placed | undefined, node: string): void {
    if (!placed || placed.node !== undefined) return;
    placed.node = node;
    placed.taken();
  }

  async #begin(placed: Placed, nodes: readonly NodeLoad[]): Promise<void> {
    const { task } = placed;
    try {
      const name = task.kind === 'ingest' ? freest(nodes, task.protocol) : this.#placeOf(task);
      if (name === undefined) return;
      // Before it is asked: it may go meanwhile, and then the task is lost again.
      placed.node = name;
      const node = remoteControl(this.#bus, name);
      if (task.kind === 'ingest') await node.addIngest(task.protocol, task.streamId, task.source);
      else await node.addPush(task.id, task.streamId, task.url);
      placed.taken();
      if (this.#find(task) !== placed) await undo(node, placed);
    } catch (cause) {
      placed.refused(FluxError.from(cause), Date.now());
    }
  }
}

interface NodeLoad {
  readonly name: string;
  readonly protocols: ReadonlySet<string>;
  /** That it has or is to bring. */
  streams: number;
}

function loadOf({ name, protocols, streams }: NodeReport): NodeLoad {
  return { name, streams, protocols: new Set(Object.keys(protocols)) };
}

/** The node with the fewest streams of those that have the protocol, which has one more then. */
function freest(nodes: readonly NodeLoad[], protocol: string): string {
  const [found] = nodes
    .filter(({ protocols }) => protocols.has(protocol))
    .sort((one, other) => one.streams - other.streams);
  if (!found) throw new FluxError('PROTOCOL_DISABLED', `No media node has the protocol ${protocol}.`);
  found.streams++;
  return found.name;
}

/** It was taken back while it was being given to the node. */
async function undo(node: MediaControl, { task }: Placed): Promise<void> {
  if (task.kind === 'ingest') await node.stop(task.streamId);
  else await node.removePush(task.streamId, task.id);
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map(item => ({ item, rank: Math.random() }))
    .sort((one, other) => one.rank - other.rank)
    .map(({ item }) => item);
}
