import { StreamOrchestrator } from '../../packages/core/orchestrator/stream-orchestrator.ts';

/** One process's streams, with what the configuration has by default. */
export function orchestrator(): StreamOrchestrator {
  return new StreamOrchestrator({
    stream: { gop: { maxBytes: 2 ** 24, maxSeconds: 20 }, discoverySeconds: 1 },
    flush: { minInterval: 20, maxInterval: 80 },
    turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
    maxStreams: 5000,
    takeover: false,
    publisherGrace: 15_000,
    openTimeout: 10_000,
  });
}
