import type { ByteWriter } from '@flux-iot/media/model/byte-writer';
import { beforeEach, describe, expect, it } from 'vitest';
import { FlushScheduler } from './flush-scheduler.ts';
import type { Framing } from './output.ts';
import { Stream } from './stream.ts';
import { AUDIO_TRACK, audio, FakeTransport, TextMuxer, VIDEO_TRACK, video } from './test-support.ts';
import { Viewer } from './viewer.ts';

const LIMITS = { maxQueuedBytes: 1000, stallTimeout: 3000 };
const BRACES: Framing = {
  head: 1,
  tail: 1,
  fill(slab, start, end) {
    slab.write('{', start);
    slab.write('}', end - 1);
  },
};

class MarkingMuxer extends TextMuxer {
  discontinuity(writer: ByteWriter): void {
    writer.bytes(Buffer.from('#'));
  }

  end(writer: ByteWriter): void {
    writer.bytes(Buffer.from('$'));
  }
}

function viewer(): { viewer: Viewer; transport: FakeTransport } {
  const transport = new FakeTransport();
  return { viewer: new Viewer({ protocol: 'test', peer: 'peer', transport, limits: LIMITS }), transport };
}

describe('Output', () => {
  let scheduler: FlushScheduler;
  let stream: Stream;

  beforeEach(() => {
    scheduler = new FlushScheduler({ minInterval: 10_000, maxInterval: 10_000 });
    stream = new Stream('cam1', scheduler, {
      gop: { maxBytes: 10_000, maxSeconds: 20 },
      discoverySeconds: 1,
    });
    stream.begin();
    stream.setTrack(VIDEO_TRACK);
    stream.setTrack(AUDIO_TRACK);
    stream.write(video(0, true, 'I0'));
    stream.write(audio(0.01, 'a0'));
    stream.write(video(0.04, false, 'P1'));
    return () => scheduler.close();
  });

  function output(framing?: Framing) {
    return stream.output('text', () => ({ name: 'Text', muxer: new TextMuxer(), framing }));
  }

  it('gives a viewer the prefix, the header and the cached pictures in one write', () => {
    const { viewer: one, transport } = viewer();
    output().attach(one, { gop: true, framed: false, prefix: Buffer.from('HEAD ') });
    expect(transport.text).toBe('HEAD [init 1+2](I0)(a0)(P1)');
    expect(transport.writes).toBe(1);
  });

  it('sends one shared buffer a flush, and a viewer that comes in between misses and repeats nothing', () => {
    const first = viewer();
    const second = viewer();
    const out = output();
    out.attach(first.viewer, { gop: true, framed: false });
    stream.write(video(0.08, false, 'P2'));
    stream.write(audio(0.08, 'a1'));
    expect(first.transport.writes).toBe(1);
    out.attach(second.viewer, { gop: true, framed: false });
    stream.write(video(0.12, false, 'P3'));
    out.flush();
    const all = '[init 1+2](I0)(a0)(P1)(P2)(a1)(P3)';
    expect(first.transport.text).toBe(all);
    expect(second.transport.text).toBe(all);
    expect(first.transport.writes).toBe(3);
  });

  it('frames every piece where the viewer wants it', () => {
    const framed = viewer();
    const plain = viewer();
    const out = output(BRACES);
    out.attach(framed.viewer, { gop: true, framed: true });
    out.attach(plain.viewer, { gop: true, framed: false });
    stream.write(video(2, true, 'I1'));
    out.flush();
    expect(framed.transport.text).toBe('{[init 1+2]}{(I0)(a0)(P1)}{(I1)}');
    expect(plain.transport.text).toBe('[init 1+2](I0)(a0)(P1)(I1)');
  });

  it('starts at the next key frame where the cached pictures are not wanted', () => {
    const { viewer: one, transport } = viewer();
    const out = output();
    out.attach(one, { gop: false, framed: false });
    stream.write(video(0.08, false, 'P2'));
    stream.write(video(0.12, true, 'I3'));
    out.flush();
    expect(transport.text).toBe('[init 1+2](I3)');
  });

  it('forgets the cached pictures at a key frame', () => {
    const out = output();
    stream.write(video(2, true, 'I9'));
    const { viewer: one, transport } = viewer();
    out.attach(one, { gop: true, framed: false });
    expect(transport.text).toBe('[init 1+2](I9)');
  });

  it('lets a slow viewer go on at a key frame when it has caught up, and no other viewer notices', () => {
    const slow = viewer();
    const fast = viewer();
    const out = output();
    out.attach(slow.viewer, { gop: true, framed: false });
    out.attach(fast.viewer, { gop: true, framed: false });
    slow.transport.queuedBytes = 2000;
    stream.write(video(0.08, false, 'P2'));
    out.flush();
    stream.write(video(2, true, 'I3'));
    out.flush();
    slow.transport.queuedBytes = 100;
    stream.write(video(2.04, false, 'P4'));
    out.flush();
    stream.write(video(4, true, 'I5'));
    out.flush();
    expect(slow.transport.text).toBe('[init 1+2](I0)(a0)(P1)(I5)');
    expect(fast.transport.text).toBe('[init 1+2](I0)(a0)(P1)(P2)(I3)(P4)(I5)');
    expect(slow.viewer.status.skips).toBe(1);
  });

  it('disconnects a viewer that has stopped reading, not one that is slow', () => {
    const stopped = viewer();
    const slow = viewer();
    const out = output();
    out.attach(stopped.viewer, { gop: true, framed: false });
    out.attach(slow.viewer, { gop: true, framed: false });
    stopped.transport.queuedBytes = 500;
    slow.transport.queuedBytes = 900;
    for (let second = 0; second < 6; second++) {
      slow.transport.queuedBytes -= 10;
      stream.tick(second * 1000);
    }
    expect(stopped.transport.destroyed?.code).toBe('viewer-stalled');
    expect(slow.transport.destroyed).toBeUndefined();
    expect(stream.viewerCount).toBe(1);
  });

  it('announces new parameters to those who watch and gives nobody pictures of the old ones', () => {
    const early = viewer();
    const out = output();
    out.attach(early.viewer, { gop: true, framed: false });
    stream.setTrack({ ...VIDEO_TRACK, version: 2, width: 1280 });
    const late = viewer();
    out.attach(late.viewer, { gop: true, framed: false });
    stream.write(video(2, true, 'J0'));
    out.flush();
    expect(early.transport.text).toBe('[init 1+2](I0)(a0)(P1)[update 1+2](J0)');
    expect(late.transport.text).toBe('[init 1+2](J0)');
  });

  it('tells a viewer that skips of new parameters, of a discontinuity and of the end', () => {
    const slow = viewer();
    const out = stream.output('marked', () => ({ name: 'Marked', muxer: new MarkingMuxer() }));
    out.attach(slow.viewer, { gop: true, framed: false });
    slow.transport.queuedBytes = 1500;
    stream.write(video(0.08, false, 'P2'));
    stream.setTrack({ ...VIDEO_TRACK, version: 2 });
    stream.write(video(2, true, 'J0'));
    out.flush();
    stream.interrupt();
    stream.begin();
    stream.expect({ video: true, audio: false });
    stream.setTrack({ ...VIDEO_TRACK, version: 3 });
    stream.write(video(4, true, 'K0'));
    out.flush();
    slow.transport.queuedBytes = 0;
    stream.write(video(4.04, false, 'K1'));
    out.flush();
    stream.write(video(6, true, 'L0'));
    out.flush();
    slow.transport.queuedBytes = 1500;
    stream.write(video(6.04, false, 'L1'));
    stream.end({ code: 'unpublished', message: '' });
    expect(slow.transport.text).toBe('[init 1+2](I0)(a0)(P1)[update 1+2]#[update 1](L0)$');
  });

  it('tells a viewer that waits for its first key frame of new parameters', () => {
    const waiting = viewer();
    const out = output();
    out.attach(waiting.viewer, { gop: false, framed: false });
    stream.setTrack({ ...VIDEO_TRACK, version: 2 });
    stream.write(video(2, true, 'J0'));
    out.flush();
    expect(waiting.transport.text).toBe('[init 1+2][update 1+2](J0)');
  });

  it('gives up a viewer that cannot be told of new parameters', () => {
    const full = viewer();
    const out = output();
    out.attach(full.viewer, { gop: true, framed: false });
    full.transport.queuedBytes = 2001;
    stream.setTrack({ ...VIDEO_TRACK, version: 2 });
    out.flush();
    full.transport.queuedBytes = 0;
    stream.write(video(2, true, 'J0'));
    out.flush();
    expect(full.transport.text).toBe('[init 1+2](I0)(a0)(P1)');
    stream.tick(0);
    expect(full.transport.destroyed?.code).toBe('viewer-stalled');
  });

  it('frames no piece that has nothing in it: an empty chunk would end a response', () => {
    const framed = viewer();
    const muxer = new TextMuxer();
    muxer.update = () => {};
    const out = stream.output('silent', () => ({ name: 'Silent', muxer, framing: BRACES }));
    out.attach(framed.viewer, { gop: true, framed: true });
    stream.setTrack({ ...VIDEO_TRACK, version: 2 });
    stream.write(video(2, true, 'J0'));
    out.flush();
    expect(framed.transport.text).toBe('{[init 1+2]}{(I0)(a0)(P1)}{(J0)}');
  });

  it('leaves out what the format cannot carry, and says so', () => {
    stream.setTrack({
      kind: 'audio',
      codec: 'g711a',
      id: 3,
      version: 1,
      clockRate: 8000,
      sampleRate: 8000,
      channels: 1,
      codecString: 'alaw',
    });
    const { viewer: one, transport } = viewer();
    output().attach(one, { gop: true, framed: false });
    expect(transport.text).toMatch(/^\[init 1\+2\]/);
    expect(stream.notes).toEqual(['Text cannot carry g711a: audio is left out there']);
  });

  it('refuses a viewer that would get nothing', () => {
    const out = stream.output('none', () => ({ name: 'None', muxer: new TextMuxer(), select: () => false }));
    expect(() => out.requireTracks()).toThrowError(expect.objectContaining({ code: 'CODEC_UNSUPPORTED' }));
  });

  it('gives the end to everyone', () => {
    const { viewer: one, transport } = viewer();
    output().attach(one, { gop: true, framed: false });
    stream.write(video(0.08, false, 'P2'));
    stream.end({ code: 'unpublished', message: 'over' });
    expect(transport.text).toBe('[init 1+2](I0)(a0)(P1)(P2)');
    expect(transport.ended?.code).toBe('unpublished');
    expect(stream.viewerCount).toBe(0);
  });

  it('keeps no pictures of a group that is beyond the limits', () => {
    const out = output();
    for (let frame = 2; frame < 700; frame++) stream.write(video(frame * 0.04, false, `P${frame}`));
    out.flush();
    const { viewer: one, transport } = viewer();
    out.attach(one, { gop: true, framed: false });
    expect(transport.text).toBe('[init 1+2]');
    stream.write(video(30, true, 'I!'));
    out.flush();
    expect(transport.text).toBe('[init 1+2](I!)');
    expect(stream.history.entries.some(entry => entry.step === 'gop-too-long')).toBe(true);
  });
});
