/** A list as the messages of an answer have it: one at least, which may be empty. */
export function partsOf<Item>(items: readonly Item[], size: number): (readonly Item[])[] {
  const parts: (readonly Item[])[] = [];
  for (let at = 0; at < Math.max(1, items.length); at += size) parts.push(items.slice(at, at + size));
  return parts;
}
