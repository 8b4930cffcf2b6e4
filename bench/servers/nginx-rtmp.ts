import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts } from './ports.ts';
import type { RunningServer, Server } from './server.ts';
import { outputOf, ServerProcess, temporaryFolder } from './server-process.ts';

const MODULES = ['/usr/lib/nginx/modules/ngx_rtmp_module.so', '/usr/lib64/nginx/modules/ngx_rtmp_module.so'];

export const nginxRtmp: Server = {
  name: 'nginx-rtmp',
  settings:
    'defaults; one worker, since a stream lives in the worker that took it; `live on`; access log off; room for 16384 connections',
  hasFlv: false,
  hasNodes: false,

  async missing(): Promise<string | undefined> {
    if ((await nginxVersion()) === undefined) return 'nginx is not installed (Debian: nginx-light)';
    return moduleFile() ? undefined : 'its RTMP module is not installed (Debian: libnginx-mod-rtmp)';
  },

  async version(): Promise<string> {
    const nginx = await nginxVersion();
    const module = (
      await outputOf('dpkg-query', ['-W', '-f', '$' + '{Version}', 'libnginx-mod-rtmp'])
    )?.trim();
    return `nginx ${nginx ?? '?'}, module ${module ?? '?'}`;
  },

  async start(signal: AbortSignal): Promise<RunningServer> {
    const [rtmpPort = 0] = await freePorts(1);
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'logs'));
    const file = join(folder, 'nginx.conf');
    writeFileSync(file, configuration(folder, rtmpPort));
    const server = new ServerProcess(folder, {
      command: 'nginx',
      args: ['-p', folder, '-c', file, '-e', join(folder, 'logs/error.log')],
    });
    await server.untilListening([rtmpPort], signal);
    return { pid: server.pid, rtmpPort, flvUrl: undefined, stop: () => server.stop() };
  },
};

async function nginxVersion(): Promise<string | undefined> {
  return /nginx\/(\S+)/.exec((await outputOf('nginx', ['-v'])) ?? '')?.[1];
}

function moduleFile(): string | undefined {
  return MODULES.find(existsSync);
}

function configuration(folder: string, rtmpPort: number): string {
  // Started by root, nginx gives its workers to another user unless told not to.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  return `
load_module ${moduleFile()};
${user}
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/nginx.pid;
error_log ${folder}/logs/error.log error;
events { worker_connections 16384; }
rtmp {
  access_log off;
  server {
    listen 127.0.0.1:${rtmpPort};
    application live { live on; }
  }
}
`;
}
