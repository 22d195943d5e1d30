import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { somebodyWaits } from '../../support/meanwhile.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

/** Sends a form. @returns once the head of the answer has come */
function send(path: string, cookie: string, fields: Record<string, string>) {
  const body = new URLSearchParams(fields).toString();
  const headers = {
    cookie,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': body.length,
  };
  const sent = http.request(world.url + path, { method: 'POST', headers });
  let answer: http.IncomingMessage | undefined;
  sent.on('response', (response) => (answer = response.resume()));
  sent.end(body);
  const answered = once(sent, 'response').then(([response]) => response as http.IncomingMessage);
  return { came: () => answer !== undefined, answered };
}

it('nobody is sent on before the session is stored: the next page would not know what was done', async () => {
  const visitor = await world.signIn(await world.addCustomer());
  await visitor.get('/profile');
  const trx = await world.owner.transaction();
  await trx.raw('select from sessions for update');
  const { came, answered } = send('/profile/preferences', visitor.cookies(), {
    _csrf: visitor.token,
    display_currency: '',
  });
  await expect.poll(() => somebodyWaits(world)).toBe(true);
  await fetch(`${world.url}/healthz`);
  expect(came()).toBe(false);
  await trx.commit();
  const { statusCode, headers } = await answered;
  expect([statusCode, headers.location]).toEqual([303, '/profile']);
  expect((await visitor.get('/profile')).$('.flash-success').length).toBe(1);
});
