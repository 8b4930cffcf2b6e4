import { DEFAULT_TENANT, tenantOf } from '@flux-iot/core/access/access-policy';
import type { GatewayEvent } from '@flux-iot/core/control/gateway-event';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import type { FastifyInstance } from 'fastify';
import type { Accounts } from '../accounts/accounts.ts';
import { type Principal, principalOf, visibleTenant } from './principal.ts';

type Owners = Pick<Accounts, 'apps' | 'devices'>;

/**
 * Whose an event is: the stream's or the device's tenant's; what is of neither is the server's own. Undefined for what a
 * device told while it was another tenant's.
 */
export function ownerOfEvent(
  { apps, devices }: Owners,
  { streamId, details, at }: Pick<GatewayEvent, 'streamId' | 'details' | 'at'>,
): string | undefined {
  if (streamId !== undefined) return tenantOf({ apps }, streamId);
  const deviceId = details.device_id;
  return typeof deviceId === 'string' ? devices.tenantAt(deviceId, at) : DEFAULT_TENANT;
}

export function isDeviceVisible(
  principal: Principal,
  { devices }: Pick<Accounts, 'devices'>,
  deviceId: string,
): boolean {
  const tenant = visibleTenant(principal);
  return tenant === undefined || devices.tenantOf(deviceId) === tenant;
}

/** Throws `DEVICE_NOT_FOUND` where the device is another tenant's: for this principal there is none. */
export function requireDevice(
  principal: Principal,
  accounts: Pick<Accounts, 'devices'>,
  deviceId: string,
): void {
  if (isDeviceVisible(principal, accounts, deviceId)) return;
  throw new FluxError('DEVICE_NOT_FOUND', `No device ${deviceId.slice(0, 32)} has registered.`);
}

/** For the routes of one device: of another tenant's there is none. */
export function hideOthersDevices(app: FastifyInstance, accounts: Pick<Accounts, 'devices'>): void {
  app.addHook('preHandler', async request => {
    const { params } = request;
    if (typeof params === 'object' && params !== null && 'device_id' in params)
      requireDevice(principalOf(request), accounts, String(params.device_id));
  });
}

/** What the picture of a channel is called, in an app of the device's tenant; undefined where that has none. */
export function deviceStreamId(
  { apps, devices }: Owners,
  deviceId: string,
  channelId: string,
): string | undefined {
  const tenant = devices.tenantOf(deviceId);
  const name = `${deviceId}_${channelId}`;
  if (tenant === DEFAULT_TENANT) return name;
  const app = Object.keys(apps).find(candidate => apps[candidate] === tenant);
  return app === undefined ? undefined : `${app}~${name}`;
}
