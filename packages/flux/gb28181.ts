import { type DeviceDocuments, MemoryDeviceDocuments } from '@flux-iot/core/control/device-documents';
import type { DeviceEvent } from '@flux-iot/core/control/gb28181-control';
import type { StreamOrchestrator } from '@flux-iot/core/orchestrator/stream-orchestrator';
import { Gb28181Adapter } from '@flux-iot/protocols/gb28181/adapter';
import { DeviceStore } from '@flux-iot/protocols/gb28181/device/store';
import { MediaReceiver } from '@flux-iot/protocols/gb28181/media/media-receiver';
import { parseAddress, parsePortRange } from './config/address.ts';
import type { Config } from './config/schema.ts';
import type { ErrorLog } from './error-log.ts';
import { cascadeOptions } from './gb28181-cascade.ts';

type Gb28181Config = Config['protocols']['gb28181'];

export interface Gb28181Parts {
  readonly orchestrator: StreamOrchestrator;
  readonly errors: ErrorLog;
  readonly devices?: DeviceDocuments;
  readonly onEvent?: (event: DeviceEvent) => void;
}

/** What follows a domain in the id of its SIP server: industry 00, kind 200 (centre), network 0, number 1. */
const SERVER = '2000000001';

/** Our own SIP id. */
export function sipIdOf({ sip_id, sip_domain }: Gb28181Config): string {
  return sip_id === '' ? `${sip_domain.slice(0, 10)}${SERVER}` : sip_id;
}

/** GB28181, made from the configuration. */
export function createGb28181(
  { protocols }: Config,
  { orchestrator, errors, devices = new MemoryDeviceDocuments(), onEvent }: Gb28181Parts,
): Gb28181Adapter {
  const { gb28181 } = protocols;
  const silence = gb28181.media_timeout * 1000;
  const receiver = new MediaReceiver({
    ...parseAddress(gb28181.bind_rtp),
    range: gb28181.rtp_port_range === '' ? undefined : parsePortRange(gb28181.rtp_port_range),
    times: { firstMedia: silence, silence },
    turns: orchestrator.turns,
  });
  return new Gb28181Adapter({
    callback: orchestrator,
    ...parseAddress(gb28181.bind_sip),
    id: sipIdOf(gb28181),
    domain: gb28181.sip_domain,
    admission: gb28181.admission,
    password: gb28181.password,
    devicePasswords: devicePasswordsOf(gb28181),
    sipAddress: gb28181.sip_address || undefined,
    mediaAddress: gb28181.media_address || undefined,
    receiver,
    store: new DeviceStore(devices),
    defaultTransport: gb28181.transport,
    maxDevices: gb28181.max_devices,
    keepaliveTimeout: gb28181.keepalive_timeout * 1000,
    inviteTimeout: gb28181.invite_timeout * 1000,
    utcOffsetMinutes: utcOffsetOf(gb28181.time_zone),
    flood: { rate: gb28181.flood_rate, burst: gb28181.flood_burst },
    subscribeCatalog: gb28181.subscribe_catalog,
    cascade: cascadeOptions(gb28181, sipIdOf(gb28181), orchestrator),
    onEvent,
    onError: (error, peer) => errors.report(error, { peer }),
  });
}

function devicePasswordsOf({ device_passwords }: Gb28181Config): ReadonlyMap<string, string> {
  return new Map(
    device_passwords.map(entry => {
      const colon = entry.indexOf(':');
      return [entry.slice(0, colon), entry.slice(colon + 1)] as const;
    }),
  );
}

/** Minutes of `+08:00`, of a form that the schema has checked. */
function utcOffsetOf(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  return zone.startsWith('-') ? -minutes : minutes;
}
