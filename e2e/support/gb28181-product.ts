import { expect } from 'vitest';
import { FluxProcess, freePorts } from './flux-process.ts';

export const SERVER_ID = '34020000002000000001';
export const DOMAIN = '3402000000';
export const PASSWORD = 'secret12';

/** A device as the API shows it, as far as tests look at it. */
interface Device {
  readonly id: string;
  readonly name: string;
  readonly online: boolean;
  readonly transport: string;
  readonly catalog: { readonly state: string };
}

/** The whole product with GB28181, as a person starts it. */
export class Gb28181Product {
  readonly process: FluxProcess;
  readonly sip: number;
  readonly api: string;
  readonly media: string;

  private constructor(process: FluxProcess, sip: number, api: string, media: string) {
    this.process = process;
    this.sip = sip;
    this.api = api;
    this.media = media;
  }

  static async start(): Promise<Gb28181Product> {
    const [sip = 0, rtp = 0] = await freePorts(2);
    const flux = new FluxProcess([], {
      FLUX_GATEWAY_NODES: '2',
      FLUX_PROTOCOLS_ENABLED: 'gb28181,flv,hls',
      FLUX_PROTOCOLS_GB28181_BIND_SIP: `127.0.0.1:${sip}`,
      FLUX_PROTOCOLS_GB28181_BIND_RTP: `127.0.0.1:${rtp}`,
      FLUX_PROTOCOLS_GB28181_PASSWORD: PASSWORD,
      FLUX_PROTOCOLS_GB28181_MEDIA_TIMEOUT: '2',
      FLUX_PROTOCOLS_GB28181_SUBSCRIBE_CATALOG: 'false',
      FLUX_HTTP_MEDIA_BIND: '127.0.0.1:0',
      FLUX_SERVER_BIND: '127.0.0.1:0',
      FLUX_LOG_LEVEL: 'warn',
      FLUX_PROTOCOLS_GB28181_INVITE_TIMEOUT: '3',
      FLUX_MEDIA_ON_DEMAND_LINGER: '1',
    });
    await flux.prints(/(Ctrl-C stops it)/);
    const api = await flux.prints(/Watch\s+(http:\S+)\//);
    return new Gb28181Product(flux, sip, api, await flux.prints(/(http:\S+)\/flv\/NAME/));
  }

  async call(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await fetch(`${this.api}/api/v1${path}`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }

  async device(id: string): Promise<Device | undefined> {
    const { status, body } = await this.call('GET', `/gb28181/devices/${id}`);
    return status === 200 ? (body as Device) : undefined;
  }

  async ingest(streamId: string, gb28181: Record<string, unknown>): Promise<void> {
    const { status } = await this.call('POST', '/streams/ingest', {
      ...{ protocol: 'gb28181', stream_id: streamId, source: { gb28181 } },
    });
    expect(status).toBe(201);
  }
}
