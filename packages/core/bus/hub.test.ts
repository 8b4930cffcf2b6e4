import { describe, expect, it } from 'vitest';
import type { BusValue } from './bus.ts';
import { BusHub, type HubConnection } from './hub.ts';
import type { HubMessage, MemberMessage } from './message.ts';

interface Peer {
  readonly connection: HubConnection;
  readonly received: HubMessage[];
  isCut: boolean;
}

/** Joins as `member`, with `messages` before it is ready. */
function join(hub: BusHub, member: string, instance: string, ...messages: MemberMessage[]): Peer {
  const received: HubMessage[] = [];
  const connection = hub.connect({
    deliver: message => received.push(message),
    cut: () => {
      peer.isCut = true;
    },
  });
  const peer: Peer = { connection, received, isCut: false };
  connection.receive({ type: 'join', member, instance });
  for (const message of [...messages, { type: 'ready' } as const]) connection.receive(message);
  return peer;
}

describe('BusHub', () => {
  it('answers a claim after its change', () => {
    const { connection, received } = join(new BusHub(), 'a', '1');
    connection.receive({ type: 'claim', id: 7, key: 'k', value: 1 });
    expect(received).toEqual([
      { type: 'joined' },
      { type: 'changed', key: 'k', member: 'a', value: 1 },
      { type: 'claimed', id: 7, isHeld: true },
    ]);
  });

  it('cuts the old link of a member that comes by a new one; others see only what differs', () => {
    const hub = new BusHub();
    const b = join(hub, 'b', '1');
    const old = join(hub, 'a', '1');
    for (const key of ['same', 'changed', 'gone'])
      old.connection.receive({ type: 'claim', id: 1, key, value: 1 });
    old.connection.receive({ type: 'serve', subject: 'a.x' });
    b.connection.receive({ type: 'request', id: 5, subject: 'a.x', payload: null });
    b.received.length = 0;
    const next = join(
      hub,
      'a',
      '1',
      { type: 'hold', key: 'same', value: 1 },
      { type: 'hold', key: 'changed', value: 2 },
    );
    expect(old.isCut).toBe(true);
    old.connection.receive({ type: 'release', key: 'same' });
    old.connection.leave();
    expect(b.received).toEqual([
      { type: 'failure', id: 5, error: { code: 'NOT_READY', message: expect.any(String) } },
      { type: 'changed', key: 'changed', member: 'a', value: 2 },
      { type: 'released', key: 'gone' },
    ]);
    expect(next.received.map(message => message.type)).toEqual(['entry', 'entry', 'joined']);
  });

  it('refuses another member of the same name while the first is there', () => {
    const hub = new BusHub();
    const first = join(hub, 'a', '1');
    expect(() => join(hub, 'a', '2')).toThrow('There is a member named a already.');
    expect(first.isCut).toBe(false);
    first.connection.leave();
    first.connection.leave();
    expect(join(hub, 'a', '2').received).toEqual([{ type: 'joined' }]);
  });

  it('forgets requests that are answered, given up or of members that are gone', () => {
    const hub = new BusHub();
    const server = join(hub, 'server', '1', { type: 'serve', subject: 'x' });
    const asker = join(hub, 'asker', '1');
    const ask = (id: number) =>
      asker.connection.receive({ type: 'request', id, subject: 'x', payload: null });
    const answer = (id: number) => server.connection.receive({ type: 'answer', id, payload: id });
    const answered = () => asker.received.filter(message => message.type === 'answer');
    for (const id of [1, 2]) ask(id);
    asker.connection.receive({ type: 'cancel', id: 1 });
    // An answer of somebody who was not asked.
    asker.connection.receive({ type: 'answer', id: 2, payload: 'forged' });
    for (const id of [1, 2, 2, 3]) answer(id);
    expect(answered()).toEqual([{ type: 'answer', id: 2, payload: 2 }]);
    ask(1);
    asker.connection.leave();
    answer(3);
    expect(answered()).toHaveLength(1);
  });

  it('keeps so many entries and bytes of one member, and of all, and says so to who claims more', () => {
    const hub = new BusHub({ memberEntries: 3, memberBytes: 100, entries: 4, bytes: 150 });
    const a = join(hub, 'a', '1');
    const b = join(hub, 'b', '1');
    let id = 0;
    const claim = (peer: Peer, key: string, value: BusValue) => {
      peer.connection.receive({ type: 'claim', id: ++id, key, value });
      const answer = peer.received.findLast(message => 'id' in message && message.id === id);
      return answer?.type === 'claimFailed' ? answer.error.code : answer?.type;
    };
    expect(['k1', 'k2', 'k3'].map(key => claim(a, key, 1))).toEqual(['claimed', 'claimed', 'claimed']);
    expect(claim(a, 'k4', 1)).toBe('BUS_FULL');
    expect(claim(a, 'k3', 'x'.repeat(91))).toBe('BUS_FULL');
    expect(claim(a, 'k3', 'x'.repeat(80))).toBe('claimed');
    // What there was stays, and others have room.
    expect(claim(b, 'k3', 2)).toBe('claimed');
    expect(b.received.at(-1)).toMatchObject({ isHeld: false });
    expect(claim(b, 'b1', 'y'.repeat(60))).toBe('BUS_FULL');
    expect(claim(b, 'b1', 1)).toBe('claimed');
    expect(claim(b, 'b2', 1)).toBe('BUS_FULL');
    // Room is made by what is given up, made smaller, or left behind.
    expect(claim(a, 'k3', 1)).toBe('claimed');
    a.connection.receive({ type: 'release', key: 'k1' });
    expect(claim(b, 'b2', 'y'.repeat(60))).toBe('claimed');
    a.connection.leave();
    expect(claim(b, 'b3', 1)).toBe('claimed');
    expect(claim(b, 'b4', 1)).toBe('BUS_FULL');
  });

  it('lets a member bring back only what there is room for', () => {
    const hub = new BusHub({ memberEntries: 1 });
    const holds = ['k1', 'k2'].map(key => ({ type: 'hold', key, value: 1 }) as const);
    const { received } = join(hub, 'a', '1', ...holds);
    expect(received.map(message => 'key' in message && message.key)).toEqual(['k1', false]);
  });

  it('has so many members, and so many subjects of each', () => {
    const hub = new BusHub({ members: 2, memberSubjects: 2 });
    const { connection } = join(hub, 'a', '1');
    join(hub, 'b', '1');
    expect(() => join(hub, 'c', '1')).toThrow(expect.objectContaining({ code: 'BUS_FULL' }));
    join(hub, 'b', '1');
    const hear = (subject: string) => connection.receive({ type: 'subscribe', subject });
    for (const subject of ['one', 'two', 'two', 'one']) hear(subject);
    connection.receive({ type: 'unsubscribe', subject: 'one' });
    connection.receive({ type: 'unsubscribe', subject: 'one' });
    hear('three');
    expect(() => connection.receive({ type: 'serve', subject: 'four' })).toThrow(
      expect.objectContaining({ code: 'BUS_FULL' }),
    );
  });

  it.each<MemberMessage>([
    { type: 'ready' },
    { type: 'hold', key: 'k', value: 1 },
    { type: 'join', member: 'a', instance: '1' },
  ])('refuses $type out of turn', message => {
    const { connection } = join(new BusHub(), 'a', '1');
    expect(() => connection.receive(message)).toThrow('out of turn');
  });

  it('refuses a peer that does not begin with its name, or claims before it has said what it holds', () => {
    const connection = new BusHub().connect({ deliver: () => {}, cut: () => {} });
    expect(() => connection.receive({ type: 'ready' })).toThrow('out of turn');
    connection.receive({ type: 'join', member: 'a', instance: '1' });
    expect(() => connection.receive({ type: 'claim', id: 1, key: 'k', value: 1 })).toThrow('out of turn');
  });
});
