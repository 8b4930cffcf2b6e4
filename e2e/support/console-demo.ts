import { loadClip } from '../../packages/testkit/gb28181/clip.ts';
import { SimulatedDevice } from '../../packages/testkit/gb28181/simulated-device.ts';
import { clip } from './clips.ts';
import { FluxProcess, freePorts } from './flux-process.ts';
import { DOMAIN, PASSWORD, SERVER_ID } from './gb28181-product.ts';
import { RunningProcess, until } from './processes.ts';

export const DEVICE = '34020000001180000001';
const CHANNELS = [
  ['34020000001320000001', 'North gate'],
  ['34020000001320000002', 'Loading dock'],
  ['34020000001320000003', 'Roof'],
] as const;
export const CHANNEL = CHANNELS[0][0];

/** An installation as somebody has it: publishers, a camera that cannot be reached, a recorder of GB28181. */
export class ConsoleDemo {
  readonly url: string;
  readonly device: SimulatedDevice;
  readonly #running: readonly RunningProcess[];

  private constructor(url: string, device: SimulatedDevice, running: readonly RunningProcess[]) {
    this.url = url;
    this.device = device;
    this.#running = running;
  }

  static async start(): Promise<ConsoleDemo> {
    const [sip = 0, rtp = 0] = await freePorts(2);
    const flux = new FluxProcess([], {
      FLUX_GATEWAY_NODES: '2',
      FLUX_PROTOCOLS_ENABLED: 'rtmp,rtsp,gb28181,flv,hls',
      FLUX_PROTOCOLS_RTMP_BIND: '127.0.0.1:0',
      FLUX_PROTOCOLS_RTSP_BIND: '127.0.0.1:0',
      FLUX_PROTOCOLS_GB28181_BIND_SIP: `127.0.0.1:${sip}`,
      FLUX_PROTOCOLS_GB28181_BIND_RTP: `127.0.0.1:${rtp}`,
      FLUX_PROTOCOLS_GB28181_PASSWORD: PASSWORD,
      FLUX_HTTP_MEDIA_BIND: '127.0.0.1:0',
      FLUX_SERVER_BIND: '127.0.0.1:0',
      FLUX_LOG_LEVEL: 'warn',
    });
    await flux.prints(/(Ctrl-C stops it)/);
    const url = await flux.prints(/Watch\s+(http:\S+)\//);
    const rtmp = await flux.prints(/Publish\s+(rtmp:\S+)\/live\/NAME/);
    const device = await recorder(sip);
    const publishers = [
      publisher(`${rtmp}/live/entrance`, 'testsrc2=size=640x360:rate=12'),
      publisher(`${rtmp}/live/hall`, 'mandelbrot=size=640x360:rate=6'),
      publisher(`${rtmp}/live/gate`, 'smptehdbars=size=640x360:rate=6'),
    ];
    const demo = new ConsoleDemo(url, device, [...publishers, flux]);
    await demo.ingest('yard', { rtsp: { url: 'rtsp://127.0.0.1:9/stream1' } });
    for (const id of ['entrance', 'hall', 'gate'])
      await until(`${id} is live`, async () => (await demo.state(id)) === 'live', 20_000);
    return demo;
  }

  async state(id: string): Promise<string | undefined> {
    const answer = await fetch(`${this.url}/api/v1/streams/${id}`);
    return ((await answer.json()) as { state?: string }).state;
  }

  async ingest(stream_id: string, source: object): Promise<void> {
    await fetch(`${this.url}/api/v1/streams/ingest`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ protocol: Object.keys(source)[0], stream_id, source }),
    });
  }

  /** Ends the publisher `gate`. */
  async loseGate(): Promise<void> {
    await this.#running[2]?.[Symbol.asyncDispose]();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.device.stop();
    for (const running of this.#running) await running[Symbol.asyncDispose]();
  }
}

/** A recorder with cameras in a group, and recordings of the last hours. */
async function recorder(port: number): Promise<SimulatedDevice> {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const hour = 3_600_000;
  const device = new SimulatedDevice({
    ...{ id: DEVICE, password: PASSWORD, clip: await loadClip(await clip('h264-aac-70s.flv')) },
    server: { transport: 'udp', address: '127.0.0.1', port, id: SERVER_ID, domain: DOMAIN },
    channels: CHANNELS.map(([id, name]) => ({
      ...{ id, name, isParent: false, isOnline: true, parentId: DEVICE, ptzType: 1 },
    })),
    recordings: [
      [-20, -17.5],
      [-17, -13],
      [-12.8, -12.1],
      [-11, -6],
      [0, 3],
      [3, 5.5],
      [7, 9],
    ].map(([from = 0, to = 0]) => ({
      ...{ name: `ch1_${from}`, start: midnight + from * hour, end: midnight + to * hour },
    })),
  });
  await device.start();
  await device.register();
  return device;
}

function publisher(url: string, picture: string): RunningProcess {
  return new RunningProcess('ffmpeg', [
    ...['-v', 'error', '-re', '-f', 'lavfi', '-i', picture],
    ...['-f', 'lavfi', '-i', 'sine=frequency=440:sample_rate=48000', '-c:v', 'libx264'],
    ...['-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p', '-g', '12', '-c:a', 'aac'],
    ...['-f', 'flv', url],
  ]);
}
