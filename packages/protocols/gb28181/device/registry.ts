import { EventEmitter } from 'node:events';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { isSamePeer, type SipPeer } from '../sip/peer.ts';
import { Device, type DeviceRecord } from './device.ts';
import type { DeviceStore } from './store.ts';

export interface Registration {
  readonly id: string;
  readonly peer: SipPeer;
  readonly userAgent: string | undefined;
  readonly version: string | undefined;
  /** Milliseconds that it lasts. */
  readonly lifetime: number;
}

export interface RegistryEvents {
  /** It registered: `isNew` where it was not there before or had gone. */
  registered: [device: Device, isNew: boolean];
  online: [device: Device];
  offline: [device: Device, reason: string];
  removed: [device: Device];
}

export interface RegistryOptions {
  readonly store: DeviceStore;
  readonly maxDevices: number;
  /** Milliseconds without a sign of life after which a device counts as gone. */
  readonly keepaliveTimeout: number;
  /** What could not be stored is tried again; told once for each failure. */
  onStoreFailed(error: FluxError): void;
}

/** How often it is looked who is gone, and how long changes are gathered before they are stored. */
const SWEEP_INTERVAL = 1000;
const SAVE_INTERVAL = 2000;
/** Stored at a time: a thousand devices that register at once are not a thousand requests at once. */
const SAVE_BATCH = 50;

/** Which devices there are, where they are reached, and whether they are. */
export class DeviceRegistry extends EventEmitter<RegistryEvents> {
  readonly #options: RegistryOptions;
  readonly #devices = new Map<string, Device>();
  readonly #unsaved = new Set<string>();
  #sweeper: NodeJS.Timeout | undefined;
  #saver: NodeJS.Timeout | undefined;
  #isSaving = false;

  constructor(options: RegistryOptions) {
    super();
    this.#options = options;
    // One for every stream that is fetched.
    this.setMaxListeners(0);
  }

  /** Loads what was stored. Devices that were online have until their keep-alive is due to show themselves. */
  async start(): Promise<void> {
    const now = Date.now();
    for (const record of await this.#load()) {
      const device = new Device(record);
      // Its connection ended with the process that had it; it registers anew by another.
      if (device.expiresAt <= now || device.peer.transport === 'tcp') device.isOnline = false;
      if (device.catalog.state === 'asked') device.catalog = { state: 'none' };
      if (device.isOnline) device.lastSeenAt = now;
      this.#devices.set(device.id, device);
    }
    this.#sweeper = setInterval(() => this.sweep(Date.now()), SWEEP_INTERVAL).unref();
    this.#saver = setInterval(() => void this.#save(), SAVE_INTERVAL).unref();
  }

  /** Stores what is not yet. Idempotent. */
  async stop(): Promise<void> {
    clearInterval(this.#sweeper);
    clearInterval(this.#saver);
    // What is being written is waited for, and what came meanwhile is written after it.
    while (this.#isSaving) await new Promise(resolve => setTimeout(resolve, 10));
    await this.#save();
  }

  get all(): readonly Device[] {
    return [...this.#devices.values()];
  }

  get size(): number {
    return this.#devices.size;
  }

  find(id: string): Device | undefined {
    return this.#devices.get(id);
  }

  /** The one that is reached there. */
  findAt(peer: SipPeer): Device | undefined {
    return this.all.find(device => isSamePeer(device.peer, peer));
  }

  /** Throws `DEVICE_NOT_FOUND`. */
  require(id: string): Device {
    const device = this.#devices.get(id);
    if (device) return device;
    throw new FluxError('DEVICE_NOT_FOUND', `No device ${id} has registered.`);
  }

  /** Throws `DEVICE_NOT_FOUND`, `DEVICE_OFFLINE`. */
  requireOnline(id: string): Device {
    const device = this.require(id);
    if (device.isOnline) return device;
    const since = new Date(device.lastSeenAt).toISOString();
    throw new FluxError('DEVICE_OFFLINE', `The device ${id} is offline; it was last heard of at ${since}.`);
  }

  /** Throws `STREAM_LIMIT`. */
  register({ id, peer, userAgent, version, lifetime }: Registration): Device {
    const now = Date.now();
    const expiresAt = now + lifetime;
    const known = this.#devices.get(id);
    if (!known && this.#devices.size >= this.#options.maxDevices)
      throw new FluxError('STREAM_LIMIT', `${this.#options.maxDevices} devices are the most.`);
    const device =
      known ??
      new Device({
        ...{ id, peer, registeredAt: now, expiresAt, lastSeenAt: now, isOnline: false },
        catalog: { state: 'none' },
        channels: [],
      });
    const isNew = !device.isOnline;
    device.peer = peer;
    device.userAgent = userAgent;
    device.version = version;
    device.expiresAt = expiresAt;
    device.lastSeenAt = now;
    if (isNew) device.registeredAt = now;
    device.isOnline = true;
    this.#devices.set(id, device);
    this.changed(device);
    if (isNew) this.emit('online', device);
    this.emit('registered', device, isNew);
    return device;
  }

  /** It said goodbye: what still comes from it is nobody's. */
  signOff(device: Device): void {
    device.expiresAt = Date.now();
    this.lose(device, 'it signed off');
  }

  /** It is gone, without a word. */
  lose(device: Device, reason: string): void {
    if (!device.isOnline) return;
    device.isOnline = false;
    this.changed(device);
    this.emit('offline', device, reason);
  }

  /**
   * Something came from it that nobody had to prove. An address translation may have given it another port; from
   * another address it has to register, so that nobody can draw another's streams to himself. False says so.
   */
  heard(device: Device, peer: SipPeer): boolean {
    if (peer.address !== device.peer.address || device.expiresAt <= Date.now()) return false;
    device.lastSeenAt = Date.now();
    // Of a mere sign of life nothing is stored: after a restart the device is given time to show itself anyway.
    if (isSamePeer(peer, device.peer) && device.isOnline) return true;
    device.peer = peer;
    this.changed(device);
    if (device.isOnline) return true;
    device.isOnline = true;
    this.emit('online', device);
    return true;
  }

  /** Those that were reached by a connection that is gone (-2022 §9.1.1 f: such a device has gone). */
  disconnected(peer: SipPeer): void {
    for (const device of this.#devices.values())
      if (isSamePeer(device.peer, peer)) this.lose(device, 'its TCP connection was closed');
  }

  async remove(id: string): Promise<void> {
    const device = this.require(id);
    this.lose(device, 'it was removed');
    this.#devices.delete(id);
    this.#unsaved.delete(id);
    await this.#options.store.remove(id);
    this.emit('removed', device);
  }

  /** It is to be stored. */
  changed(device: Device): void {
    this.#unsaved.add(device.id);
  }

  /** Says goodbye to those of whom nothing came. `now`: milliseconds since 1970. */
  sweep(now: number): void {
    const { keepaliveTimeout } = this.#options;
    for (const device of this.#devices.values()) {
      if (!device.isOnline) continue;
      if (device.expiresAt <= now) this.lose(device, 'its registration expired');
      else if (now - device.lastSeenAt > keepaliveTimeout)
        this.lose(device, `nothing came from it for ${Math.round(keepaliveTimeout / 1000)} s`);
    }
  }

  /** Without what was stored, devices have to register again, which they do. */
  async #load(): Promise<readonly DeviceRecord[]> {
    try {
      return await this.#options.store.load();
    } catch (cause) {
      this.#options.onStoreFailed(FluxError.from(cause));
      return [];
    }
  }

  /** False where the store could not be reached, or is being written to already. */
  async #save(): Promise<boolean> {
    if (this.#isSaving) return false;
    this.#isSaving = true;
    try {
      while (this.#unsaved.size > 0) await this.#saveBatch();
      return true;
    } catch (cause) {
      this.#options.onStoreFailed(FluxError.from(cause));
      return false;
    } finally {
      this.#isSaving = false;
    }
  }

  async #saveBatch(): Promise<void> {
    const ids = [...this.#unsaved].slice(0, SAVE_BATCH);
    for (const id of ids) this.#unsaved.delete(id);
    const records = ids.flatMap(id => this.#devices.get(id)?.record ?? []);
    try {
      await Promise.all(records.map(record => this.#options.store.save(record)));
    } catch (cause) {
      for (const { id } of records) if (this.#devices.has(id)) this.#unsaved.add(id);
      throw cause;
    }
  }
}
