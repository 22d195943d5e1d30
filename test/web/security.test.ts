import { connect as openSocket } from 'node:net';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/platform/config.ts';
import type { MemberRight, StaffRight } from '../../src/domain/identity/rights.ts';
import { machineRoutes, routes } from '../../src/routes.ts';
import { assets } from '../../src/web/assets/assets.ts';
import { PASSWORD, type TestCustomer } from '../support/people.ts';
import { PRODUCTION } from '../support/production.ts';
import type { Visitor } from '../support/visitor.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let customer: TestCustomer;
let roles: Record<string, Visitor>;
beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ USD: '1.07', GBP: '0.85', PLN: '4.3', RUB: '93', KZT: '610', JPY: '172' });
  customer = await world.addCustomer();
  roles = {
    anonymous: world.visitor(),
    owner: await world.signIn(customer),
    bookkeeper: await world.signIn(await world.addMember(customer, 'billing')),
    technical: await world.signIn(await world.addMember(customer, 'technical')),
    reader: await world.signIn(await world.addMember(customer, 'reader')),
    support: await world.signIn(await world.addStaff('support')),
    billing: await world.signIn(await world.addStaff('billing')),
    admin: await world.signIn(await world.addStaff('admin')),
  };
});
afterAll(() => world.close());

const CANARY = `<img src=x onerror=alert(1)>"'&`;
const STAFF = ['support', 'billing', 'admin'];
const visitorOf = (role: string) => roles[role] as Visitor;

describe('every route (security 19)', () => {
  it('names its guard, and nothing is served that is not in the table', () => {
    for (const route of [...routes, ...machineRoutes]) expect(rolesOf(route.guard)).not.toHaveLength(0);
    const table = [...routes, ...machineRoutes].map(({ method, path }) => `${method} ${path}`).sort();
    expect(servedRoutes()).toEqual(table);
  });

  function servedRoutes() {
    type Layer = { route?: { path: string; methods: Record<string, boolean> }; handle: { stack?: Layer[] } };
    const walk = (layers: Layer[]): string[] =>
      layers.flatMap(({ route, handle }) =>
        route
          ? Object.keys(route.methods).map((method) => `${method} ${route.path}`)
          : handle.stack
            ? walk(handle.stack)
            : [],
      );
    const { router } = world.app.express as unknown as { router: { stack: Layer[] } };
    return walk(router.stack).sort();
  }

  const ROLES_OF_MEMBER_RIGHTS: Record<MemberRight, string[]> = {
    'orders:view': ['owner', 'bookkeeper', 'technical', 'reader'],
    'orders:settings': ['owner', 'technical'],
    'orders:place': ['owner'],
    'orders:cancel': ['owner', 'technical'],
    'invoices:view': ['owner', 'bookkeeper', 'reader'],
    'invoices:pay': ['owner', 'bookkeeper'],
    'top-ups': ['owner', 'bookkeeper'],
    profile: ['owner', 'bookkeeper'],
    support: ['owner', 'bookkeeper', 'technical'],
    members: ['owner'],
  };
  const ROLES_OF_STAFF_RIGHTS: Record<StaffRight, string[]> = {
    'customers:view': ['support', 'billing', 'admin'],
    'customers:edit': ['admin'],
    'customers:security': ['admin'],
    'customers:block': ['admin'],
    'orders:view': ['support', 'billing', 'admin'],
    'orders:act': ['admin'],
    'money:view': ['support', 'billing', 'admin'],
    'money:act': ['billing', 'admin'],
    'billing:view': ['support', 'billing', 'admin'],
    'billing:run': ['billing', 'admin'],
    'rates:view': ['support', 'billing', 'admin'],
    'rates:edit': ['admin'],
    'catalog:view': ['support', 'billing', 'admin'],
    'catalog:edit': ['admin'],
    'audit:view': ['support', 'billing', 'admin'],
    'staff:view': ['admin'],
    'staff:edit': ['admin'],
    'settings:view': ['admin'],
    'settings:edit': ['admin'],
  };

  /** Whom a guard lets in, by its name; nobody where it is not known. */
  function rolesOf(guard: string): string[] {
    if (guard === 'anyone') return Object.keys(roles);
    if (guard === 'signed-in') return Object.keys(roles).filter((role) => role !== 'anonymous');
    if (guard === 'member') return ['owner', 'bookkeeper', 'technical', 'reader'];
    const [, kind, rights = ''] = /^(customer|staff)\((.+)\)$/.exec(guard) ?? [];
    const known: Record<string, string[]> = kind === 'customer' ? ROLES_OF_MEMBER_RIGHTS : ROLES_OF_STAFF_RIGHTS;
    return rights.split(' or ').flatMap((right) => known[right] ?? []);
  }

  it.each(routes.filter(({ guard }) => guard !== 'anyone'))(
    '$method $path lets in who $guard says, and nobody else',
    async ({ method, path, guard }) => {
      const address = path.replace(':id', '999999').replace(':code', 'USD');
      // It would end the sessions that the next ones need; guards are asked before whether the session is fresh.
      const isHarmful = path === '/staff/team/sessions/end';
      if (isHarmful) world.clock.advanceMinutes(11);
      for (const [role, visitor] of Object.entries(roles)) {
        await visitor.get(role === 'anonymous' ? '/login' : '/');
        if (role !== 'anonymous') await visitor.get(STAFF.includes(role) ? '/staff' : '/profile');
        const answer = method === 'get' ? await visitor.get(address) : await visitor.post(address);
        const signIn = answer.status === 303 && (answer.location ?? '').startsWith('/login');
        const outcome = signIn ? 'sign-in' : answer.status === 403 ? 'refused' : 'past';
        const expected = role === 'anonymous' ? 'sign-in' : rolesOf(guard).includes(role) ? 'past' : 'refused';
        expect(`${role}: ${outcome}`).toBe(`${role}: ${expected}`);
      }
      if (isHarmful) world.clock.advanceMinutes(-11);
    },
  );
});

describe('a demotion (security 22)', () => {
  it('counts from the next request', async () => {
    const { email } = await world.addStaff('admin');
    const visitor = await world.signIn({ email });
    await visitor.get('/staff/rates');
    await world.owner('users').where({ email }).update({ staff_role: 'support' });
    expect(
      (await visitor.post('/staff/rates', { currency: 'USD', rate: '1', effective_on: '2026-03-10' })).status,
    ).toBe(403);
  });
});

describe('forged requests', () => {
  it('without a token, or with another session’s, are refused (security 24)', async () => {
    const visitor = visitorOf('owner');
    const stranger = await world.signIn(await world.addCustomer());
    await stranger.get('/profile');
    for (const body of [{}, { _csrf: '' }, { _csrf: 'x' }, { _csrf: stranger.token }]) {
      const answer = await visitor.agent
        .post('/profile')
        .type('form')
        .send({ ...body, city: 'Forged' });
      expect(answer.status).toBe(403);
    }
    expect(await world.db('customers').where({ city: 'Forged' })).toHaveLength(0);
  });

  it('that the browser says come from another site are refused (security 25)', async () => {
    const visitor = visitorOf('owner');
    await visitor.get('/profile');
    const send = (name: string, value: string) =>
      visitor.agent.post('/profile').set(name, value).type('form').send({ _csrf: visitor.token, city: 'Łódź' });
    for (const [name, value] of [
      ['Sec-Fetch-Site', 'cross-site'],
      ['Sec-Fetch-Site', 'same-site'],
      ['Origin', 'https://evil.example'],
      ['Origin', 'null'],
    ] as const)
      expect((await send(name, value)).status).toBe(403);
    expect((await send('Sec-Fetch-Site', 'same-origin')).status).toBe(303);
    expect((await send('Origin', world.url)).status).toBe(303);
  });

  it('are told from webhooks, which need no token and see no cookie (security 27)', async () => {
    const cookies = visitorOf('owner').cookies();
    const answer = await visitorOf('owner').agent.post('/webhooks/sandbox').set('Cookie', cookies).send('{}');
    expect(answer.status).toBe(400);
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(machineRoutes.filter(({ method }) => method === 'post').map(({ path }) => path)).toEqual([
      '/webhooks/:gateway',
    ]);
  });

  it('by GET change nothing (security 26)', async () => {
    const orderId = await world.addActiveOrder(customer);
    const { invoice } = await world.placeOrder(customer);
    const tables = [
      'customers',
      'users',
      'memberships',
      'staff_roles',
      'orders',
      'order_events',
      'invoices',
      'invoice_lines',
      'payments',
      'ledger_accounts',
      'ledger_transactions',
      'ledger_entries',
      'exchange_rates',
      'audit_log',
      'quotes',
      'top_up_purposes',
      'network_addresses',
      'invoice_series',
    ];
    const snapshot = () => Promise.all(tables.map((table) => world.db(table).orderByRaw('1')));
    const before = await snapshot();
    const seen: number[] = [];
    for (const { path } of routes)
      for (const id of path.startsWith('/staff') ? [customer.customerId] : [orderId, invoice.id])
        for (const visitor of Object.values(roles)) {
          const address = path
            .replace(':id', String(id))
            .replace(':code', 'USD')
            .replace('/orders/new', '/orders/new?plan=vps-1');
          seen.push((await visitor.get(address)).status);
        }
    expect(seen.filter((status) => status === 200).length).toBeGreaterThan(30);
    expect(await snapshot()).toEqual(before);
  });
});

describe('injection', () => {
  it('a canary of markup in every field shows as text everywhere (security 28)', async () => {
    const marked = await world.addCustomer({
      profile: {
        firstName: CANARY,
        lastName: CANARY,
        city: CANARY,
        address: CANARY,
        phone: '12345',
        postalCode: CANARY.slice(0, 20),
      },
      balance: '1000.00',
    });
    const { orderId, invoice } = await world.placeOrder(marked, {
      hostname: CANARY,
      serviceName: CANARY,
      comment: CANARY,
    });
    const visitor = await world.signIn(marked);
    await visitor.get('/orders');
    await visitor.submit('/orders/columns', { column: ['service_name', 'comment'] });
    const admin = visitorOf('admin');
    await admin.get(`/staff/customers/${marked.customerId}`);
    await admin.submit(`/staff/customers/${marked.customerId}/adjustments`, {
      direction: 'credit',
      amount: '1',
      reason: CANARY,
    });
    const canary = encodeURIComponent(CANARY);
    const pages = [
      ...(await Promise.all(
        [
          '/',
          '/orders',
          `/orders/${orderId}`,
          `/invoices/${invoice.id}`,
          '/balance',
          '/profile',
          `/orders?q=${canary}`,
          `/invoices?q=${canary}`,
          `/top-ups/new?amount=${canary}`,
        ].map((path) => visitor.get(path)),
      )),
      ...(await Promise.all(
        [
          `/staff/customers/${marked.customerId}`,
          '/staff/customers',
          '/staff/audit',
          '/staff',
          `/staff/customers?q=${canary}`,
        ].map((path) => admin.get(path)),
      )),
      await world.visitor().get(`/login?next=${canary}`),
    ];
    for (const page of pages) {
      expect(page.status).toBe(200);
      expect(page.text).not.toContain('<img');
      expect(page.$('img,[onerror]')).toHaveLength(0);
    }
    expect(pages[2]?.text).toContain('&lt;img src=x');
  });

  it('arrays, repeated and __proto__ fields are refused (security 31)', async () => {
    const visitor = visitorOf('owner');
    await visitor.get('/profile');
    expect((await visitor.post('/top-ups', { amount: ['1', '2'], currency: 'EUR' })).status).toBe(400);
    for (const name of ['__proto__', 'constructor', 'a[__proto__]', '__proto__[admin]'])
      expect((await visitor.post('/profile', { [name]: 'x' })).status).toBe(400);
    expect((await visitor.post('/profile', { city: ['a', 'b'] })).status).toBe(422);
    expect((await visitor.get('/orders?__proto__=x')).status).toBe(400);
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined();
  });

  it('control characters are refused in what is kept (security 33)', async () => {
    const visitor = visitorOf('owner');
    await visitor.get('/profile');
    for (const city of ['a\r\nBcc: x@y', 'a\u0007b', 'a\u001bb'])
      expect((await visitor.post('/profile', { city })).status).toBe(422);
  });

  it('zero bytes and broken encodings are never a fault', async () => {
    const visitor = visitorOf('owner');
    for (const path of [
      '/orders?q=%00',
      '/orders?q=%ff%fe',
      '/orders/%00',
      '/%ff',
      '/invoices?q=%ED%A0%80',
      '/top-ups/new?amount=%00&currency=%00',
      '/login?next=%00',
    ])
      expect((await visitor.get(path)).status).toBeLessThan(500);
    await visitor.get('/profile');
    for (const fields of [
      { amount: '\u0000', currency: 'EUR' },
      { amount: '1', currency: '\u0000' },
    ])
      expect((await visitor.post('/top-ups', fields)).status).toBe(400);
    const anonymous = world.visitor();
    await anonymous.get('/login');
    expect((await anonymous.post('/login', { email: 'a\u0000b@example.com', password: '\u0000' })).status).toBe(400);
    const admin = visitorOf('admin');
    await admin.get('/staff/customers?q=%00');
    expect(
      (
        await admin.post(`/staff/customers/${customer.customerId}/adjustments`, {
          direction: 'credit',
          amount: '1',
          reason: 'a\u0000b',
        })
      ).status,
    ).toBe(400);
  });
});

describe('a file', () => {
  it('of a stranger is not read, and a broken one is refused', async () => {
    const upload = (cookie: string, type: string, body: string) =>
      request(world.url).post('/staff/rates/imports').set('Cookie', cookie).set('Content-Type', type).send(body);
    expect((await upload('', 'multipart/form-data', 'x')).status).toBe(403);
    const admin = visitorOf('admin');
    for (const type of ['multipart/form-data', 'multipart/form-data; boundary=b'])
      expect(
        (await admin.agent.post('/staff/rates/imports').set('Content-Type', type).send('--b\r\nbroken')).status,
      ).toBe(400);
  });
});

describe('the browser', () => {
  it('is told the strict policy on every page, errors included (security 34)', async () => {
    for (const path of ['/login', '/nothing', assets().customerPages.favicon, '/healthz']) {
      const { headers } = await world.visitor().get(path);
      expect(headers['content-security-policy']).toBe(
        "default-src 'none';script-src 'self';style-src 'self';img-src 'self';font-src 'self';connect-src 'self';manifest-src 'self';base-uri 'none';form-action 'self';frame-ancestors 'none'",
      );
    }
  });

  it('is told the other headers (security 35)', async () => {
    const { headers } = await world.visitor().get('/login');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
      'x-frame-options': 'DENY',
    });
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('sees a request id on an error page and nothing of the inside (security 36)', async () => {
    const broken = await createWorld();
    const visitor = await broken.signIn(await broken.addCustomer());
    await broken.owner.raw('alter table orders rename to gone');
    const page = await visitor.get('/orders');
    expect(page.status).toBe(500);
    expect(page.text).not.toMatch(/relation|\bselect\b|\/src\/|node_modules/);
    const id = page.$('[data-request-id]').text();
    expect(broken.logged.find((line) => line['msg'] === 'fault')).toMatchObject({ req: { id } });
    await broken.close();
  });

  it('gets 413 for what is too large and 405 for odd methods (security 37)', async () => {
    const visitor = visitorOf('owner');
    await visitor.get('/profile');
    expect((await visitor.post('/profile', { city: 'x'.repeat(100_000) })).status).toBe(413);
    for (const method of ['put', 'delete', 'patch', 'options', 'trace'] as const)
      expect((await request(world.url)[method]('/orders')).status).toBe(405);
  });

  it('leaves no session behind for pages that do not exist', async () => {
    const count = async () => (await world.db('sessions').count().first<{ count: number }>()).count;
    const before = await count();
    for (const path of ['/nothing', '/.env', '/wp-login.php']) await world.visitor().get(path);
    expect(await count()).toBe(before);
  });

  it('gets nothing of the inside (security 43)', async () => {
    for (const path of [
      '/.env',
      '/.git/config',
      '/views/orders/list.ejs',
      '/package.json',
      '/src/app.ts',
      '/assets/../../package.json',
      '/assets/%2e%2e/%2e%2e/package.json',
      '/assets/..%2f..%2fpackage.json',
      '/assets/tsconfig.json',
    ])
      expect([403, 404]).toContain((await world.visitor().get(path)).status);
  });
});

describe('operation', () => {
  it('production refuses to start without its settings, or with the demo’s, naming each (security 18)', () => {
    expect(() => parseConfig({ NODE_ENV: 'production' })).toThrow(
      /DATABASE_URL.*SESSION_SECRET.*PUBLIC_URL.*TRUSTED_PROXIES/,
    );
    const complete = { ...PRODUCTION, ADMIN_EMAIL: 'a@b.example', ADMIN_PASSWORD: 'a long enough password' };
    expect(parseConfig(complete)).toMatchObject({ production: true, demo: false, ratesMaxAgeDays: 7 });
    for (const [name, value] of Object.entries({
      ADMIN_PASSWORD: 'kabinet-demo-2026',
      SESSION_SECRET: 'short',
      ADMIN_EMAIL: 'admin@kabinet.example',
      PUBLIC_URL: 'http://portal.example',
      SEED_DEMO: 'true',
    }))
      expect(() => parseConfig({ ...complete, [name]: value })).toThrow(name);
  });

  it('production has no sandbox bank, and cookies with the prefix __Host- (T4) (security 1)', async () => {
    const production = await createWorld({ environment: PRODUCTION });
    expect((await request(production.url).post('/webhooks/sandbox').send('{}')).status).toBe(404);
    const person = await production.addCustomer();
    const page = await request(production.url).get('/login').set('X-Forwarded-Proto', 'https');
    const cookies = (headers: Record<string, unknown>) => (headers['set-cookie'] ?? []) as string[];
    expect(cookies(page.headers)).toEqual([
      expect.stringMatching(/^__Host-kabinet-visitor=[^;]+; Path=\/; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    const answer = await request(production.url)
      .post('/login')
      .set('X-Forwarded-Proto', 'https')
      .set(
        'Cookie',
        cookies(page.headers)
          .map((cookie) => cookie.split(';', 1)[0])
          .join('; '),
      )
      .type('form')
      .send({
        _csrf: /name="_csrf" value="([^"]+)"/.exec(page.text)?.[1],
        email: person.email,
        password: PASSWORD,
      });
    expect(answer.status).toBe(303);
    expect(cookies(answer.headers).sort()).toEqual([
      expect.stringMatching(
        /^__Host-kabinet-device-[\w-]+=[^;]+; Max-Age=\d+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/,
      ),
      expect.stringMatching(/^__Host-kabinet=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/),
    ]);
    expect(page.headers['strict-transport-security']).toContain('max-age=');
    await production.close();
  });

  it('logs a line for each request with its id, and no secret (security 41)', async () => {
    const visitor = world.visitor();
    await visitor.get('/login');
    await visitor.post('/login', { email: customer.email, password: 'a secret that must not be logged' });
    await visitor.get('/orders?q=private');
    const text = JSON.stringify(world.logged);
    expect(world.logged.some((line) => (line['req'] as { path?: string } | undefined)?.path === '/login')).toBe(true);
    expect(text).not.toContain('a secret that must not be logged');
    expect(text).not.toContain('private');
    expect(text).not.toMatch(/kabinet=s%3A/);
  });

  it('readiness tells the proxy first when the process is about to stop (security 44)', async () => {
    expect((await request(world.url).get('/readyz')).status).toBe(200);
    world.services.lifecycle.stopping = true;
    expect((await request(world.url).get('/readyz')).status).toBe(503);
    expect((await request(world.url).get('/healthz')).status).toBe(200);
    world.services.lifecycle.stopping = false;
  });

  it.each(['*', 'nowhere', 'http:', '*/orders'])('answers the target %s with 400', async (target) => {
    const port = Number(new URL(world.url).port);
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      const socket = openSocket(port, '127.0.0.1', () =>
        socket.write(`GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`),
      );
      socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      socket.on('close', () => resolve(text));
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('answers a broken request line without falling over', async () => {
    const port = Number(new URL(world.url).port);
    await new Promise<void>((resolve) => {
      const socket = openSocket(port, '127.0.0.1', () => socket.end('GET \u0000 NONSENSE\r\n\r\n'));
      socket.on('close', () => resolve());
      socket.resume();
    });
    expect((await request(world.url).get('/healthz')).status).toBe(200);
  });
});
