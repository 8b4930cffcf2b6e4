import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProcessTree } from '../measure/processes.ts';

export interface Cost {
  readonly streams: number;
  /** CPU seconds a second of all processes that it takes. */
  readonly cores: number;
}

type Start = (url: string, count: number, transport: 'tcp' | 'udp') => ChildProcess[];

/** For connecting, before it is measured. */
const SETTLE = 8000;

/** Others that pull streams and throw them away. */
export const PEERS: Readonly<Record<string, Start>> = {
  FFmpeg: (url, count, transport) =>
    Array.from({ length: count }, () =>
      quietly('ffmpeg', [
        '-v',
        'quiet',
        '-rtsp_transport',
        transport,
        '-i',
        url,
        '-c',
        'copy',
        '-f',
        'null',
        '-',
      ]),
    ),
  // All in one process, as the packets come or in access units.
  GStreamer: (url, count, transport) => [quietly('gst-launch-1.0', gstreamer(url, count, transport, []))],
  'GStreamer, assembled': (url, count, transport) => [
    quietly('gst-launch-1.0', gstreamer(url, count, transport, ['rtph264depay', '!', 'h264parse', '!'])),
  ],
};

function gstreamer(url: string, count: number, transport: string, steps: readonly string[]): string[] {
  const one = [
    'rtspsrc',
    `location=${url}`,
    `protocols=${transport}`,
    'latency=0',
    '!',
    ...steps,
    'fakesink',
  ];
  return ['-q', ...Array.from({ length: count }, () => one).flat()];
}

function quietly(command: string, args: readonly string[]): ChildProcess {
  return spawn(command, args, { stdio: 'ignore' });
}

export async function costOf(
  start: Start,
  url: string,
  count: number,
  transport: 'tcp' | 'udp',
  seconds: number,
): Promise<Cost> {
  const processes = start(url, count, transport);
  try {
    await sleep(SETTLE);
    const trees = processes.map(({ pid }) => new ProcessTree(pid ?? 0));
    const used = (): number => trees.reduce((sum, tree) => sum + tree.usage().cpuSeconds, 0);
    const before = used();
    const begun = performance.now();
    await sleep(seconds * 1000);
    const cores = (used() - before) / ((performance.now() - begun) / 1000);
    const running = processes.filter(({ exitCode }) => exitCode === null).length;
    if (running < processes.length) throw new Error(`only ${running} of ${processes.length} went on`);
    return { streams: count, cores };
  } finally {
    for (const process of processes) process.kill('SIGKILL');
  }
}
