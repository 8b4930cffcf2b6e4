import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { ProcessTree } from './processes.ts';

const processes: ChildProcess[] = [];

afterEach(() => {
  for (const child of processes.splice(0)) {
    if (child.pid !== undefined) new ProcessTree(child.pid).kill();
  }
});

/** A shell that does each line it is told, and answers with a line. */
function shell(): { readonly pid: number; tell(line: string): Promise<void> } {
  const child = spawn('sh', ['-s'], { stdio: ['pipe', 'pipe', 'inherit'] });
  processes.push(child);
  return {
    pid: child.pid ?? -1,
    async tell(line) {
      child.stdin.write(`${line}\necho done\n`);
      await once(child.stdout, 'data');
    },
  };
}

const BUSY = "awk 'BEGIN { for (i = 0; i < 8000000; i++) x += i }'";

describe('ProcessTree', () => {
  it('finds a process that is started after it, and what that one starts', async () => {
    const parent = shell();
    const tree = new ProcessTree(parent.pid);
    expect(tree.pids).toEqual([parent.pid]);
    await parent.tell('sh -c "sleep 60 & wait" &');
    await expect.poll(() => tree.pids).toHaveLength(3);
    expect(tree.pids[0]).toBe(parent.pid);
    expect(tree.usage().rssBytes).toBeGreaterThan(2_000_000);
    expect(tree.handles()).toBeGreaterThanOrEqual(9);
  });

  it('keeps the time of a process that has ended', async () => {
    const parent = shell();
    const tree = new ProcessTree(parent.pid);
    const before = tree.usage().cpuSeconds;
    await parent.tell(BUSY);
    expect(tree.pids).toHaveLength(1);
    expect(tree.usage().cpuSeconds - before).toBeGreaterThan(0.05);
  });

  it('counts the time of one that runs', async () => {
    const parent = shell();
    const tree = new ProcessTree(parent.pid);
    const before = tree.usage().cpuSeconds;
    await parent.tell(`while :; do ${BUSY}; done &`);
    await expect.poll(() => tree.usage().cpuSeconds - before, { timeout: 15_000 }).toBeGreaterThan(0.1);
    expect(tree.waiting().times).toBeGreaterThan(0);
  });

  it('keeps one whose parent has ended, and can end it', async () => {
    const parent = shell();
    const tree = new ProcessTree(parent.pid);
    await parent.tell('sleep 60 &');
    await expect.poll(() => tree.pids).toHaveLength(2);
    const orphan = tree.pids[1];
    process.kill(parent.pid, 'SIGKILL');
    await expect.poll(() => tree.pids).toEqual([orphan]);
    tree.kill();
    await expect.poll(() => tree.pids).toEqual([]);
  });

  it('is empty where there is no such process', () => {
    const tree = new ProcessTree(2 ** 30);
    expect(tree.pids).toEqual([]);
    expect(tree.usage()).toEqual({ cpuSeconds: 0, rssBytes: 0 });
    expect(tree.waiting()).toEqual({ seconds: 0, times: 0 });
  });
});
