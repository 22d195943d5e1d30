import type { Guard } from './guard.ts';

const BESIDE_THE_RUN = 'test/domain/billing/beside-the-run.test.ts';
const OPTIONS = 'test/controllers/orders/options.test.ts';
const CALENDAR = 'test/domain/billing/calendar.test.ts';

/** What a payment does to orders, and what the calendar does by itself. */
export const ORDER_GUARDS: Guard[] = [
  {
    id: 'owner-of-orders',
    guards: 'An order is changed only by the customer whose it is.',
    removal: {
      find: 'where o.id = any(:orderIds) and o.customer_id = :customerId order by o.id',
      replace: 'where o.id = any(:orderIds) and cast(:customerId as bigint) is not null order by o.id',
    },
    tests: [{ file: 'test/controllers/orders/renewal.test.ts', title: 'of somebody else is not there' }],
  },
  {
    id: 'renewed-once',
    guards: 'A renewal whose form is sent twice renews, and charges, once.',
    removal: {
      find: 'if (paidUntil !== undefined && order.paidUntil !== paidUntil) throw new RenewedMeanwhile({ order: orderId, until: order.paidUntil });',
      replace: '',
    },
    tests: [
      {
        file: 'test/controllers/orders/renewal.test.ts',
        title: 'is charged once, however often its form is sent, one after another or at once',
      },
    ],
  },
  {
    id: 'changed-meanwhile-renewal',
    guards: 'A renewal that was issued while another waited for its order is not joined by a second one.',
    removal: {
      find: 'if (openNow.some((id) => !lockedIds.includes(id))) throw new SomethingChanged();',
      replace: '',
    },
    tests: [
      {
        file: 'test/controllers/orders/renewal.test.ts',
        title: 'is refused when another renewal of the order is issued at the same moment',
      },
    ],
  },
  {
    id: 'changed-meanwhile-cancellation',
    guards: 'An order is not ended beside an invoice that was issued while it waited for the lock.',
    removal: {
      find: 'if (now.some((id) => !known.includes(id))) throw new SomethingChanged();',
      replace: '',
    },
    tests: [
      {
        file: 'test/controllers/orders/cancellation.test.ts',
        title: 'leaves no invoice behind that is issued at the same moment',
      },
    ],
  },
  {
    id: 'period-of-line',
    guards: 'A renewal extends the period that it was issued for, and no other.',
    removal: { find: 'if (period.from !== line.periodFrom)', replace: 'if (false)' },
    tests: [{ file: 'test/domain/payments/pay-invoices.test.ts', title: 'is not paid, so that no day is sold twice' }],
  },
  {
    id: 'period-of-line-in-run',
    guards: 'So it is in the run.',
    removal: { find: 'and l.period_from = o.paid_until + 1', replace: '' },
    tests: [{ file: BESIDE_THE_RUN, title: 'a renewal for days that the order has moved past is not paid' }],
  },
  {
    id: 'paid-until-follows-anchor',
    guards: 'Nobody writes a paid-until date that the paid months do not give.',
    removal: { sql: 'alter table orders drop constraint paid_until_follows_anchor' },
    tests: [{ file: 'test/controllers/orders/renewal.test.ts', title: 'leads to the day that the paid months give' }],
  },
  {
    id: 'upgrades-ended-by-renewal',
    guards: 'A renewal that is paid ends the upgrades that wait for its order.',
    removal: { find: 'await withdrawWaitingChanges(trx, clock, customerId, waitedFor);', replace: ';' },
    tests: [{ file: 'test/controllers/orders/plan-change.test.ts', title: 'an upgrade that waits is cancelled' }],
  },
  {
    id: 'upgrades-ended-by-auto-renewal',
    guards: 'So does auto-renewal.',
    removal: { find: 'await withdrawWaitingChanges(trx, clock, customerId, orderIds);', replace: ';' },
    tests: [{ file: BESIDE_THE_RUN, title: 'an upgrade that waits is ended by the renewal that is paid' }],
  },
  {
    id: 'no-refund',
    guards: 'Unused days are credited only where the plan says so.',
    removal: {
      find: 'if (!plan.refunds_unused || order.anchorOn === null)',
      replace: 'if (order.anchorOn === null)',
    },
    tests: [{ file: 'test/controllers/orders/cancellation.test.ts', title: 'shows what happens first' }],
  },
  {
    id: 'grace-period',
    guards: 'An order is suspended after the grace period, not before.',
    removal: { find: "'(o.paid_until + 1 + b.grace_days)'", replace: "'(o.paid_until + 1)'" },
    tests: [{ file: CALENDAR, title: 'come 5 and 1 days before' }],
  },
  {
    id: 'run-pays-what-it-can-afford',
    guards: 'The run pays no renewal that the balance does not cover whole.',
    removal: {
      find: '|| spendable(account, renewal).isLessThan(total)',
      replace: '',
    },
    tests: [{ file: CALENDAR, title: 'pays nothing in part' }],
  },
  {
    id: 'run-leaves-what-is-reserved',
    guards: 'The run does not spend what was topped up for another invoice.',
    removal: {
      find: '|| spendable(account, renewal).isLessThan(total)',
      replace: '|| account.balance.isLessThan(total)',
    },
    tests: [{ file: 'test/domain/billing/auto-renewal.test.ts', title: 'is kept for it while it is unpaid' }],
  },
  {
    id: 'spent-is-not-reserved',
    guards: 'Money that was spent is not kept from auto-renewal.',
    removal: { find: 'least(e.amount, kept.lowest) as credited', replace: 'e.amount as credited' },
    tests: [{ file: 'test/domain/billing/auto-renewal.test.ts', title: 'is not kept once it was spent' }],
  },
  {
    id: 'option-dropped-once',
    guards: 'An option that is dropped lowers the price of its order once.',
    removal: {
      find: 'if (!row || row.ends_on !== null) throw new NotFound();',
      replace: 'if (!row) throw new NotFound();',
    },
    tests: [{ file: OPTIONS, title: '32 times at once lowers the price once' }],
  },
  {
    id: 'option-kept-for-paid-days',
    guards: 'An option is not kept for a period that was renewed without it.',
    removal: {
      find: 'row.ends_on === null || row.ends_on !== order.paidUntil',
      replace: 'row.ends_on === null',
    },
    tests: [{ file: OPTIONS, title: 'that comes back after a renewal without it is charged for the new period only' }],
  },
  {
    id: 'option-paid-stays-paid',
    guards: 'What was paid for options is not credited by a change of plan.',
    removal: { find: 'changes: changed.filter(({ option }) => !option)', replace: 'changes: changed' },
    tests: [{ file: OPTIONS, title: 'what was paid for it is not taken off a change of plan, since it stays' }],
  },
  {
    id: 'option-of-order-is-kept',
    guards: 'An option of an order is neither changed nor deleted; only its end is set.',
    removal: { sql: 'drop trigger order_options_kept on order_options' },
    tests: [{ file: OPTIONS, title: 'of the books stays as it was ordered, but for its end' }],
  },
  {
    id: 'option-once-at-a-time',
    guards: 'An order has an option once at a time.',
    removal: { sql: 'drop index order_options_kept' },
    tests: [{ file: OPTIONS, title: 'of the books stays as it was ordered, but for its end' }],
  },
  {
    id: 'support-lock',
    guards: 'Messages to support are counted one after the other, so that many at once are not all sent.',
    removal: { find: "await trx('users').where({ id: userId }).forUpdate().first('id');", replace: '' },
    tests: [
      { file: 'test/controllers/support.test.ts', title: 'takes five messages an hour, however many are sent at once' },
    ],
  },
  {
    id: 'address-once',
    guards: 'An address is kept for one order, of many that are placed at the same moment.',
    removal: {
      find: 'for update of a skip locked ) returning host(address) as address',
      replace: ') returning host(address) as address',
    },
    tests: [{ file: 'test/controllers/staff/provisioning.test.ts', title: '64 orders at once get the 60 addresses' }],
  },
  {
    id: 'stock-once',
    guards: 'No more orders are placed than a plan has in stock.',
    removal: { find: ".where('stock', '>', 0).decrement('stock', 1)", replace: ".decrement('stock', 1)" },
    tests: [
      { file: 'test/controllers/staff/provisioning.test.ts', title: '64 orders at once get the 7 servers in stock' },
    ],
  },
];
