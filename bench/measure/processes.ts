import { readdirSync, readFileSync } from 'node:fs';

/** Ticks of the times in /proc: USER_HZ, 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
/** In /proc/PID/stat, counted from the field behind the name in brackets. */
const PARENT_FIELD = 1;
const USER_TIME_FIELD = 11;
const SYSTEM_TIME_FIELD = 12;

export interface Usage {
  /** CPU time so far. */
  readonly cpuSeconds: number;
  readonly rssBytes: number;
}

/** A process and all that it started, by way of /proc. */
export function processTree(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const parent = /^\d+$/.test(entry) ? Number(stat(Number(entry))?.[PARENT_FIELD]) : Number.NaN;
    if (!Number.isNaN(parent)) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const tree = [pid];
  for (const member of tree) tree.push(...(children.get(member) ?? []));
  return tree;
}

/** What the processes use together. One that has ended counts nothing. */
export function usage(pids: readonly number[]): Usage {
  let ticks = 0;
  let rssBytes = 0;
  for (const pid of pids) {
    const fields = stat(pid);
    ticks += Number(fields?.[USER_TIME_FIELD] ?? 0) + Number(fields?.[SYSTEM_TIME_FIELD] ?? 0);
    rssBytes += Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${pid}/status`) ?? '')?.[1] ?? 0) * 1024;
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, rssBytes };
}

/** Open files and sockets of the processes together. */
export function handles(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      return sum + readdirSync(`/proc/${pid}/fd`).length;
    } catch {
      return sum;
    }
  }, 0);
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

function stat(pid: number): string[] | undefined {
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
