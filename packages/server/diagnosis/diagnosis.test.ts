import type { IngestReport, StreamReport } from '@flux-iot/core/control/media-control';
import type { HistoryEntry } from '@flux-iot/core/stream/history';
import { describe, expect, it } from 'vitest';
import { TestApi } from '../test-support.ts';
import { diagnose } from './diagnosis.ts';

function entries(...steps: (string | [step: string, detail: string])[]): HistoryEntry[] {
  return steps.map((step, index) => {
    const [name, detail] = typeof step === 'string' ? [step, ''] : step;
    return { step: name, detail, at: index, lastAt: index, count: 1 };
  });
}

function report(protocol: string, history: HistoryEntry[], ingest: Partial<IngestReport> = {}): StreamReport {
  return {
    streamId: 'cam1',
    history,
    ingest: {
      ...{ streamId: 'cam1', protocol, sourceUrl: `${protocol}://camera` },
      status: { state: 'retrying', attempts: 2 },
      ...ingest,
    },
  };
}

const INVITED = ['media-port', 'invite-sent'];
const ACCEPTED = [...INVITED, 'invite-accepted'];

describe('why a GB28181 stream has no picture', () => {
  it.each<[what: string, history: HistoryEntry[], missing: string, said: RegExp, advised: RegExp]>([
    [
      'the device never registered',
      entries('wanted', 'device-unknown'),
      'registered',
      /not registered/,
      /SIP server id/,
    ],
    ['the device is off', entries('wanted', 'device-offline'), 'registered', /offline/, /power/],
    [
      'the device does not answer',
      entries(...INVITED, 'invite-unanswered'),
      'accepted',
      /did not answer/,
      /sip_address/,
    ],
    [
      'the device refuses',
      entries(...INVITED, ['invite-refused', '486 Busy Here']),
      'accepted',
      /refused the INVITE/,
      /^$/,
    ],
    ['no media comes', entries(...ACCEPTED, 'no-media'), 'media', /no media came/, /media_address/],
    [
      'its port for TCP is closed',
      entries(...ACCEPTED, 'media-connect-failed'),
      'media',
      /nobody is there/,
      /tcp-passive/,
    ],
    [
      'its SSRC is that of nobody',
      entries(...ACCEPTED, 'stray-media', 'no-media'),
      'media',
      /no media/,
      /rtp_port_range/,
    ],
    [
      'it sends no program stream',
      entries(...ACCEPTED, 'first-rtp', 'not-ps'),
      'program-stream',
      /no program stream/,
      /PS/,
    ],
    [
      'its codec has no player',
      entries(...ACCEPTED, 'first-rtp', 'first-ps-pack', ['codec-refused', 'SVAC']),
      'tracks',
      /no player knows/,
      /H\.264/,
    ],
    [
      'no key frame comes',
      entries(...ACCEPTED, 'first-rtp', 'first-ps-pack', 'video-track'),
      'key-frame',
      /No key frame/,
      /GOP/,
    ],
  ])('%s', (_what, history, missing, said, advised) => {
    const diagnosis = diagnose(report('gb28181', history));
    expect(diagnosis.missing).toBe(missing);
    expect(diagnosis.summary).toMatch(said);
    expect(diagnosis.advice.join('\n')).toMatch(advised);
  });

  it('is told of the latest attempt alone', () => {
    const history = entries(...ACCEPTED, 'first-rtp', 'media-silent', 'reconnecting', ...INVITED, [
      'invite-refused',
      '404',
    ]);
    const diagnosis = diagnose(report('gb28181', history));
    expect(diagnosis.steps.map(({ isDone }) => isDone)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(diagnosis.findings.map(({ step }) => step)).toEqual(['invite-refused']);
  });
});

describe('the same of other protocols', () => {
  it('names their own steps', () => {
    const refused = diagnose(
      report('rtsp', entries('connecting', ['authentication-refused', '401'], 'given-up'), {
        status: { state: 'closed', attempts: 3, lastError: 'Wrong password.' },
      }),
    );
    expect(refused).toMatchObject({ verdict: 'failing', missing: 'connected' });
    expect(refused.summary).toContain('Wrong password.');
    expect(refused.advice.join(' ')).toContain('credentials');
    const dropped = diagnose(
      report('rtsp', entries('connecting', 'described', 'set-up', 'playing', 'no-media')),
    );
    expect(dropped).toMatchObject({ missing: 'media' });
    expect(dropped.advice.join(' ')).toContain('transport tcp');
    const unpublished = diagnose(
      report('rtmp', [], { sourceUrl: undefined, status: { state: 'waiting', attempts: 0 } }),
    );
    expect(unpublished).toMatchObject({ verdict: 'failing', missing: 'published' });
  });

  it('says that nobody wants it, or that it is live', () => {
    const resting = report('rtsp', [], { status: { state: 'waiting', attempts: 0 } });
    expect(diagnose(resting)).toMatchObject({ verdict: 'waiting' });
    const beginning = report('rtsp', entries('connecting'), { status: { state: 'connecting', attempts: 1 } });
    expect(diagnose(beginning).verdict).toBe('waiting');
  });
});

describe('the route', () => {
  it('answers for every stream', async () => {
    const api = await TestApi.start();
    await api.publish('cam1');
    expect((await api.get('/api/v1/streams/cam1/diagnosis')).json()).toMatchObject({
      ...{ stream_id: 'cam1', verdict: 'live', advice: [] },
      steps: [{ id: 'published', done: true }, { id: 'tracks' }, { id: 'key-frame' }],
    });
    expect((await api.get('/api/v1/streams/none/diagnosis')).statusCode).toBe(404);
    await api.stop();
  });
});
