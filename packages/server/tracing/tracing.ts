import type { IncomingHttpHeaders } from 'node:http';

export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A request's part of a trace, from its arrival to its answer. */
export interface RequestSpan {
  /** 32 hexadecimal digits; the caller's, where it named one. */
  readonly traceId: string;
  /** Once; `failure` says that the request failed through no fault of the caller, and how. */
  end(attributes: SpanAttributes, failure?: string): void;
}

/** One thing that was done for a request: a question to another program or to the database. */
export interface Step {
  readonly name: string;
  readonly attributes: SpanAttributes;
}

/**
 * Traces of what is done for requests, as OpenTelemetry has them. Steps belong to the request in whose asynchronous
 * course they are taken; what nobody asked for is not traced.
 */
export interface Tracing {
  /** `headers` may name the caller's trace: `traceparent`, `tracestate` (W3C Trace Context). */
  begin(name: string, attributes: SpanAttributes, headers: IncomingHttpHeaders): RequestSpan;
  /** What `course` begins is done for the request. */
  within(request: RequestSpan, course: () => void): void;
  /** Throws what `take` throws. */
  step<Result>(step: Step, take: () => Promise<Result>): Promise<Result>;
  /** A step that has just been taken and lasted for `milliseconds`. */
  taken(step: Step, milliseconds: number, failure?: string): void;
  /** Sends what is left, within a second. Idempotent. */
  close(): Promise<void>;
}
