import { describe, expect, it } from 'vitest';
import { withoutSecrets } from './logger.ts';

describe('withoutSecrets', () => {
  it.each([
    ['publish of live/cam1?token=abc.def-1&x=1 failed', 'publish of live/cam1?token=…&x=1 failed'],
    ['{"url":"/flv/a.flv?audio=0&token=s3cret","x":1}', '{"url":"/flv/a.flv?audio=0&token=…","x":1}'],
    ['rtmp://host/live?TOKEN=abc/cam1 next', 'rtmp://host/live?TOKEN=… next'],
    ['pull rtmp://user:pa%20ss@host:1935/live/x', 'pull rtmp://…@host:1935/live/x'],
    ['{"peer":"rtmps://u@h/"}', '{"peer":"rtmps://…@h/"}'],
    ['http://host/a@b?tokens=3 user@example', 'http://host/a@b?tokens=3 user@example'],
  ])('%s', (text, expected) => {
    expect(withoutSecrets(text)).toBe(expected);
  });
});
