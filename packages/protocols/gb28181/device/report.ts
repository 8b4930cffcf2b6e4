import type { ChannelReport, DeviceReport, SubscriptionReport } from '@flux-iot/core/control/gb28181-control';
import { hostPort } from '../sip/address.ts';
import { kindOf, parentOf } from './channel-kind.ts';
import type { Device } from './device.ts';

const VERSIONS: Readonly<Record<string, string>> = {
  '1.0': '2011',
  '1.1': '2014',
  '2.0': '2016',
  '3.0': '2022',
};

/** A device as the API shows it. */
export function deviceReport(device: Device, subscriptions: readonly SubscriptionReport[]): DeviceReport {
  const { id, peer, info, status, catalog, userAgent, version, channels } = device;
  const cameras = [...channels.values()].filter(item => kindOf(item) === 'camera');
  return {
    id,
    name: info?.name ?? id,
    isOnline: device.isOnline,
    transport: peer.transport,
    address: hostPort(peer.address, peer.port),
    userAgent,
    version: version === undefined ? undefined : (VERSIONS[version] ?? version),
    manufacturer: info?.manufacturer,
    model: info?.model,
    firmware: info?.firmware,
    registeredAt: device.registeredAt,
    expiresAt: device.expiresAt,
    lastSeenAt: device.lastSeenAt,
    isWell: status?.isWell,
    fault: status?.isWell === false ? status.reason : undefined,
    isRecording: status?.isRecording,
    channels: cameras.length,
    channelsOnline: cameras.filter(({ isOnline }) => isOnline).length,
    catalog,
    subscriptions,
  };
}

/** The entries of its catalog, with what is above each. */
export function channelReports({ channels }: Device): ChannelReport[] {
  return [...channels.values()].map(item => ({
    id: item.id,
    name: item.name,
    kind: kindOf(item),
    isOnline: item.isOnline,
    parentId: parentOf(item, id => channels.has(id)),
    manufacturer: item.manufacturer,
    model: item.model,
    address: item.address,
    civilCode: item.civilCode,
    ptzType: item.ptzType,
    longitude: item.longitude,
    latitude: item.latitude,
  }));
}
