import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { FluxError } from '@flux-iot/core/errors/flux-error';
import { loadClip, testClip } from '@flux-iot/testkit/gb28181/clip';
import { Simulation } from '@flux-iot/testkit/gb28181/simulation';
import { parseAddress } from '../config/address.ts';

export interface SimulateOptions {
  /** `HOST:PORT` of the platform's SIP. */
  readonly server: string;
  readonly id: string | undefined;
  readonly domain: string;
  readonly password: string;
  readonly devices: number;
  readonly channels: number;
  readonly transport: 'udp' | 'tcp';
  readonly file: string | undefined;
}

const REPORT_INTERVAL = 10_000;
const KEEPALIVE = 60;

/** `flux simulate gb28181`: devices that register at a platform and send when they are asked, until Ctrl-C. */
export async function runSimulation(options: SimulateOptions): Promise<void> {
  const { server, domain, password, devices, channels, transport, file } = options;
  const id = options.id ?? `${domain.slice(0, 10)}2000000001`;
  const { host, port } = parseAddress(server);
  const address = isIP(host) === 0 ? (await lookup(host)).address : host;
  const clip = file === undefined ? await testClip() : await loadClip(file);
  const simulation = new Simulation({
    ...{ password, devices, channels, clip, keepaliveInterval: KEEPALIVE },
    server: { transport, address, port, id, domain },
    onTold: (device, text) => process.stdout.write(`${device}  ${text.replace(/\s+/g, ' ')}\n`),
  });
  const stopAsked = new Promise<void>(resolve => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  await simulation.start();
  const { registered, refused } = simulation.count;
  process.stdout.write(
    `${registered} devices registered at ${server}, ${refused} were refused or got no answer.\n`,
  );
  if (registered === 0) throw new FluxError('UPSTREAM_FAILED', `No device could register at ${server}.`);
  const report = setInterval(() => {
    const { sessions, packets } = simulation.count;
    process.stdout.write(`${sessions} streams, ${packets} packets sent for them\n`);
  }, REPORT_INTERVAL);
  await stopAsked;
  clearInterval(report);
  await simulation.stop();
}
