import { useQueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState } from 'react';
import { useAccess } from './session.tsx';

/** Milliseconds between figures where the server tells what happens by itself, and where it has to be asked. */
const FIGURES_INTERVAL = 3000;
const ASKING_INTERVAL = 2000;
/** Events that come in a burst are one reason to look. */
const GATHER = 250;

const STREAM_EVENTS = ['stream-started', 'stream-ended', 'stream-changed'];
const DEVICE_EVENTS = ['device-online', 'device-offline', 'device-changed'];

/** Whether the server tells by itself what happens. */
export const EventsContext = createContext(false);

/** Listens to the server's events and has what they touch read anew. Returns whether they arrive. */
export function useEvents(): boolean {
  const client = useQueryClient();
  const isOffered = useAccess().has('/events');
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOffered) return;
    const source = new EventSource('/api/v1/events');
    let timer: number | undefined;
    const touched = new Set<string>();
    const touch = (key: string) => () => {
      touched.add(key);
      timer ??= window.setTimeout(() => {
        timer = undefined;
        for (const queryKey of touched) void client.invalidateQueries({ queryKey: [queryKey] });
        touched.clear();
      }, GATHER);
    };
    for (const name of STREAM_EVENTS) {
      source.addEventListener(name, touch('streams'));
      source.addEventListener(name, touch('stream'));
    }
    for (const name of DEVICE_EVENTS) source.addEventListener(name, touch('devices'));
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
