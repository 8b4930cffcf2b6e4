export interface Gb28181Tables {
  readonly gb28181_devices: DeviceRow;
}

export interface DeviceRow {
  readonly id: string;
  /** JSON. */
  readonly document: string;
  /** Milliseconds since 1970. */
  readonly saved_at: number;
}
