import type { ManscdpMessage } from './message.ts';
import { child, childNumber, childText, type XmlElement, type XmlNode } from './xml.ts';

/** What a catalog says of one entry (A.2.1.9 of 2016): a camera, a district, a group, an alarm input. */
export interface CatalogItem {
  readonly id: string;
  readonly name: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly owner?: string;
  readonly civilCode?: string;
  readonly address?: string;
  /** Whether it has entries below it. */
  readonly isParent: boolean;
  /** Several joined by `/`, where the entry stands in several places. */
  readonly parentId?: string;
  readonly businessGroupId?: string;
  readonly isOnline: boolean;
  /** 1 dome, 2 hemisphere, 3 fixed, 4 fixed with remote control (A.2.1.9, `PTZType`). */
  readonly ptzType?: number;
  readonly longitude?: number;
  readonly latitude?: number;
}

/** One message of an answer in several. */
export interface CatalogPart {
  /** How many entries the whole answer has. */
  readonly total: number;
  readonly items: readonly CatalogItem[];
}

/** What a NOTIFY says became of an entry. */
export type CatalogChange = 'on' | 'off' | 'add' | 'update' | 'remove';

export interface CatalogEvent {
  readonly change: CatalogChange;
  readonly item: CatalogItem;
}

const ONLINE = /^(?:on|ok|online|1)$/i;
/** Names of entries are shown in pages and logs. */
const MAX_NAME = 256;

export function parseCatalog({ content }: ManscdpMessage): CatalogPart {
  const items = itemsOf(content)
    .map(parseCatalogItem)
    .filter(item => item !== undefined);
  return { total: childNumber(content, 'SumNum') ?? items.length, items };
}

export function parseCatalogEvents({ content }: ManscdpMessage): CatalogEvent[] {
  return itemsOf(content).flatMap(element => {
    const item = parseCatalogItem(element);
    return item ? [{ change: changeOf(childText(element, 'Event')), item }] : [];
  });
}

function itemsOf(content: XmlElement): readonly XmlElement[] {
  return child(content, 'DeviceList')?.children.get('Item') ?? [];
}

/** Undefined for one without an id that a URL can hold. */
function parseCatalogItem(element: XmlElement): CatalogItem | undefined {
  const id = childText(element, 'DeviceID');
  if (id === undefined || !/^[A-Za-z0-9]{1,32}$/.test(id)) return undefined;
  const info = child(element, 'Info') ?? element;
  const status = childText(element, 'Status');
  return {
    id,
    name: (childText(element, 'Name') ?? id).slice(0, MAX_NAME),
    manufacturer: childText(element, 'Manufacturer')?.slice(0, MAX_NAME),
    model: childText(element, 'Model')?.slice(0, MAX_NAME),
    owner: childText(element, 'Owner')?.slice(0, MAX_NAME),
    civilCode: childText(element, 'CivilCode')?.slice(0, MAX_NAME),
    address: childText(element, 'Address')?.slice(0, MAX_NAME),
    isParent: childText(element, 'Parental') === '1',
    parentId: childText(element, 'ParentID')?.slice(0, MAX_NAME),
    businessGroupId: (childText(info, 'BusinessGroupID') ?? childText(element, 'BusinessGroupID'))?.slice(
      0,
      32,
    ),
    // Districts and groups have none; a camera that says nothing is taken for online.
    isOnline: status === undefined || ONLINE.test(status),
    ptzType: childNumber(info, 'PTZType') ?? childNumber(element, 'PTZType'),
    longitude: childNumber(element, 'Longitude'),
    latitude: childNumber(element, 'Latitude'),
  };
}

function changeOf(event: string | undefined): CatalogChange {
  switch (event?.toUpperCase()) {
    case 'ON':
      return 'on';
    // Picture lost, and defect: nothing comes from it either.
    case 'OFF':
    case 'VLOST':
    case 'DEFECT':
      return 'off';
    case 'DEL':
      return 'remove';
    case 'ADD':
      return 'add';
    default:
      return 'update';
  }
}

/** The entries as another platform, or a test, is told them. */
export function catalogNodes(total: number, items: readonly CatalogItem[]): XmlNode[] {
  return listNodes(total, items.map(itemNodes));
}

/** What a NOTIFY says became of entries: `ON`, `OFF`, `ADD`, `DEL`, `UPDATE` (A.2.5.2). */
export function catalogEventNodes(event: string, items: readonly CatalogItem[]): XmlNode[] {
  return listNodes(
    items.length,
    items.map(item => [...itemNodes(item), ['Event', event]]),
  );
}

function listNodes(total: number, entries: readonly (readonly XmlNode[])[]): XmlNode[] {
  return [
    ['SumNum', total],
    ['DeviceList', entries.map(entry => ['Item', entry] as const), { Num: entries.length }],
  ];
}

function itemNodes(item: CatalogItem): XmlNode[] {
  return [
    ['DeviceID', item.id],
    ['Name', item.name],
    ['Manufacturer', item.manufacturer ?? ''],
    ['Model', item.model ?? ''],
    ['Owner', item.owner ?? ''],
    ['CivilCode', item.civilCode ?? ''],
    ['Address', item.address ?? ''],
    ['Parental', item.isParent ? 1 : 0],
    ['ParentID', item.parentId],
    ['SafetyWay', 0],
    ['RegisterWay', 1],
    ['Secrecy', 0],
    ['Status', item.isOnline ? 'ON' : 'OFF'],
    ['Longitude', item.longitude],
    ['Latitude', item.latitude],
    ['BusinessGroupID', item.businessGroupId],
    ['Info', item.ptzType === undefined ? undefined : [['PTZType', item.ptzType]]],
  ];
}
