import { describe, expect, it } from 'vitest';
import { isStreamId, suggestedId } from './form.ts';

describe('suggestedId', () => {
  it.each([
    ['rtsp://10.0.0.8/stream1', '10.0.0.8-stream1'],
    ['rtsp://admin:secret@cam.example:554/Streaming/Channels/101?x=1', 'cam.example-101'],
    ['rtsp://cam.example', 'cam.example'],
    ['rtsp://cam.example/a b/', 'cam.example-a-20b'],
    ['not an address', ''],
  ])('of %s is %s', (url, id) => {
    expect(suggestedId(url)).toBe(id);
    if (id) expect(isStreamId(id)).toBe(true);
  });

  it('holds no secret', () => {
    expect(suggestedId('rtsp://admin:hush-hush@cam.example/live')).not.toContain('hush');
  });
});

describe('isStreamId', () => {
  it.each(['cam1', 'acme~cam1', 'a.b_c-d'])('takes %s', id => expect(isStreamId(id)).toBe(true));
  it.each(['', '-cam', 'cam 1', 'cam/1', 'a~b~c', 'x'.repeat(129)])('refuses %j', id =>
    expect(isStreamId(id)).toBe(false),
  );
});
