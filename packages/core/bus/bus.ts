/** What the members of a cluster send one another: plain data. */
export type BusValue =
  | null
  | boolean
  | number
  | string
  | readonly BusValue[]
  | { readonly [key: string]: BusValue };

/** One key of the directory: who holds it, and what the holder says about it. */
export interface DirectoryEntry {
  readonly key: string;
  /** Name of the member that holds the key. */
  readonly member: string;
  readonly value: BusValue;
}

/** Told of each change; `entry` is undefined where the key was released or its holder is gone. */
export type DirectoryWatcher = (key: string, entry: DirectoryEntry | undefined) => void;

/**
 * Who holds what in the cluster. Every member has a whole copy, so that looking something up costs nothing; changes
 * reach all members in the same order. An entry is held by a lease: it goes when its member goes, without a word.
 * Keys are words joined by slashes: `stream/cam1`, `node/node-1`.
 */
export interface Directory {
  get(key: string): DirectoryEntry | undefined;
  /** Those whose key begins with `prefix`, in no order. */
  entries(prefix: string): DirectoryEntry[];
  /**
   * Takes the key if nobody holds it, or changes the value of one's own. False says that another member holds it.
   * When it resolves, `get` knows the outcome. Throws `NOT_READY` where the bus is away for longer than it can wait,
   * and `BUS_FULL` where this member, or all together, hold as much as they may.
   */
  claim(key: string, value: BusValue): Promise<boolean>;
  /** Gives the key up; nothing happens where another member holds it. */
  release(key: string): void;
  /** Returns the way to end it. Entries that are there already are not reported. */
  watch(prefix: string, watcher: DirectoryWatcher): () => void;
}

/** Answers requests. What it throws reaches the asker as a `FluxError` of the same code. */
export type BusHandler = (payload: BusValue) => BusValue | Promise<BusValue>;

export interface RequestOptions {
  /** Milliseconds; 5000 by default. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/**
 * How the programs of one product talk: a directory, requests with answers, and events. Subjects are words joined by
 * dots: `node-1.streams`, `events.stream`. Nobody who uses it may know what carries it: in one host that is the local
 * bus of flux-server, in a cluster NATS (DESIGN §6).
 */
export interface Bus {
  /** This member's name, unique in the cluster. */
  readonly member: string;
  readonly directory: Directory;
  /** Whether the other members can be reached now. */
  readonly isConnected: boolean;
  /** Throws what the handler threw, `NOT_READY` where nobody serves the subject, `TIMED_OUT`. */
  request(subject: string, payload: BusValue, options?: RequestOptions): Promise<BusValue>;
  /** Serves a subject; one member alone may. Returns the way to end it. */
  serve(subject: string, handler: BusHandler): () => void;
  /** Tells all members that subscribed, this one included. Lost where the bus is away. */
  publish(subject: string, payload: BusValue): void;
  subscribe(subject: string, receiver: (payload: BusValue) => void): () => void;
  /**
   * Entries that were held and are no longer: the bus was away, and another member has claimed the key meanwhile.
   * Called after the directory's watchers.
   */
  onLost(receiver: (key: string) => void): () => void;
  /** Idempotent. All that this member held is released. */
  close(): Promise<void>;
}
