import type { DeviceEvent } from '@flux-iot/core/control/gb28181-control';
import { expect, it } from 'vitest';
import { describeDatabases } from '../database/test-support.ts';
import { DeviceEventLog } from './event-log.ts';

const DAY = 24 * 3_600_000;

function event(at: number, kind = 'position', deviceId = 'a', channelId?: string): DeviceEvent {
  return { at, kind, deviceId, channelId, detail: { longitude: at, description: '移动侦测' } };
}

describeDatabases('what devices told', databases => {
  const open = async (limits: { days?: number; maxEvents?: number } = {}) => {
    const database = await databases.open();
    return new DeviceEventLog({
      ...{ database, days: 30, maxEvents: 1000, ...limits },
      onError: error => {
        throw error;
      },
    });
  };

  it('is listed by device, channel, kind and time, the newest first, page by page', async () => {
    const log = await open();
    for (let at = 0; at < 250; at++)
      log.add(event(at, at % 5 === 0 ? 'alarm' : 'position', at % 2 === 0 ? 'a' : 'b', `${at % 3}`));
    const { events, total } = await log.list({ deviceId: 'a', kind: 'alarm' }, 2, 1);
    expect(total).toBe(25);
    expect(events).toEqual([event(230, 'alarm', 'a', '2'), event(220, 'alarm', 'a', '1')]);
    expect((await log.list({ from: 10, to: 20 }, 100, 0)).events.map(({ at }) => at)).toEqual([
      ...[19, 18, 17, 16, 15, 14, 13, 12, 11, 10],
    ]);
    expect((await log.list({ channelId: '2' }, 1, 0)).total).toBe(83);
    await log.close();
  });

  it('keeps the order of what was told at once', async () => {
    const log = await open();
    for (const kind of ['one', 'two', 'three']) log.add(event(7, kind));
    expect((await log.list({}, 10, 0)).events.map(({ kind }) => kind)).toEqual(['three', 'two', 'one']);
    // Nobody has given the device away.
    expect((await log.list({ tenant: 'default' }, 10, 0)).total).toBe(3);
    expect((await log.list({ tenant: 'acme' }, 10, 0)).total).toBe(0);
  });

  it('goes when it is too old, and when it is too much', async () => {
    const log = await open({ days: 1, maxEvents: 10 });
    for (let at = 0; at < 30; at++) log.add(event(at));
    await log.retain(30);
    expect((await log.list({}, 100, 0)).events.map(({ at }) => at)).toEqual([
      ...[29, 28, 27, 26, 25, 24, 23, 22, 21, 20],
    ]);
    await log.retain(DAY + 25);
    expect((await log.list({}, 100, 0)).total).toBe(4);
  });
});
