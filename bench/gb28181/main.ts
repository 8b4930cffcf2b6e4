/**
 * Scenario 33: many GB28181 devices register and keep alive, some of them are live, some of those are watched; then the
 * server is restarted, and then all is ended. The real programs, with simulated devices in a process of their own.
 * Prints what it costs (CPU, memory), what was lost, after how long the streams are back, and what is left at the end;
 * ends with 1 where that is not as it should be.
 *
 *   node bench/gb28181/main.ts [--devices 1000] [--live 200] [--viewers 20] [--seconds 60] [--keepalive 60]
 *                              [--transport udp|tcp-passive|tcp-active] [--kill]
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { camerasOf, deviceId } from '../../packages/testkit/gb28181/simulation.ts';
import { freePorts } from '../servers/ports.ts';
import { temporaryFolder } from '../servers/server-process.ts';
import type { DevicesReport } from './devices.ts';
import { DOMAIN, Product, unreadDatagrams } from './product.ts';
import { Viewers } from './viewers.ts';

const { values } = parseArgs({
  options: {
    devices: { type: 'string', default: '1000' },
    live: { type: 'string', default: '200' },
    viewers: { type: 'string', default: '20' },
    seconds: { type: 'string', default: '60' },
    keepalive: { type: 'string', default: '60' },
    transport: { type: 'string', default: 'udp' },
    /** The restart is a death: nobody is said goodbye to. */
    kill: { type: 'boolean', default: false },
  },
});
const [devices, live, viewerCount, seconds, keepalive] = [
  ...[values.devices, values.live, values.viewers, values.seconds, values.keepalive],
].map(Number) as [number, number, number, number, number];

/** What the scenario asks for: INVITEs in 10 s, and 30 s after a restart. */
const INVITE_SECONDS = 10;
const RESTART_SECONDS = 30;
const TIMEOUT = 120_000;

interface Stream {
  readonly streamId: string;
  readonly deviceId: string;
  readonly channelId: string;
}

const streams: readonly Stream[] = Array.from({ length: live }, (_, index) => {
  const id = deviceId(DOMAIN, index + 1);
  return { streamId: `cam${index + 1}`, deviceId: id, channelId: camerasOf(id, 1)[0]!.id };
});
const problems: string[] = [];
const signal = new AbortController().signal;
const folder = temporaryFolder();
const [sip = 0, rtp = 0, media = 0, api = 0] = await freePorts(4);
const product = new Product(folder, { sip, rtp, media, api });
let simulator: ChildProcess | undefined;
let viewers: Viewers | undefined;
try {
  await product.start(signal);
  const handlesBefore = product.handles();
  const child = fork(join(import.meta.dirname, 'devices.ts'), [sip, devices, keepalive].map(String));
  simulator = child;
  const registered = await reportOf(child);
  say(`${registered.registered} of ${devices} devices registered in ${registered.seconds.toFixed(1)} s`);
  if (registered.registered !== devices) problems.push(`${registered.refused} devices were not let in`);

  const begun = performance.now();
  await until('all catalogs', async () => (await catalogs()) === devices);
  say(`all catalogs ${since(begun)} s later`);

  const invited = performance.now();
  const unreadBefore = unreadDatagrams();
  await addIngests();
  await until('all streams', async () => (await liveStreams()) === live);
  const inviteSeconds = Number(since(invited));
  say(`${live} streams live ${inviteSeconds} s after the first was asked for`);
  if (inviteSeconds > INVITE_SECONDS) problems.push(`it took more than ${INVITE_SECONDS} s to invite all`);

  viewers = new Viewers(
    `http://127.0.0.1:${media}`,
    streams.slice(0, viewerCount).map(({ streamId }) => streamId),
  );
  const before = product.usage();
  const sentBefore = await countOf(child);
  await sleep(seconds * 1000);
  const sent = (await countOf(child)).packets - sentBefore.packets;
  const after = product.usage();
  for (const [name, { cpuSeconds, rssBytes }] of after) {
    const cores = (cpuSeconds - (before.get(name)?.cpuSeconds ?? 0)) / seconds;
    say(`  ${name.padEnd(12)} ${cores.toFixed(3)} core, ${(rssBytes / 1e6).toFixed()} MB`);
  }
  say(`${(sent / seconds).toFixed()} packets a second; ${viewerCount} viewers`);
  const lost = await lostPackets();
  const unread = unreadDatagrams() - unreadBefore;
  say(`${lost} packets lost since the beginning, ${unread} datagrams not read in time on this machine`);
  if (lost > 0) problems.push('packets were lost');
  const served = viewers.servedSince(performance.now() - 2000);
  if (served < viewerCount) problems.push(`${viewerCount - served} viewers got nothing`);

  const restarted = performance.now();
  await product.stop(values.kill ? 'SIGKILL' : 'SIGTERM');
  const stopped = performance.now();
  await product.start(signal);
  const up = performance.now();
  say(
    `restarted: ${((up - restarted) / 1000).toFixed(1)} s, of which ${((up - stopped) / 1000).toFixed(1)} s to start`,
  );
  await addIngests();
  // Of a busy machine the time says little; what was worked says more.
  const worked = [...product.usage().values()].reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  say(`  ${worked.toFixed(1)} s of a core were worked for the start`);
  const watchers = viewers;
  await until('the viewers', () => watchers.servedSince(up) === viewerCount);
  say(`the ${viewerCount} viewers have pictures again ${since(stopped)} s after the end`);
  if (Number(since(stopped)) > RESTART_SECONDS)
    problems.push(`the viewers waited more than ${RESTART_SECONDS} s`);
  await until('all streams again', async () => (await liveStreams()) === live);
  const backSeconds = Number(since(stopped));
  say(
    `${live} streams live again ${backSeconds} s after the end, ${await online()} of ${devices} devices online`,
  );
  if (backSeconds > RESTART_SECONDS) problems.push(`the streams took more than ${RESTART_SECONDS} s`);

  await viewers.close();
  for (const { streamId } of streams) await product.call('POST', `/streams/${streamId}/stop`);
  await until('the goodbyes', async () => (await countOf(child)).sessions <= (values.kill ? live : 0));
  await sleep(2000);
  const handles = product.handles();
  say(`at the end ${handles} open files and sockets of gb28181d, ${handlesBefore} at the beginning`);
  if (handles > handlesBefore + 5) problems.push('something was left open');
} finally {
  simulator?.kill();
  await viewers?.close();
  await product.stop();
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) say(`NOT AS IT SHOULD BE: ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;

function say(text: string): void {
  console.log(text);
}

function since(time: number): string {
  return ((performance.now() - time) / 1000).toFixed(1);
}

async function until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + TIMEOUT;
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not within ${TIMEOUT / 1000} s: ${what}`);
    await sleep(100);
  }
}

async function reportOf(child: ChildProcess): Promise<DevicesReport> {
  const [report] = (await once(child, 'message')) as [DevicesReport];
  return report;
}

async function countOf(child: ChildProcess): Promise<DevicesReport> {
  child.send('count');
  return reportOf(child);
}

/** Those that are there already, for the server remembers them, are left as they are. */
async function addIngests(): Promise<void> {
  await Promise.all(
    streams.map(async ({ streamId, deviceId: device_id, channelId: channel_id }) => {
      const source = { gb28181: { device_id, channel_id, transport: values.transport, on_demand: false } };
      const body = { protocol: 'gb28181', stream_id: streamId, source };
      const answer = await product.call('POST', '/streams/ingest', body);
      if (answer.status !== 201 && answer.status !== 409)
        throw new Error(`${streamId} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
    }),
  );
}

async function all<Entry>(path: string, list: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (;;) {
    const { body } = await product.call('GET', `${path}?limit=1000&offset=${entries.length}`);
    const page = body as Record<string, unknown>;
    entries.push(...(page[list] as Entry[]));
    if (entries.length >= (page.total as number)) return entries;
  }
}

async function catalogs(): Promise<number> {
  const known = await all<{ catalog: { state: string } }>('/gb28181/devices', 'devices');
  return known.filter(({ catalog }) => catalog.state === 'complete').length;
}

async function online(): Promise<number> {
  return (await all<{ online: boolean }>('/gb28181/devices', 'devices')).filter(device => device.online)
    .length;
}

async function liveStreams(): Promise<number> {
  return (await all<{ state: string }>('/streams', 'streams')).filter(({ state }) => state === 'live').length;
}

async function lostPackets(): Promise<number> {
  let lost = 0;
  for (const { streamId } of streams) {
    const { body } = await product.call('GET', `/streams/${streamId}`);
    const { history = [] } = body as { history?: { step: string; detail: string }[] };
    const entry = history.findLast(({ step }) => step === 'packets-lost');
    lost += Number(/^(\d+) packets/.exec(entry?.detail ?? '')?.[1] ?? 0);
  }
  return lost;
}
