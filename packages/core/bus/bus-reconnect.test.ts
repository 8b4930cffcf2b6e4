import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Bus, BusValue } from './bus.ts';
import { CLUSTERS, type TestCluster, until, watched } from './test-support.ts';

const NOT_READY = { code: 'NOT_READY' };

describe.each(CLUSTERS)('a bus whose link is away: %s', (_name, start) => {
  let cluster: TestCluster;
  let a: Bus;
  let b: Bus;

  beforeEach(async () => {
    cluster = await start();
    a = await cluster.join('a');
    b = await cluster.join('b');
  });

  afterEach(() => cluster.close());

  it('knows what it knew, and lets what is asked wait', async () => {
    b.serve('b.echo', value => value);
    await a.directory.claim('stream/cam1', 1);
    await b.directory.claim('stream/cam2', 2);
    await until(() => a.directory.entries('').length === 2, 'both know both');
    await cluster.part('a');
    expect(a.isConnected).toBe(false);
    expect(a.directory.entries('stream/')).toHaveLength(2);
    const claims = [a.directory.claim('stream/cam3', 3), a.directory.claim('stream/cam2', 3)];
    const released = a.directory.claim('stream/cam4', 4);
    a.directory.release('stream/cam4');
    const request = a.request('b.echo', 'late');
    cluster.reunite('a');
    expect(await Promise.all([...claims, released])).toEqual([true, false, true]);
    expect(await request).toBe('late');
    expect(a.isConnected).toBe(true);
    await b.directory.claim('sync', 0);
    expect(b.directory.get('stream/cam3')?.member).toBe('a');
    expect(b.directory.get('stream/cam4')).toBeUndefined();
  });

  it('fails what waited too long', async () => {
    const c = await cluster.join('c', { patience: 20 });
    await cluster.part('c');
    await expect(c.directory.claim('k', 1)).rejects.toMatchObject(NOT_READY);
    await expect(c.request('b.echo', 1)).rejects.toMatchObject(NOT_READY);
    const controller = new AbortController();
    const request = c.request('b.echo', 1, { signal: controller.signal });
    controller.abort(new Error('By the test.'));
    await expect(request).rejects.toThrow('By the test.');
  });

  it('fails requests that were under way', async () => {
    b.serve('b.never', () => new Promise<BusValue>(() => {}));
    const request = expect(a.request('b.never', null, { timeout: 60_000 })).rejects.toMatchObject(NOT_READY);
    await nextTurn();
    await cluster.part('a');
    await request;
  });

  it('comes back with what it holds, serves and hears; watchers learn what differs alone', async () => {
    const heard: BusValue[] = [];
    a.serve('a.echo', value => value);
    a.subscribe('events.stream', value => heard.push(value));
    await a.directory.claim('stream/kept', 1);
    await a.directory.claim('stream/given-up', 2);
    await b.directory.claim('stream/same', 3);
    await b.directory.claim('stream/changed', 4);
    await b.directory.claim('stream/gone', 5);
    await until(() => a.directory.entries('').length === 5, 'a knows all');
    const log = watched(a);
    await cluster.part('a');
    await until(() => !b.directory.get('stream/kept'), 'a is seen to be gone');
    a.directory.release('stream/given-up');
    await b.directory.claim('stream/changed', 40);
    b.directory.release('stream/gone');
    await b.directory.claim('stream/new', 6);
    expect(log).toEqual([]);
    cluster.reunite('a');
    await until(() => b.directory.get('stream/kept') !== undefined, 'a is back');
    expect(b.directory.get('stream/kept')).toMatchObject({ member: 'a', value: 1 });
    expect(b.directory.get('stream/given-up')).toBeUndefined();
    await until(() => a.isConnected, 'a knows that it is back');
    expect(log.sort()).toEqual([
      'stream/changed b 40',
      'stream/given-up -',
      'stream/gone -',
      'stream/new b 6',
    ]);
    expect(await b.request('a.echo', 'again')).toBe('again');
    b.publish('events.stream', 'again');
    await until(() => heard.length === 1, 'it hears');
  });

  it('is told what it has lost, after the watchers', async () => {
    await a.directory.claim('stream/cam1', 'first');
    await a.directory.claim('stream/cam2', 'kept');
    const log = watched(a);
    a.onLost(key => log.push(`lost ${key}`));
    const end = a.onLost(key => log.push(`lost twice ${key}`));
    end();
    await cluster.part('a');
    await until(() => !b.directory.get('stream/cam1'), 'a is seen to be gone');
    expect(await b.directory.claim('stream/cam1', 'second')).toBe(true);
    cluster.reunite('a');
    await until(() => a.isConnected, 'a is back');
    expect(log).toEqual(['stream/cam1 b "second"', 'lost stream/cam1']);
    // What is lost is not asked for again.
    b.directory.release('stream/cam1');
    await cluster.part('a');
    cluster.reunite('a');
    await until(() => a.isConnected, 'a is back again');
    await until(() => b.directory.get('stream/cam2')?.member === 'a', 'it holds the other');
    expect(a.directory.get('stream/cam1')).toBeUndefined();
    expect(log.filter(text => text.startsWith('lost'))).toHaveLength(1);
  });

  it('loses nothing by another hub', async () => {
    const c = await cluster.join('c');
    const members = [a, b, c];
    const lost: string[] = [];
    for (const member of members) {
      member.onLost(key => lost.push(key));
      member.serve(`${member.member}.name`, () => member.member);
      for (const number of [1, 2, 3])
        await member.directory.claim(`stream/${member.member}${number}`, { of: member.member });
    }
    await cluster.restartHub();
    // What is said while nobody is there waits.
    expect(await a.directory.claim('stream/after', null)).toBe(true);
    await until(
      () => members.every(member => member.directory.entries('stream/').length === 10),
      'all is back',
    );
    await until(() => members.every(member => member.isConnected), 'all are back');
    expect(c.directory.get('stream/b2')).toEqual({ key: 'stream/b2', member: 'b', value: { of: 'b' } });
    expect(await a.request('c.name', null)).toBe('c');
    expect(lost).toEqual([]);
  });
});
