import { afterEach, expect, it } from 'vitest';
import { program, type Running, runSupervisor } from './test-support.ts';

const PROGRAMS = [
  program('server', ['steady', 'server']),
  program('node-1', ['steady', 'node-1'], { rank: 1 }),
  program('node-2', ['steady', 'node-2'], { rank: 1 }),
];
const running = new Set<Running>();

afterEach(() => {
  for (const { child } of running) child.kill('SIGKILL');
  running.clear();
});

function start(options: object): Running {
  const supervisor = runSupervisor(options);
  running.add(supervisor);
  return supervisor;
}

it('stops the programs in order when Ctrl-C is pressed in the terminal', async () => {
  const { pid, prints, ended } = start({ programs: PROGRAMS });
  await prints('ready {');
  process.kill(-pid, 'SIGINT');
  const { code, stdout, stderr } = await ended;
  expect(code).toBe(0);
  const [, first = '', second = '', ...rest] = stdout.trimEnd().split('\n');
  expect([first, second].sort()).toEqual(['node-1: SIGTERM', 'node-2: SIGTERM']);
  expect(rest).toEqual(['server: SIGTERM']);
  const log = stderr
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  expect(log.at(-2)).toMatchObject({ reason: 'SIGINT', msg: 'stopping' });
  expect(log.at(-1)).toMatchObject({ msg: 'stopped' });
  expect(stderr).not.toContain('again');
});

it('ends everything at once at the second signal', async () => {
  const { child, prints, ended } = start({
    programs: [program('server', ['stubborn'])],
    stopTimeout: 600_000,
  });
  await prints('ready {');
  child.kill('SIGTERM');
  await prints('"stopping"');
  child.kill('SIGTERM');
  // The program holds the output open; that this ends says that it has ended too.
  expect(await ended).toMatchObject({ code: 0, signal: null });
});

// The bound is half a second from what it takes, which a busy machine may exceed.
it('is down within three seconds, though a program does not end', { retry: 2 }, async () => {
  const { child, prints, ended } = start({ programs: [...PROGRAMS, program('stuck', ['stubborn'])] });
  await prints('ready {');
  const askedAt = performance.now();
  child.kill('SIGINT');
  const { code, stderr } = await ended;
  expect(performance.now() - askedAt).toBeLessThan(3000);
  expect(code).toBe(0);
  expect(stderr).toContain('stuck did not end in time and is killed');
});

it('exits with the code of the program that cannot start, and says why', async () => {
  const { ended } = start({ programs: [...PROGRAMS, program('node-3', ['complains'], { rank: 1 })] });
  const { code, stderr } = await ended;
  expect(code).toBe(1);
  expect(stderr.trimEnd().split('\n').at(-1)).toBe(
    '127.0.0.1:1935 is taken: another program listens there already.',
  );
});

it('leaves no program behind when it is killed', async () => {
  const { child, prints, ended } = start({ programs: PROGRAMS });
  await prints('ready {');
  child.kill('SIGKILL');
  const { signal, stdout } = await ended;
  expect(signal).toBe('SIGKILL');
  const [, ...lines] = stdout.trimEnd().split('\n');
  expect(lines.sort()).toEqual(['node-1: orphaned', 'node-2: orphaned', 'server: orphaned']);
});

it('leaves nothing behind of what a killed program had started', async () => {
  const { child, prints, ended } = start({ programs: [program('node-1', ['withHelper'])] });
  await prints('ready {');
  child.kill('SIGTERM');
  // The helper holds the output open.
  expect((await ended).code).toBe(0);
});
