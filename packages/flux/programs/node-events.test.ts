import type { Recording } from '@flux-iot/core/record/recording';
import { expect, it } from 'vitest';
import { deviceNews, recordingNews } from './node-events.ts';

it('tells of finished recordings alone', () => {
  const recording = {
    id: 'r1',
    streamId: 'cam1',
    startTime: 2,
    endTime: 5,
    size: 100,
    endedAt: 9,
  } as Recording;
  expect(recordingNews({ kind: 'started', recording }, 'node-1')).toBeUndefined();
  expect(recordingNews({ kind: 'finished', recording }, 'node-1')).toEqual({
    kind: 'recording-finished',
    at: 9,
    node: 'node-1',
    streamId: 'cam1',
    details: { recording_id: 'r1', seconds: 3, bytes: 100 },
  });
});

it('tells of devices and their alarms', () => {
  const event = { deviceId: 'd1', channelId: 'c1', at: 9, detail: { priority: 1 } };
  expect(deviceNews({ ...event, kind: 'catalog-changed' }, 'node-1')).toBeUndefined();
  expect(deviceNews({ ...event, kind: 'alarm' }, 'node-1')?.details).toEqual({
    priority: 1,
    device_id: 'd1',
    channel_id: 'c1',
  });
  expect(deviceNews({ kind: 'device-online', deviceId: 'd1', at: 9, detail: { a: 1 } }, 'node-1')).toEqual({
    kind: 'device-online',
    at: 9,
    node: 'node-1',
    details: { device_id: 'd1', protocol: 'gb28181' },
  });
});
