import { expect, it } from 'vitest';
import { IDENTITY } from '../test-support.ts';
import { g711Track } from './track.ts';

it('describes G.711 by what the protocol says', () => {
  expect(g711Track(IDENTITY, 'g711u', 16_000, 2)).toEqual({
    ...IDENTITY,
    kind: 'audio',
    codec: 'g711u',
    sampleRate: 16_000,
    channels: 2,
    codecString: 'ulaw',
  });
  expect(g711Track(IDENTITY, 'g711a', 8000, 1)).toMatchObject({ codec: 'g711a', codecString: 'alaw' });
});
