import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { type Database, openDatabase } from './open-database.ts';

export interface TestDatabases {
  readonly kind: Database['kind'];
  /** A new, empty database; closed after the tests. */
  open(): Promise<Database>;
  /** The URL of a new, empty one, for tests that open it more than once. */
  url(): Promise<string>;
}

/**
 * The same tests on SQLite and on a PostgreSQL server, which is started for them where it is installed and left out,
 * saying so, where it is not.
 */
export function describeDatabases(title: string, tests: (databases: TestDatabases) => void): void {
  describe(`${title}, on SQLite`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'flux-sqlite-'));
    run('sqlite', async () => `sqlite:${join(folder, `${randomUUID()}.db`)}`, tests);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));
  });
  const programs = postgresqlPrograms();
  if (programs === undefined) {
    describe.skip(`${title}, on PostgreSQL: it is not installed (package postgresql)`, () => tests(NONE));
    return;
  }
  describe(`${title}, on PostgreSQL`, () => {
    let server: PostgresqlServer | undefined;
    run('postgresql', async () => server!.createDatabase(), tests);
    beforeAll(async () => {
      server = await PostgresqlServer.start(programs);
    }, 60_000);
    afterAll(() => server?.stop());
  });
}

const NONE: TestDatabases = {
  kind: 'postgresql',
  open: () => Promise.reject(new Error('there is no database')),
  url: () => Promise.reject(new Error('there is no database')),
};

function run(
  kind: Database['kind'],
  url: () => Promise<string>,
  tests: (databases: TestDatabases) => void,
): void {
  const opened: Database[] = [];
  tests({
    kind,
    url,
    async open() {
      const database = await openDatabase(await url());
      opened.push(database);
      return database;
    },
  });
  afterAll(() => Promise.all(opened.map(database => database.close())));
}

/** Where Debian and its like keep the programs of a server, which are not on the path. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

/** The folder with `initdb` and `postgres`, if there is one. */
function postgresqlPrograms(): string | undefined {
  const versions = existsSync(DEBIAN_FOLDER)
    ? readdirSync(DEBIAN_FOLDER).sort((a, b) => Number(b) - Number(a))
    : [];
  const folders = versions.map(version => join(DEBIAN_FOLDER, version, 'bin'));
  return [...folders, '/usr/local/bin', '/usr/bin', '/opt/homebrew/bin'].find(
    folder => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  );
}

/** A PostgreSQL server of the tests' own, on a free port, in a temporary folder. */
class PostgresqlServer {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #port: number;

  private constructor(process: ChildProcess, folder: string, port: number) {
    this.#process = process;
    this.#folder = folder;
    this.#port = port;
  }

  static async start(programs: string): Promise<PostgresqlServer> {
    const folder = mkdtempSync(join(tmpdir(), 'flux-postgresql-'));
    const user = unprivilegedUser();
    if (user) chownSync(folder, user.uid, user.gid);
    chmodSync(folder, 0o700);
    const data = join(folder, 'data');
    const options = {
      ...user,
      cwd: folder,
      stdio: 'ignore' as const,
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8' },
    };
    execFileSync(
      join(programs, 'initdb'),
      ['--pgdata', data, '--username', 'flux', '--auth', 'trust', '--encoding', 'UTF8', '--no-sync'],
      options,
    );
    const port = await freePort();
    const settings = { port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' };
    const server = spawn(
      join(programs, 'postgres'),
      ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      options,
    );
    const started = new PostgresqlServer(server, folder, port);
    await started.#untilReady();
    return started;
  }

  async createDatabase(): Promise<string> {
    const name = `t${randomUUID().replaceAll('-', '')}`;
    await this.#ask(`CREATE DATABASE ${name}`);
    return `postgresql://flux@127.0.0.1:${this.#port}/${name}`;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      // Immediate shutdown: what is in it is thrown away.
      this.#process.kill('SIGQUIT');
      await once(this.#process, 'exit');
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #untilReady(): Promise<void> {
    for (let attempt = 0; attempt < 200; attempt++) {
      if (this.#process.exitCode !== null) throw new Error('PostgreSQL ended at its start.');
      try {
        await this.#ask('SELECT 1');
        return;
      } catch {
        await delay(100);
      }
    }
    throw new Error('PostgreSQL does not answer.');
  }

  async #ask(statement: string): Promise<void> {
    const client = new pg.Client({ host: '127.0.0.1', port: this.#port, user: 'flux', database: 'postgres' });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }
}

/** The server refuses to run as root: as `postgres` then, or else as `nobody`. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = ['-u', '-g'].map(option =>
        Number(execFileSync('id', [option, name], { encoding: 'utf8' })),
      );
      return { uid: uid!, gid: gid! };
    } catch {
      // There is no such user.
    }
  }
  return undefined;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
