/**
 * The side of a program that a supervisor may have started, or systemd, or a person: who started it is told when it
 * is ready, and it learns when it is to stop.
 */
import { closeSync, openSync } from 'node:fs';
import { EXIT_CODE } from './exit-code.ts';
import { isStopMessage, type JsonObject, PROGRAM_VARIABLE, type ProgramMessage } from './message.ts';
import { notifySystemd } from './systemd.ts';

/** The signal; or that the supervisor asked by a message; or that it, or npm's shell, is gone. */
export type StopReason = 'SIGINT' | 'SIGTERM' | 'asked' | 'orphaned';

export interface StopOptions {
  /** Called at a signal after the first; ends the process at once by default. */
  readonly onAgain?: () => void;
  /** Milliseconds that an orphan is given to end: nobody is left to kill it. 5 s by default. */
  readonly orphanTimeout?: number;
}

const ORPHAN_TIMEOUT = 5000;
/** Milliseconds. */
const PARENT_INTERVAL = 500;

/** The name that the supervisor gave this program; undefined where there is no supervisor. */
export function programName(): string | undefined {
  return process.send ? process.env[PROGRAM_VARIABLE] : undefined;
}

/**
 * Tells the supervisor, or systemd, that the program is ready; nobody where there is neither. Never throws: a word
 * that does not arrive is answered by their own time-outs.
 */
export async function announceReady(payload: JsonObject = {}): Promise<void> {
  if (programName() === undefined) await notifySystemd();
  else await send({ type: 'ready', payload });
}

/**
 * Tells the supervisor why the program cannot start, for it to say so once, though many programs may fail for the
 * same reason. Returns false where there is no supervisor, so that the program says it itself. To be awaited before
 * the exit, whose code is the program's own to give.
 */
export async function announceFailure(message: string): Promise<boolean> {
  return programName() !== undefined && send({ type: 'failed', message });
}

/**
 * Resolves when the program is to stop: on SIGINT or SIGTERM, when the supervisor asks, or when the supervisor is
 * gone. To be called before anything is started, and once.
 */
export function untilStopAsked({
  onAgain = () => process.exit(EXIT_CODE.STOPPED),
  orphanTimeout = ORPHAN_TIMEOUT,
}: StopOptions = {}): Promise<StopReason> {
  return new Promise(resolve => {
    let isAsked = false;
    const ask = (reason: StopReason) => {
      isAsked = true;
      // From here on, the channel alone is no reason to run.
      process.channel?.unref();
      resolve(reason);
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (isAsked) onAgain();
        else ask(signal);
      });
    }
    const orphaned = () => {
      setTimeout(() => process.exit(EXIT_CODE.FAILED), orphanTimeout).unref();
      ask('orphaned');
    };
    if (programName() === undefined) {
      whenShellIsGone(() => {
        if (!isAsked) orphaned();
      });
      return;
    }
    if (process.connected) {
      process.on('message', message => {
        if (isStopMessage(message)) ask('asked');
      });
      process.once('disconnect', orphaned);
    } else {
      // It was gone before this was called.
      orphaned();
    }
  });
}

/**
 * npm starts a shell that starts the program, and gives a signal that it gets to the shell alone; a shell that waits
 * for its program dies of it, and the program would go on without anybody who knows of it.
 */
function whenShellIsGone(call: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    call();
  }, PARENT_INTERVAL).unref();
}

/**
 * SIGHUP asks for the configuration to be read anew. A terminal that is closed sends it, too, to what was started in it:
 * there it means to stop.
 */
export function onReloadAsked(reload: () => void): void {
  process.on('SIGHUP', () => {
    if (process.stdout.isTTY && !hasTerminal()) process.kill(process.pid, 'SIGTERM');
    else reload();
  });
}

function hasTerminal(): boolean {
  try {
    closeSync(openSync('/dev/tty', 'r'));
    return true;
  } catch {
    return false;
  }
}

/** Whether it was sent. */
function send(message: ProgramMessage): Promise<boolean> {
  return new Promise(resolve => {
    if (!process.send || !process.connected) resolve(false);
    else process.send(message, undefined, undefined, error => resolve(error === null));
  });
}
