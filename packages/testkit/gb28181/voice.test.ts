import type { VoiceRequest } from '@flux-iot/core/control/gb28181-control';
import type { Publication } from '@flux-iot/core/stream/publication';
import { g711Track } from '@flux-iot/media/codec/g711/track';
import { AudioSample } from '@flux-iot/media/model/sample';
import { afterEach, describe, expect, it } from 'vitest';
import type { SimulatedQuirks } from './quirks.ts';
import { cameras, SERVER_ID, TestPlatform, until } from './test-platform.ts';

const DEVICE = '34020000001110000001';
const CHANNEL = cameras(DEVICE, 1)[0]!.id;
const TRACK = g711Track({ id: 1, version: 0, clockRate: 8000 }, 'g711a', 8000, 1);
/** 40 ms: two packets. */
const SAMPLE = 320;

let platform: TestPlatform;
let speaking: NodeJS.Timeout | undefined;
afterEach(async () => {
  clearInterval(speaking);
  await platform.stop();
});

/** A stream that somebody speaks in, at ten times the speed of speech. */
async function speak(): Promise<Publication> {
  const publication = await platform.orchestrator.registerStream('news', {
    ...{ protocol: 'test', peer: 'test', close: () => {} },
  });
  publication.expect({ video: false, audio: true });
  publication.setTrack(TRACK);
  let time = 0;
  speaking = setInterval(() => {
    publication.write(new AudioSample(TRACK.id, time, Buffer.alloc(SAMPLE, time & 0xff)));
    time += SAMPLE;
  }, 4);
  return publication;
}

async function begin(quirks: SimulatedQuirks = {}, transport: 'udp' | 'tcp' = 'udp') {
  platform = await new TestPlatform({ inviteTimeout: 700 }).start();
  const device = await platform.device({ quirks, transport });
  await device.register();
  await until(() => platform.adapter.registry.find(DEVICE)?.catalog.state === 'complete', 'the catalog');
  const publication = await speak();
  const { control } = platform.adapter;
  const talk = (request: Partial<VoiceRequest> = {}) =>
    control.speak(DEVICE, CHANNEL, { streamId: 'news', mode: 'broadcast', ...request });
  const voice = () => control.voice(DEVICE, CHANNEL);
  const steps = async () => (await voice()).history.map(({ step }) => step);
  return { device, publication, control, talk, voice, steps };
}

describe.each(['udp', 'tcp-active', 'tcp-passive'] as const)('a broadcast by %s', voiceTransport => {
  it('is heard, and ends when it is to', async () => {
    const { device, control, talk, voice, steps } = await begin({ voiceTransport });
    expect(await talk()).toMatchObject({ state: 'talking', streamId: 'news' });
    await until(() => device.voice.heard.packets > 20, 'the sound');
    const { heard } = device.voice;
    expect(heard).toMatchObject({ lost: 0, payloadTypes: [8], ssrcs: [200_009_999] });
    expect(heard.bytes).toBe(heard.packets * 160);
    expect(device.told).toContain(`Broadcast ${SERVER_ID} ${CHANNEL}`);
    await control.endVoice(DEVICE, CHANNEL);
    await until(() => device.told.includes('BYE of the talk'), 'the goodbye');
    expect(await voice()).toMatchObject({ state: 'ended', error: undefined });
    expect((await steps()).filter(step => step !== 'media-connected')).toEqual([
      ...['voice-sound', 'broadcast-sent', 'broadcast-accepted', 'invite-received', 'voice-flowing'],
      ...['voice-ended', 'bye-sent'],
    ]);
    const sent = (await voice()).packets;
    await new Promise(resolve => setTimeout(resolve, 50));
    expect((await voice()).packets).toBe(sent);
  });
});

describe.each(['udp', 'tcp-active', 'tcp-passive'] as const)('a talk by %s', transport => {
  it('is heard, and ends when it is to', async () => {
    const { device, control, talk } = await begin();
    expect(await talk({ mode: 'talk', transport })).toMatchObject({ state: 'talking', mode: 'talk' });
    await until(() => device.voice.heard.packets > 20, 'the sound');
    expect(device.voice.heard).toMatchObject({ lost: 0, payloadTypes: [8] });
    const [invite = ''] = device.told.filter(text => text.startsWith('INVITE'));
    expect(invite).toMatch(/ s=Talk .* m=audio \d+ (TCP\/)?RTP\/AVP 8 a=sendrecv a=rtpmap:8 PCMA\/8000 /);
    await control.endVoice(DEVICE, CHANNEL);
    await until(() => device.told.includes('BYE of the talk'), 'the goodbye');
  });
});

describe('a talk', () => {
  it('is sent in a program stream where the device takes nothing else', async () => {
    const { device, talk } = await begin({ wantsPsVoice: true }, 'tcp');
    await talk();
    await until(() => device.voice.heard.packets > 5, 'the sound');
    expect(device.voice.heard).toMatchObject({ lost: 0, payloadTypes: [96] });
  });

  it('is one a channel', async () => {
    const { talk } = await begin();
    await talk();
    await expect(talk()).rejects.toMatchObject({ code: 'STREAM_BUSY' });
  });

  it('ends with the stream, and can begin anew', async () => {
    const { device, publication, talk, voice } = await begin();
    await talk();
    clearInterval(speaking);
    publication.close({ code: 'unpublished', message: 'Goodbye.' });
    await until(() => device.told.includes('BYE of the talk'), 'the goodbye');
    expect(await voice()).toMatchObject({ state: 'ended', error: 'The stream ended: Goodbye.' });
    await speak();
    expect(await talk()).toMatchObject({ state: 'talking' });
  });

  it('ends when the device says so', async () => {
    const { device, talk, voice, steps } = await begin();
    await talk();
    await device.voice.hangUp();
    expect(await voice()).toMatchObject({ state: 'ended' });
    expect(await steps()).toContain('bye-received');
  });

  it('of a stream that is not there does not bother the device', async () => {
    const { device, talk } = await begin();
    await expect(talk({ streamId: 'nobody' })).rejects.toMatchObject({ code: 'STREAM_NOT_FOUND' });
    expect(device.told.filter(text => text.startsWith('Broadcast'))).toEqual([]);
  });
});

describe('a device', () => {
  it('that does nothing is given up', async () => {
    const { talk, steps } = await begin({ broadcast: 'ignores' });
    await expect(talk()).rejects.toMatchObject({ code: 'TIMED_OUT' });
    expect(await steps()).toEqual(['voice-sound', 'broadcast-sent', 'invite-missing', 'voice-ended']);
  });

  it('that refuses is believed', async () => {
    const { talk, steps } = await begin({ broadcast: 'refuses' });
    await expect(talk()).rejects.toMatchObject({ code: 'DEVICE_REFUSED' });
    expect(await steps()).toContain('broadcast-refused');
  });

  it('that wants what is not sent is told so', async () => {
    const { device, talk, steps } = await begin({ broadcast: 'wants-g7221' });
    await expect(talk()).rejects.toMatchObject({ code: 'CODEC_UNSUPPORTED' });
    await until(() => device.told.includes('the INVITE was answered 488'), 'the refusal');
    expect(await steps()).toContain('format-refused');
  });

  it('that asks for sound when nobody talks gets none', async () => {
    const { device } = await begin();
    await device.voice.broadcast({
      ...{ kind: 'Notify', command: 'Broadcast', sn: '1', deviceId: '' },
      content: { text: '', attributes: new Map(), children: new Map() },
    });
    await until(() => device.told.includes('the INVITE was answered 488'), 'the refusal');
  });
});
