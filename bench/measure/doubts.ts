import { availableParallelism } from 'node:os';
import type { LoadReport } from '../load/job.ts';
import type { Waiting } from './processes.ts';
import type { Workload } from './workloads.ts';

/** Past this share of a core a load process may be what is slow. */
const MAX_GENERATOR_CORES = 0.85;
const MAX_LATENESS_MILLISECONDS = 20;
const MAX_FOREIGN_CORES = 0.3;
/** Of all cores; above it everyone waits for everyone. */
const MAX_BUSY = 0.95;
/**
 * Who shares cores waits a little each time, and many a little time where work comes in bursts. Someone else's work or
 * too much of one's own shows as waits of the scheduler's slice, a few milliseconds, again and again.
 */
const MAX_WAIT_MILLISECONDS = 1;
const MAX_WAIT_SHARE = 0.1;
const MIN_DELIVERED = 0.98;
const FRAMES_PER_SECOND = 25;

/** What there was to see in a measuring window. */
export interface Circumstances {
  readonly workload: Workload;
  readonly published: readonly LoadReport[];
  readonly watched: readonly LoadReport[];
  readonly seconds: number;
  /** CPU time of the whole machine and of the server in the window. */
  readonly busySeconds: number;
  readonly cpuSeconds: number;
  /** The most that the server used. */
  readonly rssBytes: number;
  readonly serverProcesses: number;
  readonly serverWaiting: Waiting;
  /** Of each load process. */
  readonly generatorWaiting: readonly Waiting[];
}

/** What speaks against taking the figures for the server's own. */
export function doubts(circumstances: Circumstances, cores = availableParallelism()): string[] {
  const { workload, published, watched, busySeconds, cpuSeconds, seconds } = circumstances;
  const load = [...published, ...watched];
  const found: string[] = [];
  const busiest = Math.max(...load.map(report => report.cpuSeconds / report.seconds));
  if (busiest > MAX_GENERATOR_CORES) found.push(`a load process used ${busiest.toFixed(2)} cores`);
  const late = Math.max(...load.map(report => report.lateness));
  if (late > MAX_LATENESS_MILLISECONDS) found.push(`a load process was ${late.toFixed(0)} ms late (p99)`);
  const generatorSeconds = load.reduce((sum, report) => sum + report.cpuSeconds, 0);
  const foreign = (busySeconds - cpuSeconds - generatorSeconds) / seconds;
  if (foreign > MAX_FOREIGN_CORES)
    found.push(`something else on the machine used ${foreign.toFixed(2)} cores`);
  const busy = busySeconds / seconds;
  if (busy > MAX_BUSY * cores)
    found.push(
      `${busy.toFixed(2)} of ${cores} cores were busy: server ${(cpuSeconds / seconds).toFixed(2)}, load ${(generatorSeconds / seconds).toFixed(2)}`,
    );
  found.push(...starved('the server', [circumstances.serverWaiting], seconds));
  found.push(...starved('a load process', circumstances.generatorWaiting, seconds));

  const sent = rate(published, workload.publishers);
  if (sent < MIN_DELIVERED && backlog(published) === 0)
    found.push(`${percent(sent)} of the frames were sent`);
  const unstamped = watched.reduce((sum, report) => sum + report.unstamped, 0);
  if (unstamped > 0) found.push(`${unstamped} frames came without their stamp`);
  if (workload.nodes !== undefined && circumstances.serverProcesses < workload.nodes)
    found.push('the server ran as one process: every viewer was on the node of the stream');
  return found;
}

/** What the server did not manage, if nothing speaks against it. */
export function findings({ workload, published, watched }: Circumstances): string[] {
  const found: string[] = [];
  const behind = backlog(published);
  if (behind > 0)
    found.push(`${Math.ceil(behind / 1024)} KiB of a publisher waited for the server to read them`);
  if (watched.length > 0 && !workload.firstPicture) {
    const delivered = rate(watched, workload.viewers);
    if (delivered < MIN_DELIVERED)
      found.push(`${percent(delivered)} of the frames were delivered in their time`);
  }
  const load = [...published, ...watched];
  const failed = load.reduce((sum, report) => sum + report.failed, 0);
  const failure = load.find(report => report.failure)?.failure;
  if (failed > 0) found.push(`${failed} connections were lost: ${failure}`);
  return found;
}

function starved(who: string, waiting: readonly Waiting[], seconds: number): string[] {
  return waiting
    .filter(({ seconds: waited, times }) => {
      return waited > MAX_WAIT_SHARE * seconds && waited * 1000 > MAX_WAIT_MILLISECONDS * times;
    })
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 1)
    .map(({ seconds: waited, times }) => {
      const each = (waited * 1000) / times;
      return `${who} waited ${(waited / seconds).toFixed(2)} s per second for a core, ${each.toFixed(1)} ms each time`;
    });
}

function backlog(published: readonly LoadReport[]): number {
  return Math.max(0, ...published.map(report => report.backlog));
}

/** Frames as a share of what so many connections are to have. */
function rate(reports: readonly LoadReport[], connections: number): number {
  const framesPerSecond = reports.reduce((sum, { frames, seconds }) => sum + frames / seconds, 0);
  return framesPerSecond / (connections * FRAMES_PER_SECOND);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
