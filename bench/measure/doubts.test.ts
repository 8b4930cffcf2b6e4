import { describe, expect, it } from 'vitest';
import type { LoadReport } from '../load/job.ts';
import { type Circumstances, doubts, findings } from './doubts.ts';
import { workloadOf } from './workloads.ts';

const CORES = 2;

function reportOf(connections: number, changed: Partial<LoadReport> = {}): LoadReport {
  return {
    bytes: connections * 1_250_000,
    frames: connections * 250,
    lost: 0,
    repeated: 0,
    unstamped: 0,
    latency: [],
    seconds: 10,
    working: connections,
    failed: 0,
    failure: undefined,
    firstPictures: [],
    backlog: 0,
    cpuSeconds: 1,
    lateness: 3,
    ...changed,
  };
}

/** One publisher and a hundred viewers for ten seconds, of which there is nothing to say. */
function circumstances(changed: Partial<Circumstances> = {}): Circumstances {
  return {
    workload: workloadOf('W1-100'),
    published: [reportOf(1)],
    watched: [reportOf(50), reportOf(50)],
    seconds: 10,
    busySeconds: 8,
    cpuSeconds: 5,
    rssBytes: 1e8,
    serverProcesses: 1,
    serverWaiting: { seconds: 0.9, times: 2000 },
    generatorWaiting: [{ seconds: 1.2, times: 20_000 }],
    ...changed,
  };
}

describe('doubts', () => {
  it('are none where all went well', () => {
    expect(doubts(circumstances(), CORES)).toEqual([]);
  });

  it.each<[string, Partial<Circumstances>]>([
    [
      'a load process used 0.90 cores',
      { watched: [reportOf(50), reportOf(50, { cpuSeconds: 9 })], busySeconds: 16 },
    ],
    ['a load process was 25 ms late (p99)', { published: [reportOf(1, { lateness: 25 })] }],
    ['something else on the machine used 0.50 cores', { busySeconds: 13 }],
    ['1.95 of 2 cores were busy: server 1.65, load 0.30', { busySeconds: 19.5, cpuSeconds: 16.5 }],
    [
      'the server waited 0.30 s per second for a core, 3.0 ms each time',
      { serverWaiting: { seconds: 3, times: 1000 } },
    ],
    [
      'a load process waited 0.20 s per second for a core, 2.0 ms each time',
      {
        generatorWaiting: [
          { seconds: 2, times: 1000 },
          { seconds: 0.1, times: 1 },
        ],
      },
    ],
    ['96.0 % of the frames were sent', { published: [reportOf(1, { frames: 240 })] }],
    ['7 frames came without their stamp', { watched: [reportOf(50, { unstamped: 7 }), reportOf(50)] }],
    [
      'the server ran as one process: every viewer was on the node of the stream',
      { workload: workloadOf('W5-100') },
    ],
  ])('say: %s', (doubt, changed) => {
    expect(doubts(circumstances(changed), CORES)).toEqual([doubt]);
  });

  it('do not hold many short waits for starving', () => {
    const serverWaiting = { seconds: 3, times: 10_000 };
    expect(doubts(circumstances({ serverWaiting }), CORES)).toEqual([]);
  });

  it('do not blame the generator for frames that the server did not take', () => {
    const published = [reportOf(1, { frames: 200, lost: 50, backlog: 4 << 20 })];
    const changed = circumstances({ published });
    expect(doubts(changed, CORES)).toEqual([]);
    expect(findings(changed)).toEqual(['4096 KiB of a publisher waited for the server to read them']);
  });
});

describe('findings', () => {
  it('are none where all went well', () => {
    expect(findings(circumstances())).toEqual([]);
  });

  it('tell what the server did not manage', () => {
    const failed = reportOf(50, { frames: 11_000, failed: 3, failure: 'closed by the server' });
    expect(findings(circumstances({ watched: [reportOf(50), failed] }))).toEqual([
      '94.0 % of the frames were delivered in their time',
      '3 connections were lost: closed by the server',
    ]);
  });

  it('do not count frames where viewers leave with the first', () => {
    const workload = workloadOf('first-picture-flv');
    expect(findings(circumstances({ workload, watched: [reportOf(16, { frames: 16 })] }))).toEqual([]);
  });
});
