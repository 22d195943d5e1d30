import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/platform/config.ts';
import { PRODUCTION } from '../support/production.ts';
import { createWorld, type World } from '../support/world.ts';

const run = promisify(execFile);
const PROJECT = path.join(import.meta.dirname, '../..');
const read = (file: string) => fs.readFileSync(path.join(PROJECT, file), 'utf8');

interface Service {
  image?: string;
  restart?: string;
  ports?: string[];
  environment?: Record<string, string | number>;
  env_file?: string;
  stop_grace_period?: string;
  healthcheck?: { test: string[] };
  volumes?: string[];
  user?: string;
}
interface Compose {
  services: Record<string, Service>;
  configs: { roles: { content: string } };
  volumes: Record<string, unknown>;
}
const compose = (file: string) => parse(read(file), { merge: true }) as Compose;
const TRY = compose('docker-compose.yml');
const PRODUCTION_COMPOSE = compose('docker-compose.production.yml');
/** The value that Compose passes on. */
const textOf = (environment: Service['environment'] = {}) =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, String(value)]));

describe('the image', () => {
  const dockerfile = read('Dockerfile');
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.close());

  it('is healthy when the process answers on its own PORT, and not on another', async () => {
    const [, command = ''] = /HEALTHCHECK [^[]*CMD (\[.*\])/.exec(dockerfile) ?? [];
    const [, ...args] = JSON.parse(command) as string[];
    const { port } = new URL(world.url);
    const check = (of: string) => run(process.execPath, args, { env: { PORT: of } });
    await expect(check(port)).resolves.toBeDefined();
    await expect(check('1')).rejects.toMatchObject({ code: 1 });
  });

  it('runs as nobody special, is told to stop by a signal the app knows, and has all that starting reads', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(dockerfile).toMatch(/^FROM node:\d+\.\d+\.\d+-/m);
    for (const folder of ['migrations', 'public', 'seeds', 'src', 'views'])
      expect(dockerfile).toContain(`COPY ${folder} ${folder}`);
    expect(dockerfile.indexOf('USER node')).toBeGreaterThan(dockerfile.lastIndexOf('COPY'));
  });
});

describe.each([
  ['docker-compose.yml', TRY],
  ['docker-compose.production.yml', PRODUCTION_COMPOSE],
])('%s', (_file, { services, configs, volumes }) => {
  it('publishes to this machine only, pins its images, and starts again by itself', () => {
    for (const { ports = [], image, restart } of Object.values(services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      if (image) expect(image).toMatch(/:v?\d+\.\d+/);
      expect(restart).toBe('unless-stopped');
    }
    expect(services['database']?.ports).toBeUndefined();
  });

  it('keeps the books in a volume, and gives the app neither the superuser nor the owner', () => {
    expect(services['database']?.volumes).toEqual(['database:/var/lib/postgresql']);
    expect(volumes).toHaveProperty('database');
    for (const { user, environment = {} } of Object.values(services)) {
      expect(user).toBeUndefined();
      expect(String(environment['DATABASE_URL'] ?? '')).not.toMatch(/postgres:\/\/(postgres|kabinet_owner):/);
    }
    // A dollar sign is doubled; otherwise Compose would replace it with a variable of its own.
    expect(configs.roles.content.replaceAll('$$', '')).not.toContain('$');
  });

  it('makes the roles and the database as the guide does', () => {
    const words = (sql: string) =>
      sql
        .toLowerCase()
        .replace(/--.*$/gm, '')
        .replace(/'…'|:'\w+'/g, '?')
        .replace(/\s+/g, ' ');
    const guide = words(read('docs/guide.md'));
    const statements = words(configs.roles.content).match(/create [^;]+;/g) ?? [];
    expect(statements).toHaveLength(4);
    for (const statement of statements) expect(guide).toContain(statement);
    expect(configs.roles).toEqual(TRY.configs.roles);
  });
});

describe('the production file', () => {
  const { web, worker, database } = PRODUCTION_COMPOSE.services as Record<'web' | 'worker' | 'database', Service>;

  it('has web and worker, with secrets in files that are not in the repository', () => {
    expect([web.environment?.['ROLE'], worker.environment?.['ROLE']]).toEqual(['web', 'worker']);
    expect([web.env_file, worker.env_file, database.env_file]).toEqual(['kabinet.env', 'kabinet.env', 'database.env']);
    for (const name of ['*.env', 'secrets']) expect(read('.dockerignore').split('\n')).toContain(name);
    expect(read('.gitignore').split('\n')).toContain('*.env');
    for (const { environment } of [web, worker, database])
      expect(Object.keys(environment ?? {}).join()).not.toMatch(/PASSWORD|SECRET|DATABASE_URL/);
  });

  it('is what the configuration accepts, with the settings of the two files', () => {
    const { TRUSTED_PROXIES: _ours, NODE_ENV: _too, ...settings } = PRODUCTION;
    for (const { environment } of [web, worker])
      expect(parseConfig({ ...settings, ...textOf(environment) })).toMatchObject({ production: true });
    expect(parseConfig(textOf(TRY.services['app']?.environment))).toMatchObject({
      production: false,
      demo: true,
    });
  });

  it('lets a process drain and finish before it is killed', () => {
    const { drainSeconds } = parseConfig({ ...PRODUCTION, ...textOf(web.environment) });
    for (const { stop_grace_period = '0s' } of [web, worker])
      expect(Number.parseInt(stop_grace_period, 10)).toBeGreaterThanOrEqual(drainSeconds + 10 + 10);
  });
});
