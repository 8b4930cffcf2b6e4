import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ProcessTree } from '../measure/processes.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';

const never = new AbortController().signal;

describe('ServerProcess', () => {
  it('ends what the server leaves behind, and its folder', async () => {
    const folder = temporaryFolder();
    const server = new ServerProcess(folder, {
      command: 'sh',
      args: ['-c', 'trap "exit 0" TERM; sleep 60 & wait'],
    });
    const tree = new ProcessTree(server.pid);
    await expect.poll(() => tree.pids).toHaveLength(2);
    await server.stop();
    await expect.poll(() => tree.pids).toEqual([]);
    expect(existsSync(folder)).toBe(false);
    await server.stop();
  });

  it('shows what a server said that does not start', async () => {
    const server = new ServerProcess(temporaryFolder(), {
      command: 'sh',
      args: ['-c', 'echo no licence; exit 3'],
    });
    await expect(server.untilListening([1], never)).rejects.toThrow(/did not start.*no licence/s);
  });

  it('says that a program is missing', async () => {
    const server = new ServerProcess(temporaryFolder(), { command: 'no-such-server', args: [] });
    await expect(server.untilListening([1], never)).rejects.toThrow('ENOENT');
  });
});
