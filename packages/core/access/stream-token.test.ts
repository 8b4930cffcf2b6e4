import fc from 'fast-check';
import { expect, it } from 'vitest';
import { randomSecret } from './secret.ts';
import { readStreamToken, type StreamTokenClaims, signStreamToken } from './stream-token.ts';

const KEY = randomSecret();
const CLAIMS: StreamTokenClaims = {
  id: 'AAAAAAAAAAAAAAAA',
  tenantId: 'acme',
  streamId: 'acme~cam1',
  action: 'publish',
  expiresAt: 1_700_000_000_000,
  address: '10.0.0.1',
  userId: undefined,
  keyId: 'k1',
};

it('holds what was sealed', () => {
  expect(readStreamToken(signStreamToken(CLAIMS, KEY), KEY)).toEqual(CLAIMS);
  expect(readStreamToken(signStreamToken(CLAIMS, randomSecret()), KEY)).toBeUndefined();
});

it('is nothing once a single character is another', () => {
  const token = signStreamToken(CLAIMS, KEY);
  const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'];
  fc.assert(
    fc.property(fc.nat(token.length - 1), fc.constantFrom(...alphabet), (index, character) => {
      fc.pre(token[index] !== character);
      const changed = token.slice(0, index) + character + token.slice(index + 1);
      // The last character of a seal has two bits that say nothing; the text is compared, not the bits.
      expect(readStreamToken(changed, KEY)).toBeUndefined();
    }),
    { seed: 5, numRuns: 2000 },
  );
});

it('takes any text for what it is: none', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
      expect(readStreamToken(text, KEY)).toBeUndefined();
    }),
    { seed: 6, numRuns: 2000 },
  );
  expect(readStreamToken(`${'A'.repeat(10_000)}.${'A'.repeat(43)}`, KEY)).toBeUndefined();
});
