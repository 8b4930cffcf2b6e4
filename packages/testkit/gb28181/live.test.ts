import type { Ingest } from '@flux-iot/core/orchestrator/protocol-adapter';
import { VIDEO_TRACK, video } from '@flux-iot/core/stream/test-support';
import { afterEach, describe, expect, it } from 'vitest';
import type { SimulatedQuirks } from './quirks.ts';
import { cameras, ScriptedReceiver, SERVER_ID, TestPlatform, until } from './test-platform.ts';

let platform: TestPlatform;
afterEach(() => platform.stop());

const DEVICE = '34020000001110000001';
const CHANNEL = cameras(DEVICE, 1)[0]!.id;
const STREAM = `${DEVICE}_${CHANNEL}`;
/** What is in it does not matter here: half a second of it. */
const clip = {
  packs: [
    { time: 0, data: Buffer.alloc(100) },
    { time: 45_000, data: Buffer.alloc(100) },
  ],
  duration: 45_000,
};

async function begin(quirks: SimulatedQuirks = {}, source: Record<string, unknown> = {}) {
  const receiver = new ScriptedReceiver();
  platform = await new TestPlatform({ receiver, inviteTimeout: 1500 }).start();
  const device = await platform.device({ quirks, clip });
  await device.register();
  await until(() => platform.adapter.registry.find(DEVICE)?.catalog.state === 'complete', 'the catalog');
  const ingest = await platform.orchestrator.addIngest(STREAM, () =>
    platform.adapter.ingest(STREAM, { device_id: DEVICE, channel_id: CHANNEL, on_demand: false, ...source }),
  );
  return { device, receiver, ingest };
}

async function mediaComes(receiver: ScriptedReceiver): Promise<void> {
  await until(() => receiver.answers.length > 0, 'the answer');
  const request = receiver.requests.at(-1)!;
  request.onMedia();
  const publication = await request.publish('127.0.0.1:30000');
  publication.expect({ video: true, audio: false });
  publication.setTrack(VIDEO_TRACK);
  publication.write(video(0, true, 'I0'));
}

function steps({ history }: Ingest): string[] {
  return history?.entries.map(({ step }) => step) ?? [];
}

describe('an invitation', () => {
  it('has what the standard wants in it', async () => {
    const { device, receiver, ingest } = await begin();
    await until(() => device.told.some(text => text.startsWith('INVITE')), 'the INVITE');
    const [invite = ''] = device.told.filter(text => text.startsWith('INVITE'));
    const ssrc = /y=(\d{10})/.exec(invite)?.[1] ?? '';
    // 3402000000: the fourth to eighth digit.
    expect(ssrc).toMatch(/^020000\d{4}$/);
    expect(receiver.requests[0]?.ssrc).toBe(Number(ssrc));
    expect(invite).toBe(
      `INVITE v=0 o=${SERVER_ID} 0 0 IN IP4 127.0.0.1 s=Play c=IN IP4 127.0.0.1 t=0 0 m=video 9000 RTP/AVP 96 97 98 99 ` +
        'a=recvonly a=rtpmap:96 PS/90000 a=rtpmap:97 MPEG4/90000 a=rtpmap:98 H264/90000 a=rtpmap:99 H265/90000 ' +
        `y=${ssrc} f=v/////a/// `,
    );
    await mediaComes(receiver);
    await until(() => ingest.status.state === 'connected', 'media');
    expect(steps(ingest)).toEqual([
      'invite-sent',
      'invite-progress',
      'invite-accepted',
      'published',
      'video-track',
      'first-key-frame',
    ]);
    platform.orchestrator.stopStream(STREAM, { code: 'stopped', message: '' });
    await until(() => device.told.includes('BYE'), 'BYE');
    expect(receiver.openCount).toBe(0);
  });

  it.each([
    ['tcp-passive', 'passive'],
    ['tcp-active', 'active'],
  ])('may ask for media by %s, and for the smaller stream', async (transport, setup) => {
    const { device, receiver } = await begin({}, { transport, stream: 'sub' });
    await until(() => receiver.answers.length > 0, 'the answer');
    const [invite = ''] = device.told.filter(text => text.startsWith('INVITE'));
    expect(invite).toContain(`TCP/RTP/AVP 96 97 98 99`);
    expect(invite).toContain(`a=setup:${setup} a=connection:new a=streamnumber:1`);
    expect(receiver.answers[0]).toMatchObject({ address: '127.0.0.1' });
  });

  it('follows the SSRC that the device names', async () => {
    const { receiver, ingest } = await begin({ ownSsrc: 703_001_718 });
    await until(() => receiver.answers.length > 0, 'the answer');
    expect(receiver.answers[0]).toMatchObject({ ssrc: 703_001_718 });
    expect(steps(ingest)).toContain('ssrc-changed');
  });

  it.each([
    [404, 'no such channel'],
    [486, 'busy'],
    [488, 'try another transport'],
    [500, 'failed'],
  ])('refused with %i says what that means, and is tried again', async (inviteStatus, words) => {
    const { ingest, receiver } = await begin({ inviteStatus });
    await until(() => ingest.status.state === 'retrying', 'the refusal');
    expect(ingest.status.lastError).toContain(String(inviteStatus));
    expect(ingest.status.lastError).toContain(words);
    expect(receiver.openCount).toBe(0);
    await until(() => ingest.status.attempts === 2, 'another attempt');
  });

  it('that is not answered is given up with a CANCEL', async () => {
    const { device, ingest } = await begin({ isDeafToInvite: true });
    await until(() => ingest.status.state === 'retrying', 'the time-out');
    expect(steps(ingest)).toContain('invite-unanswered');
    expect(device.told.filter(text => text.startsWith('INVITE'))).toHaveLength(1);
    // Nothing came back, so nothing may be cancelled (RFC 3261 §9.1).
    expect(device.told).not.toContain('CANCEL');
  });

  it('ends without media when the receiver says so', async () => {
    const { device, receiver, ingest } = await begin({ isMute: true });
    await until(() => receiver.answers.length > 0, 'the answer');
    receiver.requests[0]!.onEnded('nothing came for 10 s');
    await until(() => ingest.status.state === 'retrying', 'the failure');
    expect(ingest.status.lastError).toContain('nothing came for 10 s');
    await until(() => device.told.includes('BYE'), 'BYE');
  });
});

describe('a live stream', () => {
  it('comes back when the device ends it', async () => {
    const { device, receiver, ingest } = await begin();
    await mediaComes(receiver);
    await until(() => ingest.status.state === 'connected', 'media');
    await device.hangUp();
    await until(() => ingest.status.state !== 'connected', 'the end');
    expect(steps(ingest)).toContain('bye-received');
    await until(() => receiver.requests.length === 2, 'another INVITE');
    await mediaComes(receiver);
    expect(platform.orchestrator.findStream(STREAM)?.state).toBe('live');
  });

  it('is asked for at once when the device comes back', async () => {
    const { device, receiver, ingest } = await begin();
    await mediaComes(receiver);
    await until(() => ingest.status.state === 'connected', 'media');
    platform.adapter.registry.signOff(platform.adapter.registry.require(DEVICE));
    receiver.requests[0]!.onEnded('nothing came for 10 s');
    await until(() => (ingest.status.lastError ?? '').includes('offline'), 'offline');
    await device.register();
    await until(() => receiver.requests.length === 2, 'another INVITE', 3000);
    expect(steps(ingest)).toContain('device-registered');
  });

  it('is fetched for the first viewer, and ends a while after the last', async () => {
    const { device, receiver, ingest } = await begin({}, { on_demand: true });
    expect(ingest.status.state).toBe('waiting');
    const opening = platform.orchestrator.openStream(STREAM);
    await mediaComes(receiver);
    const stream = await opening;
    const sink = { onTracks() {}, onSample() {}, onDiscontinuity() {}, onEnd() {} };
    stream.addSink(sink);
    stream.removeSink(sink);
    await until(() => device.told.includes('BYE'), 'BYE');
    expect(ingest.status.state).toBe('waiting');
    expect(receiver.openCount).toBe(0);
    expect(device.sessions).toBe(0);
  });
});

describe('a recording', () => {
  it('is played, controlled, and over when the device says so', async () => {
    const { device, receiver, ingest } = await begin(
      {},
      { from: '2024-05-01T00:00:00Z', to: '2024-05-01T00:10:00Z' },
    );
    await mediaComes(receiver);
    await until(() => ingest.status.state === 'connected', 'media');
    const [invite = ''] = device.told.filter(text => text.startsWith('INVITE'));
    expect(invite).toContain(`s=Playback u=${CHANNEL}:0`);
    expect(invite).toContain('t=1714521600 1714522200');
    expect(invite).toMatch(/y=120000\d{4}/);
    const { control } = platform.adapter;
    await control.playback(STREAM, { action: 'pause' });
    await control.playback(STREAM, { action: 'seek', seconds: 30 });
    await control.playback(STREAM, { action: 'speed', scale: 4 });
    await control.playback(STREAM, { action: 'resume' });
    await until(() => device.told.filter(text => text.startsWith('INFO')).length === 4, 'INFO');
    expect(device.told.filter(text => text.startsWith('INFO'))).toEqual([
      'INFO PAUSE MANSRTSP/1.0 CSeq: 1 PauseTime: now',
      'INFO PLAY MANSRTSP/1.0 CSeq: 2 Range: npt=30.0-',
      'INFO PLAY MANSRTSP/1.0 CSeq: 3 Scale: 4.0',
      'INFO PLAY MANSRTSP/1.0 CSeq: 4 Range: npt=now-',
    ]);
    await until(() => ingest.status.state === 'closed', 'the end of the recording');
    expect(steps(ingest)).toContain('playback-finished');
    await until(() => device.told.includes('BYE'), 'BYE');
  });
});
