import type { Reception, ReceptionRequest } from '../media/reception.ts';

/** Where devices send to. */
export interface MediaReceiver {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Throws `STREAM_LIMIT` where no port is left. */
  open(request: ReceptionRequest): Promise<Reception>;
  readonly bytesIn: number;
  readonly listening: readonly string[];
}
