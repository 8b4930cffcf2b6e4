import { describe, expect, it } from 'vitest';
import { presentationOf, streamAddress, trackIdOf, trackUrl } from './address.ts';
import { controlUrls } from './control-url.ts';

describe('the address of a stream', () => {
  it.each([
    ['rtsp://host/live/cam1', 'cam1', undefined],
    ['rtsp://host:8554/live/cam1/', 'cam1', undefined],
    ['rtsps://[::1]:322/acme/cam-1.a_b', 'acme~cam-1.a_b', undefined],
    ['rtsp://host//live//cam1', 'cam1', undefined],
    ['rtsp://host/live/cam%31?token=a%20b&x=y', 'cam1', 'a b'],
    ['rtsp://host/live/cam1/trackID=1?token=a', 'cam1', 'a'],
    ['rtsp://host/live/cam1?token=a/trackID=12', 'cam1', 'a'],
    ['/live/cam1', 'cam1', undefined],
  ])('%s is %s', (url, streamId, token) => {
    expect(streamAddress(url)).toEqual({ streamId, token });
  });

  it.each([
    'rtsp://host',
    'rtsp://host/',
    'rtsp://host/cam1',
    'rtsp://host/live/',
    'rtsp://host/live/a/b',
    'rtsp://host/live/..%2fb',
    'rtsp://host/live/%zz',
    'rtsp://host/live/a~b',
    'rtsp://host/?/live/cam1',
    '*',
    '',
  ])('%s is none', url => {
    expect(() => streamAddress(url)).toThrow(expect.objectContaining({ code: 'STREAM_ID_INVALID' }));
  });
});

describe('the URL of a track', () => {
  it.each(['rtsp://host/live/cam1', 'rtsp://host/live/cam1?token=a/b&c=d', '/live/cam1'])(
    'of %s is found again',
    presentation => {
      const url = trackUrl(presentation, 7);
      expect(trackIdOf(url)).toBe(7);
      expect(presentationOf(url)).toBe(presentation);
    },
  );

  it.each(['append', 'resolve', 'before-query'] as const)(
    'is understood from a client that puts it together itself: %s',
    form => {
      for (const base of ['rtsp://host/live/cam1/', 'rtsp://host/live/cam1/?token=a']) {
        const [url = ''] = controlUrls(base, 'trackID=2', form);
        expect(trackIdOf(url)).toBe(2);
        expect(streamAddress(url).streamId).toBe('cam1');
      }
    },
  );

  it.each(['rtsp://host/live/cam1', 'rtsp://host/live/trackID=', 'rtsp://host/live/trackID=1x', '*'])(
    '%s names none',
    url => expect(trackIdOf(url)).toBeUndefined(),
  );
});
