type Child = Node | string | false | undefined;
type Properties = Readonly<Record<string, string | boolean | ((event: Event) => void) | undefined>>;

/** Makes an element. Text is always text: names come from strangers. Functions listen, other values are attributes. */
export function el<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (typeof value === 'function') element.addEventListener(key, value);
    else if (value === true) element.setAttribute(key, '');
    else if (value !== false && value !== undefined) element.setAttribute(key, value);
  }
  element.append(...children.filter(child => child !== false && child !== undefined));
  return element;
}

/** The element of the page's own markup. */
export function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (!element) throw new Error(`The page has no #${id}.`);
  return element;
}

/** Changes the text only where it differs, so that a selection in it stays. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** Makes the children anew only where what they show has changed. */
export function renderIfChanged<Value>(
  element: HTMLElement,
  value: Value,
  make: (value: Value) => Node[],
): void {
  const shown = JSON.stringify(value);
  if (element.dataset.shown === shown) return;
  element.dataset.shown = shown;
  element.replaceChildren(...make(value));
}

/** A text to be copied, with the button that does it. */
export function copyable(text: string): HTMLElement {
  const code = el('code', {}, text);
  const button = el(
    'button',
    {
      type: 'button',
      class: 'small',
      'aria-label': `Copy ${text}`,
      click: async () => {
        button.textContent = (await copy(text, code)) ? 'Copied' : 'Press Ctrl+C';
        setTimeout(() => {
          button.textContent = 'Copy';
        }, 1500);
      },
    },
    'Copy',
  );
  return el('div', { class: 'copyable' }, code, button);
}

/** Browsers give the clipboard to pages of HTTPS and of this machine alone; elsewhere the text is selected. */
async function copy(text: string, shownIn: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    getSelection()?.selectAllChildren(shownIn);
    return false;
  }
}
