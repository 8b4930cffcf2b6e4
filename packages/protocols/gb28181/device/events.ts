import type { DeviceEvent } from '@flux-iot/core/control/gb28181-control';

/** Hands on what devices tell, as plain data. */
export class DeviceEvents {
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
    this.#onEvent({ kind, deviceId, channelId, at: Date.now(), detail: plain(detail) });
  }
}

function plain(detail: Readonly<Record<string, unknown>>): DeviceEvent['detail'] {
  const entries = Object.entries(detail).filter((entry): entry is [string, string | number | boolean] =>
    ['string', 'number', 'boolean'].includes(typeof entry[1]),
  );
  return Object.fromEntries(entries);
}
