/**
 * The programs of others that the end-to-end tests run, and the Debian packages that bring them. `ensureClients`
 * installs what is missing where it may (root on a system with apt); tests ask `missingClients` and are skipped,
 * with the names said, where something is still missing.
 */
import { spawnSync } from 'node:child_process';

const PACKAGE_OF = {
  ffmpeg: ['ffmpeg'],
  ffprobe: ['ffmpeg'],
  'gst-launch-1.0': [
    'gstreamer1.0-tools',
    'gstreamer1.0-plugins-base',
    'gstreamer1.0-plugins-good',
    'gstreamer1.0-plugins-bad',
    'gstreamer1.0-plugins-ugly',
    'gstreamer1.0-libav',
    'gstreamer1.0-rtsp',
  ],
  rtmpdump: ['rtmpdump'],
  chromium: ['chromium', 'fonts-dejavu-core'],
  openssl: ['openssl'],
  'gst-rtsp-server': ['python3-gi', 'gir1.2-gst-rtsp-server-1.0'],
  swift: ['swift-proxy', 'swift-account', 'swift-container', 'swift-object'],
  sipp: ['sip-tester'],
} as const satisfies Record<string, readonly string[]>;

export type Client = keyof typeof PACKAGE_OF;

export const CLIENTS = Object.keys(PACKAGE_OF) as readonly Client[];

/** How it is seen that a client is there that is no command. */
const PROOF_OF: Partial<Record<Client, string>> = {
  swift: 'command -v swift-proxy-server',
  'gst-rtsp-server': `/usr/bin/python3 -c "import gi; gi.require_version('GstRtspServer', '1.0')"`,
};

function isInstalled(client: Client): boolean {
  const proof = PROOF_OF[client] ?? `command -v ${client}`;
  return spawnSync('sh', ['-c', proof], { stdio: 'ignore' }).status === 0;
}

export function missingClients(wanted: readonly Client[] = CLIENTS): Client[] {
  return wanted.filter(client => !isInstalled(client));
}

/** Installs the missing clients if the machine lets us; returns those that are still missing. */
export function ensureClients(): Client[] {
  const missing = missingClients();
  if (missing.length === 0) return [];
  const packages = [...new Set(missing.flatMap(client => PACKAGE_OF[client]))];
  const mayInstall = process.getuid?.() === 0 && spawnSync('sh', ['-c', 'command -v apt-get']).status === 0;
  if (!mayInstall) {
    console.log(`Missing for the end-to-end tests: ${missing.join(', ')}.`);
    console.log(`On Debian or Ubuntu: sudo apt-get install --no-install-recommends ${packages.join(' ')}`);
    return missing;
  }
  console.log(`Installing the clients that the end-to-end tests need: ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [
    ['update', '-q'],
    ['install', '-y', '-q', '--no-install-recommends', ...packages],
  ]) {
    const run = spawnSync('apt-get', args, { env, encoding: 'utf8' });
    if (run.status !== 0) console.log(`apt-get ${args[0]} failed:\n${run.stderr.slice(-1000)}`);
  }
  return missingClients();
}
