import { describe, expect, it } from 'vitest';
import type { Measurement } from '../measure/measurement.ts';
import { workloadOf } from '../measure/workloads.ts';
import { page, type Report, summary } from './report.ts';
import { combine, type Result } from './result.ts';
import { targets } from './targets.ts';

const ingest = workloadOf('W3-300');

function round(figures: Measurement['figures'], changed: Partial<Measurement> = {}): Measurement {
  return { figures, generatorCores: 0.1, doubts: [], findings: [], ...changed };
}

function result(
  id: string,
  server: string,
  figures: Measurement['figures'],
  changed: Partial<Measurement> = {},
): Result {
  return combine(workloadOf(id), server, [round(figures, changed)]);
}

describe('combine', () => {
  it('takes the median of the rounds that can be believed', () => {
    const combined = combine(ingest, 'a', [
      round({ cpuCores: 9 }, { doubts: ['busy'], findings: ['late'] }),
      round({ cpuCores: 1 }),
      round({ cpuCores: 3 }),
    ]);
    expect(combined).toMatchObject({ figures: { cpuCores: 2 }, doubts: [], findings: [] });
  });

  it('takes them all, and says so, where none can', () => {
    const doubtful = { doubts: ['busy'] };
    const rounds = [9, 1, 3].map(cpuCores => round({ cpuCores }, doubtful));
    expect(combine(ingest, 'a', rounds)).toMatchObject({ figures: { cpuCores: 3 }, doubts: ['busy'] });
  });

  it('takes the worst of what no round may have', () => {
    const combined = combine(ingest, 'a', [
      round({ lost: 0 }),
      round({ lost: 0.5 }, { findings: ['late'] }),
      round({ lost: 0 }),
    ]);
    expect(combined).toMatchObject({ figures: { lost: 0.5 }, findings: ['late'] });
  });
});

describe('summary', () => {
  const figures = (cpuCores: number): Record<string, number> => ({
    cpuCores,
    rss: 1,
    rssOverEmpty: 1,
    lost: 0,
  });
  const server = (name: string) => ({ name, version: '1', settings: 'defaults' });
  const report: Report = {
    machine: { cpu: 'c', cores: 1, memoryGigabytes: 1, kernel: 'k', node: 'n', date: 'd' },
    timing: { warmUp: 1, window: 1, rounds: 1 },
    servers: [server('FLUX'), server('nginx-rtmp'), server('node-media-server')],
    skipped: ['SRS: there is no process 1'],
    workloads: [ingest],
    results: [
      result('W3-300', 'FLUX', figures(0.2)),
      result('W3-300', 'nginx-rtmp', figures(0.1), { doubts: ['a load process was 50 ms late (p99)'] }),
      result('W3-300', 'node-media-server', figures(0.8), { findings: ['2 connections were lost: closed'] }),
    ],
  };

  it('shows figures, ratios, targets, doubts, findings and what was left out', () => {
    const text = summary(report).replaceAll(/ +/g, ' ');
    expect(text).toContain(
      '| W3-300: 300 publishers, no viewer | CPU (cores) | 0.200 | 0.100 ? | 0.800 ! | 2.00 × ? | 0.25 × ! |',
    );
    expect(text).toContain('| lost frames (‰) | 0.00 | 0.00 ? | 0.00 ! | – | – |');
    expect(text).toContain('| W3-300: CPU ÷ that of node-media-server | 0.35 × | 0.25 × | met |');
    expect(text).toContain('| W3-300: CPU ÷ that of nginx-rtmp | 1.6 × | 2.00 × | not certain |');
    expect(text).toContain('- W3-300, nginx-rtmp: a load process was 50 ms late (p99)');
    expect(text).toContain('- W3-300, node-media-server: 2 connections were lost: closed');
    expect(text).toContain('Not measured: SRS: there is no process 1');
    expect(text).not.toContain('W1-500');
  });

  it('makes a page of it that describes the machine', () => {
    const text = page(report).replaceAll(/ +/g, ' ');
    expect(text).toContain('| CPU | c, 1 cores |');
    expect(text).toContain('| Kernel | k |');
    expect(text).toContain('| Node.js | n |');
    expect(text).toContain(summary(report).replaceAll(/ +/g, ' '));
  });
});

describe('targets', () => {
  const verdicts = (results: readonly Result[]): Record<string, string> =>
    Object.fromEntries(targets(results).map(({ title, verdict }) => [title, verdict]));
  const W1_500 = 'W1-500: CPU ÷ that of node-media-server';

  it('divide by the peer of the same workload, or of the one that is named', () => {
    const results = [
      result('W1-500', 'FLUX', { cpuCores: 0.2, cpuPerGigabyte: 3, latencyMedian: 20, lost: 0 }),
      result('W1-500', 'node-media-server', { cpuCores: 1 }),
      result('W2-500', 'nginx-rtmp', { cpuPerGigabyte: 2 }),
    ];
    expect(verdicts(results)).toEqual({
      [W1_500]: 'met',
      'W1-500: CPU per GB ÷ that of nginx-rtmp by RTMP': 'missed',
      'W1-500: latency, median': 'met',
      'W1-500: lost frames': 'met',
    });
  });

  it('are not met by a server that did not keep up, nor by figures in doubt, nor without a peer', () => {
    const own = (changed: Partial<Measurement>): Result =>
      result('W1-500', 'FLUX', { cpuCores: 0.1 }, changed);
    const peer = result('W1-500', 'node-media-server', { cpuCores: 1 });
    expect(verdicts([own({ findings: ['late'] }), peer])[W1_500]).toBe('missed');
    expect(verdicts([own({ doubts: ['busy'] }), peer])[W1_500]).toBe('not certain');
    expect(verdicts([own({})])[W1_500]).toBe('not measured');
    const failed = result('W1-500', 'FLUX', {}, { findings: ['did not start'] });
    expect(verdicts([failed, peer])[W1_500]).toBe('missed');
  });

  it('beside SRS are there when it is', () => {
    const figures = (cpuCores: number, latencyMedian: number) => ({ cpuCores, latencyMedian });
    const own = result('W1-1000', 'FLUX', figures(0.25, 80));
    expect(Object.keys(verdicts([own])).filter(title => title.includes('SRS'))).toEqual([]);
    expect(verdicts([own, result('W1-1000', 'SRS', figures(0.3, 170))])).toMatchObject({
      'W1-1000: CPU ÷ that of SRS': 'met',
      'W1-1000: latency, median ÷ that of SRS': 'met',
    });
  });
});
