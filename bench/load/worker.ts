/** A load process: takes its job from its parent, and ends with it. */
import { monotonicClock } from './clock.ts';
import { type LoadContext, loadContext } from './connection.ts';
import type { Answer, Job, LoadReport, Order } from './job.ts';
import { Lateness } from './lateness.ts';
import { type PreparedClip, prepareClip } from './prepared-clip.ts';
import { Publisher } from './publisher.ts';
import { Tally } from './tally.ts';
import { Viewer } from './viewer.ts';

const PUMP_MILLISECONDS = 5;
/** Viewers have nothing to do but what comes: only now and then is it seen how late they are. */
const WATCH_MILLISECONDS = 20;

class Load {
  readonly #job: Job;
  readonly #answer: (answer: Answer) => void;
  readonly #tally = new Tally();
  readonly #context: LoadContext;
  readonly #clip: PreparedClip | undefined;
  readonly #publishers: Publisher[] = [];
  readonly #firstPictures: number[] = [];
  readonly #lateness: Lateness;
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
    const interval = publishes ? PUMP_MILLISECONDS : WATCH_MILLISECONDS;
    this.#lateness = new Lateness(interval * 1000);
    setInterval(() => this.#pump(), interval);
    const begin = performance.now();
    const timer = setInterval(() => {
      const due = Math.min(job.names.length, Math.floor((performance.now() - begin) / job.spacing) + 1);
      while (this.#started < due) this.#connect(job.names[this.#started++]!);
      if (this.#started === job.names.length) clearInterval(timer);
    }, 1);
  }

  begin(): void {
    this.#tally.reset();
    this.#lateness.reset();
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
      lateness: this.#lateness.p99,
    };
  }

  #pump(): void {
    const now = this.#context.clock();
    this.#lateness.tick(now);
    for (const publisher of this.#publishers) publisher.pump(now);
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
