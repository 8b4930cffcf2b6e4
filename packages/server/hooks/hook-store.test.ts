import { describe, expect, it } from 'vitest';
import { describeDatabases } from '../database/test-support.ts';
import { DatabaseHookStore } from './database-hook-store.ts';
import type { DeadLetter, Hook } from './hook.ts';
import { type HookStore, MAX_DEAD_LETTERS, MemoryHookStore } from './hook-store.ts';

const HOOK: Hook = {
  id: 'h1',
  url: 'https://example.com/',
  events: ['publish', 'stream-ready'],
  decides: ['play'],
  apps: ['acme'],
  secret: 'secret-secret-secret-secret',
  timeout: 1500,
  enabled: true,
  description: 'ours',
  createdAt: 1_700_000_000_123,
};

function letter(number: number, hookId = 'h1'): DeadLetter {
  return {
    id: `m${String(number).padStart(6, '0')}`,
    hookId,
    kind: 'publish',
    body: '{"type":"publish"}',
    attempts: 6,
    error: 'It answered 500.',
    createdAt: 1.7e12,
    failedAt: 1.7e12 + number,
  };
}

function stores(open: () => Promise<HookStore>): void {
  it('keeps hooks, changes them in their place, and forgets them with their dead letters', async () => {
    const store = await open();
    await store.putHook(HOOK);
    await store.putHook({ ...HOOK, id: 'h2', createdAt: HOOK.createdAt + 1 });
    await store.putHook({ ...HOOK, enabled: false, decides: [] });
    expect(await store.hooks()).toEqual([
      { ...HOOK, enabled: false, decides: [] },
      { ...HOOK, id: 'h2', createdAt: HOOK.createdAt + 1 },
    ]);
    await store.addDeadLetter(letter(1));
    await store.deleteHook('h1');
    expect((await store.hooks()).map(({ id }) => id)).toEqual(['h2']);
    expect(await store.deadLetters('h1')).toEqual([]);
  });

  it("keeps the newest dead letters, each hook's for itself, those of the configuration too", async () => {
    const store = await open();
    for (let number = 0; number < MAX_DEAD_LETTERS + 3; number++) await store.addDeadLetter(letter(number));
    await store.addDeadLetter(letter(9_999, 'config-1'));
    const letters = await store.deadLetters('h1');
    expect(letters.length).toBe(MAX_DEAD_LETTERS);
    expect([letters[0], letters.at(-1)]).toEqual([letter(3), letter(MAX_DEAD_LETTERS + 2)]);
    await store.deleteDeadLetter('config-1', letter(3).id);
    expect((await store.deadLetters('h1'))[0]).toEqual(letter(3));
    await store.deleteDeadLetter('h1', letter(3).id);
    expect((await store.deadLetters('h1'))[0]).toEqual(letter(4));
    expect(await store.deadLetters('config-1')).toEqual([letter(9_999, 'config-1')]);
  });
}

describe('Hooks in memory', () => stores(async () => new MemoryHookStore()));

describeDatabases('Hooks in the database', databases =>
  stores(async () => new DatabaseHookStore(await databases.open())),
);
