import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from './message.ts';
import { type ProgramSpec, type ProgramState, StartFailure } from './program.ts';
import type { RestartDelayOptions } from './restart-delay.ts';
import { type LogLine, SupervisedProgram } from './supervised-program.ts';

export interface SupervisorOptions {
  readonly programs: readonly ProgramSpec[];
  /** Milliseconds within which a started program is to be ready; it is killed and started again otherwise. */
  readonly startTimeout?: number;
  /** Milliseconds from the call of `stop` until what still runs is killed. */
  readonly stopTimeout?: number;
  /** A program that was never ready in so many starts is given up. */
  readonly maxFirstStarts?: number;
  readonly restart?: RestartDelayOptions;
  /** From 0 to 1; for the jitter of the delays. */
  readonly random?: () => number;
}

interface SupervisorEvents {
  state: [program: string, state: ProgramState];
  log: [line: LogLine];
}

const START_TIMEOUT = 30_000;
/** The whole is to be down three seconds after Ctrl-C; killing and saying so take some of it. */
const STOP_TIMEOUT = 2500;
const MAX_FIRST_STARTS = 5;
const RESTART: RestartDelayOptions = { first: 200, max: 10_000, steadyAfter: 30_000 };

/**
 * Keeps the programs of the product running, each for itself: one that dies is started again after a growing delay,
 * and the others notice nothing. Where an essential one cannot even start the first time, nothing is left running.
 */
export class Supervisor extends EventEmitter<SupervisorEvents> {
  readonly #programs: readonly SupervisedProgram[];
  /** By rank, the lowest first. */
  readonly #ranks: readonly (readonly SupervisedProgram[])[];
  readonly #stopTimeout: number;
  #stopping: Promise<void> | undefined;

  /** Throws where two programs have the same name. */
  constructor(options: SupervisorOptions) {
    super();
    this.#stopTimeout = options.stopTimeout ?? STOP_TIMEOUT;
    this.#programs = options.programs.map(
      spec =>
        new SupervisedProgram(spec, {
          startTimeout: options.startTimeout ?? START_TIMEOUT,
          maxFirstStarts: options.maxFirstStarts ?? MAX_FIRST_STARTS,
          restart: options.restart ?? RESTART,
          random: options.random,
          onState: state => this.emit('state', spec.name, state),
          onLog: line => this.emit('log', line),
        }),
    );
    if (new Set(options.programs.map(({ name }) => name)).size < options.programs.length) {
      throw new Error('Two programs have the same name.');
    }
    this.#ranks = byRank(this.#programs);
  }

  get states(): ReadonlyMap<string, ProgramState> {
    return new Map(this.#programs.map(({ spec, state }) => [spec.name, state]));
  }

  /** What each program that is ready said of itself. */
  get payloads(): ReadonlyMap<string, JsonObject> {
    const payloads = new Map<string, JsonObject>();
    for (const { spec, state } of this.#programs) {
      if (state.name === 'ready') payloads.set(spec.name, state.payload);
    }
    return payloads;
  }

  /**
   * Starts all programs. Resolves with `ready` when the essential ones are, and with `stopped` where `stop` was
   * called before. Throws `StartFailure`, with everything stopped again, where one of them cannot be started.
   */
  async start(): Promise<'ready' | 'stopped'> {
    try {
      for (const members of this.#ranks) {
        for (const program of members) program.start();
        await Promise.all(members.filter(({ isEssential }) => isEssential).map(untilReady));
      }
    } catch (failure) {
      await this.stop();
      throw failure;
    }
    if (!this.#stopping) return 'ready';
    await this.#stopping;
    return 'stopped';
  }

  /**
   * Asks the programs to end, the highest rank first; a lower one is asked when those above have ended or have had
   * their share of the time. What has not ended within `stopTimeout` is killed. Never throws. Idempotent.
   */
  stop(): Promise<void> {
    this.#stopping ??= this.#stopRanks();
    return this.#stopping;
  }

  /** Asks all programs to read their configuration anew. */
  reload(): void {
    for (const program of this.#programs) program.askToReload();
  }

  /** Ends everything at once: when it returns, all programs have been sent SIGKILL. */
  kill(): void {
    void this.stop();
    for (const program of this.#programs) program.kill();
  }

  async #stopRanks(): Promise<void> {
    const killer = setTimeout(() => this.#killLate(), this.#stopTimeout);
    const share = this.#stopTimeout / Math.max(1, this.#ranks.length);
    const startedAt = performance.now();
    for (const [index, members] of this.#ranks.toReversed().entries()) {
      for (const program of members) program.askToStop();
      const left = Math.max(0, startedAt + share * (index + 1) - performance.now());
      await withinTime(Promise.all(members.map(program => program.stopped)), left);
    }
    await Promise.all(this.#programs.map(program => program.stopped));
    clearTimeout(killer);
  }

  #killLate(): void {
    for (const program of this.#programs) {
      if (program.state.name === 'stopped') continue;
      const { name } = program.spec;
      this.emit('log', {
        severity: 'warn',
        program: name,
        message: `${name} did not end in time and is killed`,
        context: { stopTimeout: this.#stopTimeout },
      });
      program.kill();
    }
  }
}

function byRank(programs: readonly SupervisedProgram[]): SupervisedProgram[][] {
  const ranks = Map.groupBy(programs, ({ spec }) => spec.rank ?? 0);
  return [...ranks].sort(([a], [b]) => a - b).map(([, members]) => members);
}

async function untilReady(program: SupervisedProgram): Promise<void> {
  const outcome = await program.started;
  if (outcome instanceof StartFailure) throw outcome;
}

async function withinTime(work: Promise<unknown>, milliseconds: number): Promise<void> {
  const over = new AbortController();
  const time = sleep(milliseconds, undefined, { signal: over.signal }).catch(() => {});
  await Promise.race([work, time]);
  over.abort();
}
