import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MediaSource, ReceptionTable, type TableEntry } from './reception-table.ts';

class Entry implements TableEntry {
  readonly addresses: Set<string>;
  answeredSsrc: number | undefined;
  answeredPort: number | undefined;
  source: MediaSource | undefined;
  lastSsrc: number | undefined;
  isPaused = false;
  heardAt = Number.NEGATIVE_INFINITY;
  readonly ssrc: number;

  constructor(ssrc: number, ...addresses: string[]) {
    this.ssrc = ssrc;
    this.addresses = new Set(addresses);
  }

  silence(now: number): number {
    return now - this.heardAt;
  }
}

const at = (address: string, port = 1000): MediaSource => ({ address, port });

/** A packet comes, and binds what it is found to be for. */
function packet(
  table: ReceptionTable<Entry>,
  ssrc: number,
  source: MediaSource,
  now: number,
): Entry | 'stray' {
  const route = table.find(ssrc, source, now);
  if (route.kind === 'stray') return 'stray';
  const { entry } = route;
  if (entry.source?.address !== source.address || entry.source.port !== source.port) {
    table.bind(entry, source, entry.source);
    entry.source = source;
  }
  entry.heardAt = now;
  entry.lastSsrc = ssrc;
  return entry;
}

function filled(...entries: Entry[]): ReceptionTable<Entry> {
  const table = new ReceptionTable<Entry>(false);
  for (const entry of entries) table.add(entry);
  return table;
}

describe('ReceptionTable', () => {
  it('knows an SSRC that was given from any address, one that was answered from the device alone', () => {
    const [first, second] = [new Entry(1, 'a'), new Entry(2, 'b')];
    const table = filled(first, second);
    second.answeredSsrc = 0;
    table.addAnswered(second);
    expect(packet(table, 1, at('elsewhere'), 0)).toBe(first);
    expect(packet(table, 0, at('elsewhere', 2), 0)).toBe('stray');
    expect(packet(table, 0, at('b'), 0)).toBe(second);
  });

  it('lets several devices answer the same SSRC', () => {
    const [first, second] = [new Entry(1, 'a'), new Entry(2, 'b')];
    const table = filled(first, second);
    for (const entry of [first, second]) {
      entry.answeredSsrc = 0;
      table.addAnswered(entry);
    }
    expect(packet(table, 0, at('b'), 0)).toBe(second);
    expect(packet(table, 0, at('a'), 0)).toBe(first);
    expect(packet(table, 0, at('b'), 1)).toBe(second);
    expect(table.hasSsrc(0)).toBe(false);
    expect(table.hasSsrc(2)).toBe(true);
  });

  it('stays with a source that changes its SSRC, even to that of another which goes on', () => {
    const [first, second] = [new Entry(1, 'a'), new Entry(2, 'a')];
    const table = filled(first, second);
    expect(packet(table, 1, at('a', 10), 0)).toBe(first);
    expect(packet(table, 2, at('a', 20), 0)).toBe(second);
    expect(packet(table, 77, at('a', 10), 1)).toBe(first);
    expect(packet(table, 2, at('a', 10), 2)).toBe(first);
  });

  it('tells the streams apart that a recorder sends from one port', () => {
    const entries = [new Entry(1, 'a'), new Entry(2, 'a')];
    const table = filled(...entries);
    expect(packet(table, 1, at('a'), 0)).toBe(entries[0]);
    for (let now = 1; now < 10; now++)
      expect(packet(table, 1 + (now % 2), at('a'), now)).toBe(entries[now % 2]);
    expect(packet(table, 7, at('a'), 20)).toBe('stray');
    table.remove(entries[0]!, 30);
    expect(packet(table, 7, at('a'), 40)).toBe(entries[1]);
  });

  it('takes one that waits rather than one that is silent, and none that is paused', () => {
    const [paused, silent, waiting] = [new Entry(1, 'a'), new Entry(2, 'a'), new Entry(3, 'a')];
    const table = filled(paused, silent);
    packet(table, 1, at('a', 10), 0);
    packet(table, 2, at('a', 20), 0);
    paused.isPaused = true;
    expect(packet(table, 9, at('a', 30), 3000)).toBe('stray');
    table.add(waiting);
    expect(packet(table, 9, at('a', 30), 5000)).toBe(waiting);
    expect(packet(table, 8, at('a', 40), 5001)).toBe(silent);
    expect(packet(table, 7, at('a', 50), 5002)).toBe('stray');
  });

  it('knows what is still sent to one that was closed, for a while', () => {
    const [first, second] = [new Entry(1, 'a'), new Entry(2, 'a')];
    const table = filled(first);
    packet(table, 0, at('a'), 0);
    table.remove(first, 100);
    table.add(second);
    expect(packet(table, 0, at('a'), 200)).toBe('stray');
    expect(packet(table, 2, at('a'), 300)).toBe(second);
    table.remove(second, 400);
    const third = new Entry(3, 'a');
    table.add(third);
    expect(packet(table, 0, at('a'), 4000)).toBe(third);
  });

  it('never gives a packet of one that goes on to another, whatever comes between', () => {
    const address = fc.constantFrom('a', 'b', 'c');
    const event = fc.record({ ssrc: fc.nat(5), address, port: fc.integer({ min: 1, max: 3 }) });
    fc.assert(
      fc.property(fc.array(event, { maxLength: 100 }), events => {
        const entries = [new Entry(1, 'a'), new Entry(2, 'b'), new Entry(3, 'a', 'c')];
        const table = filled(...entries);
        const owner = new Map<string, Entry>();
        events.forEach((one, index) => {
          // A millisecond each: nobody is silent.
          const found = packet(table, one.ssrc, one, index);
          if (found === 'stray') return;
          const key = `${one.address} ${one.port} ${one.ssrc}`;
          expect(owner.get(key) ?? found).toBe(found);
          owner.set(key, found);
        });
        for (const entry of entries) table.remove(entry, 0);
        expect(table.size).toBe(0);
      }),
      { seed: 20_240_607, numRuns: 1000 },
    );
  });
});
