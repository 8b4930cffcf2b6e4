import type { Tracing } from '@flux-iot/server/tracing/tracing';
import type { Config } from './config/schema.ts';

/** Traces by the configuration; where it wants none, nothing of what they take is loaded. */
export async function startTracing(
  { observability }: Config,
  version: string,
  onFailure: (message: string) => void,
): Promise<Tracing | undefined> {
  const { otlp_endpoint: endpoint, service_name: serviceName, sample_ratio: sampleRatio } = observability;
  if (endpoint === '') return undefined;
  const { OpenTelemetry } = await import('@flux-iot/server/tracing/open-telemetry');
  return new OpenTelemetry({ endpoint, serviceName, version, sampleRatio, onFailure });
}
