import { expect, it } from 'vitest';
import { isStreamId } from '../stream/stream-id.ts';
import { derivedId, parseDerivedId } from './derived-id.ts';

it.each(['cam1', 'acme~cam1', 'front.door'])('of %s is an id, and says what it is made of', sourceId => {
  const id = derivedId({ sourceId, profile: '720p' });
  expect(isStreamId(id)).toBe(true);
  expect(parseDerivedId(id)).toEqual({ sourceId, profile: '720p' });
});

it.each(['cam1', '.720p', 'acme~.720p', ''])('%j is none', id => {
  expect(parseDerivedId(id)).toBeUndefined();
});
