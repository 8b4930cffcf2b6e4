import type { CatalogItem } from '../manscdp/catalog.ts';

export type ChannelKind = 'camera' | 'alarm' | 'voice' | 'device' | 'group' | 'organisation' | 'district';

/** The eleventh to thirteenth digit of an id say what it is of (annex D, E of -2016). */
const KINDS: Readonly<Record<string, ChannelKind>> = {
  111: 'device',
  112: 'device',
  113: 'device',
  114: 'device',
  115: 'device',
  116: 'device',
  117: 'device',
  118: 'device',
  119: 'device',
  131: 'camera',
  132: 'camera',
  134: 'alarm',
  135: 'alarm',
  136: 'voice',
  137: 'voice',
  200: 'organisation',
  215: 'group',
  216: 'organisation',
};

/** What an entry of a catalog is. Districts have two to eight digits; ids of no kind are cameras unless they hold others. */
export function kindOf({ id, isParent }: CatalogItem): ChannelKind {
  if (/^\d{2,10}$/.test(id)) return 'district';
  const kind = id.length === 20 ? KINDS[id.slice(10, 13)] : undefined;
  return kind ?? (isParent ? 'organisation' : 'camera');
}

/** The nearest entry above it; an entry may name several places, the way to the root among them. */
export function parentOf(item: CatalogItem, isKnown: (id: string) => boolean): string | undefined {
  const named = item.parentId?.split('/').filter(id => id !== '' && id !== item.id) ?? [];
  return (
    named.toReversed().find(isKnown) ??
    (isKnown(item.businessGroupId ?? '') ? item.businessGroupId : undefined)
  );
}
