import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Job } from './job.ts';
import { LoadProcess } from './load-process.ts';

const never = new AbortController().signal;
const processes: LoadProcess[] = [];

afterEach(() => {
  for (const process of processes.splice(0)) process.stop();
});

function watching(port: number): LoadProcess {
  const job: Job = {
    host: '127.0.0.1',
    role: 'watch-flv',
    port,
    app: 'live',
    flvUrl: `http://127.0.0.1:${port}/live/{name}.flv`,
    names: ['a', 'b'],
    spacing: 1,
    clip: '',
    leaveAfterPicture: false,
  };
  const started = new LoadProcess(job);
  processes.push(started);
  return started;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

describe('LoadProcess', () => {
  it('says why its connections failed, and reports on what it did', async () => {
    const load = watching(await freePort());
    await expect(load.ready(15_000, never)).rejects.toThrow(/2 of 2 connections failed: .*ECONNREFUSED/);
    load.beginWindow();
    expect(await load.report(never)).toMatchObject({ frames: 0, lost: 0, working: 0, failed: 2 });
  });

  it('says that it has ended', async () => {
    const load = watching(await freePort());
    await expect(load.ready(15_000, never)).rejects.toThrow('connections failed');
    load.stop();
    await expect(load.report(never)).rejects.toThrow('the load process ended (SIGKILL)');
  });
});
