import { addDays } from '../../src/platform/clock.ts';
import type { World } from '../support/world.ts';

const EVERYONES = ['/', '/orders', '/invoices', '/invoices/payments', '/balance', '/top-ups/new', '/profile'];

/** Every page there is, by whose it is, with rows of the demo that show every state. */
export async function everyPage({ db, clock }: World): Promise<Record<string, string[]>> {
  const order = async (where: Record<string, unknown>) =>
    (
      await db('orders')
        .where({ currency: 'EUR', ...where })
        .orderBy('id')
        .first('id')
    ).id as number;
  const active = await db('orders as o')
    .join('plans as p', 'p.id', 'o.plan_id')
    .where({ 'o.status': 'active', 'p.code': 'vps-2', 'o.currency': 'EUR' })
    .where('o.paid_until', '>', addDays(clock.today(), 20))
    .first('o.id');
  const overdue = await db('orders')
    .where({ status: 'active', currency: 'EUR' })
    .where('paid_until', '<', clock.today())
    .first('id');
  const unpaid = await db('invoices').where({ status: 'unpaid', kind: 'service', currency: 'EUR' }).pluck('id');
  const topUp = await db('invoices').where({ kind: 'top_up', currency: 'EUR' }).first('id');
  const ordersPages = await Promise.all(
    ['awaiting_payment', 'provisioning', 'suspended', 'cancelled'].map((status) => order({ status })),
  );
  return {
    'anna@kabinet.example': [
      ...EVERYONES,
      '/orders?q=nothing+like+this',
      ...[active.id, overdue.id, ...ordersPages].map((id) => `/orders/${id}`),
      ...['renewal', 'cancellation', 'plan-change', 'plan-change?plan=vps-16-nvme'].map(
        (action) => `/orders/${active.id}/${action}`,
      ),
      `/orders/${active.id}/options`,
      `/orders/${active.id}/options?option=backup&option=panel`,
      `/orders/${active.id}/plan-change?plan=vps-1`,
      '/orders/renewals',
      '/profile/ssh-keys',
      '/security',
      '/security/password',
      '/security/email',
      '/security/totp',
      '/security/history',
      '/security/confirmation',
      '/members',
      '/account/switch',
      '/support',
      '/catalog',
      '/catalog/vps',
      '/catalog/dedicated',
      '/orders/new?plan=ds-e-2276g',
      '/orders/new?plan=vps-2',
      '/invoices?status=unpaid',
      '/invoices?kind=top_up&min=abc',
      '/invoices/1',
      `/invoices/${unpaid[0]}`,
      `/invoices/${topUp.id}`,
      `/invoices/payment?${unpaid
        .slice(0, 3)
        .map((id) => `invoice=${id}`)
        .join('&')}`,
      '/top-ups/new?amount=50&currency=USD',
      '/dev/mail',
      '/dev/mail/1',
      '/nothing',
    ],
    'new@kabinet.example': EVERYONES,
    'ivan@kabinet.example': EVERYONES,
    'books@nordwind.example': ['/', '/orders', '/invoices', '/balance', '/profile'],
    'admin@kabinet.example': [
      '/staff',
      '/staff/notices',
      '/staff/customers',
      '/staff/customers/1001',
      '/staff/customers/1001/access',
      '/staff/customers/1001/profile',
      '/staff/customers/new',
      '/staff/team',
      '/security',
      '/staff/provisioning',
      '/staff/billing',
      '/staff/billing/1',
      '/staff/billing/preview',
      `/staff/orders/${active.id}/leaving-out`,
      '/staff/rates',
      '/staff/audit',
      '/staff/users',
      '/staff/mails',
      '/staff/orders',
      '/staff/orders?status=overdue',
      ...[active.id, overdue.id, ...ordersPages].map((id) => `/staff/orders/${id}`),
      '/staff/invoices',
      '/staff/invoices?q=nothing',
      `/staff/invoices/${unpaid[0]}`,
      `/staff/invoices/${topUp.id}`,
      '/staff/payments',
      '/staff/payments/1',
      '/staff/plans',
      '/staff/plans?state=off',
      '/staff/plans/new?category=vps',
      '/staff/plans/1',
      '/staff/plans/1/prices',
      '/staff/categories',
      '/staff/categories/vps',
      '/staff/categories/new',
      '/staff/options',
      '/staff/options/1',
      '/staff/options/new',
      '/staff/locations',
      '/staff/networks',
      '/staff/networks/1',
      '/staff/networks/new',
      ...['seller', 'registration', 'top-ups', 'mail', 'texts', 'maintenance'].map(
        (group) => `/staff/settings/${group}`,
      ),
      `/staff/orders/${ordersPages[1]}/refusal`,
      `/staff/orders/${active.id}/address`,
      '/staff/transactions',
      '/staff/search',
      '/staff/search?q=kowalska',
    ],
  };
}
