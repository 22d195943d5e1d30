import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());
afterEach(async () => {
  await world.db('throttles').delete();
});

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

async function signInWith(email: string, userAgent: string) {
  const visitor = world.visitor();
  void visitor.agent.set('User-Agent', userAgent);
  await visitor.signIn(email, PASSWORD);
  return visitor;
}

describe('the sessions of a user', () => {
  it('are listed with browser and address, the present one marked (security 7)', async () => {
    const { email } = await world.addCustomer();
    await signInWith(email, FIREFOX);
    const here = await world.signIn({ email });
    const page = await here.get('/security');
    const rows = page.texts('.setting[data-id]');
    expect(rows).toHaveLength(2);
    expect(rows.filter((row) => row.includes('this one'))).toHaveLength(1);
    expect(rows.join()).toContain('Firefox, Linux');
    expect(rows.join()).toContain('127.0.0.1');
  });

  it('are ended one by one, or all but this one; somebody else’s is 404 (security 7, 20)', async () => {
    const { email } = await world.addCustomer();
    const others = [await world.signIn({ email }), await world.signIn({ email }), await world.signIn({ email })];
    const here = await world.signIn({ email });
    const stranger = await world.signIn(await world.addCustomer());
    const page = await here.get('/security');
    const [first = ''] = page.attributes('.setting[data-id]:not(:has(.badge))', 'data-id');
    await stranger.get('/security');
    expect((await stranger.post(`/security/sessions/${first}/end`)).status).toBe(404);
    await here.get('/security');
    await here.submit(`/security/sessions/${first}/end`);
    const signedIn = async () => {
      const answers = await Promise.all(others.map((visitor) => visitor.get('/orders')));
      return answers.filter(({ status }) => status === 200).length;
    };
    expect(await signedIn()).toBe(2);
    const flash = (await here.submit('/security/sessions/end')).textOf('.flash');
    expect(flash).toContain('2 other sessions have ended');
    expect(await signedIn()).toBe(0);
    expect((await here.get('/orders')).status).toBe(200);
  });

  it('are at most twenty; the oldest goes', async () => {
    const { email } = await world.addCustomer();
    const first = await world.signIn({ email });
    for (let session = 0; session < 20; session++) await world.signIn({ email });
    expect((await first.get('/orders')).location).toMatch(/^\/login/);
    const { id } = await world.db('users').where({ email }).first('id');
    expect(await world.db('sessions').where({ user_id: id })).toHaveLength(20);
  });
});

describe('a sign-in from a new browser', () => {
  it('is reported by mail, but not the first of all, nor one in a browser that is known, nor twice an hour', async () => {
    const { email } = await world.addCustomer();
    const told = () => world.db('mails').where({ recipient: email, kind: 'new_device' });
    const here = await world.signIn({ email });
    expect(await told()).toHaveLength(0);
    await here.post('/logout');
    await here.signIn(email, PASSWORD);
    expect(await told()).toHaveLength(0);
    await signInWith(email, FIREFOX);
    await signInWith(email, FIREFOX);
    expect(await told()).toHaveLength(1);
    expect((await told())[0].data).toMatchObject({ user_agent: FIREFOX, address: '127.0.0.1' });
    world.clock.advanceMinutes(61);
    await signInWith(email, FIREFOX);
    expect(await told()).toHaveLength(2);
  });
});

describe('staff', () => {
  it('from elsewhere than STAFF_ADDRESSES are refused at each request and at the sign-in; customers are not', async () => {
    const limited = await createWorld({
      environment: { STAFF_ADDRESSES: '10.0.0.0/8, fd00::/8', TRUSTED_PROXIES: 'loopback' },
    });
    const staff = await limited.addStaff('admin');
    const from = async (address: string, email: string) => {
      const visitor = limited.visitor();
      void visitor.agent.set('X-Forwarded-For', address);
      await visitor.get('/login');
      return { visitor, answer: await visitor.post('/login', { email, password: PASSWORD }) };
    };
    expect((await from('203.0.113.9', staff.email)).answer.status).toBe(403);
    expect((await from('203.0.113.9', (await limited.addCustomer()).email)).answer.status).toBe(303);
    const { visitor } = await from('10.1.2.3', staff.email);
    expect((await visitor.get('/staff')).status).toBe(200);
    void visitor.agent.set('X-Forwarded-For', '203.0.113.9');
    for (const path of ['/staff', '/security', '/staff/rates']) expect((await visitor.get(path)).status).toBe(403);
    void visitor.agent.set('X-Forwarded-For', 'fd00::7');
    expect((await visitor.get('/staff')).status).toBe(200);
    await limited.close();
  });
});
