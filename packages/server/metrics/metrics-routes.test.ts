import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HookService } from '../hooks/hook-service.ts';
import { MemoryHookStore } from '../hooks/hook-store.ts';
import { TestApi } from '../test-support.ts';

const DASHBOARD = join(import.meta.dirname, '../../../deploy/grafana-dashboard.json');
const HOOK = {
  id: 'config-1',
  url: 'https://hooks.example.com/',
  events: [],
  decides: [],
  apps: [],
  secret: 'of the configuration, long',
  timeout: 1000,
  enabled: true,
  description: '',
  createdAt: 0,
};

function hasPromtool(): boolean {
  try {
    execFileSync('promtool', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('GET /metrics', () => {
  let api: TestApi;

  beforeEach(async () => {
    const settings = { hooks: [HOOK], networks: [] };
    const hooks = new HookService({ store: new MemoryHookStore(), settings, version: '1' });
    api = await TestApi.start({ hooks });
  });
  afterEach(() => api.stop());

  /** Values by name and labels, `flux_streams{node="node-1"}`. */
  async function metrics(): Promise<Map<string, number>> {
    const answer = await api.get('/metrics');
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const lines = answer.body.split('\n').filter(line => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map(line => {
        const space = line.lastIndexOf(' ');
        return [line.slice(0, space), Number(line.slice(space + 1))] as const;
      }),
    );
  }

  it('has the figures of nodes, protocols, requests, hooks and the process', async () => {
    const { stream } = await api.publish('cam1');
    const viewer = { id: 'v', protocol: 'flv', peer: 'p', since: 0, bytesSent: 1, skips: 2 };
    stream.addViewer(viewer);
    stream.addViewer({ ...viewer, id: 'w', skips: 3 });
    stream.removeViewer({ ...viewer, id: 'w', skips: 3 });
    await api.get('/api/v1/streams/nobody');
    const found = await metrics();
    expect(Object.fromEntries(found)).toMatchObject({
      'flux_streams{node="node-1"}': 1,
      'flux_relays{node="node-1"}': 0,
      'flux_viewers{node="node-1",protocol="rtmp"}': 2,
      'flux_publishers{node="node-1",protocol="rtmp"}': 1,
      'flux_received_bytes_total{node="node-1",protocol="rtmp"}': 10,
      'flux_sent_bytes_total{node="node-1",protocol="rtmp"}': 20,
      'flux_refused_total{node="node-1",protocol="rtmp",code="STREAM_BUSY"}': 1,
      'flux_viewer_skips_total{node="node-1"}': 5,
      'flux_http_request_duration_seconds_count{method="GET",route="/api/v1/streams/:stream_id",status="4xx"}': 1,
      'flux_hook_deliveries_total{hook="config-1",result="delivered"}': 0,
      'flux_hook_deliveries_waiting{hook="config-1"}': 0,
      flux_event_listeners: 0,
      'flux_build_info{version="1.2.3"}': 1,
    });
    expect(found.get('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(found.get('flux_node_memory_bytes{node="node-1"}')).toBeGreaterThan(1e7);
    expect(found.get('process_start_time_seconds')).toBeGreaterThan(1.6e9);
  });

  it('answers many at once with one look at the nodes, and does not add up what it has said before', async () => {
    const [one, other] = await Promise.all([metrics(), metrics()]);
    const name = 'flux_received_bytes_total{node="node-1",protocol="rtmp"}';
    expect([one.get(name), other.get(name), (await metrics()).get(name)]).toEqual([10, 10, 10]);
  });

  it('counts paths that strangers make up as one', async () => {
    for (let number = 0; number < 5; number++) await api.get(`/made-up/${number}`);
    const routes = [...(await metrics()).keys()].filter(key => key.includes('_count{'));
    expect(routes).toEqual([
      'flux_http_request_duration_seconds_count{method="GET",route="none",status="4xx"}',
    ]);
  });

  it('has what the dashboard of Grafana shows', async () => {
    await api.publish('cam1');
    await api.get('/api/v1/streams');
    const { body } = await api.get('/metrics');
    const names = new Set([...body.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const dashboard = JSON.parse(readFileSync(DASHBOARD, 'utf8')) as {
      panels: { targets: { expr: string }[] }[];
    };
    const expressions = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(20);
    for (const expression of expressions) {
      const used = expression.match(/\b(?:flux|process|nodejs)_[a-z0-9_]+/g) ?? [];
      expect(used.length).toBeGreaterThan(0);
      for (const name of used) expect(names).toContain(name.replace(/_(?:bucket|count)$/, ''));
    }
  });

  it.skipIf(!hasPromtool())('has nothing that promtool finds fault with', async () => {
    await api.publish('cam1');
    await api.get('/api/v1/streams');
    const { body } = await api.get('/metrics');
    const output = await new Promise<string>((resolve, reject) => {
      const child = execFile('promtool', ['check', 'metrics'], (error, stdout, stderr) =>
        error ? reject(new Error(`${stdout}${stderr}`)) : resolve(stdout + stderr),
      );
      child.stdin?.end(body);
    });
    expect(output).toBe('');
  });
});
