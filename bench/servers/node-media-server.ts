import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freePorts } from './ports.ts';
import type { RunningServer, Server } from './server.ts';
import { ServerProcess, temporaryFolder } from './server-process.ts';

export const nodeMediaServer: Server = {
  name: 'node-media-server',
  settings: 'the configuration that it brings; addresses, data and record folders by its command line',
  hasFlv: true,
  hasNodes: false,

  async missing(): Promise<string | undefined> {
    return installation() ? undefined : 'its package is not installed (npm ci)';
  },

  async version(): Promise<string> {
    const file = join(installation() ?? '', 'package.json');
    return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  },

  async start(signal: AbortSignal): Promise<RunningServer> {
    const bin = join(installation() ?? '', 'bin');
    const [rtmpPort = 0, rtmpsPort = 0, httpPort = 0, httpsPort = 0] = await freePorts(4);
    const folder = temporaryFolder();
    // It writes secrets that it makes into its configuration, so it is given a copy.
    const configuration = join(folder, 'config.json');
    writeFileSync(configuration, readFileSync(join(bin, 'config.json')));
    const server = new ServerProcess(folder, {
      command: process.execPath,
      args: [
        join(bin, 'app.js'),
        ...['--config', configuration, '--bind', '127.0.0.1'],
        ...['--rtmp-port', `${rtmpPort}`, '--rtmps-port', `${rtmpsPort}`],
        ...['--http-port', `${httpPort}`, '--https-port', `${httpsPort}`],
        ...['--data-path', join(folder, 'data'), '--record-path', join(folder, 'record')],
      ],
      // Its certificate is looked for in the working folder.
      cwd: bin,
    });
    await server.untilListening([rtmpPort, httpPort], signal);
    return {
      pid: server.pid,
      rtmpPort,
      flvUrl: `http://127.0.0.1:${httpPort}/live/{name}.flv`,
      stop: () => server.stop(),
    };
  },
};

function installation(): string | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve('node-media-server');
    const folder = dirname(dirname(entry));
    return existsSync(join(folder, 'bin/app.js')) ? folder : undefined;
  } catch {
    return undefined;
  }
}
