import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';

/** Milliseconds. */
const REPORT_INTERVAL = 60_000;

/** Says that spans could not be sent, which the SDK keeps to itself: at the first time, and then now and again. */
export class ReportingExporter implements SpanExporter {
  readonly #inner: SpanExporter;
  readonly #onFailure: (message: string) => void;
  #reportedAt = Number.NEGATIVE_INFINITY;
  #lost = 0;

  constructor(inner: SpanExporter, onFailure: (message: string) => void) {
    this.#inner = inner;
    this.#onFailure = onFailure;
  }

  export(spans: ReadableSpan[], resultCallback: (result: ExportResult) => void): void {
    this.#inner.export(spans, result => {
      if (result.code === ExportResultCode.FAILED) this.#report(spans.length, result.error);
      resultCallback(result);
    });
  }

  shutdown(): Promise<void> {
    return this.#inner.shutdown();
  }

  #report(spans: number, error: Error | undefined): void {
    this.#lost += spans;
    const now = performance.now();
    if (now - this.#reportedAt < REPORT_INTERVAL) return;
    this.#reportedAt = now;
    const reason = error?.message || 'it did not take them';
    this.#onFailure(`${this.#lost} spans could not be sent to the collector: ${reason}`);
    this.#lost = 0;
  }
}
