/**
 * Run by `main.ts` in a process of its own: as many simulated devices as are asked for, with a camera each. Says when
 * they have registered, and what they have sent whenever it is asked.
 */
import { testClip } from '../../packages/testkit/gb28181/clip.ts';
import { Simulation, type SimulationCount } from '../../packages/testkit/gb28181/simulation.ts';
import { DOMAIN, PASSWORD, SERVER_ID } from './product.ts';

/** What it tells. */
export interface DevicesReport extends SimulationCount {
  readonly kind: 'registered' | 'count';
  /** That the registrations took. */
  readonly seconds: number;
}

const [port = 0, devices = 0, keepaliveInterval = 60] = process.argv.slice(2).map(Number);
const simulation = new Simulation({
  ...{ devices, keepaliveInterval, channels: 1, password: PASSWORD, clip: await testClip() },
  server: { transport: 'udp', address: '127.0.0.1', port, id: SERVER_ID, domain: DOMAIN },
  onTold: () => {},
});
let seconds = 0;
const report = (kind: DevicesReport['kind']) => process.send?.({ kind, seconds, ...simulation.count });
process.on('message', () => report('count'));
process.once('disconnect', () => process.exit());
const begun = performance.now();
await simulation.start();
seconds = (performance.now() - begun) / 1000;
report('registered');
