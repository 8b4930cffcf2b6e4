/**
 * Converts ticks of one clock to another, rounded to the nearest. Exact for any time that a stream can reach:
 * whole seconds are converted apart, so that no product leaves the safe integers.
 */
export function rescale(ticks: number, fromRate: number, toRate: number): number {
  if (fromRate === toRate) return ticks;
  const seconds = Math.floor(ticks / fromRate);
  return seconds * toRate + Math.round(((ticks - seconds * fromRate) * toRate) / fromRate);
}
