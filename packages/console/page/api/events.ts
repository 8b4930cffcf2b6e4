import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import { addressOf } from './client.ts';
import { useAccess } from './session.tsx';

/** Milliseconds between figures where the server tells what happens by itself, and where it has to be asked. */
const FIGURES_INTERVAL = 3000;
const ASKING_INTERVAL = 2000;
/** Events that come in a burst are one reason to look. */
const GATHER = 250;

/** What is read anew after an event, by the event's type. `reset` is told where events were missed. */
const TOUCHED: Readonly<Record<string, readonly string[]>> = {
  'stream-started': ['streams', 'stream'],
  'stream-ready': ['streams', 'stream'],
  'stream-changed': ['streams', 'stream'],
  'stream-closed': ['streams', 'stream'],
  'stream-ended': ['streams', 'stream'],
  'recording-finished': ['recordings'],
  'recording-alarm': ['recordings'],
  'device-online': ['devices'],
  'device-offline': ['devices'],
  'node-online': ['nodes'],
  'node-offline': ['nodes'],
  reset: ['streams', 'stream', 'recordings', 'devices', 'nodes'],
};

/** Whether the server tells by itself what happens. */
export const EventsContext = createContext(false);

/** Listens to the server's events and has what they touch read anew. Returns whether they arrive. */
export function useEvents(): boolean {
  const client = useQueryClient();
  const isOffered = useAccess().has('/events');
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOffered) return;
    const source = new EventSource(addressOf('/api/v1/events', {}));
    let timer: number | undefined;
    const touched = new Set<string>();
    const touch = (keys: readonly string[]) => () => {
      for (const key of keys) touched.add(key);
      timer ??= window.setTimeout(() => {
        timer = undefined;
        for (const key of touched) void client.invalidateQueries({ queryKey: [key] });
        touched.clear();
      }, GATHER);
    };
    for (const [type, keys] of Object.entries(TOUCHED)) source.addEventListener(type, touch(keys));
    source.addEventListener('open', () => setOpen(true));
    source.addEventListener('error', () => setOpen(false));
    return () => {
      clearTimeout(timer);
      source.close();
      setOpen(false);
    };
  }, [client, isOffered]);
  return isOpen;
}

/** Milliseconds after which figures are read anew. */
export function useInterval(): number {
  return useContext(EventsContext) ? FIGURES_INTERVAL : ASKING_INTERVAL;
}
