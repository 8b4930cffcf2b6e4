import { Counter, Gauge, type Registry } from 'prom-client';
import type { HookService } from '../hooks/hook-service.ts';

/** How deliveries to hooks fare. */
export function hookMetrics(registry: Registry, hooks: HookService): void {
  const labelNames = ['hook'];
  const registers = [registry];
  new Counter({
    name: 'flux_hook_deliveries_total',
    help: 'Deliveries to hooks that were taken, failed attempts, and those given up',
    labelNames: ['hook', 'result'],
    registers,
    collect() {
      this.reset();
      for (const { id } of hooks.hooks) {
        const { delivered, failures, dead } = hooks.stats(id);
        this.inc({ hook: id, result: 'delivered' }, delivered);
        this.inc({ hook: id, result: 'failed' }, failures);
        this.inc({ hook: id, result: 'dead' }, dead);
      }
    },
  });
  new Gauge({
    name: 'flux_hook_deliveries_waiting',
    help: 'Deliveries to hooks that wait or are under way',
    labelNames,
    registers,
    collect() {
      this.reset();
      for (const { id } of hooks.hooks) this.set({ hook: id }, hooks.stats(id).waiting);
    },
  });
}
