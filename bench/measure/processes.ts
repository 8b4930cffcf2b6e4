import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of the times in /proc: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** In /proc/PID/stat, counted from the field behind the name in brackets. */
const STATE_FIELD = 0;
const PARENT_FIELD = 1;
/** User and system time of the process, then of those of its children that have ended. */
const TIME_FIELDS = [11, 12, 13, 14] as const;
const START_FIELD = 19;
/** Ended, and its parent has not asked for it yet. */
const ENDED = 'Z';

export interface Usage {
  /** CPU time so far. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** How long threads were ready to run while all cores were taken. */
export interface Waiting {
  readonly seconds: number;
  /** How often one of them was given a core. */
  readonly times: number;
}

/**
 * A process and all that it started, by way of /proc. Every look finds those that have been started since; one that
 * has lost its parent stays a member.
 */
export class ProcessTree {
  readonly #root: number;
  /** With the time of its start, since an id may be given out anew. */
  readonly #members = new Map<number, string>();

  constructor(pid: number) {
    this.#root = pid;
    const fields = stat(pid);
    if (fields) this.#members.set(pid, fields[START_FIELD] ?? '');
    this.#find();
  }

  /** Remembers what there is now, for a time when it may have lost its parent. */
  look(): void {
    this.#find();
  }

  /** Those that run now, each behind the one that started it. */
  get pids(): readonly number[] {
    const runs = ([, fields]: [number, readonly string[]]): boolean => fields[STATE_FIELD] !== ENDED;
    return [...this.#find()].filter(runs).map(([pid]) => pid);
  }

  usage(): Usage {
    let ticks = 0;
    let rssBytes = 0;
    for (const [pid, fields] of this.#find()) {
      // The time of a child that has ended went over to its parent.
      for (const field of TIME_FIELDS) ticks += Number(fields[field] ?? 0);
      rssBytes += Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024;
    }
    return { cpuSeconds: ticks / TICKS_PER_SECOND, rssBytes };
  }

  /** Nothing where the kernel does not count it. */
  waiting(): Waiting {
    let nanoseconds = 0;
    let times = 0;
    for (const pid of this.pids) {
      for (const thread of list(`/proc/${pid}/task`)) {
        const fields = read(`/proc/${pid}/task/${thread}/schedstat`)?.split(' ') ?? [];
        nanoseconds += Number(fields[1] ?? 0);
        times += Number(fields[2] ?? 0);
      }
    }
    return { seconds: nanoseconds / 1e9, times };
  }

  /** Open files and sockets. */
  handles(): number {
    return this.pids.reduce((sum, pid) => sum + list(`/proc/${pid}/fd`).length, 0);
  }

  /** Ends those that still run at once. */
  kill(): void {
    for (const pid of this.pids) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended by itself in the meantime.
      }
    }
  }

  #find(): Map<number, readonly string[]> {
    const children = new Map<number, number[]>();
    const all = new Map<number, readonly string[]>();
    for (const entry of list('/proc')) {
      const pid = Number(entry);
      const fields = Number.isInteger(pid) ? stat(pid) : undefined;
      if (!fields) continue;
      all.set(pid, fields);
      const parent = Number(fields[PARENT_FIELD]);
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
    for (const [pid, start] of this.#members) {
      if (all.get(pid)?.[START_FIELD] !== start) this.#members.delete(pid);
    }
    const found = new Map<number, readonly string[]>();
    const next = this.#members.has(this.#root) ? [this.#root] : [];
    next.push(...this.#members.keys());
    for (const pid of next) {
      const fields = all.get(pid);
      if (!fields || found.has(pid)) continue;
      found.set(pid, fields);
      this.#members.set(pid, fields[START_FIELD] ?? '');
      next.push(...(children.get(pid) ?? []));
    }
    return found;
  }
}

/** CPU time that the whole machine has spent working, and that its host took away. */
export function machineBusySeconds(): number {
  const [user = 0, nice = 0, system = 0, , , interrupts = 0, soft = 0, steal = 0] = (read('/proc/stat') ?? '')
    .split('\n', 1)[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + interrupts + soft + steal) / TICKS_PER_SECOND;
}

function stat(pid: number): readonly string[] | undefined {
  const text = read(`/proc/${pid}/stat`);
  // The name may hold spaces and brackets itself.
  return text?.slice(text.lastIndexOf(')') + 2).split(' ');
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function list(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
