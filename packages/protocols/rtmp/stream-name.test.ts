import { FluxError } from '@flux-iot/core/errors/flux-error';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRtmpUrl } from './client.ts';
import { streamAddress } from './stream-name.ts';

describe('the address of a stream', () => {
  it.each([
    ['live', 'cam1', 'cam1'],
    ['live/', 'cam1', 'cam1'],
    ['/live', '/cam1', 'cam1'],
    ['live/cam1', '', 'cam1'],
    ['live/_definst_', 'cam1', 'cam1'],
    ['acme', 'cam1', 'acme~cam1'],
    ['live', 'mp4:cam1.mp4', 'cam1.mp4'],
    ['live', 'flv:cam1', 'cam1'],
    ['live', 'cam%31', 'cam1'],
    ['live?vhost=a.example', 'cam1', 'cam1'],
    ['live...vhost...a.example', 'cam1', 'cam1'],
  ])('app %j, name %j is the stream %s', (app, name, streamId) => {
    expect(streamAddress(app, name).streamId).toBe(streamId);
  });

  it.each([
    ['live', 'cam1?token=a', 'rtmp://h/live', 'a'],
    ['live?token=b', 'cam1', 'rtmp://h/live', 'b'],
    ['live', 'cam1', 'rtmp://h/live?token=c', 'c'],
    ['live?token=b', 'cam1?token=a', 'rtmp://h/live?token=c', 'a'],
    ['live', 'cam1?token=a%2Bb&x=1', '', 'a+b'],
    ['live', 'cam1?x=1', '', undefined],
  ])('app %j, name %j, tcUrl %j has the token %j', (app, name, tcUrl, token) => {
    expect(streamAddress(app, name, tcUrl)).toEqual({ streamId: 'cam1', token });
  });

  it.each([
    ['', ''],
    ['live', ''],
    ['', 'cam1'],
    ['live', 'a/b'],
    ['live/a', 'b'],
    ['live', '..'],
    ['..', 'cam1'],
    ['live', '../../etc/passwd'],
    ['live', '..%2fcam1'],
    ['live', 'a%2fb'],
    ['live', '%'],
    ['live', '%ff'],
    ['live', 'a\0b'],
    ['live', 'a b'],
    ['live', 'a~b'],
    ['live', `a${'b'.repeat(200)}`],
  ])('app %j, name %j is none', (app, name) => {
    expect(() => streamAddress(app, name)).toThrow(expect.objectContaining({ code: 'STREAM_ID_INVALID' }));
  });

  it('is a safe id or a FluxError for any text', () => {
    const property = fc.property(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'binary' }),
      (app, name) => {
        try {
          expect(streamAddress(app, name).streamId).toMatch(/^[A-Za-z0-9][A-Za-z0-9._~-]*$/);
        } catch (error) {
          expect(error).toBeInstanceOf(FluxError);
        }
      },
    );
    fc.assert(property, { seed: 5, numRuns: 1000 });
  });
});

describe('the URL of a remote stream', () => {
  it('is taken apart', () => {
    expect(parseRtmpUrl('rtmp://h.example/live/cam1?token=a')).toEqual({
      isTls: false,
      host: 'h.example',
      port: 1935,
      app: 'live',
      name: 'cam1?token=a',
      tcUrl: 'rtmp://h.example:1935/live',
      shown: 'rtmp://h.example/live/cam1',
    });
    expect(parseRtmpUrl('rtmps://[::1]:4443/a/b/c')).toMatchObject({
      isTls: true,
      host: '::1',
      port: 4443,
      app: 'a/b',
      name: 'c',
    });
    expect(parseRtmpUrl('rtmps://h/app/key').port).toBe(443);
  });

  it.each([
    '',
    'x',
    'http://h/live/a',
    'rtmp://h',
    'rtmp://h/live',
    'rtmp:///live/a',
    'rtmp://h/live/%zz',
    'rtmp://u:p@h/live/a',
    'rtmp://h:99999/live/a',
  ])('is not %j', url => {
    expect(() => parseRtmpUrl(url)).toThrow(expect.objectContaining({ code: 'URL_INVALID' }));
  });
});
