/**
 * What a picture of a 1080p H.264 stream costs and how long it takes: asked of our server one after the other and by
 * several at once, beside `ffmpeg` started for each picture. Every request is for another size or quality, so that none
 * is answered from what was made before, but where the cache is what is measured.
 *
 *   node bench/snapshots.ts [--pictures 60]
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { FluxCluster } from '../e2e/support/flux-process.ts';
import { RunningProcess, run } from '../e2e/support/processes.ts';

interface Figures {
  readonly what: string;
  /** Milliseconds. */
  readonly median: number;
  readonly p99: number;
  /** CPU milliseconds a picture, of the decoders or of ffmpeg. */
  readonly cpu: number;
  readonly bytes: number;
}

const WARM_UP = 5;
/** Kernel ticks a second in which /proc counts CPU time. */
const TICKS = 100;

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

/** CPU milliseconds so far of all descendants of a process. */
function cpuOf(pid: number): number {
  const listed = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  const rows = [...listed.matchAll(/^\s*(\d+)\s+(\d+)\s+(.*)$/gm)];
  const family = new Set([String(pid)]);
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const [, child = '', parent = ''] of rows) if (family.has(parent)) family.add(child);
  }
  let ticks = 0;
  for (const [, child = '', , args = ''] of rows) {
    if (!family.has(child) || !args.includes('decoder/main.ts')) continue;
    const fields = readFileSync(`/proc/${child}/stat`, 'latin1')
      .replace(/^.*\) /, '')
      .split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return (ticks * 1000) / TICKS;
}

async function measure(
  what: string,
  count: number,
  take: (index: number) => Promise<number>,
  cpu: () => number,
): Promise<Figures> {
  for (let index = 0; index < WARM_UP; index++) await take(index);
  const before = cpu();
  const times: number[] = [];
  let bytes = 0;
  for (let index = WARM_UP; index < WARM_UP + count; index++) {
    const start = performance.now();
    bytes += await take(index);
    times.push(performance.now() - start);
  }
  times.sort((one, other) => one - other);
  return {
    what,
    median: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    cpu: (cpu() - before) / count,
    bytes: Math.round(bytes / count),
  };
}

function print(all: readonly Figures[]): void {
  console.log('| Picture | median | p99 | CPU a picture | bytes |\n|---|---|---|---|---|');
  for (const { what, median, p99, cpu, bytes } of all)
    console.log(
      `| ${what} | ${median.toFixed(1)} ms | ${p99.toFixed(1)} ms | ${cpu.toFixed(0)} ms | ${bytes} |`,
    );
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { pictures: { type: 'string', default: '60' } } });
  const count = Number(values.pictures);
  const folder = mkdtempSync(join(tmpdir(), 'flux-bench-'));
  try {
    const clip = join(folder, 'clip.flv');
    await run('ffmpeg', [
      ...[
        '-v',
        'error',
        '-f',
        'lavfi',
        '-i',
        'testsrc2=size=1920x1080:rate=25,noise=alls=4:allf=t',
        '-t',
        '20',
      ],
      ...[
        '-c:v',
        'libx264',
        '-preset',
        'veryfast',
        '-b:v',
        '4M',
        '-maxrate',
        '4M',
        '-bufsize',
        '4M',
        '-g',
        '50',
      ],
      ...['-bf', '0', '-pix_fmt', 'yuv420p', clip],
    ]);
    await using flux = await FluxCluster.start(1);
    await using _publisher = new RunningProcess('ffmpeg', [
      ...[
        '-v',
        'error',
        '-re',
        '-stream_loop',
        '-1',
        '-i',
        clip,
        '-c',
        'copy',
        '-f',
        'flv',
        flux.rtmpUrl('cam'),
      ],
    ]);
    await flux.untilLive('cam');
    await sleep(3000);
    const take = async (query: string) => {
      const answer = await fetch(`${flux.api}/api/v1/streams/cam/snapshot?${query}`);
      const { byteLength } = await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`the server answered ${answer.status}`);
      return byteLength;
    };
    const cpu = () => cpuOf(flux.process.child.pid ?? 0);
    const figures = [
      await measure('key frame, 1920x1080', count, i => take(`mode=keyframe&quality=${20 + (i % 80)}`), cpu),
      await measure('key frame, about 640 wide', count, i => take(`mode=keyframe&width=${560 + 2 * i}`), cpu),
      await measure(
        'newest frame, about 640 wide',
        count,
        i => take(`mode=decode&width=${560 + 2 * i}`),
        cpu,
      ),
      await measure('cached, 1920x1080', count, () => take('max_age=60'), cpu),
      await measure('cached, 640 wide', count, () => take('max_age=60&width=640'), cpu),
    ];
    const file = join(folder, 'picture.jpg');
    let spent = 0;
    const start = (source: string) => async () => {
      const { stderr } = await run('ffmpeg', ['-benchmark', '-y', '-i', source, '-frames:v', '1', file]);
      const [, user, system] = /utime=([\d.]+)s stime=([\d.]+)s/.exec(stderr) ?? [];
      spent += (Number(user) + Number(system)) * 1000;
      return readFileSync(file).length;
    };
    for (const [what, source] of [
      ['ffmpeg started, of a file', clip],
      ['ffmpeg started, by HTTP-FLV', flux.flvUrl('cam')],
    ] as const)
      figures.push(await measure(what, 5, start(source), () => spent));
    print(figures);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
