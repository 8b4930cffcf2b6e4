import type { StreamSummary } from '../api/types.ts';

const KEY = 'flux-wall';

/** Which stream is at which place; '' is a place that was left empty. Strange contents count as none. */
export function keptPlaces(): readonly string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter(id => typeof id === 'string') : [];
  } catch {
    return [];
  }
}

export function keepPlaces(places: readonly string[]): void {
  localStorage.setItem(KEY, JSON.stringify(places));
}

/** `size` places: those that were chosen, and then live streams that have none yet. */
export function arrange(
  chosen: readonly string[],
  streams: readonly Pick<StreamSummary, 'stream_id' | 'state'>[],
  size: number,
): string[] {
  const taken = new Set(chosen.slice(0, size));
  const rest = streams
    .filter(({ stream_id: id, state }) => state === 'live' && !taken.has(id))
    .map(({ stream_id: id }) => id);
  return Array.from({ length: size }, (_, index) => chosen[index] ?? rest.shift() ?? '');
}
