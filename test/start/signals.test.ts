import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Installation, type RunningApp } from '../support/installation.ts';

const REQUESTS = 8;

let installation: Installation;
beforeAll(() => {
  installation = new Installation();
});
afterAll(() => installation.remove());

/** Requests on kept-alive connections, whose second half the test sends when it wants to. */
async function requestsUnderWay({ address }: RunningApp) {
  const { hostname, port, host } = new URL(address);
  const sockets = await Promise.all(
    Array.from({ length: REQUESTS }, async () => {
      const socket = connect(Number(port), hostname);
      await once(socket, 'connect');
      const head = [`Host: ${host}`, 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 7'];
      socket.write(['POST /login HTTP/1.1', ...head, '', 'email'].join('\r\n'));
      return socket;
    }),
  );
  const answers = sockets.map(answerOf);
  // Once this is answered, the server has read the halves above.
  expect((await fetch(`${address}/healthz`, { headers: { connection: 'close' } })).status).toBe(200);
  return {
    async finish() {
      for (const socket of sockets) socket.write('=x');
      return Promise.all(answers);
    },
    /** Ended without an answer. */
    dropped: () => sockets.every((socket) => socket.destroyed),
  };
}

/** What came until the other end closed the connection. */
function answerOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

const isClosed = ({ address }: RunningApp) =>
  fetch(`${address}/healthz`, { headers: { connection: 'close' } }).then(
    () => false,
    () => true,
  );

const signals: [string, (app: RunningApp) => void][] = [
  ['once', ({ process: app }) => void app.kill('SIGTERM')],
  ['twice at once', ({ process: app }) => void [app.kill('SIGTERM'), app.kill('SIGTERM')]],
  ['to npm and its whole group', ({ process: npm }) => void process.kill(-Number(npm.pid), 'SIGTERM')],
];

it.each(signals)(
  'a SIGTERM %s drops no request under way, and its answer ends the connection (security 44)',
  async (name, send) => {
    const byNpm = name.includes('npm');
    const command = byNpm ? ['npm', 'start'] : [process.execPath, 'src/server.ts'];
    const app = await installation.run(command, { detached: byNpm }).ready();
    const requests = await requestsUnderWay(app);
    send(app);
    await expect.poll(() => isClosed(app)).toBe(true);
    for (const answer of await requests.finish()) {
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(answer).toMatch(/\r\nConnection: close\r\n/i);
    }
    expect(await app.ended).toBe(0);
    expect(installation.postmaster).toBeUndefined();
  },
);

it('a connection that is kept open is told to close while the proxy is told to go elsewhere', async () => {
  const app = await installation.start({ DRAIN_SECONDS: '60' });
  app.process.kill('SIGTERM');
  const readiness = () => fetch(`${app.address}/readyz`, { headers: { connection: 'keep-alive' } });
  await expect.poll(async () => (await readiness()).status).toBe(503);
  expect((await readiness()).headers.get('connection')).toBe('close');
});

it('a second signal after a second ends it without waiting', async () => {
  const app = await installation.start();
  const requests = await requestsUnderWay(app);
  let over = false;
  void app.ended.then(() => (over = true));
  const ask = () => {
    app.process.kill('SIGTERM');
    return over;
  };
  await expect.poll(ask, { interval: 200 }).toBe(true);
  expect(await app.ended).toBe(1);
  await expect.poll(requests.dropped).toBe(true);
});
