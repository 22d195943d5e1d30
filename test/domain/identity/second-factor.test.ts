import { afterAll, beforeAll, expect, it } from 'vitest';
import { resealSecrets, useCode } from '../../../src/domain/identity/second-factor.ts';
import { Sealing } from '../../../src/platform/sealing.ts';
import { setUpFactor } from '../../support/totp.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

const key = (letter: string) => Buffer.alloc(32, letter).toString('base64');

it('the key that seals second factors can be replaced, and the former one is needed no more', async () => {
  const customer = await world.addCustomer();
  const app = await setUpFactor(await world.signIn(customer), world.clock);
  const { id: userId } = await world.db('users').where({ email: customer.email }).first('id');
  const both = new Sealing([key('n'), key('k')]);
  const use = (sealing: Sealing) => useCode(world.db, world.clock, sealing, { userId, code: app.code() });
  await expect(use(new Sealing([key('n')]))).rejects.toThrow(/ENCRYPTION_KEY/);
  expect(await use(both)).toBe('app');
  await resealSecrets(world.db, both);
  world.clock.advanceSeconds(30);
  expect(await use(new Sealing([key('n')]))).toBe('app');
});

it('what was sealed for one purpose opens for no other', () => {
  const sealing = new Sealing([key('k')]);
  expect(() => sealing.open(sealing.seal('secret', 'one'), 'another')).toThrow(/does not open/);
});
