import { type CatalogItem, catalogNodes } from '../manscdp/catalog.ts';
import { deviceInfoNodes, deviceStatusNodes } from '../manscdp/device-info.ts';
import { formatTime, type ManscdpMessage } from '../manscdp/message.ts';
import { partsOf } from '../manscdp/parts.ts';
import { recordNodes } from '../manscdp/record-info.ts';
import type { XmlNode } from '../manscdp/xml.ts';

/** What is told of a platform's question: of us, or of one channel. */
export interface Asked {
  readonly message: ManscdpMessage;
  readonly items: readonly CatalogItem[];
  /** The channel that is asked about; undefined where we are. */
  readonly item: CatalogItem | undefined;
  /** Entries in one message. */
  readonly partSize: number;
  /** Milliseconds since 1970, and minutes east of Greenwich. */
  readonly now: number;
  readonly utcOffsetMinutes: number;
}

const PRODUCT = 'FLUX IoT';
const REFUSED: readonly (readonly XmlNode[])[] = [[['Result', 'ERROR']]];

/** Our own answer, a message each (A.2.6): what is not known is refused, which a platform waits for less long than for nothing. */
export function answersTo(asked: Asked): readonly (readonly XmlNode[])[] {
  const { message, items, item, partSize, now, utcOffsetMinutes } = asked;
  const about = item ? [item] : items;
  switch (message.command) {
    case 'Catalog':
      return partsOf(about, partSize).map(part => catalogNodes(about.length, part));
    case 'DeviceInfo':
      return [
        deviceInfoNodes({
          ...{ name: item?.name ?? PRODUCT, manufacturer: PRODUCT, model: 'Gateway', channels: about.length },
        }),
      ];
    case 'DeviceStatus': {
      const isOnline = item?.isOnline ?? true;
      const deviceTime = formatTime(now, utcOffsetMinutes);
      return [deviceStatusNodes({ isOnline, isEncoding: isOnline, deviceTime })];
    }
    // Recordings of our own are not shared; those of a device are its own answer.
    case 'RecordInfo':
      return [recordNodes(0, [], utcOffsetMinutes)];
    case 'PresetQuery':
      return [[['PresetList', [], { Num: 0 }]]];
    default:
      return REFUSED;
  }
}
