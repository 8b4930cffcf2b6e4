import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BusValue } from './bus.ts';
import {
  encodeHubMessage,
  encodeMemberMessage,
  fromWireError,
  type HubMessage,
  type MemberMessage,
  parseHubMessage,
  parseMemberMessage,
} from './message.ts';

const value = fc.jsonValue().map(json => JSON.parse(JSON.stringify(json)) as BusValue);
const name = fc.stringMatching(/^[\x21-\x7e]{1,256}$/);
const id = fc.maxSafeNat();
const error = fc.record({ code: fc.string(), message: fc.string() });

const both = [
  fc.record({ type: fc.constant('request' as const), id, subject: name, payload: value }),
  fc.record({ type: fc.constant('answer' as const), id, payload: value }),
  fc.record({ type: fc.constant('failure' as const), id, error }),
];

const memberMessage: fc.Arbitrary<MemberMessage> = fc.oneof(
  ...both,
  fc.record({ type: fc.constant('join' as const), member: name, instance: name }),
  fc.record({
    type: fc.constantFrom('serve' as const, 'unserve' as const, 'subscribe' as const, 'unsubscribe' as const),
    subject: name,
  }),
  fc.record({ type: fc.constant('hold' as const), key: name, value }),
  fc.constant({ type: 'ready' as const }),
  fc.record({ type: fc.constant('claim' as const), id, key: name, value }),
  fc.record({ type: fc.constant('release' as const), key: name }),
  fc.record({ type: fc.constant('publish' as const), subject: name, payload: value }),
  fc.record({ type: fc.constant('cancel' as const), id }),
);

const hubMessage: fc.Arbitrary<HubMessage> = fc.oneof(
  ...both,
  fc.record({ type: fc.constant('refused' as const), error }),
  fc.record({
    type: fc.constantFrom('entry' as const, 'changed' as const),
    key: name,
    member: name,
    value,
  }),
  fc.constant({ type: 'joined' as const }),
  fc.record({ type: fc.constant('released' as const), key: name }),
  fc.record({ type: fc.constant('claimed' as const), id, isHeld: fc.boolean() }),
  fc.record({ type: fc.constant('event' as const), subject: name, payload: value }),
);

describe('messages', () => {
  it('come out as they went in', () => {
    fc.assert(
      fc.property(memberMessage, hubMessage, (ofMember, ofHub) => {
        const parsed = parseMemberMessage(encodeMemberMessage(ofMember));
        expect(parsed).toEqual(ofMember);
        expect(parseHubMessage(encodeHubMessage(ofHub))).toEqual(ofHub);
      }),
      { seed: 17, numRuns: 500 },
    );
  });

  it('are refused in no other way than with PROTOCOL_ERROR, whatever became of them', () => {
    const mutated = fc
      .tuple(fc.oneof(memberMessage, hubMessage), fc.nat(), fc.string({ maxLength: 3 }), fc.nat({ max: 3 }))
      .map(([message, at, inserted, removed]) => {
        const text = JSON.stringify(message);
        const place = at % text.length;
        return text.slice(0, place) + inserted + text.slice(place + removed);
      });
    let refused = 0;
    fc.assert(
      fc.property(fc.oneof(mutated, fc.json(), fc.string()), text => {
        for (const parse of [parseMemberMessage, parseHubMessage]) {
          try {
            expect(parse(text).type).toBeTypeOf('string');
          } catch (fault) {
            refused++;
            expect(fault).toMatchObject({ code: 'PROTOCOL_ERROR' });
          }
        }
      }),
      { seed: 17, numRuns: 3000 },
    );
    expect(refused).toBeGreaterThan(3000);
  });

  it.each([
    ['a list', '[]'],
    ['nothing', 'null'],
    ['a type of the prototype', '{"__proto__":{"type":"ready"}}'],
    ['a key that is no text', '{"type":"release","key":["k"]}'],
    ['an id that is no integer', '{"type":"cancel","id":1.5}'],
    ['what is nested too deep', `{"type":"publish","subject":"x","payload":${nested(100)}}`],
    ['what is nested far too deep', `{"type":"publish","subject":"x","payload":${nested(1_000_000)}}`],
  ])('refuses %s', (_what, text) => {
    expect(() => parseMemberMessage(text)).toThrow('malformed');
  });

  it('make INTERNAL of errors that are unknown', () => {
    expect(fromWireError({ code: 'TIMED_OUT', message: 'x' }).code).toBe('TIMED_OUT');
    for (const code of ['', 'NO_SUCH', 'toString', '__proto__'])
      expect(fromWireError({ code, message: 'x' })).toMatchObject({ code: 'INTERNAL', status: 500 });
  });
});

function nested(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}
