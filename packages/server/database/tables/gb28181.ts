export interface Gb28181Tables {
  readonly gb28181_devices: DeviceRow;
  readonly gb28181_events: EventRow;
}

export interface DeviceRow {
  readonly id: string;
  /** JSON. */
  readonly document: string;
  /** Milliseconds since 1970. */
  readonly saved_at: number;
}

export interface EventRow {
  /** In the order in which they were told. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly kind: string;
  readonly device_id: string;
  readonly channel_id: string | null;
  /** JSON. */
  readonly detail: string;
}
