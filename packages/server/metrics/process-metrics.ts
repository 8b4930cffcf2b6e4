import { EventLoopDelay } from '@flux-iot/core/control/event-loop-delay';
import { Counter, Gauge, type Registry } from 'prom-client';

/**
 * Of the process that answers, by the names that Prometheus's clients give these; media nodes report for themselves.
 * Returns the way to end it.
 */
export function processMetrics(registry: Registry): () => void {
  const registers = [registry];
  const delay = new EventLoopDelay();
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the server',
    registers,
    collect() {
      const { user, system } = process.cpuUsage();
      this.reset();
      this.inc((user + system) / 1e6);
    },
  });
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'Resident memory of the server',
    registers,
    collect() {
      this.set(process.memoryUsage.rss());
    },
  });
  new Gauge({
    name: 'process_start_time_seconds',
    help: 'When the server was started, since 1970',
    registers,
  }).set(Math.round(Date.now() / 1000 - process.uptime()));
  new Gauge({
    name: 'nodejs_eventloop_lag_p99_seconds',
    help: 'How late timers of the server ran, 99th percentile of a minute',
    registers,
    collect() {
      this.set(delay.milliseconds / 1000);
    },
  });
  return () => delay.close();
}
