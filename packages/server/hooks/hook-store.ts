import type { DeadLetter, Hook } from './hook.ts';

/** Where hooks made by the API and dead letters are kept. */
export interface HookStore {
  hooks(): Promise<Hook[]>;
  /** Adds the hook, or puts it in the place of the one with its id. */
  putHook(hook: Hook): Promise<void>;
  /** With its dead letters. */
  deleteHook(id: string): Promise<void>;
  /** The oldest first. */
  deadLetters(hookId: string): Promise<DeadLetter[]>;
  /** Of each hook, the newest `MAX_DEAD_LETTERS` are kept. */
  addDeadLetter(letter: DeadLetter): Promise<void>;
  deleteDeadLetter(hookId: string, id: string): Promise<void>;
}

/** Of one hook. */
export const MAX_DEAD_LETTERS = 1000;

/** Forgets everything with the process. */
export class MemoryHookStore implements HookStore {
  readonly #hooks = new Map<string, Hook>();
  readonly #letters = new Map<string, Map<string, DeadLetter>>();

  async hooks(): Promise<Hook[]> {
    return [...this.#hooks.values()];
  }

  async putHook(hook: Hook): Promise<void> {
    this.#hooks.set(hook.id, hook);
  }

  async deleteHook(id: string): Promise<void> {
    this.#hooks.delete(id);
    this.#letters.delete(id);
  }

  async deadLetters(hookId: string): Promise<DeadLetter[]> {
    return [...(this.#letters.get(hookId)?.values() ?? [])];
  }

  async addDeadLetter(letter: DeadLetter): Promise<void> {
    const letters = this.#letters.get(letter.hookId) ?? new Map<string, DeadLetter>();
    this.#letters.set(letter.hookId, letters.set(letter.id, letter));
    const [oldest] = letters.keys();
    if (letters.size > MAX_DEAD_LETTERS && oldest !== undefined) letters.delete(oldest);
  }

  async deleteDeadLetter(hookId: string, id: string): Promise<void> {
    this.#letters.get(hookId)?.delete(id);
  }
}
