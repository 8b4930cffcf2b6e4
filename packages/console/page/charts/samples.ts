import { useEffect, useRef, useState } from 'react';

/** Values over time, as far as they were seen: the API tells what is, not what was. */
export interface Samples<Name extends string> {
  readonly times: readonly number[];
  readonly values: Readonly<Record<Name, readonly (number | null)[]>>;
}

const MAX_SAMPLES = 300;

/** Adds what was read at `at` (milliseconds) to what was read before. */
export function addSample<Name extends string>(
  { times, values }: Samples<Name>,
  at: number,
  sample: Readonly<Record<Name, number>>,
): Samples<Name> {
  const kept = times.slice(1 - MAX_SAMPLES);
  const names = new Set([...(Object.keys(values) as Name[]), ...(Object.keys(sample) as Name[])]);
  const next = {} as Record<Name, (number | null)[]>;
  for (const name of names) {
    const old = values[name]?.slice(1 - MAX_SAMPLES) ?? kept.map(() => null);
    next[name] = [...old, sample[name] ?? null];
  }
  return { times: [...kept, at / 1000], values: next };
}

/** Gathers a sample each time something was read anew. */
export function useSamples<Name extends string>(
  at: number,
  sample: Readonly<Record<Name, number>> | undefined,
): Samples<Name> {
  const [samples, setSamples] = useState<Samples<Name>>({
    times: [],
    values: {} as Record<Name, (number | null)[]>,
  });
  const last = useRef(0);
  useEffect(() => {
    if (!sample || at === last.current || at === 0) return;
    last.current = at;
    setSamples(old => addSample(old, at, sample));
  }, [at, sample]);
  return samples;
}

export interface Rates {
  /** Milliseconds since 1970, when they were measured. */
  readonly at: number;
  readonly values: Readonly<Record<string, number>>;
}

/** How fast counters grow, per second; undefined until they were read twice. One that began anew is left out. */
export function useRates(
  at: number,
  counters: Readonly<Record<string, number>> | undefined,
): Rates | undefined {
  const last = useRef<{ at: number; counters: Readonly<Record<string, number>> }>(undefined);
  const [rates, setRates] = useState<Rates>();
  useEffect(() => {
    if (!counters || at === 0 || at === last.current?.at) return;
    const before = last.current;
    last.current = { at, counters };
    if (before) setRates({ at, values: growth(before.counters, counters, (at - before.at) / 1000) });
  }, [at, counters]);
  return rates;
}

/** By how much each counter grew in a second. */
export function growth(
  before: Readonly<Record<string, number>>,
  now: Readonly<Record<string, number>>,
  seconds: number,
): Readonly<Record<string, number>> {
  const grown: Record<string, number> = {};
  for (const [name, value] of Object.entries(now)) {
    const old = before[name];
    if (old !== undefined && value >= old) grown[name] = (value - old) / seconds;
  }
  return grown;
}
