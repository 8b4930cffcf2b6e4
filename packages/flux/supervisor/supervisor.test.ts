import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type ProgramSpec, type ProgramState, StartFailure } from './program.ts';
import type { LogLine } from './supervised-program.ts';
import { Supervisor, type SupervisorOptions } from './supervisor.ts';
import { program } from './test-support.ts';

/** Short delays, without chance. */
const QUICK = { restart: { first: 10, max: 40, steadyAfter: 60_000 }, random: () => 0 };

interface Watched {
  readonly supervisor: Supervisor;
  /** `program state`, in the order in which it happened. */
  readonly steps: readonly string[];
  readonly states: readonly (readonly [program: string, state: ProgramState])[];
  readonly lines: readonly LogLine[];
  /** Resolves at the next time that the program comes to this state. */
  readonly comesTo: (program: string, name: ProgramState['name']) => Promise<ProgramState>;
}

const supervisors = new Set<Supervisor>();

afterEach(async () => {
  for (const supervisor of supervisors) {
    supervisor.kill();
    await supervisor.stop();
  }
  supervisors.clear();
});

function watch(programs: readonly ProgramSpec[], options: Partial<SupervisorOptions> = {}): Watched {
  const supervisor = new Supervisor({ programs, ...QUICK, ...options });
  supervisors.add(supervisor);
  const states: [string, ProgramState][] = [];
  const steps: string[] = [];
  const lines: LogLine[] = [];
  supervisor.on('state', (name, state) => {
    states.push([name, state]);
    steps.push(`${name} ${state.name}`);
  });
  supervisor.on('log', line => lines.push(line));
  const comesTo = async (name: string, wanted: ProgramState['name']) => {
    while (true) {
      const [who, state] = (await once(supervisor, 'state')) as [string, ProgramState];
      if (who === name && state.name === wanted) return state;
    }
  };
  return { supervisor, steps, states, lines, comesTo };
}

function pidOf(supervisor: Supervisor, name: string): number {
  const state = supervisor.states.get(name);
  if (state?.name !== 'ready' || state.pid === undefined) throw new Error(`${name} is ${state?.name}`);
  return state.pid;
}

describe('starting', () => {
  it('starts rank after rank, and hands on what programs say of themselves', async () => {
    const { supervisor, steps } = watch([
      program('node-1', ['steady'], { rank: 1, env: { NOTE: 'one' } }),
      program('server', ['steady']),
    ]);
    expect(await supervisor.start()).toBe('ready');
    expect(steps).toEqual(['server starting', 'server ready', 'node-1 starting', 'node-1 ready']);
    expect(supervisor.payloads.get('node-1')).toEqual({
      pid: pidOf(supervisor, 'node-1'),
      note: 'one',
      name: 'node-1',
    });
  });

  it('hands options of Node.js to the program', async () => {
    const { supervisor } = watch([program('node-1', ['steady'], { execArgv: ['--title=flux node-1'] })]);
    await supervisor.start();
    const pid = pidOf(supervisor, 'node-1');
    expect(execFileSync('ps', ['-o', 'args=', '-p', `${pid}`]).toString()).toContain('flux node-1');
  });

  it.each([1, 2, 78])('gives up on everything where a program cannot start: exit code %i', async code => {
    const { supervisor, steps } = watch([
      program('server', ['steady']),
      program('node-1', ['exits', `${code}`], { rank: 1 }),
    ]);
    const failure = await supervisor.start().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartFailure);
    expect(failure).toMatchObject({ program: 'node-1', exitCode: code, exit: { code, signal: null } });
    expect((failure as StartFailure).message).toMatch(
      new RegExp(`^node-1 cannot be started: it ended with exit code ${code} \\(.+\\)\\.$`),
    );
    expect(steps.filter(step => step.startsWith('node-1'))).toEqual(['node-1 starting', 'node-1 stopped']);
    expect(steps.at(-1)).toBe('server stopped');
  });

  it('says what the program complained of, once', async () => {
    const { supervisor } = watch([program('node-1', ['complains']), program('node-2', ['complains'])]);
    await expect(supervisor.start()).rejects.toMatchObject({
      message: '127.0.0.1:1935 is taken: another program listens there already.',
      exitCode: 1,
    });
  });

  it('tries again where the first start fails by chance', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flux-supervisor-'));
    try {
      const { supervisor, steps } = watch([program('server', ['failsOnce', join(folder, 'started')])]);
      expect(await supervisor.start()).toBe('ready');
      expect(steps).toEqual(['server starting', 'server restarting', 'server starting', 'server ready']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('gives up where no start goes well', async () => {
    const { supervisor, steps } = watch([program('server', ['killsItself'])], { maxFirstStarts: 3 });
    await expect(supervisor.start()).rejects.toMatchObject({
      message: 'server cannot be started: it was ended by SIGKILL.',
      exitCode: 1,
    });
    expect(steps.filter(step => step === 'server starting')).toHaveLength(3);
  });

  it('tries again where the operating system makes no process', async () => {
    const { supervisor, steps } = watch([program('server', ['steady', 'x'.repeat(4_000_000)])], {
      maxFirstStarts: 2,
    });
    await expect(supervisor.start()).rejects.toMatchObject({
      message: 'server cannot be run: spawn E2BIG.',
      exitCode: 1,
    });
    expect(steps).toEqual(['server starting', 'server restarting', 'server starting', 'server stopped']);
  });

  it('kills a program that is not ready in time', async () => {
    const { supervisor } = watch([program('server', ['silent'])], { startTimeout: 50, maxFirstStarts: 2 });
    await expect(supervisor.start()).rejects.toMatchObject({
      message: 'server was not ready within 0.05 s.',
      exit: { code: null, signal: 'SIGKILL' },
    });
  });

  it('goes on without a program that is not essential', async () => {
    const { supervisor, lines, comesTo } = watch([
      program('demo', ['exits', '78'], { isEssential: false }),
      program('server', ['steady']),
    ]);
    const gone = comesTo('demo', 'stopped');
    expect(await supervisor.start()).toBe('ready');
    expect(await gone).toMatchObject({ lastExit: { code: 78 } });
    expect(supervisor.states.get('server')?.name).toBe('ready');
    expect(lines).toContainEqual(
      expect.objectContaining({
        severity: 'error',
        message: 'demo ended with exit code 78; it is not started again',
      }),
    );
  });

  it('can be stopped while it starts', async () => {
    const { supervisor, comesTo } = watch([
      program('server', ['silent']),
      program('node-1', ['steady'], { rank: 1 }),
    ]);
    const starting = comesTo('server', 'starting');
    const outcome = supervisor.start();
    await starting;
    await supervisor.stop();
    expect(await outcome).toBe('stopped');
    expect(supervisor.states.get('node-1')).toEqual({ name: 'stopped', lastExit: undefined });
  });

  it('ignores what is no message', async () => {
    const { supervisor, lines } = watch([program('node-1', ['babbles'])]);
    expect(await supervisor.start()).toBe('ready');
    expect(lines.filter(({ severity }) => severity === 'warn')).toHaveLength(2);
  });

  it('takes no two programs of one name', () => {
    expect(() => new Supervisor({ programs: [program('a', []), program('a', [])] })).toThrow('same name');
  });
});

describe('restarting', () => {
  it('waits longer each time, up to the most', async () => {
    const { supervisor, states, comesTo } = watch([program('node-1', ['readyThenExits', '3'])]);
    await supervisor.start();
    const delays = () => states.flatMap(([, state]) => (state.name === 'restarting' ? [state] : []));
    while (delays().length < 4) await comesTo('node-1', 'restarting');
    expect(
      delays()
        .map(({ delay }) => delay)
        .slice(0, 4),
    ).toEqual([10, 20, 40, 40]);
    expect(delays()[0]?.lastExit).toEqual({ code: 3, signal: null, reason: undefined });
  });

  it('waits shortly again after the program ran well', async () => {
    const { supervisor, states, comesTo } = watch([program('node-1', ['readyThenExits', '3'])], {
      restart: { first: 10, max: 40, steadyAfter: 0 },
    });
    await supervisor.start();
    const delays = () => states.flatMap(([, state]) => (state.name === 'restarting' ? [state.delay] : []));
    while (delays().length < 3) await comesTo('node-1', 'restarting');
    expect(delays().slice(0, 3)).toEqual([10, 10, 10]);
  });

  it('starts a killed program again and leaves the others alone', async () => {
    const { supervisor, steps, lines, comesTo } = watch([
      program('server', ['steady']),
      program('node-1', ['steady'], { rank: 1 }),
      program('node-2', ['steady'], { rank: 1 }),
    ]);
    await supervisor.start();
    const [server, first, second] = ['server', 'node-1', 'node-2'].map(name => pidOf(supervisor, name));
    const before = steps.length;
    const back = comesTo('node-1', 'ready');
    process.kill(first ?? 0, 'SIGKILL');
    await back;
    expect(steps.slice(before)).toEqual(['node-1 restarting', 'node-1 starting', 'node-1 ready']);
    expect(pidOf(supervisor, 'node-1')).not.toBe(first);
    expect([pidOf(supervisor, 'server'), pidOf(supervisor, 'node-2')]).toEqual([server, second]);
    expect(lines).toContainEqual({
      severity: 'error',
      program: 'node-1',
      message: 'node-1 was ended by SIGKILL; it is started again',
      context: expect.objectContaining({ signal: 'SIGKILL', delay: 10 }),
    });
  });

  it('goes on trying where a program that was ready before cannot start any more', async () => {
    const { supervisor, states, comesTo } = watch([program('node-1', ['readyThenExits', '78'])]);
    await supervisor.start();
    await comesTo('node-1', 'ready');
    expect(states).toContainEqual(['node-1', expect.objectContaining({ name: 'restarting' })]);
  });
});

describe('stopping', () => {
  it('stops the highest rank first, and the next when that has ended', async () => {
    const { supervisor, steps } = watch(
      [
        program('server', ['steady']),
        program('node-1', ['steady'], { rank: 1 }),
        program('node-2', ['steady'], { rank: 1 }),
      ],
      { stopTimeout: 60_000 },
    );
    await supervisor.start();
    const before = steps.length;
    await supervisor.stop();
    const order = steps.slice(before);
    expect(order.slice(0, 2)).toEqual(['node-1 stopping', 'node-2 stopping']);
    expect(order.slice(2, 4).sort()).toEqual(['node-1 stopped', 'node-2 stopped']);
    expect(order.slice(4)).toEqual(['server stopping', 'server stopped']);
    expect(supervisor.states.get('server')).toMatchObject({ lastExit: { code: 0, signal: null } });
  });

  it('kills what does not end in time, and asks the rest before', async () => {
    const { supervisor, lines } = watch(
      [program('server', ['steady']), program('node-1', ['stubborn'], { rank: 1 })],
      { stopTimeout: 2000 },
    );
    await supervisor.start();
    await supervisor.stop();
    expect(supervisor.states.get('node-1')).toMatchObject({ lastExit: { signal: 'SIGKILL' } });
    expect(supervisor.states.get('server')).toMatchObject({ lastExit: { code: 0 } });
    expect(lines.filter(({ severity }) => severity === 'warn').map(({ message }) => message)).toEqual([
      'node-1 did not end in time and is killed',
    ]);
  });

  it('ends everything at once', async () => {
    const { supervisor, comesTo } = watch(
      [program('server', ['silent']), program('node-1', ['steady'], { rank: 1 })],
      { stopTimeout: 600_000 },
    );
    const starting = comesTo('server', 'starting');
    const outcome = supervisor.start();
    await starting;
    supervisor.kill();
    expect(await outcome).toBe('stopped');
  });

  it('starts nothing again afterwards', async () => {
    const { supervisor, steps, comesTo } = watch([program('node-1', ['readyThenExits', '3'])], {
      restart: { first: 60_000, max: 60_000, steadyAfter: 60_000 },
    });
    const waiting = comesTo('node-1', 'restarting');
    await supervisor.start();
    await waiting;
    await supervisor.stop();
    await supervisor.stop();
    expect(steps).toEqual(['node-1 starting', 'node-1 ready', 'node-1 restarting', 'node-1 stopped']);
    expect(supervisor.states.get('node-1')).toMatchObject({ lastExit: { code: 3 } });
  });
});
