import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Db } from '../../src/platform/db/database.ts';
import { findPrograms, likelyFolders } from './programs.ts';
import { DATABASE, ThrowawayServer } from './throwaway-server.ts';

/**
 * A backup of the demo is restored on a new server, as the guide says, with PostgreSQL's own programs; then the copy is
 * compared and verified. Exit code 1: it differs. Exit code 2: the programs are not here.
 */
const PROJECT = path.join(import.meta.dirname, '../..');
const servers: ThrowawayServer[] = [];
let folder: string | undefined;

process.on('exit', () => {
  for (const server of servers)
    try {
      server.stop();
    } catch {
      console.error(`A server on port ${server.port} did not stop`);
    }
  if (folder) fs.rmSync(folder, { recursive: true, force: true });
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));

const found = findPrograms(likelyFolders());
if ('missing' in found) {
  console.error(`The drill cannot run here: ${found.missing}.`);
  process.exitCode = 2;
} else {
  await drill(found.folder, found.version).catch((error: unknown) => fail((error as Error).message));
}

async function drill(programs: string, version: number) {
  say(`PostgreSQL ${version} of ${programs}`);
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet-drill-'));
  fs.chmodSync(folder, 0o755);
  const dump = path.join(folder, 'kabinet.dump');

  const original = await startServer(programs, path.join(folder, 'original'));
  await original.prepare({ extension: true });
  say('The demo is being made …');
  await run('src/cli/seed.ts', original);
  await run('src/cli/verify.ts', original);
  original.runClient('pg_dump', 'kabinet_owner', ['--format=custom', `--file=${dump}`, DATABASE]);
  say(`Dumped, ${Math.round(fs.statSync(dump).size / 1024)} KB`);

  const copy = await startServer(programs, path.join(folder, 'copy'));
  await copy.prepare({ extension: false });
  copy.runClient('pg_restore', 'postgres', ['--exit-on-error', `--dbname=${DATABASE}`, dump]);
  say('Restored on a new server');

  await compare(original, copy);
  await run('src/cli/verify.ts', copy);
  await checkRights(copy);
  say(process.exitCode ? 'The copy is NOT what was dumped' : 'The copy is what was dumped, and its books are true');
}

async function startServer(programs: string, where: string): Promise<ThrowawayServer> {
  const server = await ThrowawayServer.start(programs, where);
  servers.push(server);
  say(`A new server on port ${server.port}`);
  return server;
}

/** One of the application's own commands, as an operator runs it. */
async function run(script: string, server: ThrowawayServer) {
  const command = spawn(process.execPath, [script], {
    cwd: PROJECT,
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: server.url('kabinet_app'),
      MIGRATION_DATABASE_URL: server.url('kabinet_owner'),
    },
    stdio: 'inherit',
  });
  const code = await new Promise((resolve) => command.on('exit', resolve));
  if (code !== 0) fail(`${script} ended with exit code ${String(code)}`);
}

async function compare(original: ThrowawayServer, copy: ThrowawayServer) {
  const [before, after] = [await counts(original), await counts(copy)];
  for (const table of new Set([...before.keys(), ...after.keys()]))
    if (before.get(table) !== after.get(table))
      fail(`${table}: ${before.get(table) ?? 'no table'} rows became ${after.get(table) ?? 'no table'}`);
  const rows = [...after.values()].reduce((sum, count) => sum + count, 0);
  say(`${after.size} tables with ${rows} rows were counted on both sides`);
}

/** Rows by table, in every schema of ours. */
function counts(server: ThrowawayServer): Promise<Map<string, number>> {
  return server.as('postgres', DATABASE, async (db) => {
    const tables: { schemaname: string; tablename: string }[] = await db('pg_tables')
      .whereIn('schemaname', ['public', 'pgboss'])
      .orderBy(['schemaname', 'tablename']);
    const counted = new Map<string, number>();
    for (const { schemaname, tablename } of tables)
      counted.set(`${schemaname}.${tablename}`, await countOf(db, schemaname, tablename));
    return counted;
  });
}

async function countOf(db: Db, schema: string, table: string): Promise<number> {
  const { rows } = await db.raw<{ rows: { rows: number }[] }>('select count(*) as rows from ??.??', [schema, table]);
  return rows[0]?.rows ?? 0;
}

/** The dump includes the grants: the application's role can still only add to the books. */
async function checkRights(copy: ThrowawayServer) {
  await copy.as('kabinet_app', DATABASE, async (db) => {
    for (const statement of ['update ledger_entries set amount = amount', 'delete from ledger_entries'])
      await db.raw(statement).then(
        () => fail(`The application’s role may ${statement}`),
        ({ code }: { code?: string }) => {
          if (code !== '42501') fail(`${statement} was refused for another reason: ${String(code)}`);
        },
      );
    await db.raw('select from ledger_entries limit 1');
  });
  say('The application’s role reads the ledger, and may neither update nor delete its entries');
}

function say(line: string) {
  console.log(line);
}

function fail(line: string) {
  console.error(`FALSE  ${line}`);
  process.exitCode = 1;
}
