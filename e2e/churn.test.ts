/** Thousands of short sessions leave nothing behind, neither handles nor memory. */

import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { churn } from '../bench/churn.ts';
import { lacks, RunningProcess, until } from './support/processes.ts';

const MAIN = join(import.meta.dirname, '../packages/flux/main.ts');
const SESSIONS = 4000;

/** A port that was free a moment ago. */
function freePort(): Promise<number> {
  return new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

describe.skipIf(lacks('ffmpeg'))('churn', () => {
  it(`${2 * SESSIONS} short publish and play sessions`, { timeout: 240_000 }, async () => {
    const [rtmpPort, mediaPort, apiPort] = await Promise.all([freePort(), freePort(), freePort()]);
    await using server = new RunningProcess(process.execPath, [MAIN], {
      FLUX_PROTOCOLS_RTMP_BIND: `127.0.0.1:${rtmpPort}`,
      FLUX_HTTP_MEDIA_BIND: `127.0.0.1:${mediaPort}`,
      FLUX_SERVER_BIND: `127.0.0.1:${apiPort}`,
      // Half of the sessions end without a goodbye: their streams are not to be kept for long.
      FLUX_MEDIA_PUBLISHER_GRACE: '0.5',
      // Spaced turns add their interval to every round trip of a handshake: this is about what stays, not how long.
      FLUX_MEDIA_TURN_SPACING_MS: '0',
    });
    await until('the server is up', () => server.stdout.includes('Ctrl-C stops it'));
    const options = {
      rtmpPort: rtmpPort ?? 0,
      pid: server.child.pid ?? 0,
      flvUrl: `http://127.0.0.1:${mediaPort}/flv/{name}.flv`,
      sessions: SESSIONS,
    };
    const first = await churn(options);
    const second = await churn({ ...options, warmUp: 0 });
    expect([first.failed, second.failed]).toEqual([0, 0]);
    expect(second.after.handles).toBeLessThanOrEqual(first.before.handles);
    // What the first run grew is the allocator's; a leak would grow on.
    expect(second.after.rssBytes).toBeLessThan(first.after.rssBytes * 1.15);
    const start = performance.now();
    server.kill('SIGTERM');
    expect((await server.finished).code).toBe(0);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});
