import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { freePorts } from './ports.ts';
import type { RunningServer, Server } from './server.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'packages/flux/main.ts');

export const flux: Server = {
  name: 'FLUX',
  settings: 'defaults; addresses by environment',
  hasFlv: true,
  hasNodes: true,

  async missing(): Promise<string | undefined> {
    return existsSync(MAIN) ? undefined : 'packages/flux/main.ts is not there';
  },

  async version(): Promise<string> {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    return version;
  },

  async start(signal: AbortSignal, nodes?: number): Promise<RunningServer> {
    const [rtmpPort = 0, mediaPort = 0, apiPort = 0] = await freePorts(3);
    const folder = temporaryFolder();
    const server = new ServerProcess(folder, {
      command: process.execPath,
      args: [MAIN],
      env: {
        FLUX_PROTOCOLS_RTMP_BIND: `127.0.0.1:${rtmpPort}`,
        FLUX_PROTOCOLS_RTSP_BIND: '127.0.0.1:0',
        FLUX_HTTP_MEDIA_BIND: `127.0.0.1:${mediaPort}`,
        FLUX_SERVER_BIND: `127.0.0.1:${apiPort}`,
        FLUX_MEDIA_STORAGE_DIR: join(folder, 'storage'),
        FLUX_MEDIA_KEYFRAME_DIR: join(folder, 'keyframes'),
        FLUX_RECORDING_STATE_DIR: join(folder, 'state'),
        FLUX_DATABASE_URL: `sqlite:${join(folder, 'flux.db')}`,
        ...(nodes === undefined ? {} : { FLUX_GATEWAY_NODES: `${nodes}` }),
      },
    });
    await server.untilListening([rtmpPort, mediaPort, apiPort], signal);
    return {
      pid: server.pid,
      rtmpPort,
      flvUrl: `http://127.0.0.1:${mediaPort}/flv/{name}.flv`,
      stop: () => server.stop(),
    };
  },
};
