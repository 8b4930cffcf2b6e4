import { FluxError } from '@flux-iot/core/errors/flux-error';
import { type CatalogItem, parseCatalog } from '../manscdp/catalog.ts';
import { parseDeviceInfo, parseDeviceStatus } from '../manscdp/device-info.ts';
import type { ManscdpMessage } from '../manscdp/message.ts';
import type { Device } from './device.ts';
import type { Questions } from './questions.ts';
import type { DeviceRegistry } from './registry.ts';

/** Devices that are asked at once; after a power cut a thousand register in the same minute. */
const MAX_AT_ONCE = 32;
const MAX_ITEMS = 50_000;

/** Asks devices what they are and what they have, each once at a time. */
export class Inquiry {
  readonly #registry: DeviceRegistry;
  readonly #questions: Questions;
  readonly #running = new Map<string, Promise<void>>();
  readonly #queue: (() => void)[] = [];
  #active = 0;

  constructor(registry: DeviceRegistry, questions: Questions) {
    this.#registry = registry;
    this.#questions = questions;
  }

  /** Resolves when the device was asked; what failed stands in its record. */
  refresh(device: Device): Promise<void> {
    const running = this.#running.get(device.id);
    if (running) return running;
    const run = this.#inTurn(() => this.#ask(device)).finally(() => this.#running.delete(device.id));
    this.#running.set(device.id, run);
    return run;
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    if (this.#active >= MAX_AT_ONCE) await new Promise<void>(resolve => this.#queue.push(resolve));
    this.#active++;
    try {
      await work();
    } finally {
      this.#active--;
      this.#queue.shift()?.();
    }
  }

  /** What there is to watch comes first: some devices answer the other questions late, or never. */
  async #ask(device: Device): Promise<void> {
    await this.#catalog(device);
    await this.#once(device, 'DeviceInfo', message => {
      device.info = parseDeviceInfo(message);
    });
    await this.#once(device, 'DeviceStatus', message => {
      device.status = parseDeviceStatus(message);
    });
  }

  /** What a device does not answer is left as it was: not every device knows every question. */
  async #once(device: Device, command: string, take: (message: ManscdpMessage) => void): Promise<void> {
    if (!device.isOnline) return;
    try {
      await this.#questions.ask(device, {
        ...{ kind: 'Query', command },
        onPart: message => {
          take(message);
          return true;
        },
      });
      this.#registry.changed(device);
    } catch (cause) {
      if (FluxError.from(cause).code === 'INTERNAL') throw cause;
    }
  }

  /** Entries are counted, not messages: parts come twice and in any order, and their sum is what ends the answer. */
  async #catalog(device: Device): Promise<void> {
    if (!device.isOnline) return;
    const items = new Map<string, CatalogItem>();
    let total = 0;
    device.catalog = { ...device.catalog, state: 'asked' };
    try {
      const end = await this.#questions.ask(device, {
        ...{ kind: 'Query', command: 'Catalog' },
        onPart: message => {
          const part = parseCatalog(message);
          total = part.total;
          for (const item of part.items) if (items.size < MAX_ITEMS) items.set(item.id, item);
          return items.size >= Math.min(total, MAX_ITEMS);
        },
      });
      const at = Date.now();
      if (end === 'complete') device.catalog = { state: 'complete', total, at };
      else {
        const error = `${items.size} of ${total} entries came; the others were lost, or the device counts otherwise`;
        device.catalog = { state: 'incomplete', total, at, error };
      }
      device.replaceChannels([...items.values()]);
    } catch (cause) {
      device.catalog = {
        ...device.catalog,
        state: 'failed',
        at: Date.now(),
        error: FluxError.from(cause).message,
      };
    }
    this.#registry.changed(device);
  }
}
