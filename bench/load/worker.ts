/** A load process: takes its job from its parent, and ends with it. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { monotonicClock } from './clock.ts';
import { type LoadContext, loadContext } from './connection.ts';
import type { Answer, Job, LoadReport, Order } from './job.ts';
import { type PreparedClip, prepareClip } from './prepared-clip.ts';
import { Publisher } from './publisher.ts';
import { Tally } from './tally.ts';
import { Viewer } from './viewer.ts';

const PUMP_MILLISECONDS = 5;
const LOOP_DELAY_RESOLUTION = 10;

class Load {
  readonly #job: Job;
  readonly #answer: (answer: Answer) => void;
  readonly #tally = new Tally();
  readonly #context: LoadContext;
  readonly #clip: PreparedClip | undefined;
  readonly #publishers: Publisher[] = [];
  readonly #firstPictures: number[] = [];
  readonly #loopDelay = monitorEventLoopDelay({ resolution: LOOP_DELAY_RESOLUTION });
  #started = 0;
  #working = 0;
  #failed = 0;
  #settled = 0;
  #failure: string | undefined;
  #windowStart = performance.now();
  #cpuStart = process.cpuUsage();

  constructor(job: Job, answer: (answer: Answer) => void) {
    this.#job = job;
    this.#answer = answer;
    const publishes = job.role === 'publish';
    this.#clip = publishes ? prepareClip(job.clip) : undefined;
    this.#context = loadContext(job.host, monotonicClock(), length => {
      if (!publishes) this.#tally.bytes += length;
    });
    this.#loopDelay.enable();
    if (publishes) setInterval(() => this.#pump(), PUMP_MILLISECONDS);
    const begin = performance.now();
    const timer = setInterval(() => {
      const due = Math.min(job.names.length, Math.floor((performance.now() - begin) / job.spacing) + 1);
      while (this.#started < due) this.#connect(job.names[this.#started++]!);
      if (this.#started === job.names.length) clearInterval(timer);
    }, 1);
  }

  begin(): void {
    this.#tally.reset();
    this.#loopDelay.reset();
    this.#windowStart = performance.now();
    this.#cpuStart = process.cpuUsage();
  }

  report(): LoadReport {
    const { user, system } = process.cpuUsage(this.#cpuStart);
    return {
      ...this.#tally.report(),
      seconds: (performance.now() - this.#windowStart) / 1000,
      working: this.#working,
      failed: this.#failed,
      failure: this.#failure,
      firstPictures: this.#firstPictures,
      backlog: this.#publishers.reduce((most, publisher) => Math.max(most, publisher.backlog), 0),
      cpuSeconds: (user + system) / 1e6,
      loopDelay: Math.max(0, this.#loopDelay.percentile(99) / 1e6 - LOOP_DELAY_RESOLUTION),
    };
  }

  #pump(): void {
    for (const publisher of this.#publishers) publisher.pump(this.#context.clock());
  }

  #connect(name: string): void {
    const { role, port, app, flvUrl, leaveAfterPicture } = this.#job;
    let worked = false;
    const works = (): void => {
      worked = true;
      this.#working++;
      this.#settle();
    };
    const onLost = (reason: string): void => {
      if (worked) this.#working--;
      this.#failed++;
      this.#failure ??= reason;
      if (!worked) this.#settle();
    };
    if (this.#clip) {
      const events = { onPublishing: works, onLost };
      this.#publishers.push(
        new Publisher(this.#context, { port, app, name }, this.#clip, this.#tally, events),
      );
      return;
    }
    const target =
      role === 'watch-rtmp'
        ? ({ transport: 'rtmp', port, app, name } as const)
        : ({ transport: 'flv', url: flvUrl.replaceAll('{name}', name) } as const);
    const viewer = new Viewer(this.#context, target, this.#tally, {
      onPicture: milliseconds => {
        this.#firstPictures.push(milliseconds);
        if (leaveAfterPicture) viewer.leave();
        works();
      },
      onLost,
    });
  }

  #settle(): void {
    this.#settled++;
    if (this.#settled < this.#job.names.length) return;
    this.#answer({ kind: 'ready', working: this.#working, failed: this.#failed, failure: this.#failure });
  }
}

function serve(): void {
  let load: Load | undefined;
  const answer = (message: Answer): void => {
    process.send?.(message);
  };
  process.on('message', (order: Order) => {
    if (order.kind === 'job') load = new Load(order.job, answer);
    else if (order.kind === 'begin') load?.begin();
    else if (load) answer({ kind: 'report', report: load.report() });
  });
  process.on('disconnect', () => process.exit(0));
}

if (import.meta.main) serve();
