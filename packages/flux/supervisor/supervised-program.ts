import { type ChildProcess, spawn } from 'node:child_process';
import { startFailureCode } from './exit-code.ts';
import { PROGRAM_VARIABLE, parseProgramMessage } from './message.ts';
import { askToStop, HAS_GROUPS, killGroup } from './process-group.ts';
import {
  describeExit,
  type ProgramExit,
  type ProgramSpec,
  type ProgramState,
  StartFailure,
} from './program.ts';
import { RestartDelay, type RestartDelayOptions } from './restart-delay.ts';

export interface LogLine {
  readonly severity: 'debug' | 'info' | 'warn' | 'error';
  readonly program: string;
  readonly message: string;
  readonly context: Readonly<Record<string, unknown>>;
}

export interface SupervisedProgramOptions {
  /** Milliseconds within which a started program is to be ready. */
  readonly startTimeout: number;
  /** After so many starts of which none made it ready, it is given up. */
  readonly maxFirstStarts: number;
  readonly restart: RestartDelayOptions;
  readonly random?: () => number;
  readonly onState: (state: ProgramState) => void;
  readonly onLog: (line: LogLine) => void;
}

/** `stopped`: it was asked to stop before it was ready. */
export type StartOutcome = 'ready' | 'stopped' | StartFailure;

/**
 * Keeps one program running: starts it, waits for its word that it is ready, and starts it again after a growing
 * delay whenever it ends, until it is asked to stop.
 */
export class SupervisedProgram {
  readonly spec: ProgramSpec;
  readonly #options: SupervisedProgramOptions;
  readonly #delay: RestartDelay;
  readonly #started = Promise.withResolvers<StartOutcome>();
  readonly #stopped = Promise.withResolvers<void>();
  #state: ProgramState = { name: 'stopped', lastExit: undefined };
  #child: ChildProcess | undefined;
  /** Of the start, then of the restart. */
  #timer: NodeJS.Timeout | undefined;
  #launchedAt = 0;
  #readyAt: number | undefined;
  #hasStarted = false;
  #wasEverReady = false;
  #firstStarts = 0;
  #isStopAsked = false;
  /** Why it is about to end, as far as that is known. */
  #reason: string | undefined;

  constructor(spec: ProgramSpec, options: SupervisedProgramOptions) {
    this.spec = spec;
    this.#options = options;
    this.#delay = new RestartDelay(options.restart, options.random);
  }

  get state(): ProgramState {
    return this.#state;
  }

  get isEssential(): boolean {
    return this.spec.isEssential ?? true;
  }

  /** Resolves once: when it is ready for the first time, or will never be. */
  get started(): Promise<StartOutcome> {
    return this.#started.promise;
  }

  /** Resolves when nothing of it runs any more, and nothing will be started again. */
  get stopped(): Promise<void> {
    return this.#stopped.promise;
  }

  start(): void {
    if (this.#isStopAsked || this.#child) return;
    this.#launchedAt = performance.now();
    this.#readyAt = undefined;
    this.#reason = undefined;
    if (!this.#wasEverReady) this.#firstStarts++;
    try {
      this.#child = this.#spawn();
    } catch (error) {
      this.#setState({ name: 'starting', pid: undefined });
      this.#onEnd(undefined, this.#notRun(error));
      return;
    }
    this.#watch(this.#child);
    this.#setState({ name: 'starting', pid: this.#child.pid });
  }

  #spawn(): ChildProcess {
    const { name, args, execArgv = [], env } = this.spec;
    return spawn(process.execPath, [...execArgv, ...args], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // systemd waits for the supervisor's word, not for a program's.
      env: { ...process.env, ...env, [PROGRAM_VARIABLE]: name, NOTIFY_SOCKET: undefined },
      detached: HAS_GROUPS,
    });
  }

  #watch(child: ChildProcess): void {
    child.on('message', message => this.#onMessage(message));
    child.on('error', error => {
      // Where no process could be made, nothing else may be reported of it.
      if (child.pid === undefined) this.#onEnd(child, this.#notRun(error));
    });
    child.once('exit', () => killGroup(child));
    // After `exit`, and after what it had said was read.
    child.once('close', (code, signal) => this.#onEnd(child, { code, signal, reason: this.#reason }));
    this.#timer = setTimeout(() => this.#onStartTimeout(child), this.#options.startTimeout);
  }

  /** Starts it no more, and asks it to end if it runs. Idempotent. */
  askToStop(): void {
    if (this.#isStopAsked) return;
    this.#isStopAsked = true;
    clearTimeout(this.#timer);
    if (!this.#child) {
      const { lastExit } = this.#state.name === 'restarting' ? this.#state : { lastExit: undefined };
      this.#stop(lastExit);
      return;
    }
    this.#setState({ name: 'stopping', pid: this.#child.pid });
    askToStop(this.#child);
  }

  /** Asks it to read its configuration anew; one that starts does so anyway. */
  askToReload(): void {
    if (this.#state.name === 'ready') this.#child?.kill('SIGHUP');
  }

  /** Ends it at once, and starts it no more. */
  kill(): void {
    this.askToStop();
    if (this.#child) killGroup(this.#child);
  }

  #onMessage(value: unknown): void {
    const message = parseProgramMessage(value);
    if (!message) {
      this.#log('warn', 'said something that is no message; it is ignored');
    } else if (message.type === 'failed') {
      this.#reason = message.message;
    } else if (this.#state.name === 'starting') {
      clearTimeout(this.#timer);
      this.#readyAt = performance.now();
      this.#wasEverReady = true;
      const { pid } = this.#state;
      this.#setState({ name: 'ready', pid, payload: message.payload });
      // At the first start the whole says that it has started.
      this.#log(this.#hasStarted ? 'info' : 'debug', 'is ready', {
        pid,
        took: Math.round(this.#readyAt - this.#launchedAt),
      });
      this.#hasStarted = true;
      this.#started.resolve('ready');
    }
  }

  #onStartTimeout(child: ChildProcess): void {
    const seconds = this.#options.startTimeout / 1000;
    this.#reason = `${this.spec.name} was not ready within ${seconds} s.`;
    killGroup(child);
  }

  /** The operating system made no process: it has no memory left, or no room for one more. */
  #notRun(error: unknown): ProgramExit {
    const message = error instanceof Error ? error.message : String(error);
    return { code: null, signal: null, reason: `${this.spec.name} cannot be run: ${message}.` };
  }

  #onEnd(child: ChildProcess | undefined, exit: ProgramExit): void {
    if (this.#child !== child) return;
    clearTimeout(this.#timer);
    this.#child = undefined;
    if (this.#isStopAsked) {
      this.#stop(exit);
      return;
    }
    const isHopeless =
      startFailureCode(exit.code) !== undefined || this.#firstStarts >= this.#options.maxFirstStarts;
    if (isHopeless && !this.#wasEverReady) {
      this.#giveUp(exit);
      return;
    }
    const ranFor = this.#readyAt === undefined ? 0 : performance.now() - this.#readyAt;
    const delay = this.#delay.next(ranFor);
    this.#timer = setTimeout(() => this.start(), delay);
    this.#log('error', `${describeExit(exit)}; it is started again`, { ...exit, ranFor, delay });
    this.#setState({ name: 'restarting', delay, lastExit: exit });
  }

  #giveUp(exit: ProgramExit): void {
    this.#isStopAsked = true;
    const failure = new StartFailure(this.spec.name, exit);
    if (!this.isEssential) {
      this.#log('error', `${describeExit(exit)}; it is not started again`, { ...exit });
    }
    this.#started.resolve(failure);
    this.#stop(exit);
  }

  #stop(lastExit: ProgramExit | undefined): void {
    this.#setState({ name: 'stopped', lastExit });
    this.#started.resolve('stopped');
    this.#stopped.resolve();
  }

  #setState(state: ProgramState): void {
    this.#state = state;
    this.#options.onState(state);
  }

  #log(severity: LogLine['severity'], what: string, context: LogLine['context'] = {}): void {
    const program = this.spec.name;
    this.#options.onLog({ severity, program, message: `${program} ${what}`, context });
  }
}
