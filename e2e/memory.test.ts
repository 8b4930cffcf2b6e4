import { setTimeout as sleep } from 'node:timers/promises';
import { clip } from '@flux-iot/bench/clip/clip';
import { monotonicClock } from '@flux-iot/bench/load/clock';
import { loadContext } from '@flux-iot/bench/load/connection';
import { type PreparedClip, prepareClip } from '@flux-iot/bench/load/prepared-clip';
import { Publisher } from '@flux-iot/bench/load/publisher';
import { Tally } from '@flux-iot/bench/load/tally';
import { ProcessTree } from '@flux-iot/bench/measure/processes';
import { expect, it } from 'vitest';
import { FluxCluster } from './support/flux-process.ts';
import { until } from './support/processes.ts';

const STREAMS = 1000;
/** Streams before the measurement, so that everything is loaded and compiled. */
const FIRST = 20;

/** Publishes `count` streams until all of them are live, and two groups of pictures longer. */
async function wave(flux: FluxCluster, prepared: PreparedClip, count: number): Promise<void> {
  const context = loadContext('127.0.0.1', monotonicClock(), () => {});
  const port = Number(new URL(flux.rtmp).port);
  const lost: string[] = [];
  const publishers = Array.from(
    { length: count },
    (_, index) =>
      new Publisher(context, { port, app: 'live', name: `stream${index}` }, prepared, new Tally(), {
        onPublishing: () => {},
        onLost: reason => lost.push(reason),
      }),
  );
  const pump = setInterval(() => {
    for (const publisher of publishers) publisher.pump(context.clock());
  }, 40);
  try {
    await until(
      `${count} streams are live`,
      async () => (await flux.get<{ total: number }>('/streams?state=live&limit=1')).total === count,
      60_000,
    );
    await sleep(4000);
  } finally {
    clearInterval(pump);
    for (const publisher of publishers) publisher.leave();
  }
  expect(lost).toEqual([]);
  await until(
    'no stream is left',
    async () => (await flux.get<{ total: number }>('/streams?limit=1')).total === 0,
    30_000,
  );
}

// docs/memory.md says where it goes.
it('gives the memory of a thousand streams back after they have gone', async () => {
  const prepared = prepareClip(await clip(2));
  await using flux = await FluxCluster.start(1);
  const tree = new ProcessTree(flux.process.child.pid!);
  await wave(flux, prepared, FIRST);
  const { rssBytes: before } = tree.usage();
  const handles = tree.handles();
  await wave(flux, prepared, STREAMS);
  // A node collects when it has been without a stream for a few seconds.
  const after = await until(
    `memory is within 15 % of ${(before / 1e6).toFixed()} MB`,
    () => {
      const { rssBytes } = tree.usage();
      return rssBytes < before * 1.15 ? rssBytes : undefined;
    },
    60_000,
  );
  expect(after).toBeLessThan(before * 1.15);
  expect(tree.handles()).toBeLessThanOrEqual(handles + 2);
}, 180_000);
