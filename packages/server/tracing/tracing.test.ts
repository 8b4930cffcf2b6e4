import type { ServerResponse } from 'node:http';
import { BusHub } from '@flux-iot/core/bus/hub';
import { createLocalBus } from '@flux-iot/core/bus/local-bus';
import { ClusterControl } from '@flux-iot/core/control/cluster-control';
import type { MediaControl } from '@flux-iot/core/control/media-control';
import { serveControl } from '@flux-iot/core/control/remote-control';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { GuardedApi, TestApi } from '../test-support.ts';
import { OpenTelemetry, type OpenTelemetryOptions } from './open-telemetry.ts';
import { type ReceivedSpan, TestCollector } from './test-collector.ts';
import { traceBus } from './trace-calls.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const PARENT = 'b7ad6b7169203331';

const failures: string[] = [];
const endings: (() => Promise<unknown>)[] = [];
let collector: TestCollector;

function tracer(options: Partial<OpenTelemetryOptions> = {}): OpenTelemetry {
  return new OpenTelemetry({
    endpoint: collector.endpoint,
    serviceName: 'north',
    version: '1.2.3',
    sampleRatio: 1,
    onFailure: message => failures.push(message),
    interval: 5,
    timeout: 200,
    ...options,
  });
}

async function endAll(): Promise<void> {
  for (const end of endings.splice(0).reverse()) await end();
  await collector.close();
  failures.length = 0;
}

describe('a request to the API', () => {
  const lines: string[] = [];
  let api: TestApi;
  let key: { authorization: string };

  beforeAll(async () => {
    collector = await TestCollector.start();
    const tracing = tracer({ interval: 100 });
    const hub = new BusHub();
    const [bus, node] = [traceBus(createLocalBus(hub, 'server'), tracing), createLocalBus(hub, 'node-1')];
    const broken = {
      streams: async () => [],
      nodes: async () => {
        throw new FluxError('UPSTREAM_FAILED', 'Broken.');
      },
    } as unknown as MediaControl;
    serveControl(node, broken);
    await node.directory.claim('node/node-1', {});
    const control = new ClusterControl(bus);
    const logger = pino({ level: 'debug' }, { write: (line: string) => lines.push(line) });
    const guarded = await GuardedApi.start({ tracing, control, logger });
    api = guarded.api;
    key = await guarded.key('all', 'administrator');
    endings.push(
      () => tracing.close(),
      () => Promise.all([bus.close(), node.close()]),
      async () => control.close(),
      () => api.stop(),
    );
  });
  beforeEach(() => {
    collector.spans.length = 0;
    lines.length = 0;
  });
  afterAll(endAll);

  /** What came of one request: its own span, and the steps below. */
  async function traced(): Promise<{ request: ReceivedSpan; steps: ReceivedSpan[] }> {
    const isRequest = ({ kind }: ReceivedSpan) => kind === 2;
    await expect.poll(() => collector.spans.filter(isRequest)).toHaveLength(1);
    const request = collector.spans.find(isRequest)!;
    const steps = collector.spans.filter(span => !isRequest(span));
    for (const { traceId, parentSpanId, kind } of steps) {
      expect([traceId, parentSpanId, kind]).toEqual([request.traceId, request.spanId, 3]);
    }
    return { request, steps };
  }

  it('is a span with its route, status, id and tenant', async () => {
    const answer = await api.get('/api/v1/streams/acme%2Fcam1/viewers?secret=1', key);
    expect(answer.statusCode).toBe(400);
    const { request } = await traced();
    expect(request).toMatchObject({
      name: 'GET /api/v1/streams/:stream_id/viewers',
      parentSpanId: '',
      status: 0,
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/api/v1/streams/:stream_id/viewers',
        'http.response.status_code': 400,
        'url.path': '/api/v1/streams/acme%2Fcam1/viewers',
        'flux.request_id': answer.json().request_id,
        'flux.tenant': 'default',
      },
    });
    expect(collector.resource).toMatchObject({ 'service.name': 'north', 'service.version': '1.2.3' });
  });

  it('has what was asked of media nodes below it, and that one failed', async () => {
    await api.get('/api/v1/nodes', key);
    const { steps } = await traced();
    expect(steps.filter(({ attributes }) => 'rpc.method' in attributes)).toEqual([
      expect.objectContaining({
        name: 'node-1.control nodes',
        status: 2,
        attributes: expect.objectContaining({ 'error.type': 'UPSTREAM_FAILED' }),
      }),
    ]);
  });

  it('has what was asked of the database below it, without the values', async () => {
    const body = { name: 'somebody', password: 'a long enough password', role: 'viewer' };
    expect((await api.post('/api/v1/users', body, key)).statusCode).toBe(201);
    const { steps } = await traced();
    const names = steps.map(({ name }) => name);
    expect(names).toContain('sqlite SELECT');
    expect(names).toContain('sqlite INSERT');
    for (const { attributes, milliseconds } of steps) {
      expect(attributes['db.system.name']).toBe('sqlite');
      expect(milliseconds).toBeLessThan(5000);
    }
    expect(JSON.stringify(collector.spans)).not.toContain('somebody');
  });

  it('is part of the trace that its caller names, as its lines of the log say', async () => {
    await api.get('/api/v1/streams', { ...key, traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: 'v=1' });
    const { request } = await traced();
    expect(request).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, traceState: 'v=1' });
    expect(lines.map(line => JSON.parse(line))).toEqual([
      expect.objectContaining({ msg: 'request', path: '/api/v1/streams', trace_id: TRACE }),
    ]);
  });

  it('begins a trace where what the caller names is none', async () => {
    const wrong = ['', '00-zz-1-01', `00-${'0'.repeat(32)}-${PARENT}-01`, 'x'.repeat(4000)];
    for (const traceparent of wrong)
      expect((await api.get('/api/v1/streams', { ...key, traceparent })).statusCode).toBe(200);
    const requests = () => collector.spans.filter(({ kind }) => kind === 2);
    await expect.poll(requests).toHaveLength(wrong.length);
    expect(requests().every(({ parentSpanId }) => parentSpanId === '')).toBe(true);
    expect(new Set(requests().map(({ traceId }) => traceId)).size).toBe(wrong.length);
  });

  it('is not traced where it is none of the API', async () => {
    for (const path of ['/healthz', '/metrics', '/api/v1/nothing']) await api.get(path, key);
    await api.get('/api/v1/streams', key);
    expect((await traced()).request.name).toBe('GET /api/v1/streams');
  });
});

describe('what is sampled', () => {
  it("is the caller's choice, and a share of what begins here", async () => {
    collector = await TestCollector.start();
    const none = tracer({ sampleRatio: 0 });
    const half = tracer({ sampleRatio: 0.5 });
    const span = (tracing: OpenTelemetry, name: string, flags?: string) =>
      tracing.begin(name, {}, flags ? { traceparent: `00-${TRACE}-${PARENT}-${flags}` } : {}).end({});
    span(none, 'no');
    span(none, 'no', '00');
    span(none, 'yes', '01');
    for (let index = 0; index < 400; index++) span(half, 'half');
    await Promise.all([none.close(), half.close()]);
    const names = collector.spans.map(({ name }) => name);
    expect(names.filter(name => name !== 'half')).toEqual(['yes']);
    expect(Math.abs(names.length - 1 - 200)).toBeLessThan(70);
    await collector.close();
  });
});

describe('a collector', () => {
  beforeEach(async () => {
    collector = await TestCollector.start();
  });
  afterEach(endAll);

  const spend = (tracing: OpenTelemetry, count: number) => {
    for (let index = 0; index < count; index++) tracing.begin(`span ${index}`, {}, {}).end({});
  };

  it('that is away costs the API nothing, and is said once', async () => {
    const tracing = tracer();
    await collector.close();
    const api = await TestApi.start({ tracing });
    endings.push(
      () => tracing.close(),
      () => api.stop(),
    );
    await api.get('/api/v1/streams');
    for (let index = 0; index < 50; index++) {
      const began = performance.now();
      expect((await api.get('/api/v1/streams')).statusCode).toBe(200);
      expect(performance.now() - began).toBeLessThan(500);
    }
    await expect.poll(() => failures.length).toBe(1);
    expect(failures[0]).toContain('spans could not be sent');
  });

  it('that does not answer has a bounded number of spans waiting for it', async () => {
    const waiting: (() => void)[] = [];
    collector.answer = (request, answer) => {
      request.resume();
      waiting.push(() => answer.end());
    };
    const tracing = tracer({ timeout: 60_000 });
    spend(tracing, 600);
    await expect.poll(() => waiting.length).toBe(1);
    spend(tracing, 10_000);
    collector.answer = undefined;
    waiting[0]?.();
    await expect.poll(() => collector.spans.length).toBeGreaterThanOrEqual(2000);
    await tracing.close();
    expect(collector.spans.length).toBeLessThanOrEqual(2048);
  });

  it.each([
    ['says something else', (answer: ServerResponse) => answer.end('<html>'.repeat(1000))],
    ['refuses', (answer: ServerResponse) => answer.writeHead(400).end('{"no":')],
    ['closes', (answer: ServerResponse) => answer.socket?.end('nonsense\r\n\r\n')],
    ['says too much', (answer: ServerResponse) => answer.end(Buffer.alloc(6 << 20))],
    ['never ends', (answer: ServerResponse) => answer.write('x')],
  ])('that %s is asked again, for other spans', async (_, say) => {
    collector.answer = (request, answer) => {
      request.resume();
      say(answer);
    };
    const tracing = tracer();
    endings.push(() => tracing.close());
    spend(tracing, 3);
    await expect.poll(() => collector.requests).toBeGreaterThanOrEqual(1);
    collector.answer = undefined;
    await expect
      .poll(
        () => {
          spend(tracing, 1);
          return collector.spans.length;
        },
        { timeout: 5000 },
      )
      .toBeGreaterThan(0);
  });

  it('that hangs does not hold up the end', async () => {
    collector.answer = request => request.resume();
    const tracing = tracer({ timeout: 60_000, interval: 60_000 });
    spend(tracing, 10);
    const began = performance.now();
    await Promise.all([tracing.close(), tracing.close()]);
    expect(performance.now() - began).toBeLessThan(2000);
  });
});
