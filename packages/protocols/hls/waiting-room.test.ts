import { describe, expect, it } from 'vitest';
import { WaitingPlaces, WaitingRoom } from './waiting-room.ts';

describe('WaitingRoom', () => {
  it('lets those go whose waiting is over, and those who have waited long enough', async () => {
    const places = new WaitingPlaces(10);
    const room = new WaitingRoom(10, places);
    let isOver = false;
    const patient = room.wait(() => isOver, 10_000, undefined);
    const impatient = room.wait(() => false, 5, undefined);
    room.wake();
    expect(places.taken).toBe(2);
    expect(await impatient).toBe(false);
    isOver = true;
    room.wake();
    expect(await patient).toBe(true);
    expect(places.taken).toBe(0);
  });

  it('has so many places of its own, and so many with all others', async () => {
    const places = new WaitingPlaces(3);
    const [one, other] = [new WaitingRoom(2, places), new WaitingRoom(2, places)];
    const gone = new AbortController();
    const wait = (room: WaitingRoom) => room.wait(() => false, 10_000, gone.signal);
    const waiting = [wait(one), wait(one), wait(other)];
    await expect(wait(one)).rejects.toMatchObject({ code: 'WAITING_LIMIT', status: 503 });
    await expect(wait(other)).rejects.toMatchObject({ code: 'WAITING_LIMIT' });
    gone.abort();
    const results = await Promise.allSettled(waiting);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(places.taken).toBe(0);
  });
});
