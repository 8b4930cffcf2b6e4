import { describe, expect, it } from 'vitest';
import { WORKLOADS } from '../measure/workloads.ts';
import { externalServer } from '../servers/external.ts';
import { type Report, summary } from './report.ts';
import { combine } from './result.ts';

const ingest = WORKLOADS.find(({ id }) => id === 'ingest')!;

describe('combine', () => {
  it('takes the median of the rounds that can be believed', () => {
    const round = (cpuCores: number, ...doubts: string[]) => ({
      figures: { cpuCores },
      generatorCores: 0.1,
      doubts,
    });
    const result = combine(ingest, 'a', [round(9, 'busy'), round(1), round(3)]);
    expect(result.figures.cpuCores).toBe(2);
    expect(result.doubts).toEqual([]);
  });

  it('takes them all, and says so, where none can', () => {
    const round = (cpuCores: number) => ({ figures: { cpuCores }, generatorCores: 0.1, doubts: ['busy'] });
    const result = combine(ingest, 'a', [round(9), round(1), round(3)]);
    expect(result.figures.cpuCores).toBe(3);
    expect(result.doubts).toEqual(['busy']);
  });
});

describe('summary', () => {
  const result = (server: string, cpuCores: number, ...doubts: string[]) =>
    combine(ingest, server, [
      { figures: { cpuCores, rss: 1, rssOverEmpty: 1, lost: 0 }, generatorCores: 0.1, doubts },
    ]);
  const server = (name: string) => ({ name, version: '1', settings: 'defaults' });
  const report: Report = {
    machine: { cpu: 'c', cores: 1, memoryGigabytes: 1, kernel: 'k', node: 'n', date: 'd' },
    timing: { warmUp: 1, window: 1, rounds: 1 },
    servers: [server('FLUX'), server('node-media-server')],
    skipped: ['nginx-rtmp: nginx is not installed'],
    workloads: [ingest],
    results: [result('FLUX', 0.2), result('node-media-server', 0.8, 'a load process was 50 ms late (p99)')],
  };

  it('shows figures, ratios, targets, doubts and what was left out', () => {
    const text = summary(report).replaceAll(/ +/g, ' ');
    expect(text).toContain('| 300 publishers, no viewer | CPU (cores) | 0.200 | 0.800 ? | 0.25 × ? |');
    expect(text).toContain('| lost frames (‰) | 0.00 | 0.00 ? | – |');
    expect(text).toContain('÷ that of node-media-server | 0.4 × | 0.25 × ? | not certain |');
    expect(text).toContain('| latency to HTTP-FLV, median | 40 ms | – | not measured |');
    expect(text).toContain('over the empty server | 300 MB | 1 MB | met |');
    expect(text).toContain('- ingest, node-media-server: a load process was 50 ms late (p99)');
    expect(text).toContain('Not measured: nginx-rtmp: nginx is not installed');
  });
});

describe('externalServer', () => {
  it('takes an address apart', async () => {
    const flv = 'http://127.0.0.1:8080/live/{name}.flv';
    const server = externalServer(`name=srs,rtmp=1935,flv=${flv},pid=${process.pid}`);
    expect(server).toMatchObject({ name: 'srs', hasFlv: true });
    expect(await server.start(new AbortController().signal)).toMatchObject({ rtmpPort: 1935, flvUrl: flv });
  });

  it.each([
    ['rtmp=1935,pid=1', 'name is missing'],
    ['name=a,rtmp=x,pid=1', 'rtmp must be'],
    ['name=a,rtmp=1,pid=1,flv=http://h/', '{name}'],
    ['name=a,rtmp=1,pid=1,port=3', 'unknown key "port"'],
  ])('says what is wrong with %s', (specification, message) => {
    expect(() => externalServer(specification)).toThrow(message);
  });
});
