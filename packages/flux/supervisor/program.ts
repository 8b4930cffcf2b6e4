import { EXIT_CODE, EXIT_CODE_MEANINGS, type ExitCode, startFailureCode } from './exit-code.ts';
import type { JsonObject } from './message.ts';

/** A program that is to be kept running: this Node.js with these arguments. */
export interface ProgramSpec {
  /** `server`, `node-1`: for logs and for finding it again. */
  readonly name: string;
  /** The script and its arguments. */
  readonly args: readonly string[];
  /** Options of Node.js; those of the supervisor, such as a debugger's port, are not handed on. */
  readonly execArgv?: readonly string[];
  /** Added to the supervisor's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * Programs of a lower rank are started first, and stopped last; those of one rank together. A rank is started when
   * the essential programs of those before are ready. 0 by default.
   */
  readonly rank?: number;
  /** Without an essential program there is no product: where it cannot start, nothing does. True by default. */
  readonly isEssential?: boolean;
}

/** How a program ended. */
export interface ProgramExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What is known beyond that: what the program complained of, that it was not ready in time. */
  readonly reason: string | undefined;
}

export type ProgramState =
  | { readonly name: 'starting'; readonly pid: number | undefined }
  | { readonly name: 'ready'; readonly pid: number | undefined; readonly payload: JsonObject }
  /** Ended without being asked; started again after `delay` milliseconds. */
  | { readonly name: 'restarting'; readonly delay: number; readonly lastExit: ProgramExit }
  | { readonly name: 'stopping'; readonly pid: number | undefined }
  /** Not started yet, stopped as asked, or given up. */
  | { readonly name: 'stopped'; readonly lastExit: ProgramExit | undefined };

/** `ended with exit code 1`, `was ended by SIGKILL`. */
export function describeExit({ code, signal }: ProgramExit): string {
  if (signal) return `was ended by ${signal}`;
  return code === null ? 'could not be run' : `ended with exit code ${code}`;
}

/** A program cannot be started, and no further attempt would change that. */
export class StartFailure extends Error {
  override readonly name = 'StartFailure';
  readonly program: string;
  readonly exit: ProgramExit;
  /** What the whole is to exit with: the program's own code where that has a meaning. */
  readonly exitCode: ExitCode;

  constructor(program: string, exit: ProgramExit) {
    const exitCode = startFailureCode(exit.code) ?? EXIT_CODE.FAILED;
    super(exit.reason ?? `${program} cannot be started: it ${describeExit(exit)}${meaningOf(exit)}.`);
    this.program = program;
    this.exit = exit;
    this.exitCode = exitCode;
  }
}

function meaningOf({ code }: ProgramExit): string {
  const known = startFailureCode(code);
  return known === undefined ? '' : ` (${EXIT_CODE_MEANINGS[known]})`;
}
