import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { exampleFile } from './config/documents.ts';
import manifest from './package.json' with { type: 'json' };

const MAIN = join(import.meta.dirname, 'main.ts');
const FREE_PORTS = {
  FLUX_PROTOCOLS_RTMP_BIND: '127.0.0.1:0',
  FLUX_PROTOCOLS_RTSP_BIND: '127.0.0.1:0',
  FLUX_HTTP_MEDIA_BIND: '127.0.0.1:0',
  FLUX_SERVER_BIND: '127.0.0.1:0',
  FLUX_DATABASE_URL: 'sqlite::memory:',
  FLUX_AUTH_ENABLED: 'false',
};
const folder = mkdtempSync(join(tmpdir(), 'flux-main-'));
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
  running.clear();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface DemoStream {
  readonly state: string;
  readonly tracks: readonly { readonly codec: string }[];
}

interface Started {
  readonly child: ChildProcess;
  /** Resolves as soon as the text is in the output; rejects where the program ends before. */
  readonly prints: (text: string) => Promise<string>;
  readonly ended: Promise<{ code: number | null; stdout: string; stderr: string }>;
}

function flux(args: readonly string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env.PATH, ...env } });
  running.add(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
  });
  child.stderr.on('data', (data: Buffer) => {
    stderr += data.toString();
  });
  const ended = new Promise<{ code: number | null; stdout: string; stderr: string }>(resolve => {
    child.once('close', code => resolve({ code, stdout, stderr }));
  });
  const prints = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        if (stdout.includes(text)) resolve(stdout);
      };
      look();
      child.stdout.on('data', look);
      child.once('close', code =>
        reject(new Error(`ended with ${code} before "${text}":\n${stdout}${stderr}`)),
      );
    });
  return { child, prints, ended };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('flux', () => {
  it('helps', async () => {
    const { code, stdout, stderr } = await flux(['--help']).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const word of ['--config', '--demo', 'check-config', 'print-config']) expect(stdout).toContain(word);
  });

  it('says its version', async () => {
    expect(await flux(['--version']).ended).toEqual({ code: 0, stdout: `${manifest.version}\n`, stderr: '' });
  });

  it('ends with 2 on wrong usage', async () => {
    const { code, stdout, stderr } = await flux(['--port', '80']).ended;
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toBe("Unknown option '--port'\nflux --help shows what there is.\n");
  });

  it('prints a configuration that it takes', async () => {
    const printed = await flux(['print-config']).ended;
    expect(printed).toEqual({ code: 0, stdout: exampleFile(), stderr: '' });
    const path = file('printed.toml', printed.stdout);
    const checked = await flux(['check-config', path]).ended;
    expect(checked).toEqual({ code: 0, stdout: `${path} is a valid configuration.\n`, stderr: '' });
  });

  it('ends with 78 on a wrong configuration, whether checked or used', async () => {
    const path = file('wrong.toml', '[protocols.rtmp]\nchunk_size = 1\nbnd = "x"\n');
    const message = `${path} is not a valid configuration:
  line 2: protocols.rtmp.chunk_size: 1 is not allowed; allowed: a whole number from 128 to 65536
  line 3: protocols.rtmp.bnd: unknown key; did you mean "bind"?
`;
    expect(await flux(['check-config', path]).ended).toEqual({ code: 78, stdout: '', stderr: message });
    expect(await flux(['--config', path]).ended).toEqual({ code: 78, stdout: '', stderr: message });
  });

  it('starts, says where to publish and watch, and stops on a signal', async () => {
    const { child, prints, ended } = flux([], FREE_PORTS);
    const text = await prints('Ctrl-C');
    const page = text.match(/Watch\s+(http:\/\/127\.0\.0\.1:\d+\/)/)?.[1] ?? '';
    expect(text).toMatch(/ffmpeg .* rtmp:\/\/127\.0\.0\.1:\d+\/live\/NAME/);
    expect(text).toMatch(/http:\/\/127\.0\.0\.1:\d+\/flv\/NAME\.flv/);
    expect(text).toMatch(/http:\/\/127\.0\.0\.1:\d+\/hls\/NAME\/index\.m3u8/);
    expect((await fetch(`${page}healthz`)).status).toBe(200);
    child.kill('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    const messages = stderr
      .trim()
      .split('\n')
      .map(line => JSON.parse(line).msg);
    expect(messages).toEqual(['started', 'stopping', 'stopped']);
  });

  it('says which port is taken, and ends with 1', async () => {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    try {
      for (const [key, variable] of [
        ['protocols.rtmp.bind', 'FLUX_PROTOCOLS_RTMP_BIND'],
        ['protocols.rtsp.bind', 'FLUX_PROTOCOLS_RTSP_BIND'],
        ['http_media.bind', 'FLUX_HTTP_MEDIA_BIND'],
        ['server.bind', 'FLUX_SERVER_BIND'],
      ] as const) {
        const env = { ...FREE_PORTS, [variable]: `127.0.0.1:${port}` };
        expect(await flux([], env).ended).toEqual({
          code: 1,
          stdout: '',
          stderr: `127.0.0.1:${port} is taken: another program listens there already. Stop that program, or set ${key} in the configuration, or ${variable}, to another address.\n`,
        });
      }
    } finally {
      server.close();
    }
  });

  it('names the folder that it cannot write, where files are to be stored', async () => {
    const blocked = file('blocked', 'a file, not a folder');
    const { code, stderr } = await flux([], {
      ...FREE_PORTS,
      FLUX_PROTOCOLS_HLS_STORAGE: 'file',
      FLUX_MEDIA_STORAGE_DIR: join(blocked, 'inside'),
    }).ended;
    expect(code).toBe(78);
    expect(stderr).toContain('protocols.hls.storage is "file", but the folder cannot be written: ');
  });

  it('names the certificate that is none', async () => {
    const path = file('not.pem', 'nothing');
    const { code, stderr } = await flux([], {
      ...FREE_PORTS,
      FLUX_PROTOCOLS_RTMP_TLS_BIND: '127.0.0.1:0',
      FLUX_PROTOCOLS_RTMP_TLS_CERTIFICATE: path,
      FLUX_PROTOCOLS_RTMP_TLS_KEY: path,
    }).ended;
    expect(code).toBe(78);
    expect(stderr).toContain(`protocols.rtmp.tls_certificate (${path})`);
  });

  it('says what is odd, and starts', async () => {
    const { child, prints, ended } = flux([], {
      ...FREE_PORTS,
      FLUX_PROTOCOLS_ENABLED: 'gb28181,flv',
      FLUX_PROTOCOLS_GB28181_BIND_SIP: '127.0.0.1:0',
      FLUX_PROTOCOLS_GB28181_BIND_RTP: '127.0.0.1:0',
    });
    expect(await prints('Ctrl-C')).not.toContain('ffmpeg');
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect(code).toBe(0);
    expect(stderr).toContain('gb28181 is enabled, but no device can register');
  });

  it('publishes the demo', async () => {
    const { child, prints, ended } = flux(['--demo'], FREE_PORTS);
    const text = await prints('Ctrl-C');
    const page = text.match(/Watch\s+(http:\/\/127\.0\.0\.1:\d+\/)/)?.[1] ?? '';
    const look = async () => (await (await fetch(`${page}api/v1/streams/demo`)).json()) as DemoStream;
    await expect.poll(async () => (await look()).state, { timeout: 15_000 }).toBe('live');
    expect((await look()).tracks.map(track => track.codec).sort()).toEqual(['aac', 'h264']);
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
  });
});
