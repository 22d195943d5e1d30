import { execFile, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/platform/config.ts';
import { fileOf, readBlocks } from './guide-blocks.ts';
import { localised, type Scratch } from './scratch.ts';

const run = promisify(execFile);
let folder: string;
beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'kabinet-snippets-'));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const scratch = (): Scratch => ({
  folder,
  project: '/work/kabinet',
  ports: { 80: 40080, 443: 40443, 3001: 43001, 3002: 43002, 3009: 43009, 5432: 45432 },
});
const installed = (program: string) => spawnSync(program, ['--version']).error === undefined;

describe('the guide’s blocks', () => {
  it('each say whether they are run, why not, or which file they are', () => {
    const kinds = readBlocks().map(({ kind }) => kind);
    for (const kind of ['run', 'skip', 'file']) expect(kinds).toContain(kind);
    expect(() => readBlocks('```sh\nls\n```\n')).toThrow('docs/guide.md:1');
  });

  it('touch nothing outside the scratch folder when they are tried, and use no command that was not thought of', () => {
    for (const block of readBlocks())
      if (block.kind !== 'skip') {
        const commands = block.kind === 'run';
        const moved = localised(block.text, scratch(), { commands });
        const paths = moved.match(/(?<![\w.$}/-])\/(etc|opt|var|usr|root|home|srv|run|lib)\b/g);
        expect([block.line, paths]).toEqual([block.line, null]);
      }
    for (const stray of [
      'rm -rf /',
      'useradd x',
      'echo a && reboot',
      'echo $(certbot)\ncertbot x',
      'cat ~/x',
      'cp a ../b',
      'ls; dd if=x',
    ])
      expect(() => localised(stray, scratch(), { commands: true })).toThrow(/outside|does not know/);
  });

  it('name settings that production accepts', () => {
    const text = readBlocks().find(({ text: each }) => each.includes('<<SETTINGS'))?.text ?? '';
    const [, settings = ''] = /<<SETTINGS\n([\s\S]*?)\nSETTINGS/.exec(text) ?? [];
    const environment = Object.fromEntries(
      settings.split('\n').map((line) => {
        const [, name = '', value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
        return [name, value.replace(/\$\(.*?\)|\$\w+/g, `${'x'.repeat(43)}=`).replaceAll('"', '')];
      }),
    );
    expect(parseConfig(environment)).toMatchObject({ production: true, trustedProxies: ['loopback'] });
  });
});

describe('the proxy’s file', () => {
  const site = fileOf('kabinet');

  it('ends TLS with a certificate, leads from port 80 to it, and passes to two processes what the app asks for', () => {
    for (const line of [
      /listen 443 ssl;/,
      /ssl_certificate \S+;/,
      /ssl_certificate_key \S+;/,
      /listen 80;[\s\S]*return 301 https:\/\/\$host\$request_uri;/,
      /upstream kabinet \{\s+server 127\.0\.0\.1:3001[^}]+server 127\.0\.0\.1:3002[^}]+\}/,
      /proxy_pass http:\/\/kabinet;/,
      /proxy_set_header Host \$host;/,
      /proxy_set_header X-Forwarded-Proto \$scheme;/,
      /proxy_set_header X-Forwarded-For \$remote_addr;/,
    ])
      expect(site).toMatch(line);
    expect(site.match(/\{/g)).toHaveLength(site.match(/\}/g)?.length ?? 0);
  });

  it('is what nginx takes, where nginx is installed', async () => {
    expect(site).not.toMatch(/\t|;;/);
    if (!installed('nginx')) return;
    const certificate = path.join(folder, 'etc/letsencrypt/live/portal.example.com');
    fs.mkdirSync(certificate, { recursive: true });
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '1',
      '-subj',
      '/CN=portal.example.com',
      '-keyout',
      `${certificate}/privkey.pem`,
      '-out',
      `${certificate}/fullchain.pem`,
    ]);
    fs.writeFileSync(path.join(folder, 'site'), localised(site, scratch()));
    fs.writeFileSync(
      path.join(folder, 'nginx.conf'),
      'pid nginx.pid; error_log stderr; events {} http { access_log off; include site; }',
    );
    const { stderr } = await run('nginx', ['-t', '-p', folder, '-c', path.join(folder, 'nginx.conf')]);
    expect(stderr).toContain('test is successful');
  });
});

describe.each(['kabinet-web@.service', 'kabinet-worker.service'])('the unit %s', (name) => {
  const unit = fileOf(name);
  const valueOf = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(unit)?.[1];

  it('starts node itself, as npm start does, tells only it to stop, and waits until it has finished', () => {
    const { scripts } = JSON.parse(fs.readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
    expect(valueOf('ExecStart')).toBe(
      scripts.start.replace('exec node', '/opt/kabinet/current/node_modules/.bin/node'),
    );
    expect(valueOf('KillMode')).toBe('mixed');
    expect(Number(valueOf('TimeoutStopSec'))).toBeGreaterThanOrEqual(5 + 10 + 10);
    expect(valueOf('Restart')).toBe('on-failure');
    expect(valueOf('User')).toBe('kabinet');
    expect(valueOf('Environment')).toMatch(/^ROLE=(web|worker) PORT=(%i|\d+)$/);
  });

  it('is what systemd takes, where its programs are installed', async () => {
    expect(unit).toMatch(/^\[Unit\]\n[\s\S]*^\[Service\]\n[\s\S]*^\[Install\]\nWantedBy=multi-user\.target\n$/m);
    if (!installed('systemd-analyze')) return;
    const file = path.join(folder, name.replace('@', '@3001'));
    fs.writeFileSync(
      file,
      unit.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`).replace(/^(After|Wants)=.*\n/gm, ''),
    );
    const { stderr } = await run('systemd-analyze', ['verify', '--man=no', file]);
    expect(stderr.split('\n').filter((line) => line.includes(path.basename(file)))).toEqual([]);
  });
});
