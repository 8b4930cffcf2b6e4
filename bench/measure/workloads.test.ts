import { describe, expect, it } from 'vitest';
import { NAMED_WORKLOADS, QUICK_WORKLOADS, USUAL_WORKLOADS, watchOf, workloadOf } from './workloads.ts';

describe('workloadOf', () => {
  it('makes a workload of any size', () => {
    expect(workloadOf('W1-750')).toMatchObject({
      id: 'W1-750',
      publishers: 1,
      viewers: 750,
      watch: 'watch-flv',
    });
    expect(workloadOf('W3-1234')).toMatchObject({ publishers: 1234, viewers: 0, watch: 'nothing' });
    expect(workloadOf('W4r-30')).toMatchObject({ publishers: 30, viewers: 30, watch: 'watch-rtmp' });
    expect(workloadOf('W5-6')).toMatchObject({ publishers: 1, viewers: 6, nodes: 2 });
    expect(workloadOf('first-picture-flv')).toMatchObject({ firstPicture: true, gop: 4 });
  });

  it('has all those that it names, each under its own name', () => {
    for (const id of [...NAMED_WORKLOADS, ...USUAL_WORKLOADS, ...QUICK_WORKLOADS]) {
      expect(workloadOf(id).id).toBe(id);
    }
  });

  it.each(['W1', 'W6-1', 'W1-', 'W1-x', 'latency', 'constructor-1', ''])('has no "%s"', id => {
    expect(() => workloadOf(id)).toThrow('there is no workload');
  });

  it.each(['W1-0', 'W3-8001'])('has no room for %s', id => {
    expect(() => workloadOf(id)).toThrow('N is from 1 to 8000');
  });
});

describe('watchOf', () => {
  const both = { hasFlv: true, hasNodes: true };
  const rtmpAlone = { hasFlv: false, hasNodes: false };

  it('takes RTMP for HTTP-FLV where the workload lets it, and leaves a server out where it does not', () => {
    expect(watchOf(workloadOf('W4-1'), both)).toBe('watch-flv');
    expect(watchOf(workloadOf('W4-1'), rtmpAlone)).toBe('watch-rtmp');
    expect(watchOf(workloadOf('W1-1'), rtmpAlone)).toBeUndefined();
    expect(watchOf(workloadOf('W2-1'), rtmpAlone)).toBe('watch-rtmp');
    expect(watchOf(workloadOf('W3-1'), rtmpAlone)).toBe('nothing');
  });

  it('leaves out a server that is but one node', () => {
    expect(watchOf(workloadOf('W5-1'), both)).toBe('watch-flv');
    expect(watchOf(workloadOf('W5-1'), { hasFlv: true, hasNodes: false })).toBeUndefined();
  });
});
