import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { PROGRAM_VARIABLE } from './message.ts';
import { type Running, runProgram } from './test-support.ts';

const folder = mkdtempSync(join(tmpdir(), 'flux-child-'));
const running = new Set<Running>();

afterEach(() => {
  for (const { child } of running) child.kill('SIGKILL');
  running.clear();
});
afterAll(() => rmSync(folder, { recursive: true }));

function start(...options: Parameters<typeof runProgram>): Running {
  const program = runProgram(...options);
  running.add(program);
  return program;
}

/** With a channel to this process, as its supervisor. */
function startSupervised(args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  return start(args, { ...env, [PROGRAM_VARIABLE]: 'node-1' }, 'ipc');
}

/** A stand-in for systemd-notify, which leaves in a file how it was called. */
function systemdNotify(exitCode: number): { env: NodeJS.ProcessEnv; calls: () => string } {
  const log = join(folder, 'calls');
  const path = join(folder, 'systemd-notify');
  writeFileSync(log, '');
  writeFileSync(path, `#!/bin/sh\necho "$NOTIFY_SOCKET $*" >> "${log}"\nexit ${exitCode}\n`);
  chmodSync(path, 0o755);
  return {
    env: { NOTIFY_SOCKET: '/run/systemd/notify', PATH: `${folder}:${process.env.PATH}` },
    calls: () => readFileSync(log, 'utf8'),
  };
}

describe('without a supervisor', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('stops on %s', async signal => {
    const { child, prints, ended } = start(['steady', 'alone']);
    await prints('up');
    child.kill(signal);
    expect(await ended).toMatchObject({ code: 0, stdout: `up\nalone: ${signal}\n` });
  });

  it('ends at once at the second signal', async () => {
    const { child, prints, ended } = start(['slowEnd']);
    await prints('up');
    child.kill('SIGTERM');
    await prints('stopping');
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, signal: null });
  });

  it('stops when the shell is gone by which npm started it', async () => {
    const { child, prints, ended } = start(['inShell', 'steady', 'alone'], { npm_lifecycle_event: 'start' });
    await prints('up');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ signal: 'SIGTERM', stdout: 'up\nalone: orphaned\n' });
  });

  it('goes on where whoever started it is gone, as a service does', async () => {
    const { child, prints, ended } = start(['inShell', 'steady', 'alone'], {
      npm_lifecycle_event: undefined,
    });
    await prints('up');
    child.kill('SIGTERM');
    const first = await Promise.race([ended, new Promise(resolve => setTimeout(resolve, 1500, 'goes on'))]);
    expect(first).toBe('goes on');
    process.kill(-child.pid!, 'SIGTERM');
    expect((await ended).stdout).toBe('up\nalone: SIGTERM\n');
  });

  it('has nobody to tell why it cannot start', async () => {
    expect(await start(['complains']).ended).toMatchObject({ code: 1, stdout: 'nobody was told\n' });
  });

  it('takes no other process manager for one', async () => {
    const { env, calls } = systemdNotify(0);
    expect(await start(['complains'], env, 'ipc').ended).toMatchObject({ stdout: 'nobody was told\n' });
    const { child, prints, ended } = start(['steady', 'managed'], env, 'ipc');
    await prints('up');
    expect(calls()).not.toBe('');
    child.disconnect();
    child.kill('SIGINT');
    expect(await ended).toMatchObject({ code: 0, stdout: 'up\nmanaged: SIGINT\n' });
  });

  it('tells systemd that it is ready, where systemd waits for that', async () => {
    const { env, calls } = systemdNotify(0);
    const { child, prints, ended } = start(['steady'], env);
    await prints('up');
    expect(calls()).toBe('/run/systemd/notify --ready\n');
    child.kill('SIGTERM');
    expect((await ended).stderr).toBe('');
  });

  it('runs also where systemd cannot be told', async () => {
    const { child, prints, ended } = start(['steady'], systemdNotify(1).env);
    await prints('up');
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toContain('systemd could not be told of the start');
  });
});

describe('with a supervisor', () => {
  it('tells it that it is ready, and stops when it asks by a message', async () => {
    const { child, ended } = startSupervised(['steady', 'node-1'], systemdNotify(0).env);
    expect(await once(child, 'message')).toMatchObject([
      { type: 'ready', payload: { pid: child.pid } },
      undefined,
    ]);
    child.send({ type: 'stand' });
    child.send({ type: 'stop' });
    expect(await ended).toMatchObject({ code: 0, stdout: 'node-1: asked\n' });
  });

  it('leaves systemd to it', async () => {
    const { env, calls } = systemdNotify(0);
    const { child, ended } = startSupervised(['steady'], env);
    await once(child, 'message');
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(calls()).toBe('');
  });

  it('stops when it is gone', async () => {
    const { child, ended } = startSupervised(['steady', 'node-1']);
    await once(child, 'message');
    child.disconnect();
    expect(await ended).toMatchObject({ code: 0, stdout: 'node-1: orphaned\n' });
  });

  it('stops when it was gone before the program looked', async () => {
    const { child, ended } = startSupervised(['asksLate']);
    child.disconnect();
    expect(await ended).toMatchObject({ code: 0, stdout: 'orphaned\n' });
  });

  it('is ended, as an orphan that does not end by itself', async () => {
    const { child, ended } = startSupervised(['neverEnds']);
    await once(child, 'message');
    child.disconnect();
    expect((await ended).code).toBe(1);
  });
});
