import type { DeviceEvent } from '@flux-iot/core/control/gb28181-control';

const CAPACITY = 2000;

/** What devices told lately; bounded, the oldest go. */
export class DeviceEvents {
  readonly #events: DeviceEvent[] = [];
  readonly #onEvent: (event: DeviceEvent) => void;

  constructor(onEvent: (event: DeviceEvent) => void) {
    this.#onEvent = onEvent;
  }

  add(
    kind: string,
    deviceId: string,
    channelId?: string,
    detail: Readonly<Record<string, unknown>> = {},
  ): void {
    const event: DeviceEvent = { kind, deviceId, channelId, at: Date.now(), detail: plain(detail) };
    if (this.#events.length >= CAPACITY) this.#events.shift();
    this.#events.push(event);
    this.#onEvent(event);
  }

  /** The newest first. */
  latest(deviceId: string | undefined, limit: number): DeviceEvent[] {
    const matching =
      deviceId === undefined ? this.#events : this.#events.filter(event => event.deviceId === deviceId);
    return matching.slice(-limit).reverse();
  }
}

function plain(detail: Readonly<Record<string, unknown>>): DeviceEvent['detail'] {
  const entries = Object.entries(detail).filter((entry): entry is [string, string | number | boolean] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );
  return Object.fromEntries(entries);
}
