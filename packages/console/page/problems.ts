import { el } from './dom.ts';

/** Says in words what went wrong, above everything. */
export class Problems {
  readonly #connection = el('p', { class: 'problem', hidden: true });
  readonly #root: HTMLElement;

  constructor(root: HTMLElement) {
    this.#root = root;
    root.append(this.#connection);
  }

  /** The refresh failed, or works again (undefined). */
  connection(error: unknown): void {
    this.#connection.hidden = error === undefined;
    this.#connection.textContent = error === undefined ? '' : wordsOf(error);
  }

  /** What somebody asked for failed: said until it is dismissed. */
  action(error: unknown): void {
    const problem = el(
      'p',
      { class: 'problem' },
      el('span', {}, wordsOf(error)),
      el('button', { type: 'button', class: 'small', click: () => problem.remove() }, 'Dismiss'),
    );
    this.#root.append(problem);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
