import request from 'supertest';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PASSWORD } from '../../support/people.ts';
import { createWorld, type World } from '../../support/world.ts';

let world: World;
let admin: { email: string };
beforeEach(async () => {
  // The windows are counted by the process's clock; only it is moved, so that timers and the database go on.
  vi.useFakeTimers({ toFake: ['Date'] });
  world = await createWorld({ environment: { TRUSTED_PROXIES: 'loopback' } });
  admin = await world.addStaff('admin');
});
afterEach(async () => {
  await world.close();
  vi.useRealTimers();
});

function advance(milliseconds: number) {
  vi.setSystemTime(Date.now() + milliseconds);
  world.clock.set(new Date(world.clock.now().getTime() + milliseconds).toISOString());
}

/** A browser at an address, which may send the sign-in form again and again. */
async function browserAt(address: string) {
  const agent = request.agent(world.url);
  const page = await agent.get('/login').set('X-Forwarded-For', address);
  const token = /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1];
  return {
    agent,
    async signIn(password: string, email = admin.email): Promise<number> {
      const form = { _csrf: token, email, password };
      return (await agent.post('/login').set('X-Forwarded-For', address).type('form').send(form)).status;
    },
    /** Signs in again without the session, with the browser's other cookies. */
    async comeBack(password: string, from = address): Promise<number> {
      const kept = agent.jar
        .getCookies({ domain: '127.0.0.1', path: '/', secure: false, script: false })
        .filter(({ name }) => name !== 'kabinet');
      const cookies = kept.map((cookie) => cookie.toValueString()).join('; ');
      const again = request.agent(world.url);
      const fresh = await again.get('/login').set('X-Forwarded-For', from).set('Cookie', cookies);
      const value = /name="_csrf" value="([^"]+)"/.exec(fresh.text)?.[1];
      const answer = await again
        .post('/login')
        .set('X-Forwarded-For', from)
        .set('Cookie', [cookies, ...setCookies(fresh.headers)].join('; '))
        .type('form')
        .send({ _csrf: value, email: admin.email, password });
      return answer.status;
    },
  };
}

const setCookies = (headers: Record<string, unknown>) =>
  ((headers['set-cookie'] ?? []) as string[]).map((cookie) => cookie.split(';', 1)[0] ?? '');

describe('an attack on the administrator’s account (security 13)', () => {
  it('from one place keeps out nobody who has the right password, elsewhere or in a known browser', async () => {
    const known = await browserAt('198.51.100.7');
    expect(await known.signIn(PASSWORD)).toBe(303);
    const attacker = await browserAt('203.0.113.9');
    const attacks: number[] = [];
    const owners: number[] = [];
    for (let owner = 0; owner < 37; owner++) {
      for (let attempt = 0; attempt < 8; attempt++) {
        attacks.push(await attacker.signIn('wrong'));
        advance(500);
      }
      // From new addresses each time, and sometimes in the known browser, even behind the attacker's own address.
      owners.push(
        owner % 4 === 3
          ? await known.comeBack(PASSWORD, '203.0.113.9')
          : await (await browserAt(`198.51.100.${20 + owner}`)).signIn(PASSWORD),
      );
    }
    expect(owners).toEqual(Array.from({ length: 37 }, () => 303));
    expect(new Set(attacks)).toEqual(new Set([422, 429]));
    expect(attacks.filter((status) => status === 422).length).toBeLessThan(20);
  });

  it('from hundreds of places is braked as a whole, and the owner’s known browser gets in all the while', async () => {
    const known = await browserAt('198.51.100.7');
    expect(await known.signIn(PASSWORD)).toBe(303);
    const statuses: number[] = [];
    for (let place = 0; place < 220; place++) {
      const bot = await browserAt(`10.${place >> 8}.${place & 255}.1`);
      statuses.push(await bot.signIn('wrong'));
      advance(500);
      if (place % 50 === 49) expect(await known.comeBack(PASSWORD)).toBe(303);
    }
    // A hundred, and then one a minute.
    expect(statuses.filter((status) => status === 422).length).toBeLessThanOrEqual(110);
    expect(statuses.slice(-5)).toContain(429);
    advance(3_600_000);
    expect(await (await browserAt('198.51.100.99')).signIn(PASSWORD)).toBe(303);
  });

  it('is paid for by its address with each refusal, so that other accounts are not tried meanwhile', async () => {
    const attacker = await browserAt('203.0.113.9');
    for (let attempt = 0; attempt < 40; attempt++) await attacker.signIn('wrong');
    expect(await attacker.signIn('wrong', 'somebody.else@example.com')).toBe(429);
    expect(await (await browserAt('203.0.113.10')).signIn('wrong', 'somebody.else@example.com')).toBe(422);
  });

  it('from a whole /64 of IPv6 counts as one place, and IPv4 written as IPv6 as what it is', async () => {
    for (let host = 1; host <= 31; host++)
      await (await browserAt(`2001:db8:1:2::${host.toString(16)}`)).signIn('wrong', `a${host}@example.com`);
    expect(await (await browserAt('2001:0db8:1:2:ffff::1')).signIn('wrong', 'b@example.com')).toBe(429);
    expect(await (await browserAt('2001:db8:1:3::1')).signIn('wrong', 'b@example.com')).toBe(422);
    for (let attempt = 0; attempt < 31; attempt++)
      await (
        await browserAt(attempt % 2 ? '192.0.2.5' : '::ffff:192.0.2.5')
      ).signIn('wrong', `c${attempt}@example.com`);
    expect(await (await browserAt('192.0.2.5')).signIn('wrong', 'd@example.com')).toBe(429);
  });
});

describe('a known browser (security 13)', () => {
  const deviceCookie = async () => {
    const visitor = world.visitor();
    await visitor.get('/login');
    const { headers } = await visitor.post('/login', { email: admin.email, password: PASSWORD });
    return [headers['set-cookie']].flat().find((cookie) => cookie?.startsWith('kabinet-device')) ?? '';
  };
  const knownBy = (cookie: string, email = admin.email) =>
    world.services.devices.find({ headers: { cookie: cookie.split(';', 1)[0] } }, email);

  it('has a cookie that scripts do not get, and a new one at each sign-in; a look at the page makes none', async () => {
    const page = await world.visitor().get('/login');
    expect(String(page.headers['set-cookie'])).not.toContain('kabinet-device');
    const [first, second] = [await deviceCookie(), await deviceCookie()];
    expect(first).toMatch(
      /^kabinet-device-[\w-]{12}=[\w.-]+; Max-Age=31536000; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/,
    );
    expect(knownBy(first)).not.toBeNull();
    expect(knownBy(second)).not.toBe(knownBy(first));
  });

  it('is known as its user’s only, for a year, and not by a cookie that somebody else wrote', async () => {
    const cookie = await deviceCookie();
    expect(knownBy(` ${cookie}`, admin.email.toUpperCase())).not.toBeNull();
    expect(knownBy(cookie, 'somebody.else@example.com')).toBeNull();
    for (const forged of [
      cookie.replace(/=(.)/, (_, first) => `=${first === 'A' ? 'B' : 'A'}`),
      cookie.replace(/\.\d+\./, '.9999999999999.'),
      cookie.replace(/\.[\w-]+;/, '.;'),
      cookie.replace(/=[^;]+/, '='),
    ])
      expect(knownBy(forged)).toBeNull();
    advance(366 * 86_400_000);
    expect(knownBy(cookie)).toBeNull();
  });

  it('has five free attempts too, and a delay of its own after them', async () => {
    const known = await browserAt('198.51.100.7');
    expect(await known.signIn(PASSWORD)).toBe(303);
    const statuses: number[] = [];
    for (let attempt = 0; attempt < 7; attempt++) statuses.push(await known.comeBack('wrong'));
    expect(statuses).toEqual([422, 422, 422, 422, 422, 422, 429]);
    expect(await known.comeBack(PASSWORD)).toBe(429);
    advance(60_000);
    expect(await known.comeBack(PASSWORD)).toBe(303);
  });
});
