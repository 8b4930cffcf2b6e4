import type { Role } from '@flux-iot/core/access/access-policy';

/**
 * Who may use a route. `public` is everybody. A role is that much in any tenant; what belongs to other tenants does
 * not exist for it. `server` is a role in the default tenant: for what is the server's own, and no tenant's.
 */
export type Requirement = 'public' | Role | { readonly server: Role };

/**
 * Every route of the API. One without an entry keeps the server from starting, so that none is open because somebody
 * forgot it.
 */
export const ROUTE_ROLES: Readonly<Record<string, Requirement>> = {
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /api/v1/openapi.json': 'public',
  'GET /login': 'public',
  'POST /api/v1/auth/login': 'public',
  'GET /api/v1/auth/session': 'viewer',
  'POST /api/v1/auth/logout': 'viewer',
  'POST /api/v1/auth/password': 'viewer',

  'GET /api/v1/streams': 'viewer',
  'GET /api/v1/streams/:stream_id': 'viewer',
  'GET /api/v1/streams/:stream_id/stats': 'viewer',
  'GET /api/v1/streams/:stream_id/viewers': 'viewer',
  'GET /api/v1/streams/:stream_id/play': 'viewer',
  'POST /api/v1/streams/:stream_id/stop': 'operator',
  'POST /api/v1/streams/:stream_id/tokens': 'viewer',
  'GET /api/v1/streams/:stream_id/tokens': 'operator',
  'DELETE /api/v1/streams/:stream_id/tokens/:token_id': 'operator',
  'POST /api/v1/streams/ingest': 'operator',
  'GET /api/v1/ingests': 'viewer',
  'GET /api/v1/ingests/:stream_id': 'viewer',
  'DELETE /api/v1/ingests/:stream_id': 'operator',
  'POST /api/v1/streams/:stream_id/push': 'operator',
  'GET /api/v1/streams/:stream_id/pushes': 'viewer',
  'DELETE /api/v1/streams/:stream_id/pushes/:push_id': 'operator',

  'GET /api/v1/streams/:stream_id/snapshot': 'viewer',
  'GET /api/v1/streams/:stream_id/diagnosis': 'viewer',
  'POST /api/v1/streams/:stream_id/record': 'operator',
  'DELETE /api/v1/streams/:stream_id/record': 'operator',
  'GET /api/v1/recordings': 'viewer',
  'GET /api/v1/recordings/active': 'viewer',
  'GET /api/v1/recordings/days': 'viewer',
  'GET /api/v1/recordings/export.mp4': 'viewer',
  'GET /api/v1/recordings/index.m3u8': 'viewer',
  'GET /api/v1/recordings/:recording_id': 'viewer',
  'PATCH /api/v1/recordings/:recording_id': 'administrator',
  'DELETE /api/v1/recordings/:recording_id': 'administrator',
  'GET /api/v1/recordings/:recording_id/media.mp4': 'viewer',
  'GET /api/v1/recordings/:recording_id/media.flv': 'viewer',
  'GET /api/v1/recordings/:recording_id/media.ts': 'viewer',
  'GET /api/v1/recordings/:recording_id/init.mp4': 'viewer',
  'GET /api/v1/recordings/:recording_id/segment-:start-:end.m4s': 'viewer',
  'GET /api/v1/recordings/:recording_id/manifest': 'viewer',

  'GET /api/v1/gb28181/devices': 'viewer',
  'GET /api/v1/gb28181/devices/:device_id': 'viewer',
  'POST /api/v1/gb28181/devices/:device_id/refresh': 'operator',
  'DELETE /api/v1/gb28181/devices/:device_id': 'operator',
  'PATCH /api/v1/gb28181/devices/:device_id': { server: 'administrator' },
  'GET /api/v1/gb28181/devices/:device_id/channels': 'viewer',
  'POST /api/v1/gb28181/devices/:device_id/channels/:channel_id/ptz': 'operator',
  'GET /api/v1/gb28181/devices/:device_id/channels/:channel_id/presets': 'viewer',
  'GET /api/v1/gb28181/devices/:device_id/channels/:channel_id/records': 'viewer',
  'GET /api/v1/gb28181/devices/:device_id/channels/:channel_id/configuration': 'viewer',
  'POST /api/v1/gb28181/devices/:device_id/channels/:channel_id/broadcast': 'operator',
  'GET /api/v1/gb28181/devices/:device_id/channels/:channel_id/broadcast': 'viewer',
  'DELETE /api/v1/gb28181/devices/:device_id/channels/:channel_id/broadcast': 'operator',
  'PUT /api/v1/gb28181/devices/:device_id/subscriptions/:kind': 'operator',
  'DELETE /api/v1/gb28181/devices/:device_id/subscriptions/:kind': 'operator',
  'POST /api/v1/gb28181/playbacks/:stream_id/control': 'operator',
  'GET /api/v1/gb28181/platforms': { server: 'viewer' },
  'GET /api/v1/gb28181/platforms/:platform_name/channels': { server: 'viewer' },
  'GET /api/v1/gb28181/events': 'viewer',

  'GET /api/v1/protocols': { server: 'viewer' },
  'GET /api/v1/nodes': { server: 'viewer' },
  'GET /api/v1/server': { server: 'viewer' },
  'GET /metrics': { server: 'viewer' },
  'POST /api/v1/config/reload': { server: 'administrator' },

  'GET /api/v1/events': 'viewer',
  'GET /api/v1/hooks': 'administrator',
  'POST /api/v1/hooks': 'administrator',
  'GET /api/v1/hooks/:hook_id': 'administrator',
  'PATCH /api/v1/hooks/:hook_id': 'administrator',
  'DELETE /api/v1/hooks/:hook_id': 'administrator',
  'GET /api/v1/hooks/:hook_id/dead-letters': 'administrator',
  'POST /api/v1/hooks/:hook_id/dead-letters/replay': 'administrator',
  'POST /api/v1/hooks/:hook_id/dead-letters/:letter_id/replay': 'administrator',
  'DELETE /api/v1/hooks/:hook_id/dead-letters/:letter_id': 'administrator',

  'GET /api/v1/users': 'administrator',
  'POST /api/v1/users': 'administrator',
  'GET /api/v1/users/:user_id': 'administrator',
  'PATCH /api/v1/users/:user_id': 'administrator',
  'DELETE /api/v1/users/:user_id': 'administrator',
  'GET /api/v1/keys': 'administrator',
  'POST /api/v1/keys': 'administrator',
  'GET /api/v1/keys/:key_id': 'administrator',
  'DELETE /api/v1/keys/:key_id': 'administrator',
  'GET /api/v1/tenants': { server: 'administrator' },
  'POST /api/v1/tenants': { server: 'administrator' },
  'GET /api/v1/tenants/:tenant_id': { server: 'administrator' },
  'PATCH /api/v1/tenants/:tenant_id': { server: 'administrator' },
  'DELETE /api/v1/tenants/:tenant_id': { server: 'administrator' },
  'GET /api/v1/usage': 'administrator',
  'GET /api/v1/audit': 'administrator',
  'GET /api/v1/audit/export': 'administrator',
};

/** Files of the page and of the API's documentation, and the way to the media port: nothing in them is anybody's. */
const PUBLIC_PREFIXES = ['/api/docs', '/flv/*', '/hls/*', '/live/*'];

/** Undefined for a route that has no entry. `isFile`: it is one of the page's files. */
export function requirementOf(method: string, path: string, isFile: boolean): Requirement | undefined {
  const asked = method === 'HEAD' ? 'GET' : method;
  const found = ROUTE_ROLES[`${asked} ${path}`];
  if (found !== undefined) return found;
  const isPublic = isFile || PUBLIC_PREFIXES.some(prefix => path === prefix || path.startsWith(`${prefix}/`));
  return isPublic && (asked === 'GET' || asked === 'OPTIONS') ? 'public' : undefined;
}
