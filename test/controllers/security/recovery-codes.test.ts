import { afterAll, beforeAll, expect, it } from 'vitest';
import { createWorld, type World } from '../../support/world.ts';
import { setUpFactor } from '../../support/totp.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

it('recovery codes are shown once, can be downloaded without a script, and are hashed in the database', async () => {
  const visitor = await world.signIn(await world.addCustomer());
  await setUpFactor(visitor, world.clock);
  await visitor.get('/security');
  const page = await visitor.post('/security/recovery-codes');
  const codes = page.texts('.codes code');
  expect(new Set(codes).size).toBe(10);
  for (const code of codes) expect(code).toMatch(/^([0-9a-z]{4}-){5}[0-9a-z]{4}$/);
  const file = decodeURIComponent(page.link('a[download]'));
  for (const code of codes) expect(file).toContain(code);
  expect(page.headers['cache-control']).toContain('no-store');
  const stored = JSON.stringify(
    await world.db('recovery_codes').select(world.db.raw("encode(hash, 'escape') as hash")),
  );
  for (const code of codes) expect(stored).not.toContain(code.replaceAll('-', ''));
});

it('says how many are left, and warns when few are', async () => {
  const customer = await world.addCustomer();
  const visitor = await world.signIn(customer);
  await setUpFactor(visitor, world.clock);
  expect((await visitor.get('/security')).textOf('.badge-quiet')).toBe('10 of 10 left');
  const { id } = await world.db('users').where({ email: customer.email }).first('id');
  const used = await world.db('recovery_codes').where({ user_id: id }).limit(7).pluck('hash');
  await world.db('recovery_codes').whereIn('hash', used).update({ used_at: world.clock.now() });
  expect((await visitor.get('/security')).textOf('.badge-warn')).toBe('3 of 10 left');
});
