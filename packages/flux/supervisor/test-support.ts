import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ProgramSpec } from './program.ts';

const FIXTURES = join(import.meta.dirname, 'fixtures');
const PROGRAM = join(FIXTURES, 'program.ts');
const SUPERVISOR = join(FIXTURES, 'supervisor.ts');

/** A program of fixtures/program.ts. */
export function program(name: string, args: readonly string[], rest: Partial<ProgramSpec> = {}): ProgramSpec {
  return { name, args: [PROGRAM, ...args], ...rest };
}

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  /** Resolves when what was written to both outputs has the text; rejects where all ended before. */
  readonly prints: (text: string) => Promise<void>;
  /** When it, and everything that holds its outputs, has ended. */
  readonly ended: Promise<Ended>;
}

/** Runs a supervisor as a program of its own, leading a process group as a terminal's foreground job does. */
export function runSupervisor(options: object): Running {
  return run([SUPERVISOR, JSON.stringify(options)]);
}

/** Runs a program without a supervisor, or with a channel to this process as its supervisor. */
export function runProgram(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  stdio: 'ignore' | 'ipc' = 'ignore',
) {
  return run([PROGRAM, ...args], env, stdio);
}

function run(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  channel: 'ignore' | 'ipc' = 'ignore',
): Running {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe', channel],
    env: { ...process.env, ...env },
    detached: true,
  });
  const output = { stdout: '', stderr: '' };
  const watchers = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.on('data', (data: Buffer) => {
      output[name] += data.toString();
      for (const watcher of watchers) watcher();
    });
  }
  // Not by `close`, which Node.js leaves out where this side has disconnected (nodejs/node#19433).
  const ended = Promise.all([
    once(child, 'exit') as Promise<[code: number | null, signal: NodeJS.Signals | null]>,
    once(child.stdout ?? child, 'end'),
    once(child.stderr ?? child, 'end'),
  ]).then(([[code, signal]]) => ({ code, signal, ...output }));
  const prints = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (!(output.stdout + output.stderr).includes(text)) return;
        watchers.delete(look);
        resolve();
      };
      watchers.add(look);
      look();
      void ended.then(end => reject(new Error(`ended before "${text}": ${JSON.stringify(end)}`)));
    });
  return { child, pid: child.pid ?? 0, prints, ended };
}
