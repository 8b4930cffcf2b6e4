import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FluxError } from '../errors/flux-error.ts';
import type { Bus, BusValue } from './bus.ts';
import { CLUSTERS, type TestCluster, until, watched } from './test-support.ts';

const NOT_READY = { code: 'NOT_READY' };

describe.each(CLUSTERS)('a bus: %s', (_name, start) => {
  let cluster: TestCluster;
  let a: Bus;
  let b: Bus;

  beforeEach(async () => {
    cluster = await start();
    a = await cluster.join('a');
    b = await cluster.join('b');
  });

  afterEach(() => cluster.close());

  describe('its directory', () => {
    it('gives a key to one member, until it gives it up', async () => {
      const log = watched(b);
      expect(await a.directory.claim('stream/cam1', { tracks: 2 })).toBe(true);
      expect(a.directory.get('stream/cam1')).toEqual({
        key: 'stream/cam1',
        member: 'a',
        value: { tracks: 2 },
      });
      expect(await b.directory.claim('stream/cam1', 'mine')).toBe(false);
      expect(b.directory.get('stream/cam1')?.member).toBe('a');
      b.directory.release('stream/cam1');
      expect(await a.directory.claim('stream/cam1', { tracks: 3 })).toBe(true);
      a.directory.release('stream/cam1');
      await until(() => !b.directory.get('stream/cam1'), 'it is free');
      expect(await b.directory.claim('stream/cam1', null)).toBe(true);
      expect(log).toEqual([
        'stream/cam1 a {"tracks":2}',
        'stream/cam1 a {"tracks":3}',
        'stream/cam1 -',
        'stream/cam1 b null',
      ]);
    });

    it('is known whole to a member that comes later', async () => {
      await a.directory.claim('stream/cam1', 1);
      await a.directory.claim('node/a', { load: 0.5 });
      const c = await cluster.join('c');
      expect(c.isConnected).toBe(true);
      expect(c.directory.get('node/a')?.value).toEqual({ load: 0.5 });
      expect(c.directory.entries('stream/').map(entry => entry.key)).toEqual(['stream/cam1']);
      expect(c.directory.entries('')).toHaveLength(2);
    });

    it('changes in one order for all, with one winner a key', async () => {
      const members = [a, b, await cluster.join('c')];
      const logs = members.map(member => watched(member, 'stream/'));
      const keys = Array.from({ length: 40 }, (_, index) => `stream/${index}`);
      const outcomes = await Promise.all(
        keys.map(key =>
          Promise.all(
            members.map(async member => {
              const isHeld = await member.directory.claim(key, member.member);
              // When it resolves, the copy knows the outcome.
              const holder = member.directory.get(key)?.member;
              if (isHeld) member.directory.release(key);
              return { isHeld, holder, member: member.member };
            }),
          ),
        ),
      );
      for (const outcome of outcomes.flat()) {
        if (outcome.isHeld) expect(outcome.holder).toBe(outcome.member);
      }
      expect(outcomes.every(outcome => outcome.some(({ isHeld }) => isHeld))).toBe(true);
      await a.directory.claim('stream/last', null);
      await until(() => logs.every(log => log.at(-1) === 'stream/last a null'), 'all have heard all');
      expect(logs[1]).toEqual(logs[0]);
      expect(logs[2]).toEqual(logs[0]);
      expect(a.directory.entries('')).toHaveLength(1);
    });

    it('keeps the order of what one member says', async () => {
      const log = watched(b);
      const first = a.directory.claim('k', 1);
      a.directory.release('k');
      const second = a.directory.claim('k', 2);
      expect(await Promise.all([first, second])).toEqual([true, true]);
      await until(() => log.length === 3, 'all is heard');
      expect(log).toEqual(['k a 1', 'k -', 'k a 2']);
    });

    it('frees what a member held when it goes', async () => {
      await a.directory.claim('stream/cam1', 1);
      await a.directory.claim('stream/cam2', 2);
      await b.directory.claim('stream/cam3', 3);
      const log = watched(b, 'stream/');
      await a.close();
      await until(() => log.length === 2, 'they are free');
      expect(log.sort()).toEqual(['stream/cam1 -', 'stream/cam2 -']);
      expect(await b.directory.claim('stream/cam1', 4)).toBe(true);
    });

    it('tells watchers of their prefix alone, until they end it, and bears that they throw', async () => {
      const faults: unknown[] = [];
      const c = await cluster.join('c', { onFault: error => faults.push(error) });
      const fault = new Error('By the test.');
      const end = c.directory.watch('node/', () => {
        throw fault;
      });
      const log = watched(c, 'node/');
      await c.directory.claim('stream/cam1', 1);
      await c.directory.claim('node/c', 1);
      end();
      await c.directory.claim('node/c', 2);
      expect(log).toEqual(['node/c c 1', 'node/c c 2']);
      expect(faults).toEqual([fault]);
    });

    it.each(['', 'with space', 'é', 'x'.repeat(257)])('refuses the key %j', async key => {
      await expect(a.directory.claim(key, 1)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    });
  });

  describe('its requests', () => {
    it('are answered by who serves the subject', async () => {
      b.serve('b.double', async value => Number(value) * 2);
      const numbers = Array.from({ length: 100 }, (_, index) => index);
      const answers = await Promise.all(numbers.map(number => a.request('b.double', number)));
      expect(answers).toEqual(numbers.map(number => number * 2));
      expect(await b.request('b.double', 4)).toBe(8);
    });

    it('carry large and odd data unchanged', async () => {
      b.serve('b.echo', value => value);
      const odd = JSON.parse(
        '{"__proto__":{"polluted":true},"constructor":1,"é\\u0000😀":[null,-0.5,1e300,{}]}',
      ) as BusValue;
      const echoed = await a.request('b.echo', odd);
      expect(JSON.stringify(echoed)).toBe(JSON.stringify(odd));
      expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
      const large = 'x'.repeat(2_000_000);
      expect(await a.request('b.echo', large)).toBe(large);
      expect(await a.directory.claim('__proto__', odd)).toBe(true);
      expect(a.directory.get('constructor')).toBeUndefined();
    });

    it('fail with the error that the handler threw', async () => {
      b.serve('b.fail', () => {
        throw new FluxError('STREAM_NOT_FOUND', 'There is no stream cam1.');
      });
      b.serve('b.fault', async () => {
        throw new TypeError('no function');
      });
      b.serve('b.strange', () => {
        throw Object.assign(new FluxError('INTERNAL', 'Strange.'), { code: 'constructor' });
      });
      const failure = await a.request('b.fail', null).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(FluxError);
      expect(failure).toMatchObject({ code: 'STREAM_NOT_FOUND', message: 'There is no stream cam1.' });
      await expect(a.request('b.fault', null)).rejects.toMatchObject({
        code: 'INTERNAL',
        message: 'no function',
      });
      await expect(a.request('b.strange', null)).rejects.toMatchObject({ code: 'INTERNAL' });
    });

    it('fail at once where nobody serves the subject, or no longer', async () => {
      await expect(a.request('b.nothing', null)).rejects.toMatchObject(NOT_READY);
      const end = b.serve('b.something', () => 1);
      expect(await a.request('b.something', null)).toBe(1);
      end();
      end();
      await expect(a.request('b.something', null)).rejects.toMatchObject(NOT_READY);
    });

    it('fail where no answer comes in time, or is no longer wanted', async () => {
      b.serve('b.never', () => new Promise<BusValue>(() => {}));
      await expect(a.request('b.never', null, { timeout: 20 })).rejects.toMatchObject({ code: 'TIMED_OUT' });
      const controller = new AbortController();
      const request = a.request('b.never', null, { signal: controller.signal });
      const reason = new Error('By the test.');
      controller.abort(reason);
      await expect(request).rejects.toBe(reason);
      await expect(a.request('b.never', null, { signal: controller.signal })).rejects.toBe(reason);
    });

    it('fail at once where who was asked goes', async () => {
      let isAsked = false;
      b.serve('b.never', () => {
        isAsked = true;
        return new Promise<BusValue>(() => {});
      });
      const request = a.request('b.never', null, { timeout: 60_000 });
      const failed = expect(request).rejects.toMatchObject(NOT_READY);
      await until(() => isAsked, 'it is asked');
      await b.close();
      await failed;
    });

    it('refuse what is too large or no data, and go on', async () => {
      b.serve('b.echo', value => value);
      b.serve('b.large', () => 'x'.repeat(17 * 1024 * 1024));
      b.serve('b.odd', () => 1n as unknown as BusValue);
      const tooLarge = { code: 'REQUEST_TOO_LARGE' };
      await expect(a.request('b.echo', 'x'.repeat(17 * 1024 * 1024))).rejects.toMatchObject(tooLarge);
      await expect(a.request('b.large', null)).rejects.toMatchObject(tooLarge);
      await expect(a.request('b.odd', null)).rejects.toMatchObject({ code: 'INTERNAL' });
      let deep: BusValue = 1;
      for (let level = 0; level < 100; level++) deep = [deep];
      await expect(a.request('b.echo', deep)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
      expect(await a.request('b.echo', 'small')).toBe('small');
    });

    it('are limited in number', async () => {
      const c = await cluster.join('c', { maxWaiting: 2 });
      b.serve('b.never', () => new Promise<BusValue>(() => {}));
      const outcomes = Promise.allSettled([1, 2, 3].map(() => c.request('b.never', 1, { timeout: 50 })));
      expect((await outcomes).map(outcome => outcome.status === 'rejected' && outcome.reason.code)).toEqual([
        'TIMED_OUT',
        'TIMED_OUT',
        'NOT_READY',
      ]);
    });

    it('are served by one member, and by the next when it goes', async () => {
      a.serve('control', () => 'a');
      expect(await a.request('control', null)).toBe('a');
      expect(() => a.serve('control', () => 'again')).toThrow('serves control already');
      b.serve('control', () => 'b');
      expect(await b.request('control', null)).toBe('a');
      await a.directory.claim('node/a', 1);
      await a.close();
      await until(() => !b.directory.get('node/a'), 'it is gone');
      expect(await b.request('control', null)).toBe('b');
    });
  });

  it('tells events to all that subscribed, in order', async () => {
    const heard: string[] = [];
    const own = a.subscribe('events.stream', value => heard.push(`a ${value}`));
    b.subscribe('events.stream', value => heard.push(`b ${value}`));
    const second = b.subscribe('events.stream', value => heard.push(`b2 ${value}`));
    b.subscribe('events.other', value => heard.push(`other ${value}`));
    // An answer says that what was said before it is known.
    await b.directory.claim('sync', 0);
    for (const number of [1, 2]) a.publish('events.stream', number);
    await until(() => heard.length === 6, 'all have heard');
    expect(heard.filter(text => text.startsWith('a '))).toEqual(['a 1', 'a 2']);
    expect(heard.filter(text => text.startsWith('b '))).toEqual(['b 1', 'b 2']);
    own();
    second();
    a.publish('events.stream', 3);
    await until(() => heard.at(-1) === 'b 3', 'the rest hears');
    expect(heard).toHaveLength(7);
  });

  it('has one member of a name', async () => {
    await a.directory.claim('node/a', 1);
    await expect(cluster.join('a', { connectTimeout: 100 } as object)).rejects.toMatchObject({
      code: 'NOT_ALLOWED',
    });
    expect(b.directory.get('node/a')?.value).toBe(1);
    await a.close();
    await until(() => !b.directory.get('node/a'), 'the first is gone');
    const next = await cluster.join('a');
    expect(await next.directory.claim('node/a', 2)).toBe(true);
  });

  it('ends with all that waits, once', async () => {
    b.serve('b.never', () => new Promise<BusValue>(() => {}));
    const request = expect(a.request('b.never', null)).rejects.toMatchObject(NOT_READY);
    await nextTurn();
    await Promise.all([a.close(), a.close()]);
    await request;
    expect(a.isConnected).toBe(false);
    await expect(a.request('b.never', null)).rejects.toMatchObject(NOT_READY);
    await expect(a.directory.claim('k', 1)).rejects.toMatchObject(NOT_READY);
    a.publish('events.stream', 1);
    a.directory.release('k');
  });
});
