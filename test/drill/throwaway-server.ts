import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { connect, type Db } from '../../src/platform/db/database.ts';

const SUPERUSER = 'postgres';
export const DATABASE = 'kabinet';
export type Role = 'postgres' | 'kabinet_owner' | 'kabinet_app';

/** A PostgreSQL server of the installed programs, on loopback, in a folder that goes with it. */
export class ThrowawayServer {
  readonly port: number;
  readonly password = randomBytes(12).toString('hex');
  readonly #programs: string;
  readonly #data: string;

  private constructor(programs: string, data: string, port: number) {
    this.#programs = programs;
    this.#data = data;
    this.port = port;
  }

  static async start(programs: string, folder: string): Promise<ThrowawayServer> {
    const data = path.join(folder, 'data');
    const server = new ThrowawayServer(programs, data, await freePort());
    fs.mkdirSync(folder);
    const passwordFile = path.join(folder, 'password');
    fs.writeFileSync(passwordFile, server.password);
    giveTo(folder, passwordFile);
    const locale = ['--encoding=UTF8', '--locale=C.UTF-8'];
    server.#run('initdb', [
      `--pgdata=${data}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      ...locale,
    ]);
    const settings = `-c listen_addresses=127.0.0.1 -c unix_socket_directories= -c port=${server.port} -c fsync=off`;
    server.#run('pg_ctl', ['start', '-w', '-D', data, '-l', path.join(folder, 'log'), '-o', settings]);
    return server;
  }

  /** The two roles and an empty database, as the guide says. */
  async prepare({ extension }: { extension: boolean }) {
    await this.as('postgres', 'postgres', async (db) => {
      for (const role of ['kabinet_owner', 'kabinet_app'])
        await db.raw(`create role ${role} login password '${this.password}'`);
      await db.raw(
        `create database ${DATABASE} owner kabinet_owner encoding 'UTF8' template template0
         locale_provider icu icu_locale 'und' locale 'C.UTF-8'`,
      );
    });
    if (extension) await this.as('postgres', DATABASE, (db) => db.raw('create extension citext'));
  }

  url(role: Role, database = DATABASE): string {
    return `postgres://${role}:${this.password}@127.0.0.1:${this.port}/${database}`;
  }

  async as<T>(role: Role, database: string, work: (db: Db) => PromiseLike<T>): Promise<T> {
    const db = connect(this.url(role, database), { pool: 1, applicationName: 'kabinet-drill' });
    try {
      return await work(db);
    } finally {
      await db.destroy();
    }
  }

  /** pg_dump or pg_restore, on this server. */
  runClient(name: 'pg_dump' | 'pg_restore', role: Role, args: string[]) {
    const where = ['--host=127.0.0.1', `--port=${this.port}`, `--username=${role}`];
    execFileSync(path.join(this.#programs, name), [...where, ...args], {
      env: { ...process.env, PGPASSWORD: this.password },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }

  /** Stops it at once, without saving anything. */
  stop() {
    this.#run('pg_ctl', ['stop', '-m', 'immediate', '-D', this.#data]);
  }

  #run(name: string, args: string[]) {
    // pg_ctl's server keeps what it inherits open, so it may be no pipe that we wait for.
    execFileSync(path.join(this.#programs, name), args, { ...serverUser(), cwd: '/', stdio: 'ignore' });
  }
}

/** PostgreSQL does not run as root. */
function serverUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

function giveTo(...files: string[]) {
  const user = serverUser();
  if (user) for (const file of files) fs.chownSync(file, user.uid, user.gid);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
