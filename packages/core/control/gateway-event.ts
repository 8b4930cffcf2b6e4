import type { Bus, BusValue } from '../bus/bus.ts';

/** What the product tells others of: hooks are called with them, and clients of the API listen to them. */
export const EVENT_KINDS = [
  'publish',
  'play',
  'stop',
  'stream-started',
  'stream-ready',
  'stream-changed',
  'stream-closed',
  'recording-finished',
  'recording-alarm',
  'device-online',
  'device-offline',
  'alarm',
  'node-online',
  'node-offline',
] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

export function isEventKind(value: string): value is EventKind {
  return (EVENT_KINDS as readonly string[]).includes(value);
}

/** Something happened. Plain data, so that it can come from another process. */
export interface GatewayEvent {
  readonly kind: EventKind;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The media node where it happened. */
  readonly node?: string;
  readonly streamId?: string;
  /** What there is to be said of an event of this kind; names as the API writes them. */
  readonly details: { readonly [name: string]: BusValue };
}

const SUBJECT = 'events';

/** Tells flux-server. Lost where the bus is away. */
export function publishEvent(bus: Bus, { kind, at, node, streamId, details }: GatewayEvent): void {
  bus.publish(SUBJECT, {
    kind,
    at,
    ...(node === undefined ? {} : { node }),
    ...(streamId === undefined ? {} : { streamId }),
    details,
  });
}

/** Events of all members. Returns the way to end it. */
export function onEvents(bus: Bus, receiver: (event: GatewayEvent) => void): () => void {
  // Written by the same program on another node.
  return bus.subscribe(SUBJECT, payload => receiver(payload as unknown as GatewayEvent));
}
