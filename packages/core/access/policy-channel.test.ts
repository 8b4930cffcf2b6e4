import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Bus } from '../bus/bus.ts';
import { LocalCluster } from '../bus/test-support.ts';
import { FluxError } from '../errors/flux-error.ts';
import { StreamOrchestrator } from '../orchestrator/stream-orchestrator.ts';
import { VIDEO_TRACK, video } from '../stream/test-support.ts';
import type { AccessPolicy } from './access-policy.ts';
import type { Refusal } from './gatekeeper.ts';
import {
  askForToken,
  followPolicy,
  followRefusals,
  followUse,
  publishPolicy,
  publishStored,
  reportRefusal,
  reportUse,
  serveTokens,
  storedBytes,
  TenantCounts,
} from './policy-channel.ts';
import { NO_COUNT } from './tenant-count.ts';
import { TenantMeter, type TenantUse } from './tenant-meter.ts';

const POLICY: AccessPolicy = {
  signingKey: 'a',
  tenants: {},
  apps: {},
  keys: {},
  users: [],
  revokedTokens: [],
};

let cluster: LocalCluster;
let server: Bus;
let node: Bus;

beforeEach(async () => {
  cluster = new LocalCluster();
  server = await cluster.join('server');
  node = await cluster.join('node-1');
});
afterEach(() => cluster.close());

it('brings each policy to every node, also to one that comes later or was away', async () => {
  const seen: string[] = [];
  followPolicy(node, ({ signingKey }) => seen.push(signingKey));
  await publishPolicy(server, POLICY);
  await publishPolicy(server, { ...POLICY, signingKey: 'b' });
  await expect.poll(() => seen).toEqual(['a', 'b']);
  await cluster.part('node-1');
  await publishPolicy(server, { ...POLICY, signingKey: 'c' });
  cluster.reunite('node-1');
  await expect.poll(() => seen).toEqual(['a', 'b', 'c']);
  const late = await cluster.join('node-2');
  const found: string[] = [];
  followPolicy(late, ({ signingKey }) => found.push(signingKey));
  expect(found).toEqual(['c']);
});

it('keeps the last policy while flux-server is away', async () => {
  const seen: string[] = [];
  await publishPolicy(server, POLICY);
  followPolicy(node, ({ signingKey }) => seen.push(signingKey));
  await server.close();
  await expect.poll(() => node.directory.get('access/policy')).toBeUndefined();
  expect(seen).toEqual(['a']);
});

it('brings refusals, use and questions for tokens to flux-server', async () => {
  const refusals: Refusal[] = [];
  const uses: [string, TenantUse][] = [];
  followRefusals(server, refusal => refusals.push(refusal));
  followUse(server, (tenantId, use) => uses.push([tenantId, use]));
  serveTokens(server, async id => (id === 'known' ? 'token' : undefined));
  const refusal = {
    action: 'play',
    streamId: 's',
    address: 'a',
    code: 'NOT_ALLOWED',
    tenantId: 't',
    by: undefined,
  } as const;
  const use = { bytesIn: 1, bytesOut: 2, publishSeconds: 3, playSeconds: 4 };
  // A subscription is known at the hub a moment after it was made.
  await expect
    .poll(() => {
      reportRefusal(node, refusal);
      reportUse(node, new Map([['t', use]]));
      return [refusals[0], uses[0]];
    })
    .toEqual([refusal, ['t', use]]);
  expect(await askForToken(node, 'known')).toBe('token');
  expect(await askForToken(node, 'other')).toBeUndefined();
});

it('adds up what a tenant has on the other nodes', async () => {
  const other = await cluster.join('node-2');
  const counts = new TenantCounts(node);
  const one = { ...NO_COUNT, streams: 1, viewers: 5, bitrate: 1000, newest: 20 };
  const its = { ...NO_COUNT, streams: 7, transcodes: 2, recordingBytes: 9, bitrate: 10, newest: 10 };
  new TenantCounts(other).tell(new Map([['acme', one]]));
  await expect.poll(() => counts.elsewhere('acme')).toEqual(one);
  counts.tell(new Map([['acme', its]]));
  expect(counts.elsewhere('acme')).toEqual(one);
  expect(counts.elsewhere('nobody')).toEqual(NO_COUNT);
  const both = { streams: 8, viewers: 5, transcodes: 2, bitrate: 1010, recordingBytes: 9, newest: 20 };
  await expect.poll(() => new TenantCounts(server).everywhere().get('acme')).toEqual(both);
  await other.close();
  await expect.poll(() => counts.elsewhere('acme')).toEqual(NO_COUNT);
});

it('measures what tenants use, without what goes to other nodes', async () => {
  const orchestrator = new StreamOrchestrator({
    stream: { gop: { maxBytes: 1_000_000, maxSeconds: 20 }, discoverySeconds: 0 },
    flush: { minInterval: 20, maxInterval: 60 },
    turns: { minInterval: 20, maxInterval: 40, maxUnwatchedInterval: 80 },
    maxStreams: 3,
    takeover: false,
    publisherGrace: 1000,
    openTimeout: 500,
  });
  const meter = new TenantMeter(orchestrator, streamId =>
    streamId.startsWith('acme~') ? 'acme' : 'default',
  );
  const publication = await orchestrator.registerStream('acme~cam1', {
    protocol: 'test',
    peer: 'p',
    close: () => {},
  });
  publication.setTrack(VIDEO_TRACK);
  publication.write(video(0, true, 'x'.repeat(1000)));
  publication.write(video(1, true, 'x'.repeat(1000)));
  const { stream } = publication;
  const person = { id: '1', protocol: 'flv', peer: 'p', since: 0, bytesSent: 500 };
  const relay = { ...person, id: '2', protocol: 'relay', bytesSent: 9000 };
  stream.addViewer(person);
  stream.addViewer(relay);
  expect(meter.counts()).toEqual(new Map([['acme', { ...NO_COUNT, streams: 1, viewers: 1 }]]));
  const bytesIn = stream.counter.bytes;
  expect(bytesIn).toBeGreaterThan(0);
  expect(meter.take(10)).toEqual(
    new Map([['acme', { bytesIn, bytesOut: 500, publishSeconds: 10, playSeconds: 10 }]]),
  );
  stream.removeViewer(relay);
  stream.removeViewer({ ...person, bytesSent: 700 });
  expect(meter.take(10)).toEqual(
    new Map([['acme', { bytesIn: 0, bytesOut: 200, publishSeconds: 10, playSeconds: 0 }]]),
  );
  orchestrator.close();
  expect(meter.take(10)).toEqual(new Map());
});

it('tells the nodes what is stored', async () => {
  expect(storedBytes(node, 'acme')).toBe(0);
  await publishStored(server, new Map([['acme', 5000]]));
  await expect.poll(() => [storedBytes(node, 'acme'), storedBytes(node, 'other')]).toEqual([5000, 0]);
});

it('lets an error of flux-server come through', async () => {
  serveTokens(server, () => Promise.reject(new FluxError('NOT_READY', 'no database')));
  await expect
    .poll(() => askForToken(node, 'x').catch((error: FluxError) => error.message))
    .toBe('no database');
});
