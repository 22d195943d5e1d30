import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

it('whoever is confirmed has nothing to look for', async () => {
  const visitor = await world.signIn(await world.addCustomer());
  expect((await visitor.get('/email-confirmations')).location).toBe('/');
  expect((await visitor.post('/email-confirmations')).location).toBe('/');
});

it('a visitor is told where to look, and cannot ask for more', async () => {
  const page = await world.visitor().get('/email-confirmations');
  expect(page.textOf('h1')).toBe('Check your e-mail');
  expect(page.$('form[action="/email-confirmations"]')).toHaveLength(0);
});
