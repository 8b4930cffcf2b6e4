import { existsSync } from 'node:fs';
import type { Server } from './server.ts';

/**
 * A server that somebody else started on this machine: `name=…,rtmp=PORT,pid=PID` and, where it has HTTP-FLV,
 * `flv=URL` with `{name}` in it. Throws a RangeError that says what is wrong.
 */
export function externalServer(specification: string): Server {
  const fields = new Map(
    specification.split(',').map(field => {
      const at = field.indexOf('=');
      return [field.slice(0, Math.max(0, at)), field.slice(at + 1)] as const;
    }),
  );
  for (const key of fields.keys()) {
    if (!['name', 'rtmp', 'flv', 'pid'].includes(key)) throw new RangeError(`--server: unknown key "${key}"`);
  }
  const name = fields.get('name');
  const flvUrl = fields.get('flv');
  const rtmpPort = positive('rtmp', fields.get('rtmp'));
  const pid = positive('pid', fields.get('pid'));
  if (!name) throw new RangeError('--server: name is missing');
  if (flvUrl !== undefined && !(URL.canParse(flvUrl) && flvUrl.includes('{name}'))) {
    throw new RangeError('--server: flv must be an address with {name} in it');
  }
  return {
    name,
    settings: 'started by somebody else, and not afresh for each workload',
    hasFlv: flvUrl !== undefined,
    hasNodes: false,
    missing: async () => (existsSync(`/proc/${pid}`) ? undefined : `there is no process ${pid}`),
    version: async () => 'not known',
    start: async () => ({ pid, rtmpPort, flvUrl, stop: async () => {} }),
  };
}

function positive(key: string, text: string | undefined): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0)
    throw new RangeError(`--server: ${key} must be a positive number`);
  return value;
}
