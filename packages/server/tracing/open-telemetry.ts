import { AsyncLocalStorage } from 'node:async_hooks';
import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { ReportingExporter } from './reporting-exporter.ts';
import type { RequestSpan, SpanAttributes, Step, Tracing } from './tracing.ts';

export interface OpenTelemetryOptions {
  /** Base URL of a collector that takes OTLP by HTTP: `http://127.0.0.1:4318`. */
  readonly endpoint: string;
  readonly serviceName: string;
  readonly version: string;
  /** Share of the traces that begin here, from 0 to 1; of others the caller has decided. */
  readonly sampleRatio: number;
  /** Told that spans were lost, and why, once a minute at most. */
  readonly onFailure: (message: string) => void;
  /** Milliseconds that spans are gathered, and that the collector may take; 5000 each by default. */
  readonly interval?: number;
  readonly timeout?: number;
}

/** Spans that wait to be sent; while the collector takes none, more are dropped. */
const MAX_QUEUE = 2048;
const MAX_BATCH = 512;
const MAX_SENDING = 2;
const MAX_ATTRIBUTE_LENGTH = 2048;
const CLOSE_TIMEOUT = 1000;

const HEADERS: TextMapGetter<IncomingHttpHeaders> = {
  keys: headers => Object.keys(headers),
  get: (headers, name) => headers[name],
};

/** Traces by the SDK of OpenTelemetry, sent to a collector by OTLP over HTTP. Nothing of it is global. */
export class OpenTelemetry implements Tracing {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;
  readonly #propagator = new W3CTraceContextPropagator();
  readonly #current = new AsyncLocalStorage<Span>();
  #closing: Promise<void> | undefined;

  constructor(options: OpenTelemetryOptions) {
    const { endpoint, serviceName, version, sampleRatio, onFailure, interval, timeout = 5000 } = options;
    const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
    const exporter = new OTLPTraceExporter({ url, timeoutMillis: timeout, concurrencyLimit: MAX_SENDING });
    const processor = new BatchSpanProcessor({
      exporter: new ReportingExporter(exporter, onFailure),
      maxQueueSize: MAX_QUEUE,
      maxExportBatchSize: MAX_BATCH,
      scheduledDelayMillis: interval,
      // The exporter's own time is about a connection that rests: this one is about all of it.
      exportTimeoutMillis: timeout * 2,
    });
    const resource = { 'service.name': serviceName, 'service.version': version };
    this.#provider = new TracerProvider({
      resource: defaultResource().merge(resourceFromAttributes(resource)),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(sampleRatio) }),
      spanLimits: { attributeValueLengthLimit: MAX_ATTRIBUTE_LENGTH },
      spanProcessors: [processor],
    });
    this.#tracer = this.#provider.getTracer('flux-iot', version);
  }

  begin(name: string, attributes: SpanAttributes, headers: IncomingHttpHeaders): RequestSpan {
    const parent = this.#propagator.extract(ROOT_CONTEXT, headers, HEADERS);
    return new OtelRequest(this.#tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, parent));
  }

  within(request: RequestSpan, course: () => void): void {
    if (request instanceof OtelRequest) this.#current.run(request.span, course);
    else course();
  }

  async step<Result>({ name, attributes }: Step, take: () => Promise<Result>): Promise<Result> {
    const parent = this.#current.getStore();
    if (!parent) return take();
    const span = this.#tracer.startSpan(name, { kind: SpanKind.CLIENT, attributes }, contextOf(parent));
    try {
      return await this.#current.run(span, take);
    } catch (cause) {
      fail(span, FluxError.from(cause).code);
      throw cause;
    } finally {
      span.end();
    }
  }

  taken({ name, attributes }: Step, milliseconds: number, failure?: string): void {
    const parent = this.#current.getStore();
    if (!parent) return;
    const now = Date.now();
    const options = { kind: SpanKind.CLIENT, attributes, startTime: now - milliseconds };
    const span = this.#tracer.startSpan(name, options, contextOf(parent));
    if (failure !== undefined) fail(span, failure);
    span.end(now);
  }

  close(): Promise<void> {
    // Whether the collector takes the last ones is its own affair.
    this.#closing ??= Promise.race([
      this.#provider.shutdown().catch(() => {}),
      sleep(CLOSE_TIMEOUT, undefined, { ref: false }),
    ]);
    return this.#closing;
  }
}

class OtelRequest implements RequestSpan {
  readonly span: Span;

  constructor(span: Span) {
    this.span = span;
  }

  get traceId(): string {
    return this.span.spanContext().traceId;
  }

  end(attributes: SpanAttributes, failure?: string): void {
    this.span.setAttributes(attributes);
    if (failure !== undefined) fail(this.span, failure);
    this.span.end();
  }
}

function contextOf(span: Span): Context {
  return trace.setSpan(ROOT_CONTEXT, span);
}

function fail(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
