import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HookError } from './call-hook.ts';
import { strictest, verdictOf } from './verdict.ts';

const REFUSED = { verdict: 'refuse', code: 'NOT_ALLOWED' };

describe('verdictOf', () => {
  it.each([
    [204, '', { verdict: 'allow' }],
    [200, '{"allow":true}', { verdict: 'allow' }],
    [200, '{"allow":true,"lifetime":1.5}', { verdict: 'allow', lifetime: 1500 }],
    [201, '{"allow":false}', { ...REFUSED, reason: 'Refused by a hook.' }],
    [200, '{"allow":false,"reason":"Überzogen\\r\\nX: y"}', { ...REFUSED, reason: 'berzogen X: y' }],
    [403, '<html>', { ...REFUSED, reason: 'Refused by a hook.' }],
    [401, '{"allow":false,"reason":"Who?"}', { ...REFUSED, reason: 'Who?' }],
    [
      200,
      '{"allow":false,"redirect":"rtsp://other/live/x"}',
      { verdict: 'redirect', location: 'rtsp://other/live/x' },
    ],
  ])('reads %d %s', (status, body, expected) => {
    expect(verdictOf({ status, body })).toEqual(expected);
  });

  it.each([
    [200, ''],
    [200, 'true'],
    [200, '[]'],
    [200, '{}'],
    [200, '{"allow":1}'],
    [200, '{"allow":true,"lifetime":0}'],
    [200, '{"allow":true,"lifetime":1e99}'],
    [200, '{"allow":true,"redirect":"http://a/"}'],
    [200, '{"allow":false,"redirect":"javascript:alert(1)"}'],
    [200, '{"allow":false,"redirect":"http://a/\\r\\nX: y"}'],
    [200, '{"allow":false,"redirect":"//a/b"}'],
    [200, '{"allow":true'],
    [302, '{"allow":true}'],
    [404, '{"allow":true}'],
    [500, '{"allow":true}'],
    [0, ''],
  ])('takes %d %s for no answer', (status, body) => {
    expect(() => verdictOf({ status, body })).toThrow(HookError);
  });

  it('lets nobody in by any body that does not say so', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        if (status === 204 || body.includes('"allow"')) return;
        let verdict = 'none';
        try {
          verdict = verdictOf({ status, body }).verdict;
        } catch (error) {
          expect(error).toBeInstanceOf(HookError);
        }
        expect(verdict).not.toBe('allow');
      }),
      { seed: 41, numRuns: 500 },
    );
  });
});

describe('strictest', () => {
  const allow = (lifetime?: number) => ({ verdict: 'allow', lifetime }) as const;
  const refuse = { verdict: 'refuse', code: 'NOT_ALLOWED', reason: 'no' } as const;
  const redirect = { verdict: 'redirect', location: 'http://a/' } as const;

  it('counts a refusal more than a redirection, that more than a lifetime, and the shortest of these', () => {
    expect(strictest([])).toEqual({ verdict: 'allow' });
    expect(strictest([allow(9), allow(), allow(3)])).toEqual(allow(3));
    expect(strictest([allow(9), redirect])).toBe(redirect);
    expect(strictest([redirect, refuse, allow()])).toBe(refuse);
  });
});
