import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeSetupToken } from '../../src/domain/staff/set-up.ts';
import { expectInvariants } from '../support/invariants.ts';
import { linkTo } from '../support/links.ts';
import { PRODUCTION } from '../support/production.ts';
import { setUpFactor } from '../support/totp.ts';
import { Visitor } from '../support/visitor.ts';
import { createWorld, type World } from '../support/world.ts';

const PASSWORD = 'a long password for the first day';
const { SELLER_NAME: _name, SELLER_DETAILS: _details, ...ENVIRONMENT } = PRODUCTION;

let world: World;
beforeAll(async () => {
  world = await createWorld({ empty: true, environment: ENVIRONMENT });
});
afterAll(async () => {
  await expectInvariants(world);
  await world.close();
});

/** Sends a form from its page, and expects to be led on. */
async function send(visitor: Visitor, page: string, path: string, fields: Record<string, string | string[]>) {
  await visitor.get(page);
  const answer = await visitor.post(path, fields);
  if (answer.status !== 303)
    throw new Error(`${path} was answered ${answer.status}: ${answer.textOf('.alert, .field-error')}`);
  return answer;
}

const stepsDone = async (visitor: Visitor) => {
  const page = await visitor.get('/staff');
  return page.attributes('[data-step][data-done=true]', 'data-step');
};

const CATEGORY = {
  code: 'vps',
  name_en: 'VPS',
  name_ru: 'VPS',
  about_en: 'A virtual server.',
  about_ru: 'Виртуальный сервер.',
  position: '0',
  active: '1',
  periods: '1, 12',
  provisioning: 'automatic',
  due_days: '7',
  invoice_days: '5',
  remind_days: '1',
  grace_days: '3',
  suspended_days: '14',
  field_0_code: 'cpu',
  field_0_name_en: 'Processor',
  field_0_name_ru: 'Процессор',
  field_0_kind: 'text',
  field_1_code: 'ram',
  field_1_name_en: 'Memory',
  field_1_name_ru: 'Память',
  field_1_kind: 'number',
  field_1_pattern_en: '{value} GB',
  field_1_pattern_ru: '{value} ГБ',
};

const PLANS = [
  { code: 'small', name: 'Small', monthly: { EUR: '5.00', USD: '5.50', RUB: '490' } },
  { code: 'medium', name: 'Medium', monthly: { EUR: '10.00', USD: '11.00', RUB: '990' } },
  { code: 'large', name: 'Large', monthly: { EUR: '20.00', USD: '22.00', RUB: '1990' } },
];

it('a provider opens shop by pages alone, from an empty production database to the first server', async () => {
  const today = world.clock.today();
  // The first administrator, with the link that the start prints.
  const admin = Visitor.throughProxy(world.url);
  const token = await makeSetupToken(world.db, world.clock);
  await send(admin, `/staff/setup?token=${token}`, '/staff/setup', {
    token,
    email: 'boss@hosting.example',
    password: PASSWORD,
  });
  await setUpFactor(admin, world.clock);
  expect((await admin.get('/staff')).attributes('[data-step]', 'data-step')).toHaveLength(8);
  expect(await stepsDone(admin)).toEqual([]);

  // Who sells, in which currencies, at which rates.
  await send(admin, '/staff/settings/seller', '/staff/settings/seller', {
    name: 'Example Hosting Ltd',
    address: '1 Example Street',
    registration: 'HRB 1',
    vat: 'VAT XX1',
    bank: 'IBAN XX00',
    valid_from: today,
    reason: '',
  });
  for (const [position, code] of ['EUR', 'USD', 'RUB'].entries())
    await send(admin, '/staff/rates', `/staff/currencies/${code}`, {
      enabled: 'on',
      priced: 'on',
      markup: '0',
      position: String(position + 1),
    });
  for (const [currency, rate] of Object.entries({ USD: '1.1', RUB: '95' }))
    await send(admin, '/staff/rates', '/staff/rates', { currency, rate, effective_on: today });
  await expect.poll(() => stepsDone(admin)).toEqual(['seller', 'currencies']);

  // What is sold, and where.
  for (const [code, en, ru] of [
    ['prague', 'Prague', 'Прага'],
    ['warsaw', 'Warsaw', 'Варшава'],
  ] as const)
    await send(admin, '/staff/locations', '/staff/locations', { code, name_en: en, name_ru: ru });
  await send(admin, '/staff/categories/new', '/staff/categories', CATEGORY);
  await expect.poll(async () => (await admin.get('/staff/plans/new')).status).toBe(200);
  const form = await admin.get('/staff/plans/new?category=vps');
  const places = form.values('input[name=location]');
  expect(places).toHaveLength(2);
  for (const [position, { code, name, monthly }] of PLANS.entries()) {
    const { location = '' } = await send(admin, '/staff/plans/new?category=vps', '/staff/plans', {
      category: 'vps',
      code,
      name,
      spec_cpu: `${position + 1} vCPU`,
      spec_ram: String(2 ** (position + 1)),
      location: places,
      position: String(position),
      stock: '',
      stock_before: '',
      active: '1',
    });
    const prices = Object.entries(monthly).flatMap(([currency, price]) => [
      [`price_${currency}_1`, price],
      [`price_${currency}_12`, String(Number(price) * 10)],
    ]);
    await send(admin, location, location, {
      ...(Object.fromEntries(prices) as Record<string, string>),
      intent: 'save',
      version: '0',
      valid_from: today,
      running: 'keep',
      notice_days: '30',
      rounding: 'ninety',
      source: 'EUR',
    });
  }
  const networks = await admin.get('/staff/networks/new');
  const prague = networks.$('#location option:contains("Prague")').attr('value') ?? '';
  await send(admin, '/staff/networks/new', '/staff/networks', {
    network: '192.0.2.0/28',
    location: prague,
    gateway: '192.0.2.1',
    dns: '',
    vlan: '',
    reserved: '',
    automatic: '1',
    rest_days: '7',
    alarm_below: '0',
    note: '',
  });
  // Mail goes nowhere here, and is the one step that is left.
  expect(await stepsDone(admin)).toEqual(['seller', 'currencies', 'location', 'category', 'plan', 'prices', 'network']);

  // A customer finds it, registers and confirms the e-mail.
  const customer = Visitor.throughProxy(world.url);
  const catalogue = await customer.get('/catalog/vps');
  expect(catalogue.attributes('tr[data-plan]', 'data-plan')).toEqual(['small', 'medium', 'large']);
  expect(catalogue.textOf('tr[data-plan=medium]')).toContain('2 vCPU · 4 GB');
  const email = 'first@customer.example';
  await send(customer, '/register', '/register', {
    email,
    password: PASSWORD,
    kind: 'person',
    country: 'DE',
    currency: 'EUR',
    language: 'en',
  });
  const confirmation = await linkTo(world, email, 'confirm_email');
  await send(customer, confirmation, confirmation, {});
  await send(customer, '/login', '/login', { email, password: PASSWORD }).catch(() => null);
  await send(customer, '/profile', '/profile', {
    kind: 'person',
    first_name: 'Ada',
    last_name: 'First',
    country: 'DE',
    city: 'Berlin',
    postal_code: '10115',
    address: 'Street 1',
    phone: '+49 30 1234567',
  });

  // Staff give them money that came otherwise; they order, pay, and are served.
  const found = await admin.get(`/staff/search?q=${email}`);
  const row = found.$('main a[href^="/staff/customers/"]').attr('href') ?? found.location ?? '';
  await send(admin, row, `${row}/adjustments`, {
    direction: 'credit',
    amount: '10.00',
    reason: 'Paid in cash',
    key: '7f7d5f54-6c07-4d43-8a55-3f8f6c1f8b11',
  });
  const ordered = await send(customer, '/orders/new?plan=medium', '/orders', {
    plan: 'medium',
    months: '1',
    location: 'prague',
    hostname: 'first.example.com',
    os: 'debian-13',
    pay: 'now',
  });
  const order = await customer.get(ordered.location ?? '');
  expect(order.textOf('main')).toContain('Active');
  expect(order.textOf('main')).toContain('192.0.2.2');
  const invoice = await customer.get('/invoices/1');
  expect(invoice.textOf('main')).toContain('Example Hosting Ltd');
  expect((await admin.get('/staff')).$('[data-opening]')).toHaveLength(0);
  expect((await admin.get('/staff/plans')).textOf('tr[data-id]:has(a:contains("Medium"))')).toContain('On sale');
});
