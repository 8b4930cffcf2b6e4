import { expect, it } from 'vitest';
import { pictureSize } from './picture-size.ts';

const SHAPE = { format: 'jpeg', quality: 80 } as const;
const HD = { width: 1920, height: 1080 };

it.each([
  [HD, {}, HD],
  [HD, { width: 640 }, { width: 640, height: 360 }],
  [HD, { height: 360 }, { width: 640, height: 360 }],
  [HD, { width: 640, height: 480 }, { width: 640, height: 480 }],
  [{ width: 100, height: 4000 }, { width: 4096 }, { width: 4096, height: 4096 }],
  [{ width: 4000, height: 16 }, { width: 16 }, { width: 16, height: 2 }],
  [{ width: 704, height: 576 }, { width: 333 }, { width: 333, height: 272 }],
])('of %j with %j is %j', (source, asked, made) => {
  expect(pictureSize(source, { ...SHAPE, ...asked })).toEqual(made);
});
