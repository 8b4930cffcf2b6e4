import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import protobuf from 'protobufjs';

/** What is looked at of `opentelemetry/proto/collector/trace/v1/trace_service.proto` and what it imports. */
const SCHEMA = `
  syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { repeated Span spans = 2; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4;
    string name = 5; int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8;
    repeated KeyValue attributes = 9; Status status = 15;
  }
  message Status { string message = 2; int32 code = 3; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4; } }
`;

export interface ReceivedSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly name: string;
  /** 2: server, 3: client. */
  readonly kind: number;
  readonly milliseconds: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** 2: error. */
  readonly status: number;
}

type Answer = (request: IncomingMessage, answer: ServerResponse) => void;

/** Takes traces by OTLP over HTTP, and reads them by a decoder that has nothing to do with what wrote them. */
export class TestCollector {
  readonly spans: ReceivedSpan[] = [];
  resource: Readonly<Record<string, unknown>> = {};
  requests = 0;
  /** Says something else than what a collector says. */
  answer: Answer | undefined;
  readonly #server: Server;
  readonly #request = protobuf.parse(SCHEMA).root.lookupType('Request');

  private constructor() {
    this.#server = createServer((request, answer) => void this.#take(request, answer));
  }

  static async start(): Promise<TestCollector> {
    const collector = new TestCollector();
    collector.#server.listen(0, '127.0.0.1');
    await once(collector.#server, 'listening');
    return collector;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async #take(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    this.requests++;
    if (this.answer) {
      this.answer(request, answer);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/x-protobuf') {
      answer.writeHead(404).end();
      return;
    }
    this.#read(Buffer.concat(chunks));
    answer.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  }

  #read(body: Buffer): void {
    const message = this.#request.toObject(this.#request.decode(body), { longs: String, arrays: true });
    for (const { resource, scopeSpans } of message.resourceSpans) {
      this.resource = attributesOf(resource.attributes);
      for (const { spans } of scopeSpans) this.spans.push(...spans.map(spanOf));
    }
  }
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface RawSpan {
  readonly traceId: Buffer;
  readonly spanId: Buffer;
  readonly parentSpanId?: Buffer;
  readonly traceState?: string;
  readonly name: string;
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly KeyValue[];
  readonly status?: { readonly code?: number };
}

function spanOf(raw: RawSpan): ReceivedSpan {
  const { name, kind, traceState = '', status } = raw;
  return {
    name,
    kind,
    traceState,
    traceId: raw.traceId.toString('hex'),
    spanId: raw.spanId.toString('hex'),
    parentSpanId: raw.parentSpanId?.toString('hex') ?? '',
    milliseconds: Number(BigInt(raw.endTimeUnixNano) - BigInt(raw.startTimeUnixNano)) / 1e6,
    attributes: attributesOf(raw.attributes),
    status: status?.code ?? 0,
  };
}

function attributesOf(list: readonly KeyValue[]): Record<string, unknown> {
  return Object.fromEntries(
    list.map(({ key, value }) => [
      key,
      value.intValue === undefined ? Object.values(value)[0] : Number(value.intValue),
    ]),
  );
}
