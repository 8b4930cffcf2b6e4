type Child = Node | string | false | undefined;
type Properties = Readonly<Record<string, string | boolean | ((event: Event) => void) | undefined>>;

/** Makes an element. Text is always text: names come from strangers. Functions listen, other values are attributes. */
export function el(name: string, properties: Properties = {}, ...children: readonly Child[]): HTMLElement {
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

/** A button that copies `text` and says so. */
export function copyButton(text: string): HTMLElement {
  return el(
    'button',
    {
      type: 'button',
      class: 'small',
      'aria-label': `Copy ${text}`,
      click: async event => {
        const button = event.currentTarget as HTMLElement;
        await navigator.clipboard?.writeText(text);
        button.textContent = 'Copied';
        setTimeout(() => {
          button.textContent = 'Copy';
        }, 1500);
      },
    },
    'Copy',
  );
}
