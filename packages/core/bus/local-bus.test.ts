import { expect, it } from 'vitest';
import { BusHub } from './hub.ts';
import { createLocalBus } from './local-bus.ts';

it('may be used at once, and gives others nothing that is shared', async () => {
  const hub = new BusHub();
  const a = createLocalBus(hub, 'a');
  const b = createLocalBus(hub, 'b');
  const value = { tracks: [1, 2] };
  const claim = a.directory.claim('stream/cam1', value);
  value.tracks.push(3);
  expect(a.isConnected).toBe(false);
  expect(await claim).toBe(true);
  const [own, other] = [a, b].map(bus => bus.directory.get('stream/cam1')?.value);
  expect(own).toEqual({ tracks: [1, 2] });
  expect(other).toEqual(own);
  expect(other).not.toBe(own);
  await Promise.all([a.close(), b.close()]);
});

it('refuses a name that is taken', async () => {
  const hub = new BusHub();
  const first = createLocalBus(hub, 'a');
  expect(() => createLocalBus(hub, 'a')).toThrow('There is a member named a already.');
  await first.close();
  await createLocalBus(hub, 'a').close();
});

it('tells who claims more than there is room for', async () => {
  const bus = createLocalBus(new BusHub({ memberEntries: 1 }), 'a');
  expect(await bus.directory.claim('k1', 1)).toBe(true);
  await expect(bus.directory.claim('k2', 1)).rejects.toMatchObject({ name: 'FluxError', code: 'BUS_FULL' });
  bus.directory.release('k1');
  expect(await bus.directory.claim('k2', 1)).toBe(true);
  await bus.close();
});
