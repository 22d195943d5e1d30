import { monitorEventLoopDelay } from 'node:perf_hooks';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Visitor } from '../support/visitor.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let admin: Visitor;
let support: Visitor;
beforeAll(async () => {
  world = await createWorld();
  admin = await world.signIn(await world.addStaff('admin'));
  support = await world.signIn(await world.addStaff('support'));
});
afterAll(() => world.close());

const IMPORTS = '/staff/rates/imports';

/** A form with one field, as `multipart/form-data`; 82 bytes for a name of twelve letters. */
function sendField(visitor: Visitor, name: string, headers: Record<string, string> = {}) {
  const body = `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\nx\r\n--b--\r\n`;
  return visitor.agent.post(IMPORTS).set('Content-Type', 'multipart/form-data; boundary=b').set(headers).send(body);
}

describe('a body', () => {
  it.each(['a[999999999]', '_csrf[99999999]', 'a[1][2][3]', 'a[b]', 'a[]', '[1]'])(
    'whose multipart field is named %s is refused, and others are answered meanwhile (security 26)',
    async (name) => {
      const delay = monitorEventLoopDelay({ resolution: 10 });
      delay.enable();
      const attack = sendField(admin, name);
      const [refused, other] = await Promise.all([attack, request(world.url).get('/healthz')]);
      delay.disable();
      expect(refused.status).toBe(400);
      expect(other.status).toBe(200);
      // The parser would otherwise fill an array with as many members, which takes many seconds.
      expect(delay.max / 1e6).toBeLessThan(5_000);
    },
  );

  it('is not read for whom the guard does not let in, nor from another site', async () => {
    // If the form had been read, this name would be answered with 400.
    expect((await sendField(support, 'a[b]')).status).toBe(403);
    expect((await sendField(admin, 'a[b]', { Origin: 'https://evil.example' })).status).toBe(403);
    expect((await sendField(world.visitor(), 'a[b]')).status).toBe(403);
    const tooLarge = 'x'.repeat(100_000);
    expect((await support.post('/staff/rates', { rate: tooLarge })).status).toBe(403);
    expect((await admin.post('/staff/rates', { rate: tooLarge })).status).toBe(413);
  });

  it('with the token several times has no token (security 24)', async () => {
    await admin.get('/staff/rates');
    const twice = [admin.token, admin.token];
    const answer = await admin.agent
      .post('/staff/rates')
      .type('form')
      .send(new URLSearchParams(twice.map((token) => ['_csrf', token])).toString());
    expect(answer.status).toBe(403);
  });

  it('with a file and a plain field is read', async () => {
    await admin.get('/staff/rates');
    const answer = await admin.upload(IMPORTS, Buffer.from('not a rate file'));
    expect(answer.status).toBe(422);
  });
});
