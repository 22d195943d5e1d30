import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { findPrograms, likelyFolders } from '../drill/programs.ts';
import { ThrowawayServer } from '../drill/throwaway-server.ts';
import { type Block, readBlocks } from './guide-blocks.ts';
import { localised, type Scratch } from './scratch.ts';

/**
 * Runs the commands of docs/guide.md in their order, as root on Debian, in a scratch folder with a database of its own:
 * see guide-blocks.ts for which blocks, scratch.ts for what is put where, stand-ins.sh for what is done instead of
 * changing the machine. Lists what it cannot run, with the reason. Exit code 1: a command failed. It installs
 * postgresql, nginx and openssl where they are missing, clones what is committed, and leaves nothing else.
 */
const PROJECT = path.join(import.meta.dirname, '../..');
const STAND_INS = path.join(import.meta.dirname, 'stand-ins.sh');

/** What npm and git need to reach where packages come from; nothing that configures the portal. */
const PASSED_ON = /^(PATH|HOME|TMPDIR|LANG|LC_\w+|NODE_EXTRA_CA_CERTS|\w*SSL_C\w+|\w+_proxy|npm_config_\w+)$/i;

const found = findPrograms(likelyFolders());
if (process.getuid?.() !== 0 || !fs.existsSync('/etc/debian_version') || 'missing' in found) {
  console.error(`The guide is run as root on Debian with PostgreSQL${'missing' in found ? `: ${found.missing}` : ''}.`);
  process.exit(2);
}
const blocks = readBlocks();
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet-guide-'));
fs.chmodSync(folder, 0o755);
let database: ThrowawayServer | undefined;
/** Of the shell and all that it started, except nginx, which leaves its group. */
let group: number | undefined;
let failed = true;
process.on('exit', () => {
  stopWhatRuns(folder);
  try {
    database?.stop();
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
try {
  database = await ThrowawayServer.start(found.folder, path.join(folder, 'postgres'));
  const ports = { 5432: database.port, ...(await freePorts([80, 443, 3001, 3002, 3009])) };
  const scratch: Scratch = { folder, ports, project: PROJECT };
  prepare(scratch, blocks);
  failed = (await run(scratch, database.password, scriptOf(scratch, blocks))) !== 0;
} catch (error) {
  console.error((error as Error).message);
}
for (const block of blocks) if (block.kind === 'skip') console.log(`not run here, line ${block.line}: ${block.reason}`);
console.log('not run here: systemctl, useradd and the user of that name; the units were started by what they say');
console.log(failed ? 'The guide does NOT work' : 'The guide works');
process.exitCode = failed ? 1 : 0;

/** The files of the guide, a certificate, and an nginx that has nothing to do with the machine's. */
function prepare({ folder: root, ...scratch }: Scratch, all: Block[]) {
  const certificate = path.join(root, 'etc/letsencrypt/live/portal.example.com');
  for (const each of [
    'log',
    'run',
    'etc/nginx/sites-enabled',
    'etc/nginx/sites-available',
    'var/www/html',
    certificate,
  ])
    fs.mkdirSync(path.resolve(root, each), { recursive: true });
  for (const block of all)
    if (block.kind === 'file') {
      fs.mkdirSync(path.dirname(root + block.path), { recursive: true });
      fs.writeFileSync(root + block.path, localised(block.text, { folder: root, ...scratch }));
    }
  const subject = ['-subj', '/CN=portal.example.com', '-addext', 'subjectAltName=DNS:portal.example.com'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      ...subject,
      '-keyout',
      `${certificate}/privkey.pem`,
      '-out',
      `${certificate}/fullchain.pem`,
    ],
    { stdio: 'ignore' },
  );
  fs.writeFileSync(
    path.join(root, 'nginx.conf'),
    `user root; pid run/nginx.pid; error_log log/nginx; events {}\nhttp { access_log off; ${[
      'client_body',
      'proxy',
      'fastcgi',
      'uwsgi',
      'scgi',
    ]
      .map((name) => `${name}_temp_path run/${name};`)
      .join(' ')} include etc/nginx/sites-enabled/*; }\n`,
  );
}

/** One shell for all blocks, as for the one who reads; nothing is run unless all of it may be. */
function scriptOf(scratch: Scratch, all: Block[]): string {
  const parts = all.flatMap((block) =>
    block.kind === 'run' ? [`echo "@@ ${block.line}"\n${localised(block.text, scratch, { commands: true })}`] : [],
  );
  const upgrade = parts.findIndex((part) => part.includes('systemctl restart'));
  parts[upgrade] = `keep_asking\n${parts[upgrade]}\nstop_asking`;
  const promises = ['signs_in "$admin_password"', 'redirects'].map((promise) => `echo '@@ ${promise}'\n${promise}`);
  return ['set -euo pipefail', `. "${STAND_INS}"`, ...parts, ...promises].join('\n');
}

function run({ folder: root, ports }: Scratch, password: string, script: string): Promise<number | null> {
  const file = path.join(root, 'guide.sh');
  fs.writeFileSync(file, script);
  const own = {
    SCRATCH: root,
    HTTP_PORT: String(ports[80]),
    HTTPS_PORT: String(ports[443]),
    DATABASE_PORT: String(ports[5432]),
    DATABASE_PASSWORD: password,
  };
  const env = { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => PASSED_ON.test(name))), ...own };
  const shell = spawn('bash', [file], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  group = shell.pid;
  let where = 'the beginning';
  let said: string[] = [];
  const listen = (chunk: Buffer) => {
    for (const line of chunk.toString().split('\n')) {
      const [, next] = /^@@ (.*)/.exec(line) ?? [];
      if (next) {
        const seconds = Math.round(performance.now() / 1000);
        console.log(`${String(seconds).padStart(4)} s  ${/^\d+$/.test(next) ? `line ${next}` : next}`);
        [where, said] = [next, []];
      } else if (line.startsWith('Requests during')) console.log(line);
      else if (line !== '') said.push(line);
    }
  };
  shell.stdout.on('data', listen);
  shell.stderr.on('data', listen);
  return new Promise((resolve) => {
    shell.on('close', (code) => {
      if (code !== 0) console.error(`Failed at ${where}:\n${said.slice(-30).join('\n')}\n${lastLogs(root)}`);
      resolve(code);
    });
    // The processes that the units start are children of the shell and keep its outputs to themselves.
    shell.on('error', () => resolve(1));
  });
}

function lastLogs(root: string): string {
  const logs = path.join(root, 'log');
  const tail = (name: string) => fs.readFileSync(path.join(logs, name), 'utf8').split('\n').slice(-5).join('\n');
  return fs
    .readdirSync(logs)
    .map((name) => `${name}: ${tail(name)}`)
    .join('\n');
}

/** Only what this run started: the shell's group, and nginx, whose number is in the scratch folder. */
function stopWhatRuns(root: string) {
  const nginx = path.join(root, 'run/nginx.pid');
  // nginx takes its workers along when it is asked to stop.
  const number = fs.existsSync(nginx) ? Number(fs.readFileSync(nginx, 'utf8')) : 0;
  if (number > 0) process.kill(number, 'SIGTERM');
  try {
    if (group) process.kill(-group, 'SIGKILL');
  } catch {
    // All of it has ended by itself.
  }
}

async function freePorts<P extends number>(names: P[]): Promise<Record<P, number>> {
  const probes = await Promise.all(
    names.map(
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve) => {
          const probe = createServer().listen(0, '127.0.0.1', () => resolve(probe));
        }),
    ),
  );
  const numbers = probes.map((probe) => (probe.address() as { port: number }).port);
  for (const probe of probes) probe.close();
  return Object.fromEntries(names.map((name, index) => [name, numbers[index]])) as Record<P, number>;
}
