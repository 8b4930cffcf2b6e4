import type { Bus, BusValue } from '../bus/bus.ts';

/** What reading the configuration anew has led to, by the names of keys. */
export interface ReloadReport {
  /** They have other values now. */
  readonly applied: readonly string[];
  /** The file has other values, which take effect when the program is started again. */
  readonly needsRestart: readonly string[];
}

function subjectOf(member: string): string {
  return `${member}.reload`;
}

/** Lets the other programs ask this one to read its configuration anew. Returns the way to end it. */
export function serveReload(bus: Bus, reload: () => ReloadReport): () => void {
  return bus.serve(subjectOf(bus.member), () => reload() as unknown as BusValue);
}

/** Throws `CONFIG_INVALID` where the other program cannot use what it reads, and `NOT_READY`, `TIMED_OUT`. */
export async function askReload(bus: Bus, member: string): Promise<ReloadReport> {
  return (await bus.request(subjectOf(member), null)) as unknown as ReloadReport;
}
