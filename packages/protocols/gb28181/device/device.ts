import type { CatalogEvent, CatalogItem } from '../manscdp/catalog.ts';
import type { DeviceInfo, DeviceStatus } from '../manscdp/device-info.ts';
import type { SipPeer } from '../sip/peer.ts';

/** How much of a catalog came. */
export interface CatalogState {
  readonly state: 'none' | 'asked' | 'complete' | 'incomplete' | 'failed';
  /** What the device said there would be. */
  readonly total?: number;
  /** Milliseconds since 1970. */
  readonly at?: number;
  readonly error?: string;
}

/** What is kept of a device over a restart. Plain data; times are milliseconds since 1970. */
export interface DeviceRecord {
  readonly id: string;
  readonly peer: SipPeer;
  readonly userAgent?: string;
  /** `2.0` is -2016, `3.0` -2022; undefined where the device does not say. */
  readonly version?: string;
  readonly registeredAt: number;
  readonly expiresAt: number;
  readonly lastSeenAt: number;
  readonly isOnline: boolean;
  readonly info?: DeviceInfo;
  readonly status?: DeviceStatus;
  readonly catalog: CatalogState;
  readonly channels: readonly CatalogItem[];
}

const MAX_CHANNELS = 50_000;

/** A device that has registered, or that had before the restart. */
export class Device {
  readonly id: string;
  peer: SipPeer;
  userAgent: string | undefined;
  version: string | undefined;
  registeredAt: number;
  expiresAt: number;
  lastSeenAt: number;
  isOnline: boolean;
  info: DeviceInfo | undefined;
  status: DeviceStatus | undefined;
  catalog: CatalogState;
  readonly channels = new Map<string, CatalogItem>();

  constructor(record: DeviceRecord) {
    this.id = record.id;
    this.peer = record.peer;
    this.userAgent = record.userAgent;
    this.version = record.version;
    this.registeredAt = record.registeredAt;
    this.expiresAt = record.expiresAt;
    this.lastSeenAt = record.lastSeenAt;
    this.isOnline = record.isOnline;
    this.info = record.info;
    this.status = record.status;
    this.catalog = record.catalog;
    this.replaceChannels(record.channels);
  }

  get record(): DeviceRecord {
    const { id, peer, userAgent, version, registeredAt, expiresAt, lastSeenAt, isOnline } = this;
    const { info, status, catalog } = this;
    return {
      ...{ id, peer, userAgent, version, registeredAt, expiresAt, lastSeenAt, isOnline },
      ...{ info, status, catalog },
      channels: [...this.channels.values()],
    };
  }

  replaceChannels(items: readonly CatalogItem[]): void {
    this.channels.clear();
    for (const item of items) this.#add(item);
  }

  /** What a NOTIFY says; false where it changes nothing. */
  apply({ change, item }: CatalogEvent): boolean {
    const known = this.channels.get(item.id);
    if (change === 'remove') return this.channels.delete(item.id);
    if (change === 'on' || change === 'off') {
      const isOnline = change === 'on';
      if (known?.isOnline === isOnline) return false;
      // Of an entry that went on or off the message says little else.
      return this.#add({ ...(known ?? item), isOnline });
    }
    return this.#add({ ...known, ...item });
  }

  #add(item: CatalogItem): boolean {
    // A device is often an entry of its own catalog.
    if (item.id === this.id && !item.parentId) return false;
    if (!this.channels.has(item.id) && this.channels.size >= MAX_CHANNELS) return false;
    this.channels.set(item.id, item);
    return true;
  }
}
