import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './flux-process.ts';
import { RunningProcess, run, until } from './processes.ts';

const USER = 'test:tester';
/** Without a space: the configuration separates by them. */
const SECRET = 'not-a-real-secret';
const SERVICES = ['account', 'container', 'object'] as const;
const PIPELINE =
  'catch_errors proxy-logging cache listing_formats bulk s3api tempauth slo dlo proxy-logging proxy-server';

/**
 * OpenStack Swift with its S3 API, on this machine: an object store of the kind that providers run. One replica on one
 * disk; signatures of version 4 are checked, and uploads in parts become segments and a manifest of them.
 */
export class Swift {
  readonly endpoint: string;
  readonly accessKeyId = USER;
  readonly secretAccessKey = SECRET;
  readonly bucket = 'recordings';
  readonly region = 'us-east-1';
  readonly #folder: string;
  readonly #services: readonly RunningProcess[];
  #proxy: RunningProcess | undefined;

  private constructor(folder: string, port: number, services: readonly RunningProcess[]) {
    this.#folder = folder;
    this.#services = services;
    this.endpoint = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<Swift> {
    const folder = mkdtempSync(join(tmpdir(), 'flux-swift-'));
    const [proxyPort = 0, ...ports] = await freePorts(1 + SERVICES.length);
    mkdirSync(join(folder, 'devices/disk'), { recursive: true });
    writeFileSync(join(folder, 'swift.conf'), '[swift-hash]\nswift_hash_path_suffix = test\n');
    const configure = async (service: (typeof SERVICES)[number], port: number | undefined) => {
      const builder = join(folder, `${service}.builder`);
      for (const args of [
        ['create', '6', '1', '1'],
        ['add', `r1z1-127.0.0.1:${port}/disk`, '1'],
        ['rebalance'],
      ]) {
        await run('swift-ring-builder', [builder, ...args]);
      }
      writeFileSync(
        join(folder, `${service}.conf`),
        `[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = ${port}\nworkers = 0\nuser = root\nswift_dir = ${folder}\n` +
          `devices = ${join(folder, 'devices')}\nmount_check = false\nlog_address = /nowhere\n` +
          `[pipeline:main]\npipeline = ${service}-server\n[app:${service}-server]\nuse = egg:swift#${service}\n`,
      );
    };
    await Promise.all(SERVICES.map((service, index) => configure(service, ports[index])));
    writeFileSync(
      join(folder, 'proxy.conf'),
      `[DEFAULT]\nbind_ip = 127.0.0.1\nbind_port = ${proxyPort}\nworkers = 0\nuser = root\nswift_dir = ${folder}\n` +
        `log_address = /nowhere\n[pipeline:main]\npipeline = ${PIPELINE}\n` +
        '[app:proxy-server]\nuse = egg:swift#proxy\nallow_account_management = true\naccount_autocreate = true\n' +
        `[filter:tempauth]\nuse = egg:swift#tempauth\nuser_test_tester = ${SECRET} .admin\n` +
        '[filter:s3api]\nuse = egg:swift#s3api\ns3_acl = false\nlocation = us-east-1\nmin_segment_size = 5242880\n' +
        [
          'catch_errors',
          'proxy-logging:proxy_logging',
          'cache:memcache',
          'listing_formats',
          'bulk',
          'slo',
          'dlo',
        ]
          .map(filter => filter.split(':'))
          .map(([name, egg = name]) => `[filter:${name}]\nuse = egg:swift#${egg}\n`)
          .join(''),
    );
    const services = SERVICES.map(
      service => new RunningProcess(`swift-${service}-server`, [join(folder, `${service}.conf`)]),
    );
    const swift = new Swift(folder, proxyPort, services);
    await swift.comeBack();
    return swift;
  }

  /** The store is away: nobody listens at its address. */
  async goAway(): Promise<void> {
    await this.#proxy?.[Symbol.asyncDispose]();
    this.#proxy = undefined;
  }

  async comeBack(): Promise<void> {
    const proxy = new RunningProcess('swift-proxy-server', [join(this.#folder, 'proxy.conf')]);
    this.#proxy = proxy;
    await until(
      'the object store answers',
      async () => {
        if (proxy.child.exitCode !== null) throw new Error(`it ended: ${proxy.stdout}${proxy.stderr}`);
        return fetch(this.endpoint)
          .then(() => true)
          .catch(() => false);
      },
      30_000,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.goAway();
    await Promise.all(this.#services.map(service => service[Symbol.asyncDispose]()));
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
