/** The whole product: hooks of the configuration on several nodes, and a configuration that is read anew. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient, take } from '@flux-iot/client/client';
import { describe, expect, it } from 'vitest';
import { clip } from './support/clips.ts';
import { FluxCluster } from './support/flux-process.ts';
import { decide, HookServer } from './support/hook-server.ts';
import { lacks, RunningProcess, until } from './support/processes.ts';

/** A configuration file that changes. */
function configuration() {
  const folder = mkdtempSync(join(tmpdir(), 'flux-e2e-'));
  const path = join(folder, 'flux.toml');
  return {
    path,
    write: (toml: string) => writeFileSync(path, toml),
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

const NETWORKS = '[server]\nhook_networks = ["127.0.0.0/8"]\n';

function hook(url: string): string {
  return `[[hooks]]\nurl = "${url}"\nsecret = "a-secret-of-the-configuration"\ndecides = ["publish", "play"]\nevents = ["stream-ready"]\n`;
}

async function publisher(flux: FluxCluster, id: string) {
  const source = await clip('h264-aac-70s.flv');
  const target = ['-f', 'flv', flux.rtmpUrl(id)];
  return new RunningProcess('ffmpeg', ['-v', 'error', '-re', '-i', source, '-c', 'copy', ...target]);
}

/** The status of a viewer's request, which ends there. */
async function view(url: string): Promise<number> {
  const abort = new AbortController();
  const { status } = await fetch(url, { signal: abort.signal });
  abort.abort();
  return status;
}

describe.skipIf(lacks('ffmpeg'))('flux with a configuration file', () => {
  it('asks hooks on every node, and reads the file anew while streams go on (41)', {
    timeout: 120_000,
  }, async () => {
    await using server = await HookServer.start(decide({ allow: true }));
    using file = configuration();
    file.write(`${NETWORKS}${hook(server.url)}`);
    await using flux = await FluxCluster.start(2, {}, ['--config', file.path]);
    const client = createClient({ baseUrl: flux.api });
    await using cam1 = await publisher(flux, 'cam1');
    await flux.untilLive('cam1');
    await until('the event came', () => server.of('stream-ready').length === 1);
    expect(server.of('on_publish').map(({ data }) => data.stream_id)).toEqual(['cam1']);
    // Connections are spread over both nodes, and the one that lacks the stream fetches it unasked.
    for (let number = 0; number < 8; number++) expect(await view(flux.flvUrl('cam1'))).toBe(200);
    expect(new Set(server.of('on_play').map(({ data }) => data.node)).size).toBe(2);
    expect(server.of('on_play').length).toBe(8);

    server.reply = decide({ allow: false });
    expect(await view(flux.flvUrl('cam1'))).toBe(403);
    file.write(`${NETWORKS}rate_limit = 1000\n[media]\nmax_streams = 7\ndiscovery_seconds = 3\n`);
    const reload = await take(client.POST('/api/v1/config/reload'));
    expect(reload.programs).toEqual(
      ['server', 'node-1', 'node-2'].map(program => ({
        program,
        applied: expect.arrayContaining(['hooks', 'server.rate_limit', 'media.max_streams']),
        needs_restart: ['media.discovery_seconds'],
      })),
    );
    expect(await view(flux.flvUrl('cam1'))).toBe(200);
    expect((await take(client.GET('/api/v1/hooks'))).total).toBe(0);

    file.write(`${NETWORKS}${hook(server.url)}`);
    flux.process.kill('SIGHUP');
    await until('hooks are asked again', async () => (await view(flux.flvUrl('cam1'))) === 403);
    expect(cam1.child.exitCode).toBeNull();

    file.write('[server]\nbind = 5\n');
    const refused = client.POST('/api/v1/config/reload');
    await expect(take(refused)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await view(flux.flvUrl('cam1'))).toBe(403);
    expect(cam1.child.exitCode).toBeNull();
  });

  it('lets nobody in by whom the server is to be asked, while the server is away', {
    timeout: 120_000,
  }, async () => {
    await using server = await HookServer.start(decide({ allow: true }));
    using file = configuration();
    file.write(`${NETWORKS}${hook(server.url)}`);
    await using flux = await FluxCluster.start(1, {}, ['--config', file.path]);
    await using cam1 = await publisher(flux, 'cam1');
    await flux.untilLive('cam1');
    expect(await view(flux.flvUrl('cam1'))).toBe(200);
    server.reply = decide({ allow: false });
    const pid = programPid(flux.process.child.pid, 'server');
    const before = server.of('on_play').length;
    process.kill(pid, 'SIGKILL');
    const end = Date.now() + 6000;
    while (Date.now() < end) expect(await view(flux.flvUrl('cam1'))).not.toBe(200);
    expect(programPid(flux.process.child.pid, 'server')).not.toBe(pid);
    expect(server.of('on_play').length).toBeGreaterThan(before);
    server.reply = decide({ allow: true });
    expect(await view(flux.flvUrl('cam1'))).toBe(200);
    expect(cam1.child.exitCode).toBeNull();
  });
});

/** A program that `flux` has started. */
function programPid(flux: number | undefined, name: string): number {
  const children = readFileSync(`/proc/${flux}/task/${flux}/children`, 'utf8').trim().split(' ').map(Number);
  const found = children.find(pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes(name));
  if (found === undefined) throw new Error(`there is no program ${name}`);
  return found;
}
