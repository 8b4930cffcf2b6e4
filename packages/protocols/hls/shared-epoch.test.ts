import { describe, expect, it } from 'vitest';
import { SharedEpoch } from './shared-epoch.ts';

describe('SharedEpoch', () => {
  it('is one for a stream and its renditions, however late they come', () => {
    const epoch = new SharedEpoch();
    expect(epoch.at(1000)).toBe(1000);
    expect(epoch.at(5000, true)).toBe(1000);
    expect(epoch.at(1900)).toBe(1000);
  });

  it('follows the stream where its clock runs away, and what came late at first', () => {
    const epoch = new SharedEpoch();
    expect(epoch.at(5000, true)).toBe(5000);
    expect(epoch.at(1000)).toBe(1000);
    expect(epoch.at(2100)).toBe(2100);
    expect(epoch.at(20_000, true)).toBe(20_000);
    epoch.reset();
    expect(epoch.at(7)).toBe(7);
  });
});
