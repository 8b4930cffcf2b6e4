import type { ChildProcess } from 'node:child_process';
import type { StopMessage } from './message.ts';

/**
 * Each program leads a process group of its own, which has two uses: Ctrl-C in a terminal, sent to the whole group
 * of its foreground, reaches the supervisor alone, so that programs end in the order it asks for; and whatever a
 * program started can be ended with it. Windows has no such groups.
 */
export const HAS_GROUPS = process.platform !== 'win32';

/** Asks a program to stop. On Windows a signal would end it at once, so it is told by a message. */
export function askToStop(child: ChildProcess): void {
  if (HAS_GROUPS) child.kill('SIGTERM');
  else if (child.connected) child.send({ type: 'stop' } satisfies StopMessage, () => {});
}

/** Ends a program and all that it started and left in its group, also after the program itself has ended. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  if (!HAS_GROUPS) {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
