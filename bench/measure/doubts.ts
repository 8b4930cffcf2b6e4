import type { LoadReport } from '../load/job.ts';
import type { Workload } from './workloads.ts';

/** Past this share of a core a load process may be what is slow. */
const MAX_GENERATOR_CORES = 0.85;
const MAX_LOOP_DELAY_MILLISECONDS = 20;
const MAX_FOREIGN_CORES = 0.3;
const MIN_DELIVERED = 0.98;
const FRAMES_PER_SECOND = 25;

export interface Circumstances {
  readonly workload: Workload;
  readonly published: readonly LoadReport[];
  readonly watched: readonly LoadReport[];
  /** CPU time of the whole machine and of the server in the window. */
  readonly busySeconds: number;
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** What speaks against taking the figures for the server's own. */
export function doubts({
  workload,
  published,
  watched,
  busySeconds,
  cpuSeconds,
  seconds,
}: Circumstances): string[] {
  const load = [...published, ...watched];
  const found: string[] = [];
  const generator = Math.max(...load.map(report => report.cpuSeconds / report.seconds));
  if (generator > MAX_GENERATOR_CORES) found.push(`a load process used ${generator.toFixed(2)} cores`);
  const delay = Math.max(...load.map(report => report.lateness));
  if (delay > MAX_LOOP_DELAY_MILLISECONDS) found.push(`a load process was ${delay.toFixed(0)} ms late (p99)`);
  const foreign =
    (busySeconds - cpuSeconds - load.reduce((sum, report) => sum + report.cpuSeconds, 0)) / seconds;
  if (foreign > MAX_FOREIGN_CORES)
    found.push(`something else on the machine used ${foreign.toFixed(2)} cores`);

  const rate = (reports: readonly LoadReport[], connections: number): number =>
    reports.reduce((sum, report) => sum + report.frames, 0) / (connections * FRAMES_PER_SECOND * seconds);
  const sent = rate(published, workload.publishers);
  if (sent < MIN_DELIVERED) found.push(`${percent(sent)} of the frames were sent`);
  if (watched.length > 0 && !workload.firstPicture) {
    const delivered = rate(watched, workload.viewers);
    if (delivered < MIN_DELIVERED)
      found.push(`${percent(delivered)} of the frames were delivered in their time`);
  }
  const backlog = Math.max(0, ...published.map(report => report.backlog));
  if (backlog > 0)
    found.push(`the server was behind: ${Math.ceil(backlog / 1024)} KiB of a publisher waited`);
  const failed = load.reduce((sum, report) => sum + report.failed, 0);
  const failure = load.find(report => report.failure)?.failure;
  if (failed > 0) found.push(`${failed} connections were lost: ${failure}`);
  const unstamped = watched.reduce((sum, report) => sum + report.unstamped, 0);
  if (unstamped > 0) found.push(`${unstamped} frames came without their stamp`);
  return found;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
