/** A server that runs, and what the load needs to reach it. */
export interface RunningServer {
  /** The process whose tree is measured. */
  readonly pid: number;
  readonly rtmpPort: number;
  /** `http:` address of a stream with `{name}` in it; undefined where the server has no HTTP-FLV. */
  readonly flvUrl: string | undefined;
  /** Idempotent. */
  stop(): Promise<void>;
}

/** A kind of server that the benchmark can start, or one that somebody else started. */
export interface Server {
  readonly name: string;
  /** What was set differently from the server's defaults, and why. */
  readonly settings: string;
  readonly hasFlv: boolean;
  /** Whether it can run as several nodes that share their ports. */
  readonly hasNodes: boolean;
  /** Why it cannot be measured here; undefined where it can. */
  missing(): Promise<string | undefined>;
  version(): Promise<string>;
  /**
   * Starts it afresh on free ports, as so many nodes if it is told, and waits until it listens. Throws where it does
   * not.
   */
  start(signal: AbortSignal, nodes?: number): Promise<RunningServer>;
}
