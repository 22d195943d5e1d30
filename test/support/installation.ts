import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const PROJECT = path.join(import.meta.dirname, '../..');
export const ADMIN = { email: 'admin@installation.example', password: 'an administrator of the tests' };

/** A running application of an installation. */
export class RunningApp {
  readonly process: ChildProcess;
  /** The exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  #said = '';

  constructor(child: ChildProcess) {
    this.process = child;
    this.ended = new Promise((resolve) => child.on('exit', resolve));
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
  }

  /** Everything it has printed so far. */
  get said(): string {
    return this.#said;
  }

  /** Its log, parsed. */
  get logged(): Record<string, unknown>[] {
    const lines = this.#said.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'));
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  get address(): string {
    return /Kabinet is (?:ready|working).*?(http:\/\/[^\s/]+)/.exec(this.#said)?.[1] ?? '';
  }

  /** @throws with what it printed, when it ends instead */
  async ready(): Promise<this> {
    let over = false;
    void this.ended.then(() => (over = true));
    while (this.address === '') {
      if (over) throw new Error(`It did not start: ${this.#said}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    return this;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.process.kill(signal);
    return this.ended;
  }
}

/** An installation with a data folder, and so a PostgreSQL, of its own. */
export class Installation {
  readonly dataDir: string;
  readonly #apps: RunningApp[] = [];

  constructor(name = 'kabinet own ') {
    this.dataDir = fs.mkdtempSync(path.join(os.tmpdir(), name));
    fs.chmodSync(this.dataDir, 0o755);
  }

  environment(more: Record<string, string> = {}): Record<string, string> {
    return {
      PATH: process.env['PATH'] ?? '',
      NODE_ENV: 'test',
      NODE_COMPILE_CACHE: path.join(os.tmpdir(), 'kabinet-compile-cache'),
      DATA_DIR: this.dataDir,
      SEED_DEMO: 'false',
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      ECB_RATES_URL: 'off',
      CBR_RATES_URL: 'off',
      PORT: '0',
      ...more,
    };
  }

  /** Starts the application as `npm start` does. */
  start(environment: Record<string, string> = {}): Promise<RunningApp> {
    return this.run([process.execPath, 'src/server.ts'], { environment }).ready();
  }

  run(
    [program = '', ...args]: string[],
    { environment = {}, detached = false }: { environment?: Record<string, string>; detached?: boolean } = {},
  ): RunningApp {
    const child = spawn(program, args, {
      cwd: PROJECT,
      env: this.environment(environment),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached,
    });
    const app = new RunningApp(child);
    this.#apps.push(app);
    return app;
  }

  /** Kills what runs, which works in every state, and removes the files. */
  async remove() {
    for (const { process: child } of this.#apps) child.kill('SIGKILL');
    await Promise.all(this.#apps.map(({ ended }) => ended));
    this.signalPostgres('SIGCONT');
    if (this.postmaster) signal(this.postmaster, 'SIGQUIT');
    while (this.postmaster) await new Promise((resolve) => setTimeout(resolve, 50));
    fs.rmSync(this.dataDir, { recursive: true, force: true });
  }

  get #pidFile(): string[] {
    const file = path.join(this.dataDir, 'postgres/cluster/postmaster.pid');
    return fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n') : [];
  }

  /** The process of its PostgreSQL, if there is one. */
  get postmaster(): number | undefined {
    const pid = Number(this.#pidFile[0] ?? 0);
    return pid > 0 && isAlive(pid) ? pid : undefined;
  }

  get databasePort(): number {
    return Number(this.#pidFile[3] ?? 0);
  }

  killPostmaster() {
    if (this.postmaster) signal(this.postmaster, 'SIGKILL');
  }

  /** To every process of its PostgreSQL, the first one last. */
  signalPostgres(name: NodeJS.Signals) {
    const { postmaster } = this;
    if (!postmaster) return;
    for (const pid of [...childrenOf(postmaster), postmaster]) signal(pid, name);
  }

  secrets() {
    return JSON.parse(fs.readFileSync(path.join(this.dataDir, 'secrets.json'), 'utf8')) as {
      databaseOwnerPassword: string;
      databasePassword: string;
      sandbox: string;
    };
  }

  ownerUrl(database = 'kabinet'): string {
    return `postgres://kabinet_owner:${this.secrets().databaseOwnerPassword}@127.0.0.1:${this.databasePort}/${database}`;
  }

  applicationUrl(database = 'kabinet'): string {
    return `postgres://kabinet_app:${this.secrets().databasePassword}@127.0.0.1:${this.databasePort}/${database}`;
  }
}

function signal(pid: number, name: NodeJS.Signals) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A zombie, which has ended and was not waited for, does not count. */
function isAlive(pid: number): boolean {
  return processes().some((process) => process.pid === pid && !process.state.startsWith('Z'));
}

const childrenOf = (parent: number) =>
  processes()
    .filter((process) => process.parent === parent && !process.state.startsWith('Z'))
    .map(({ pid }) => pid);

function processes() {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,stat='], { encoding: 'utf8' }).trim().split('\n');
  return lines.map((line) => {
    const [pid, parent, state = ''] = line.trim().split(/\s+/);
    return { pid: Number(pid), parent: Number(parent), state };
  });
}
