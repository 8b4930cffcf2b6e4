import type { ManscdpMessage } from './message.ts';
import { childNumber, childText, type XmlNode } from './xml.ts';

/** The answer to DeviceInfo (A.2.6.5). */
export interface DeviceInfo {
  readonly name?: string;
  readonly manufacturer?: string;
  readonly model?: string;
  readonly firmware?: string;
  readonly channels?: number;
}

export function parseDeviceInfo({ content }: ManscdpMessage): DeviceInfo {
  return {
    name: childText(content, 'DeviceName')?.slice(0, 256),
    manufacturer: childText(content, 'Manufacturer')?.slice(0, 256),
    model: childText(content, 'Model')?.slice(0, 256),
    firmware: childText(content, 'Firmware')?.slice(0, 256),
    channels: childNumber(content, 'Channel'),
  };
}

/** The answer to DeviceStatus (A.2.6.6). */
export interface DeviceStatus {
  readonly isOnline?: boolean;
  /** Whether it works as it should. */
  readonly isWell?: boolean;
  /** What is wrong, in the device's words. */
  readonly reason?: string;
  readonly isEncoding?: boolean;
  readonly isRecording?: boolean;
  /** As the device says it, in its own time. */
  readonly deviceTime?: string;
}

export function parseDeviceStatus({ content }: ManscdpMessage): DeviceStatus {
  const said = (name: string, pattern: RegExp) => {
    const text = childText(content, name);
    return text === undefined ? undefined : pattern.test(text);
  };
  return {
    isOnline: said('Online', /^online$/i),
    isWell: said('Status', /^(?:ok|on)$/i),
    reason: childText(content, 'Reason')?.slice(0, 256),
    isEncoding: said('Encode', /^on$/i),
    isRecording: said('Record', /^on$/i),
    deviceTime: childText(content, 'DeviceTime')?.slice(0, 64),
  };
}

export function deviceInfoNodes({ name, manufacturer, model, firmware, channels }: DeviceInfo): XmlNode[] {
  return [
    ['DeviceName', name],
    ['Result', 'OK'],
    ['Manufacturer', manufacturer],
    ['Model', model],
    ['Firmware', firmware],
    ['Channel', channels],
  ];
}

export function deviceStatusNodes(status: DeviceStatus): XmlNode[] {
  return [
    ['Result', 'OK'],
    ['Online', status.isOnline ? 'ONLINE' : 'OFFLINE'],
    ['Status', status.isWell === false ? 'ERROR' : 'OK'],
    ['Reason', status.reason],
    ['DeviceTime', status.deviceTime],
    ['Encode', status.isEncoding ? 'ON' : 'OFF'],
    ['Record', status.isRecording ? 'ON' : 'OFF'],
  ];
}
