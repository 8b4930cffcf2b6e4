import { describe, expect, it } from 'vitest';
import { USUAL_WORKLOADS } from './measure/workloads.ts';
import { HELP, parseOptions } from './options.ts';

function ids(...args: string[]): string[] {
  return parseOptions(args).workloads.map(({ id }) => id);
}

describe('parseOptions', () => {
  it('measures what is usual, in two rounds', () => {
    expect(ids()).toEqual(USUAL_WORKLOADS);
    expect(parseOptions([])).toMatchObject({ timing: { rounds: 2 }, without: [], servers: [], help: false });
  });

  it('takes workloads of any size, and servers by address', () => {
    expect(ids('--only', 'W1-750, latency-flv')).toEqual(['W1-750', 'latency-flv']);
    const { servers, without } = parseOptions(['--server', 'name=a,rtmp=1,pid=1', '--without', 'FLUX,b']);
    expect(servers.map(({ name }) => name)).toEqual(['a']);
    expect(without).toEqual(['FLUX', 'b']);
  });

  it('does less when it is to be quick, and more when it is to be all', () => {
    expect(ids('--quick').length).toBeLessThan(ids().length);
    expect(ids('--all').length).toBeGreaterThan(ids().length);
    expect(ids('--quick', '--only', 'W3-1000')).toEqual(['W3-1000']);
    expect(parseOptions(['--quick', '--rounds', '4']).timing).toMatchObject({ window: 5000, rounds: 4 });
  });

  it.each([
    [['--only', 'W9-1'], '--only: there is no workload "W9-1"'],
    [['--only', 'W1-0'], '--only: W1-N: N is from 1 to 8000'],
    [['--rounds', '0'], '--rounds must be a whole number from 1 to 20'],
    [['--server', 'name=a'], '--server: rtmp must be a positive number'],
    [['--fast'], 'fast'],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });

  it('explains itself within 120 columns', () => {
    for (const line of HELP.split('\n')) expect(line.length).toBeLessThanOrEqual(120);
  });
});
