import type { Job, LoadReport } from '../load/job.ts';
import { LoadProcess } from '../load/load-process.ts';
import type { RunningServer } from '../servers/server.ts';
import { FIRST_PICTURE_SPACING, type Watch, type Workload } from './workloads.ts';

/** Connections in one load process: with many more, one process would be the limit before a good server is. */
const CONNECTIONS_PER_PROCESS = 400;
/** Connections come over two seconds, so that publishers' key frames do, but not nearer to each other than this. */
const SPREAD_MILLISECONDS = 2000;
const MIN_SPACING_MILLISECONDS = 2;
const READY_MILLISECONDS = 30_000;

/** Publishers and viewers of one measurement, in as many processes as they need. */
export class Load {
  readonly #workload: Workload;
  readonly #server: RunningServer;
  readonly #clip: string;
  /** Names differ from run to run, for a server that is not started afresh. */
  readonly #run = Date.now().toString(36);
  readonly publishers: LoadProcess[] = [];
  readonly viewers: LoadProcess[] = [];

  constructor(workload: Workload, server: RunningServer, clip: string) {
    this.#workload = workload;
    this.#server = server;
    this.#clip = clip;
  }

  get processes(): readonly LoadProcess[] {
    return [...this.publishers, ...this.viewers];
  }

  /** Resolves when all of them publish. Throws where one cannot. */
  async publish(signal: AbortSignal): Promise<void> {
    this.publishers.push(...this.#start('publish', this.#workload.publishers));
    await this.#ready(this.publishers, signal);
  }

  /** Lets the viewers come; `viewersReady` tells when they are there. */
  watch(watch: Watch): void {
    if (watch !== 'nothing') this.viewers.push(...this.#start(watch, this.#workload.viewers));
  }

  /** Resolves when every viewer has had its picture. Throws where one gets none. */
  async viewersReady(signal: AbortSignal): Promise<void> {
    await this.#ready(this.viewers, signal);
  }

  stop(): void {
    for (const process of this.processes) process.stop();
  }

  #start(role: Job['role'], count: number): LoadProcess[] {
    const { publishers } = this.#workload;
    const processes = Math.ceil(count / CONNECTIONS_PER_PROCESS);
    return Array.from({ length: processes }, (_, index) => {
      const names = Array.from({ length: count }, (_, i) => `${this.#run}-${i % publishers}`);
      return new LoadProcess({
        host: '127.0.0.1',
        role,
        port: this.#server.rtmpPort,
        app: 'live',
        flvUrl: this.#server.flvUrl ?? '',
        names: names.filter((_, i) => i % processes === index),
        spacing: this.#spacing(role, count) * processes,
        clip: this.#clip,
        leaveAfterPicture: this.#workload.firstPicture,
      });
    });
  }

  #spacing(role: Job['role'], count: number): number {
    if (this.#workload.firstPicture && role !== 'publish') return FIRST_PICTURE_SPACING;
    return Math.max(MIN_SPACING_MILLISECONDS, SPREAD_MILLISECONDS / count);
  }

  async #ready(processes: readonly LoadProcess[], signal: AbortSignal): Promise<void> {
    const { publishers, viewers, firstPicture } = this.#workload;
    const coming = firstPicture
      ? viewers * FIRST_PICTURE_SPACING
      : Math.max(publishers, viewers) * MIN_SPACING_MILLISECONDS;
    await Promise.all(processes.map(process => process.ready(READY_MILLISECONDS + coming, signal)));
  }
}

export function reports(load: readonly LoadProcess[], signal: AbortSignal): Promise<LoadReport[]> {
  return Promise.all(load.map(process => process.report(signal)));
}
