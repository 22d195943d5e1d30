import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/platform/db/transaction.ts';
import { Money } from '../../src/domain/money/money.ts';
import { sandboxGateway } from '../../src/domain/gateways/sandbox.ts';
import { routes } from '../../src/routes.ts';
import { seedOptions } from '../../seeds/catalogue.ts';
import type { TestCustomer } from '../support/people.ts';
import { SANDBOX_SECRET } from '../support/portal.ts';
import type { Page } from '../support/page.ts';
import type { Visitor } from '../support/visitor.ts';
import { createWorld, type World } from '../support/world.ts';

let world: World;
let customer: TestCustomer;
let admin: Visitor;
let person: Visitor;
let ids: Record<
  | 'order'
  | 'unpaid'
  | 'paid'
  | 'customer'
  | 'waiting'
  | 'proposal'
  | 'plan'
  | 'option'
  | 'location'
  | 'network'
  | 'run',
  number
>;
/** The address of a payment at the sandbox bank, which cannot reach its portal. */
let bankOrder: string;

beforeAll(async () => {
  world = await createWorld();
  await world.storeRates({ USD: '1.07', GBP: '0.85' });
  await inTransaction(world.db, (trx) => seedOptions(trx));
  customer = await world.addCustomer({ balance: '5.00', profile: { city: '' } });
  const buyer = await world.addCustomer({ balance: '5.00' });
  const order = await world.addActiveOrder(buyer);
  const unpaid = await world.placeOrder(buyer, { plan: 'vps-8', months: 12 });
  const dedicated = await world.placeOrder(buyer, { plan: 'ds-e-2388g' });
  await world.credit(buyer, (await world.invoice(dedicated.invoice.id)).total);
  await world.pay(buyer, dedicated.invoice.id);
  const [proposal] = await world
    .owner('rate_proposals')
    .insert({
      currency: 'USD',
      rate: '2',
      effective_on: '2026-03-10',
      source: 'manual',
      previous_rate: '1.07',
      proposed_at: world.clock.now(),
      decision: 'rejected',
      decided_at: world.clock.now(),
    })
    .returning('id');
  bankOrder = await sandboxGateway(SANDBOX_SECRET).start({
    reference: 'ref',
    money: Money.of('5', 'EUR'),
    description: 'TOP-1',
    returnUrl: `${world.url}/invoices/1`,
    webhookUrl: 'http://127.0.0.1:1/webhooks/sandbox',
  });
  ids = {
    order,
    unpaid: unpaid.invoice.id,
    paid: dedicated.invoice.id,
    customer: buyer.customerId,
    waiting: dedicated.orderId,
    proposal: proposal.id,
    plan: await idOf('plans', { code: 'vps-2' }),
    option: await idOf('plan_options', { code: 'backup', category: 'vps' }),
    location: await idOf('locations', { code: 'prague' }),
    network: 0,
    run: (await world.runCalendar()).runId,
  };
  const [network] = await world
    .db('networks')
    .insert({ cidr: '192.0.2.0/28', location_id: ids.location })
    .returning('id');
  ids.network = network.id;
  admin = await world.signIn(await world.addStaff('admin'));
  person = await world.signIn(buyer);
});
afterAll(() => world.close());

const idOf = async (table: string, where: Record<string, string>) =>
  (await world.db(table).where(where).first('id')).id as number;
const bankToken = () => new URL(bankOrder, world.url).searchParams.get('order') ?? '';

interface Case {
  who: () => Visitor | Promise<Visitor>;
  from: () => string;
  to: () => string;
  fields: () => Record<string, string | string[]>;
  /** Which fields of the page hold what was typed. */
  typed: () => [selector: string, value: string][];
}

const asBuyer = () => person;
const asAdmin = () => admin;
const LONG = 'x'.repeat(600);

/** One refusal of each form that is shown again when it is refused. */
const cases: Record<string, Case> = {
  '/login': {
    who: () => world.visitor(),
    from: () => '/login',
    to: () => '/login',
    fields: () => ({ email: 'nobody@example.com', password: 'not the right one', next: '/orders' }),
    typed: () => [
      ['#email', 'nobody@example.com'],
      ['.card input[name=next]', '/orders'],
      ['#password', ''],
    ],
  },
  '/orders': {
    who: asBuyer,
    from: () => '/orders/new?plan=vps-2',
    to: () => '/orders',
    fields: () => ({ plan: 'vps-2', months: '6', hostname: 'not a hostname', os: 'debian-13' }),
    typed: () => [
      ['#hostname', 'not a hostname'],
      ['input[name=months]:checked', '6'],
      ['input[name=plan]', 'vps-2'],
    ],
  },
  '/orders/:id/comment': {
    who: asBuyer,
    from: () => `/orders/${ids.order}`,
    to: () => `/orders/${ids.order}/comment`,
    fields: () => ({ comment: LONG, service_name: 'Shop' }),
    typed: () => [
      ['#comment', LONG],
      ['#service_name', 'Shop'],
    ],
  },
  '/orders/:id/plan-change': {
    who: asBuyer,
    from: () => `/orders/${ids.order}/plan-change?plan=vps-4`,
    to: () => `/orders/${ids.order}/plan-change`,
    fields: () => ({ plan: 'vps-4', amount: '0.01' }),
    typed: () => [['main form input[name=plan]', 'vps-4']],
  },
  '/orders/:id/options': {
    who: asBuyer,
    from: () => `/orders/${ids.order}/options?option=backup`,
    to: () => `/orders/${ids.order}/options`,
    fields: () => ({ option: 'backup', amount: '0.01', pay: 'now' }),
    typed: () => [['main form input[name=option]', 'backup']],
  },
  '/support': {
    who: asBuyer,
    from: () => `/support?order=${ids.order}`,
    to: () => '/support',
    fields: () => ({ about: `order-${ids.order}`, message: ' ' }),
    typed: () => [['#about', `order-${ids.order}`]],
  },
  '/profile/ssh-keys': {
    who: asBuyer,
    from: () => '/profile/ssh-keys',
    to: () => '/profile/ssh-keys',
    fields: () => ({ ssh_key: 'no key', name: 'Laptop' }),
    typed: () => [
      ['#ssh_key', 'no key'],
      ['#name', 'Laptop'],
    ],
  },
  '/top-ups': {
    who: asBuyer,
    from: () => '/top-ups/new',
    to: () => '/top-ups',
    fields: () => ({ amount: '12x', currency: 'USD', pays: String(ids.unpaid) }),
    typed: () => [
      ['#amount', '12x'],
      ['#currency option[selected]', 'USD'],
      ['input[name=pays]', String(ids.unpaid)],
    ],
  },
  '/profile': {
    who: asBuyer,
    from: () => '/profile',
    to: () => '/profile',
    fields: () => ({ first_name: 'Zoë', phone: 'call me' }),
    typed: () => [
      ['#first_name', 'Zoë'],
      ['#phone', 'call me'],
    ],
  },
  '/profile/missing-fields': {
    who: async () => world.signIn(customer),
    from: () => '/top-ups/new',
    to: () => '/profile/missing-fields',
    fields: () => ({ city: 'y'.repeat(101), return_to: '/top-ups/new?amount=5' }),
    typed: () => [
      ['#city', 'y'.repeat(101)],
      ['#profile-gate input[name=return_to]', '/top-ups/new?amount=5'],
    ],
  },
  '/invoices/payment': {
    who: asBuyer,
    from: () => `/invoices/payment?invoice=${ids.unpaid}`,
    to: () => '/invoices/payment',
    fields: () => ({ invoice: String(ids.unpaid) }),
    typed: () => [],
  },
  '/invoices/:id/payment': {
    who: asBuyer,
    from: () => `/invoices/${ids.unpaid}`,
    to: () => `/invoices/${ids.unpaid}/payment`,
    fields: () => ({ method: 'balance' }),
    typed: () => [],
  },
  '/invoices/:id/cancellation': {
    who: asBuyer,
    from: () => `/invoices/${ids.paid}`,
    to: () => `/invoices/${ids.paid}/cancellation`,
    fields: () => ({}),
    typed: () => [],
  },
  '/sandbox-bank': {
    who: asBuyer,
    from: () => bankOrder,
    to: () => '/sandbox-bank',
    fields: () => ({ order: bankToken(), action: 'pay' }),
    typed: () => [['main form input[name=order]', bankToken()]],
  },
  '/staff/customers/:id/adjustments': {
    who: asAdmin,
    from: () => `/staff/customers/${ids.customer}`,
    to: () => `/staff/customers/${ids.customer}/adjustments`,
    fields: () => ({
      direction: 'debit',
      amount: '99999',
      reason: 'A mistake',
      key: '7f7d5f54-6c07-4d43-8a55-3f8f6c1f8b11',
    }),
    typed: () => [
      ['#amount', '99999'],
      ['#reason', 'A mistake'],
      ['input[name=key]', '7f7d5f54-6c07-4d43-8a55-3f8f6c1f8b11'],
    ],
  },
  '/staff/orders/:id/activation': {
    who: asAdmin,
    from: () => '/staff/provisioning',
    to: () => `/staff/orders/${ids.waiting}/activation`,
    fields: () => ({ ip: '300.1.1.1' }),
    typed: () => [['input[name=ip]', '300.1.1.1']],
  },
  '/staff/rates': {
    who: asAdmin,
    from: () => '/staff/rates',
    to: () => '/staff/rates',
    fields: () => ({ currency: 'GBP', rate: 'a lot', effective_on: '2026-03-10' }),
    typed: () => [
      ['#rate', 'a lot'],
      ['#currency option[selected]', 'GBP'],
    ],
  },
  '/staff/rates/imports': {
    who: asAdmin,
    from: () => '/staff/rates',
    to: () => '/staff/rates/imports',
    fields: () => ({}),
    typed: () => [],
  },
  '/staff/rates/proposals/:id': {
    who: asAdmin,
    from: () => '/staff/rates',
    to: () => `/staff/rates/proposals/${ids.proposal}`,
    fields: () => ({ decision: 'confirmed' }),
    typed: () => [],
  },
  '/staff/currencies': {
    who: asAdmin,
    from: () => '/staff/rates',
    to: () => '/staff/currencies',
    fields: () => ({ code: 'QQQ', rate_source: 'ecb' }),
    typed: () => [['#code', 'QQQ']],
  },
  '/staff/currencies/:code': {
    who: asAdmin,
    from: () => '/staff/rates',
    to: () => '/staff/currencies/GBP',
    fields: () => ({ enabled: 'on', markup: 'two' }),
    typed: () => [['tr[data-currency=GBP] input[name=markup]', 'two']],
  },
  '/staff/plans': {
    who: asAdmin,
    from: () => '/staff/plans/new?category=vps',
    to: () => '/staff/plans',
    fields: () => ({ category: 'vps', name: 'Half a plan', code: 'vps-2', spec_cpu: '7 vCPU', position: 'first' }),
    typed: () => [
      ['#name', 'Half a plan'],
      ['#spec_cpu', '7 vCPU'],
      ['#position', 'first'],
    ],
  },
  '/staff/plans/:id': {
    who: asAdmin,
    from: () => `/staff/plans/${ids.plan}`,
    to: () => `/staff/plans/${ids.plan}`,
    fields: () => ({ name: '', spec_cpu: '7 vCPU', position: '1', stock: 'many' }),
    typed: () => [
      ['#spec_cpu', '7 vCPU'],
      ['#stock', 'many'],
    ],
  },
  '/staff/plans/:id/prices': {
    who: asAdmin,
    from: () => `/staff/plans/${ids.plan}/prices`,
    to: () => `/staff/plans/${ids.plan}/prices`,
    fields: () => ({ intent: 'save', price_EUR_1: 'ten', price_USD_1: '11.25', version: '0', running: 'keep' }),
    typed: () => [
      ['#price_EUR_1', 'ten'],
      ['#price_USD_1', '11.25'],
    ],
  },
  '/staff/categories': {
    who: asAdmin,
    from: () => '/staff/categories/new',
    to: () => '/staff/categories',
    fields: () => ({ code: 'gpu', name_en: 'GPU', periods: 'one' }),
    typed: () => [
      ['#name_en', 'GPU'],
      ['#periods', 'one'],
    ],
  },
  '/staff/categories/:code': {
    who: asAdmin,
    from: () => '/staff/categories/vps',
    to: () => '/staff/categories/vps',
    fields: () => ({ name_en: 'Virtual', periods: 'one', field_0_name_en: 'Cores' }),
    typed: () => [
      ['#name_en', 'Virtual'],
      ['#field_0_name_en', 'Cores'],
    ],
  },
  '/staff/options': {
    who: asAdmin,
    from: () => '/staff/options/new',
    to: () => '/staff/options',
    fields: () => ({ category: 'vps', code: 'gpu', name_en: 'GPU', price_EUR: 'much' }),
    typed: () => [
      ['#name_en', 'GPU'],
      ['#price_EUR', 'much'],
    ],
  },
  '/staff/options/:id': {
    who: asAdmin,
    from: () => `/staff/options/${ids.option}`,
    to: () => `/staff/options/${ids.option}`,
    fields: () => ({ name_en: 'Copies', price_EUR: 'much' }),
    typed: () => [
      ['#name_en', 'Copies'],
      ['#price_EUR', 'much'],
    ],
  },
  '/staff/locations': {
    who: asAdmin,
    from: () => '/staff/locations',
    to: () => '/staff/locations',
    fields: () => ({ code: 'Oslo!', name_en: 'Oslo', name_ru: '' }),
    typed: () => [
      ['#name_en', 'Oslo'],
      ['#code', 'Oslo!'],
    ],
  },
  '/staff/locations/:id': {
    who: asAdmin,
    from: () => '/staff/locations',
    to: () => `/staff/locations/${ids.location}`,
    fields: () => ({ name_en: '', name_ru: 'Злата Прага' }),
    typed: () => [[`#name_ru_${ids.location}`, 'Злата Прага']],
  },
  '/staff/networks': {
    who: asAdmin,
    from: () => '/staff/networks/new',
    to: () => '/staff/networks',
    fields: () => ({ network: '10.0.0.1/24', location: String(ids.location), vlan: '12' }),
    typed: () => [
      ['#network', '10.0.0.1/24'],
      ['#vlan', '12'],
    ],
  },
  '/staff/networks/imports': {
    who: asAdmin,
    from: () => '/staff/networks',
    to: () => '/staff/networks/imports',
    fields: () => ({}),
    typed: () => [],
  },
  '/staff/networks/:id': {
    who: asAdmin,
    from: () => `/staff/networks/${ids.network}`,
    to: () => `/staff/networks/${ids.network}`,
    fields: () => ({ location: String(ids.location), vlan: '12', gateway: '10.0.0.1' }),
    typed: () => [
      ['#gateway', '10.0.0.1'],
      ['#vlan', '12'],
    ],
  },
  '/staff/networks/:id/addresses': {
    who: asAdmin,
    from: () => `/staff/networks/${ids.network}`,
    to: () => `/staff/networks/${ids.network}/addresses`,
    fields: () => ({ addresses: '10.0.0.1', action: 'reserve', reason: 'Ours' }),
    typed: () => [
      ['#addresses', '10.0.0.1'],
      ['#reason', 'Ours'],
    ],
  },
  '/staff/orders/:id/address': {
    who: asAdmin,
    from: () => `/staff/orders/${ids.order}/address`,
    to: () => `/staff/orders/${ids.order}/address`,
    fields: () => ({ change: 'replace', ip: '300.1.1.1', reason: 'Attacked' }),
    typed: () => [
      ['#ip', '300.1.1.1'],
      ['#reason', 'Attacked'],
    ],
  },
  '/staff/orders/:id/leaving-out': {
    who: asAdmin,
    from: () => `/staff/orders/${ids.order}/leaving-out`,
    to: () => `/staff/orders/${ids.order}/leaving-out`,
    fields: () => ({ until: '2020-01-01', reason: 'In court' }),
    typed: () => [
      ['#until', '2020-01-01'],
      ['#reason', 'In court'],
    ],
  },
  '/staff/settings/seller': {
    who: asAdmin,
    from: () => '/staff/settings/seller',
    to: () => '/staff/settings/seller',
    fields: () => ({ name: 'Example', address: 'Somewhere 1', valid_from: '2020-01-01' }),
    typed: () => [
      ['#name', 'Example'],
      ['#valid_from', '2020-01-01'],
    ],
  },
  '/staff/settings/:group': {
    who: asAdmin,
    from: () => '/staff/settings/top-ups',
    to: () => '/staff/settings/top-ups',
    fields: () => ({ top_up_min: 'ten', top_up_max: '500', rates_max_age_days: '7' }),
    typed: () => [
      ['#top_up_min', 'ten'],
      ['#top_up_max', '500'],
    ],
  },
  '/staff/billing': {
    who: asAdmin,
    from: () => '/staff/billing',
    to: () => '/staff/billing',
    fields: () => ({ day: '2030-01-01' }),
    typed: () => [['#day', '2030-01-01']],
  },
};

/** These are not shown again: they have no field to correct, or the refusal is an error page. */
const WITHOUT_FORM = [
  '/logout',
  '/appearance',
  '/orders/columns',
  '/orders/renewals',
  '/orders/:id/renewal',
  '/orders/:id/cancellation/undo',
  '/orders/:id/auto-renewal',
  '/orders/:id/options/:code/removal',
  '/orders/:id/options/:code/removal/undo',
  '/profile/ssh-keys/:id/removal',
  '/profile/preferences',
  // What they ask for is a password, a code or one line, of a visitor, of whom nothing is kept.
  '/login/second-factor',
  '/register',
  '/email-confirmations',
  '/email-confirmations/:token',
  '/email-returns/:token',
  '/password-resets',
  '/password-resets/:token',
  '/security/email',
  '/staff/setup',
  '/staff/team/sessions/end',
  '/factor-removals/:token',
  '/staff/customers/:id/users/:user/factor-removal',
  '/staff/customers/:id/users/:user/factor-removal/approval',
  '/staff/customers',
  '/staff/customers/:id/profile',
  '/staff/customers/:id/users/:user/email',
  '/staff/customers/:id/users/:user/reset',
  '/staff/customers/:id/users/:user/unlock',
  '/staff/customers/:id/users/:user/sessions/end',
  '/staff/customers/:id/block',
  '/staff/customers/:id/unblock',
  '/staff/team/invitations',
  '/staff/team/invitations/:id/withdrawal',
  '/staff/team/:id/role',
  '/members/invitations',
  '/members/invitations/:id/withdrawal',
  '/members/contacts',
  '/members/contacts/:id/removal',
  '/members/:id/role',
  '/members/:id/removal',
  '/invitations/:token',
  '/account/switch',
  '/account/memberships/:id/leaving',
  '/password-strength',
  '/staff/plans/:id/prices/:change/withdrawal',
  '/staff/networks/:id/removal',
  '/staff/settings/mail/test',
  '/staff/notices',
  '/staff/orders/:id/leaving-out/undo',
  '/staff/billing/:id/failures/:failure/retry',
  // Its one field is a reason.
  '/staff/orders/:id/refusal',
  '/security/confirmation',
  '/security/password',
  '/security/totp',
  '/security/totp/removal',
  '/security/recovery-codes',
  '/security/browsers/:id/removal',
  '/security/sessions/end',
  '/security/sessions/:id/end',
  // Refused only when something changes at the same moment.
  '/orders/:id/cancellation',
];

/** They keep what was typed but not the reason: nothing is stored for a visitor without an account, nor at the bank. */
const WITHOUT_REASON = ['/login', '/sandbox-bank'];

const changes = routes.filter(({ method }) => method === 'post').map(({ path }) => path);

describe('a form that was refused', () => {
  it('is known for every change there is', () => {
    expect([...Object.keys(cases), ...WITHOUT_FORM].sort()).toEqual(changes.sort());
  });

  it.each(changes)('sent to %s is at an address that answers GET, and leads to its form', async (path) => {
    const address = path.startsWith('/invoices')
      ? path.replace(':id', String(ids.unpaid))
      : path
          .replace('/staff/customers/:id', `/staff/customers/${ids.customer}`)
          .replace('/staff/plans/:id', `/staff/plans/${ids.plan}`)
          .replace('/staff/options/:id', `/staff/options/${ids.option}`)
          .replace('/staff/networks/:id', `/staff/networks/${ids.network}`)
          .replace('/staff/categories/:code', '/staff/categories/vps')
          .replace('/staff/billing/:id', `/staff/billing/${ids.run}`)
          .replace(':failure', '1')
          .replace(':group', 'mail')
          .replace(':id', String(ids.order))
          .replace(':code', 'GBP');
    const visitor = path.startsWith('/staff') ? admin : person;
    let page = await visitor.get(address);
    expect(page.status).not.toBe(404);
    if (page.status === 303) page = await visitor.get(page.location ?? '');
    expect(page.status).not.toBe(404);
  });

  it.each(Object.keys(cases))('by %s is shown again, filled in, when language and theme are switched', async (path) => {
    const { who, from, to, fields, typed } = cases[path] as Case;
    const visitor = await who();
    await visitor.get(from());
    const refused = await visitor.post(to(), fields());
    expect([422, 502]).toContain(refused.status);
    for (const [name, value] of [
      ['locale', 'ru'],
      ['theme', 'dark'],
      ['theme', 'system'],
      ['locale', 'en'],
    ] as const) {
      const page = await visitor.submit('/appearance', { [name]: value, return_to: hereOf(refused) });
      expect(page.attribute('html', 'lang')).toBe(value === 'en' ? 'en' : 'ru');
      for (const [selector, text] of typed()) expect(page.$(selector).val() ?? '').toBe(text);
      if (!WITHOUT_REASON.includes(path)) expect(page.$('.alert-bad, [aria-invalid=true]').length).toBeGreaterThan(0);
      expect(hereOf(page)).toBe(hereOf(refused));
    }
  });

  it('is over with another page, and when it was sent again', async () => {
    await person.get('/profile');
    const refused = await person.post('/profile', { city: 'y'.repeat(101) });
    expect((await person.get(hereOf(refused))).attribute('#city', 'aria-invalid')).toBe('true');
    expect((await person.submit('/profile', { city: 'Kraków' })).$('#city').val()).toBe('Kraków');
    await person.post('/profile', { city: 'y'.repeat(101) });
    await person.get('/orders');
    expect((await person.get('/profile')).$('#city').val()).toBe('Kraków');
  });

  it('leaves no password and nothing endless in the session', async () => {
    const visitor = world.visitor();
    await visitor.get('/login');
    const password = 'a password that is not kept';
    await visitor.post('/login', { email: 'nobody@example.com', password });
    const kept = async () => JSON.stringify(await world.db('sessions').pluck('sess'));
    expect(await kept()).not.toMatch(/nobody@example|a password that is not kept/);
    await person.get('/profile');
    const refused = await person.post('/profile', { city: 'endless '.repeat(5_000) });
    expect(refused.status).toBe(422);
    expect(await kept()).not.toContain('endless endless');
  });
});

/** Where switching the language leads back to. */
const hereOf = (page: Page) => page.$('form.appearance input[name=return_to]').val() as string;

describe('a form with the token of an earlier session', () => {
  it('is shown again with what was typed, where the browser says that our own page sent it (security 25)', async () => {
    const typist = await world.signIn(await world.addCustomer());
    const [owner] = typist.token.split('.');
    const sent = { _csrf: `${owner}.of-an-earlier-session`, amount: '12,5', currency: 'EUR' };
    const send = () => typist.agent.post('/top-ups').type('form');
    const answer = await send().set('Origin', world.url).send(sent);
    expect([answer.status, answer.headers['location']]).toEqual([303, '/top-ups/new']);
    const form = await typist.get('/top-ups/new');
    expect(form.textOf('.flash')).toContain('submit it again');
    expect(form.value('#amount')).toBe('12,5');
    // What another person typed is not shown to whoever is signed in now.
    const another = { ...sent, _csrf: `1${owner}.of-an-earlier-session` };
    expect((await send().set('Origin', world.url).send(another)).status).toBe(403);
    // Of a client that does not say where it comes from, nothing is believed.
    expect((await send().send(sent)).status).toBe(403);
    expect((await send().set('Origin', 'https://evil.example').send(sent)).status).toBe(403);
  });

  it('that places an order leads back to the form of its plan', async () => {
    const typist = await world.signIn(await world.addCustomer());
    const [owner] = typist.token.split('.');
    const sent = { plan: 'vps-2', months: '3', hostname: 'typed.example.com', os: 'debian-13' };
    const answer = await typist.agent
      .post('/orders')
      .set('Origin', world.url)
      .type('form')
      .send({ _csrf: `${owner}.old`, ...sent });
    expect(answer.headers['location']).toBe('/orders/new?plan=vps-2');
    const form = await typist.get('/orders/new?plan=vps-2');
    expect(form.value('#hostname')).toBe('typed.example.com');
    expect(form.value('input[name=months]:checked')).toBe('3');
  });
});
